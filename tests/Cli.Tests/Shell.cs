using System.Text;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>The tool as a shell runs it, inside the test.</summary>
internal sealed class Shell(string address)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public byte[] Input { get; init; } = [];

    /// <summary>A person looks at the errors, which go here; null: nobody does.</summary>
    public WatchedOutput? Watched { get; init; }

    /// <summary>Runs to the end.</summary>
    public Task<Answer> RunAsync(params string[] arguments) => RunAsync(new Interrupts(), new MemoryStream(), arguments);

    /// <summary>With Ctrl+C in the test's hand, and an output it can watch.</summary>
    public async Task<Answer> RunAsync(Interrupts interrupts, MemoryStream output, params string[] arguments)
    {
        using var unwatched = new MemoryStream();
        var error = Watched ?? unwatched;
        var terminal = new Terminal(new MemoryStream(Input), output, error)
        {
            Environment = name => name == "PLUGINCTL_ADDRESS" ? address : Environment.GetValueOrDefault(name, name == "HOME" ? "/nowhere" : null!),
            Interrupts = interrupts,
            IsErrorWatched = Watched is not null,
            SuggestionLimit = TimeSpan.FromMinutes(1),
        };
        var code = await Tool.RunAsync(arguments, terminal).InTimeAsync($"the end of pluginctl {string.Join(' ', arguments)}", TimeSpan.FromMinutes(2));
        return new Answer(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}

internal sealed record Answer(int Code, string Output, string Error)
{
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
