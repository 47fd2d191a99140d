using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Failed jobs of the last day that failed in the same way.</summary>
public sealed record FailureGroup
{
    /// <summary>What they have in common; a list filtered by it shows them.</summary>
    public required string Fingerprint { get; init; }

    public required string JobType { get; init; }

    public JobReason Reason { get; init; }

    /// <summary>First line of the newest one's error.</summary>
    public string Sample { get; init; } = "";

    public JobId Newest { get; init; }

    public DateTimeOffset FirstAt { get; init; }

    public DateTimeOffset LastAt { get; init; }

    /// <summary>Ended since <see cref="Since"/>.</summary>
    public int Count { get; init; }

    /// <summary>A list of what failed this way since then has the same count.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Hour by hour, oldest first; 24.</summary>
    public ImmutableArray<int> Hours { get; init; } = [];

    /// <summary>Workers on which they failed; at most 8 are named.</summary>
    public ImmutableArray<string> Workers { get; init; } = [];

    /// <summary>There are more than are named.</summary>
    public bool MoreWorkers { get; init; }

    public DateTimeOffset? MutedUntil { get; init; }
}
