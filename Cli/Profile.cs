using System.Text.Json;

namespace BlazorPluginAdmin.Cli;

/// <summary>Where the admin is and who asks: command line, then environment, then a profile of the config file, then the default.</summary>
internal sealed record Profile
{
    public const string DefaultAddress = "127.0.0.1:33646";

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>http:// or https://, host and port.</summary>
    public string Address { get; init; } = DefaultAddress;

    /// <summary>Empty: none is sent.</summary>
    public string Token { get; init; } = "";

    /// <summary>PEM file of the authority that signed the admin's certificate; makes the connection TLS.</summary>
    public string TlsCa { get; init; } = "";
    public string TlsCert { get; init; } = "";
    public string TlsKey { get; init; } = "";
    public string TlsServerName { get; init; } = "";

    /// <summary>What is worth saying once.</summary>
    public string Warning { get; init; } = "";

    /// <summary>$XDG_CONFIG_HOME/pluginctl/config.json.</summary>
    public static string DefaultFile(Func<string, string?> environment) => Path.Combine(
        environment("XDG_CONFIG_HOME") is { Length: > 0 } folder ? folder : Path.Combine(environment("HOME") ?? "", ".config"), "pluginctl", "config.json");

    /// <summary>The named profile of <c>{"profile": "prod", "profiles": {"prod": {"address": …, "token": …}}}</c>; an empty one where nobody asked for any.</summary>
    /// <exception cref="ToolException">The file cannot be read, or has no such profile.</exception>
    public static Profile Read(string file, string? name)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), Lenient);
            var root = document.RootElement;
            name ??= Text(root, "profile") is { Length: > 0 } chosen ? chosen : null;
            if (name is null && !(root.TryGetProperty("profiles", out var all) && all.TryGetProperty("default", out _)))
                return new Profile();
            name ??= "default";
            var found = root.TryGetProperty("profiles", out var profiles) && profiles.TryGetProperty(name, out var profile) ? profile
                : throw ToolException.Usage($"{file} has no profile {name}");
            return new Profile
            {
                Address = Text(found, "address") is { Length: > 0 } address ? address : DefaultAddress,
                Token = Text(found, "token"),
                TlsCa = Text(found, "tls_ca"),
                TlsCert = Text(found, "tls_cert"),
                TlsKey = Text(found, "tls_key"),
                TlsServerName = Text(found, "tls_server_name"),
                Warning = IsOpenToOthers(file) ? $"{file} can be read by others; chmod 600 keeps its tokens yours" : "",
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw ToolException.Usage($"{file} cannot be read: {exception.Message}");
        }
    }

    /// <summary>With a scheme: host:port alone is plain HTTP/2, or TLS where an authority is named.</summary>
    public string Url() => Address switch
    {
        _ when Address.StartsWith("grpc://", StringComparison.Ordinal) => $"http://{Address[7..]}",
        _ when Address.Contains("://", StringComparison.Ordinal) => Address,
        _ => $"{(TlsCa.Length > 0 ? "https" : "http")}://{Address}",
    };

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static bool IsOpenToOthers(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;
}
