using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;

namespace BlazorPluginAdmin.Cli;

/// <summary>Options of every verb.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Address { get; } = Everywhere(new Option<string?>("--address") { Description = $"Admin's port for workers and tools; else $PLUGINCTL_ADDRESS, the profile, {Cli.Profile.DefaultAddress}", HelpName = "HOST:PORT" });

    public Option<string?> TokenFile { get; } = Everywhere(new Option<string?>("--token-file") { Description = "File with the token; else $PLUGINCTL_TOKEN, the profile", HelpName = "FILE" });

    public Option<string?> ConfigFile { get; } = Everywhere(new Option<string?>("--config") { Description = "File with profiles; else $XDG_CONFIG_HOME/pluginctl/config.json", HelpName = "FILE" });

    public Option<string?> ProfileName { get; } = Everywhere(new Option<string?>("--profile") { Description = "Profile of that file", HelpName = "NAME" });

    public Option<bool> Json { get; } = Everywhere(new Option<bool>("--json") { Description = "One JSON object a line, for scripts" });

    public Option<bool> Quiet { get; } = Everywhere(new Option<bool>("--quiet", "-q") { Description = "No notes on stderr, only errors" });

    public Option<string> CallTimeout { get; } = Everywhere(new Option<string>("--call-timeout") { Description = "How long one answer of the admin may take", HelpName = "DURATION", DefaultValueFactory = _ => "30s" });

    public Option<bool> NoColor { get; } = Everywhere(new Option<bool>("--no-color") { Description = "Plain tables, also on a terminal; so does $NO_COLOR" });

    public IEnumerable<Option> All => [Address, TokenFile, ConfigFile, ProfileName, Json, Quiet, CallTimeout, NoColor];

    /// <summary>Where the call goes.</summary>
    public Profile Profile(ParseResult parsed, Func<string, string?> environment)
    {
        var file = parsed.GetValue(ConfigFile);
        var name = parsed.GetValue(ProfileName);
        var standard = Cli.Profile.DefaultFile(environment);
        var profile = file is not null || name is not null || File.Exists(standard) ? Cli.Profile.Read(file ?? standard, name) : new Profile();
        var token = parsed.GetValue(TokenFile) is { } tokenFile ? Token(tokenFile) : environment("PLUGINCTL_TOKEN");
        return profile with
        {
            Address = parsed.GetValue(Address) ?? (environment("PLUGINCTL_ADDRESS") is { Length: > 0 } address ? address : profile.Address),
            Token = token is { Length: > 0 } ? token : profile.Token,
        };
    }

    public TimeSpan Patience(ParseResult parsed) => parsed.GetValue(CallTimeout) is { } text && DurationText.TryRead(text, out var patience) && patience > TimeSpan.Zero
        ? patience
        : throw ToolException.Usage($"--call-timeout {parsed.GetValue(CallTimeout)}: a duration like 30s is wanted");

    private static Option<T> Everywhere<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }

    private static string Token(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ToolException.Usage($"--token-file: {exception.Message}");
        }
    }
}
