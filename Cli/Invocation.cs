using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli;

/// <summary>One call of a verb: what was asked, whom it asks, and where the answers go.</summary>
internal sealed class Invocation(ParseResult parsed, CommonOptions common, Terminal terminal) : IDisposable
{
    /// <summary>Narrower than any window, so that the line is one.</summary>
    private const int ProgressWidth = 78;
    private const string ToLineEnd = "\e[K";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _progressing = new();
    private string _progress = "";
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

    /// <summary>The first of these that was written; null: none was.</summary>
    public Option? GivenOf(params Option[] options) => options.FirstOrDefault(option => Parsed.GetResult(option) is { Implicit: false });

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
        Progress("");
        if (!IsQuiet)
            Terminal.Complaints.WriteLine(text);
    }

    /// <summary>Somebody looks on and wants to know how far it is.</summary>
    public bool ShowsProgress => Terminal.IsErrorWatched && !IsQuiet && !IsJson;

    /// <summary>How far long work is: one line, written over by the next; empty takes it away. Nothing where nobody looks.</summary>
    public void Progress(string text)
    {
        lock (_progressing)
        {
            if (!ShowsProgress || text == _progress)
                return;
            Terminal.Complaints.Write($"\r{Visible.Short(text, ProgressWidth)}{ToLineEnd}");
            _progress = text;
        }
    }

    /// <summary>Waits for the last answer of the admin, and says meanwhile how far it is and how long it takes.</summary>
    /// <param name="work">One answer after the other.</param>
    /// <param name="what">Until the first.</param>
    /// <param name="words">How far it is, by the newest.</param>
    /// <param name="isEnd">Whether that is the answer.</param>
    /// <exception cref="ToolException">It broke off before.</exception>
    public async Task<T> ProgressAsync<T>(IAsyncEnumerable<T> work, string what, Func<T, string> words, Func<T, bool> isEnd)
        where T : class
    {
        var began = Now;
        await using var answers = work.GetAsyncEnumerator(Leave);
        try
        {
            while (true)
            {
                var next = answers.MoveNextAsync().AsTask();
                while (ShowsProgress && await Task.WhenAny(next, Task.Delay(Tick, Terminal.Time)) != next)
                    Tell();
                if (!await next)
                    throw new ToolException(ExitCodes.Failed, "broken_off", "the admin ended the call without an answer");
                if (isEnd(answers.Current))
                    return answers.Current;
                what = words(answers.Current);
                Tell();
            }
        }
        finally
        {
            Progress("");
        }

        void Tell() => Progress($"{what}, {DurationText.Write(TimeSpan.FromSeconds(Math.Round((Now - began).TotalSeconds)))}");
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
