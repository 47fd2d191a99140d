using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>What ended within a window, and how long it took.</summary>
/// <param name="Start">From when it is counted: a list of what ended since then has the same count.</param>
/// <param name="PerMinute">Jobs that ended, whatever way, per minute.</param>
public sealed record WindowNumbers(DateTimeOffset Start, int Succeeded, int Failed, int Canceled, double PerMinute, Latency Wait, Latency Run)
{
    public static readonly WindowNumbers Empty = new(default, 0, 0, 0, 0, default, default);

    /// <summary>0–1 of those that succeeded or failed; null when none did. What was canceled is left out.</summary>
    public double? FailedShare => Succeeded + Failed == 0 ? null : (double)Failed / (Succeeded + Failed);
}

/// <summary>
/// The numbers of a job type, or of all. Arrays that did not change are the same arrays. At most 0.3 MB each, however many
/// jobs there are.
/// </summary>
public sealed record TypeNumbers
{
    public static readonly TypeNumbers Empty = new();

    /// <summary>Five seconds each, of the last quarter of an hour, oldest first.</summary>
    public ImmutableArray<Bucket> Series { get; init; } = [];

    /// <summary>One minute each, of the last day, oldest first; at most five seconds old.</summary>
    public ImmutableArray<Bucket> Minutes { get; init; } = [];

    /// <summary>Minutes of the last day in which jobs ended, oldest first.</summary>
    public ImmutableArray<LatencyPoint> Latencies { get; init; } = [];

    public ImmutableArray<WindowNumbers> In { get; init; } = [WindowNumbers.Empty, WindowNumbers.Empty, WindowNumbers.Empty, WindowNumbers.Empty];

    /// <summary>The median run of the last 20 successes; null with fewer than five.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>What ended before is not counted: the process was not there and the store says no more.</summary>
    public DateTimeOffset CompleteSince { get; init; }

    public WindowNumbers Of(Window window) => In[(int)window];

    /// <summary>The buckets of a window: five seconds wide in the shortest, else a minute.</summary>
    public ReadOnlySpan<Bucket> Buckets(Window window) => window == Window.Quarter
        ? Series.AsSpan()
        : Minutes.AsSpan()[^Math.Min(Minutes.Length, (int)ChartWindows.Span(window).TotalMinutes)..];
}
