using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>
/// Whose turn it is in a serialised lane: granted to a type that wants to work while the lane is idle → closed when its
/// window is over or another type waited too long; started jobs drain → free again. Not stored: after a restart the lane is free.
/// </summary>
public sealed record LaneTurn(string Lane)
{
    /// <summary>The job type that has the turn; empty while none has.</summary>
    public string JobType { get; init; } = "";

    public DateTimeOffset? Since { get; init; }

    /// <summary>Stamp at which nothing more is started in this turn.</summary>
    public TimeSpan WindowEnds { get; init; }

    /// <summary>Nothing more is started; what runs, drains.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Types that would work if it were their turn, and the stamp since when.</summary>
    public ImmutableSortedDictionary<string, TimeSpan> Waiting { get; init; } = ImmutableSortedDictionary.Create<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>Asked for by a person: has the next turn.</summary>
    public string Next { get; init; } = "";

    /// <summary>Stamp of its appointment in the agenda.</summary>
    public TimeSpan? WakeAt { get; init; }
}

/// <summary>The lanes and who has the turn in the serialised ones.</summary>
public sealed record LaneBook
{
    public static readonly LaneBook Empty = new();

    public LaneSettings Settings { get; init; } = LaneSettings.Empty;

    public LaneSettings Shipped { get; init; } = LaneSettings.Empty;

    public LaneChanges Changes { get; init; } = LaneChanges.None;

    public ImmutableSortedDictionary<string, LaneTurn> Turns { get; init; } = ImmutableSortedDictionary.Create<string, LaneTurn>(StringComparer.Ordinal);

    public LaneTurn TurnOf(string lane) => Turns.GetValueOrDefault(lane) ?? new LaneTurn(lane);
}
