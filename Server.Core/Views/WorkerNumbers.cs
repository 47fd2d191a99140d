using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>What a worker did in a quarter of a minute.</summary>
/// <param name="Percent">The most of its execution slots that were in use at once, 0–100; -1: it was not connected; -2: nobody was looking yet.</param>
/// <param name="Broke">It was away for a part of the time, and is back.</param>
public readonly record struct LoadCell(sbyte Percent, bool Draining, bool Broke = false)
{
    public static readonly LoadCell Gone = new(-1, false);
    public static readonly LoadCell Unknown = new(-2, false);

    public bool IsConnected => Percent >= 0;
}

/// <summary>An attempt that is over, as a bar of a picture.</summary>
public sealed record EndedAttempt(JobId Job, string JobType, string Summary, int Number, AttemptOutcome Outcome, DateTimeOffset SentAt, DateTimeOffset EndedAt, string Error);

/// <summary>A heartbeat, and how long after the one before it came.</summary>
public readonly record struct BeatGap(DateTimeOffset At, TimeSpan Gap);

/// <summary>The numbers of a worker, at most 12 kB. Kept by this process only.</summary>
public sealed record WorkerNumbers
{
    public static readonly TimeSpan CellWidth = TimeSpan.FromSeconds(15);

    /// <summary>Cells that are kept: the last hour.</summary>
    public const int Cells = 240;

    public static readonly WorkerNumbers Empty = new();

    /// <summary>Start of the newest cell.</summary>
    public DateTimeOffset NewestCell { get; init; }

    /// <summary>Oldest first; always <see cref="Cells"/>.</summary>
    public ImmutableArray<LoadCell> Load { get; init; } = [];

    /// <summary>Newest last; at most 64.</summary>
    public ImmutableArray<EndedAttempt> Attempts { get; init; } = [];

    /// <summary>Attempts that ended within the hour.</summary>
    public int Succeeded { get; init; }

    public int Failed { get; init; }

    /// <summary>Newest last; at most 60.</summary>
    public ImmutableArray<BeatGap> Beats { get; init; } = [];

    /// <summary>Jobs on which the admin and the worker disagree, and since when: held and not in its heartbeats, or the other way round.</summary>
    public ImmutableDictionary<string, DateTimeOffset> Differences { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty;

    /// <summary>0–1 of the attempts of the hour; null when there were none. Canceled ones and those given back are left out.</summary>
    public double? FailedShare => Succeeded + Failed == 0 ? null : (double)Failed / (Succeeded + Failed);

    /// <summary>Mean of the cells of a window in which it was connected, 0–100.</summary>
    public double Mean(int cells)
    {
        var connected = Load.TakeLast(cells).Where(cell => cell.IsConnected).ToList();
        return connected.Count == 0 ? 0 : connected.Average(cell => cell.Percent);
    }
}
