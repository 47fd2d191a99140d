using System.Text;

namespace BlazorPluginAdmin.Cli;

/// <summary>All that the tool knows of the place it runs in; tests bring their own.</summary>
internal sealed class Terminal(Stream input, Stream output, Stream error)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>What was piped in.</summary>
    public Stream Input { get; } = input;

    /// <summary>For bytes that are passed on untouched.</summary>
    public Stream Output { get; } = output;

    public Stream Error { get; } = error;

    /// <summary>For lines, written at once.</summary>
    public TextWriter Lines { get; } = new StreamWriter(output, Utf8) { AutoFlush = true };

    public TextWriter Complaints { get; } = new StreamWriter(error, Utf8) { AutoFlush = true };

    /// <summary>A person looks at the output: tables may have colours and end where the window ends.</summary>
    public bool IsWatched { get; init; }

    /// <summary>A person looks at the errors.</summary>
    public bool IsErrorWatched { get; init; }

    public Func<string, string?> Environment { get; init; } = _ => null;

    public Interrupts Interrupts { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long a shell that completes a line waits for what the admin knows.</summary>
    public TimeSpan SuggestionLimit { get; init; } = TimeSpan.FromMilliseconds(500);

    public static Terminal OfProcess(Interrupts interrupts) =>
        new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError())
        {
            IsWatched = !Console.IsOutputRedirected,
            IsErrorWatched = !Console.IsErrorRedirected,
            Environment = System.Environment.GetEnvironmentVariable,
            Interrupts = interrupts,
        };
}
