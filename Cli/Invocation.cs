using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli;

/// <summary>One call of a verb: what was asked, whom it asks, and where the answers go.</summary>
internal sealed class Invocation(ParseResult parsed, CommonOptions common, Terminal terminal) : IDisposable
{
    private Connection? _admin;

    public ParseResult Parsed { get; } = parsed;

    public Terminal Terminal { get; } = terminal;

    public bool IsJson => Parsed.GetValue(common.Json);

    public bool IsQuiet => Parsed.GetValue(common.Quiet);

    /// <summary>Ends with the call that the person does not want to wait for any more.</summary>
    public CancellationToken Leave => Terminal.Interrupts.Leave;

    public DateTimeOffset Now => Terminal.Time.GetUtcNow();

    public Connection Admin => _admin ??= Connect();

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => Parsed.GetValue(argument);

    /// <summary>Null when the option is not there.</summary>
    /// <exception cref="ToolException">It is no duration.</exception>
    public TimeSpan? Duration(Option<string?> option) => Value(option) switch
    {
        null => null,
        var text when DurationText.TryRead(text, out var duration) => duration,
        var text => throw ToolException.Usage($"{option.Name} {text}: a duration like 30s or 1h30m is wanted"),
    };

    /// <summary>A line that only people need.</summary>
    public void Note(string text)
    {
        if (!IsQuiet)
            Terminal.Complaints.WriteLine(text);
    }

    /// <summary>A line of the answer.</summary>
    public void Say(string text) => Terminal.Lines.WriteLine(text);

    public void Json(IMessage message) => Terminal.Lines.Json(message);

    public void Show(Output.Table table) =>
        table.Write(Terminal.Lines, Terminal.IsWatched && !Parsed.GetValue(common.NoColor) && Terminal.Environment("NO_COLOR") is null or "");

    public void Dispose() => _admin?.Dispose();

    private Connection Connect()
    {
        var profile = common.Profile(Parsed, Terminal.Environment);
        if (profile.Warning.Length > 0)
            Note($"warning: {profile.Warning}");
        return Connection.Open(profile, common.Patience(Parsed), Terminal.Time);
    }
}
