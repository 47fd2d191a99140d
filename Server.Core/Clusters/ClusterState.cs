using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Clusters;

/// <summary>Addresses that people entered: all there is without a watched cluster, else what fills the lists nobody could look up.</summary>
public sealed record ClusterSettings
{
    public static readonly ClusterSettings Empty = new();

    public ClusterContext Context { get; init; } = ClusterContext.Empty;

    /// <summary>Schedule the work of locked lanes although another admin says it does.</summary>
    public bool IgnorePresence { get; init; }

    public DateTimeOffset? SavedAt { get; init; }

    public string SavedBy { get; init; } = "";

    /// <summary>Says the same, whoever saved it.</summary>
    public bool IsSame(ClusterSettings other) => IgnorePresence == other.IgnorePresence && Context.IsSame(other.Context);
}

/// <summary>What is known of the cluster that jobs work on.</summary>
public sealed record ClusterState
{
    public static readonly ClusterState None = new();

    /// <summary>Somebody looks up addresses, and takes the lock when it is wanted.</summary>
    public bool IsWatched { get; init; }

    public ClusterSettings Settings { get; init; } = ClusterSettings.Empty;

    /// <summary>The last look; null before the first, and when nobody looks.</summary>
    public ClusterReport? Report { get; init; }

    /// <summary>Since when looks fail; null while they do not.</summary>
    public DateTimeOffset? ProblemSince { get; init; }

    /// <summary>Which other admin schedules this cluster's work; empty: this one does; null: not known yet.</summary>
    public string? HeldBy { get; init; }

    /// <summary>Since when that one does; null while it is not known.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    public ClusterLock Lock { get; init; } = ClusterLock.Free;

    /// <summary>What workers get when nobody gave more for their job.</summary>
    public ClusterContext Context => (Report?.Context ?? ClusterContext.Empty).FilledFrom(Settings.Context);

    /// <summary>Why nothing can be done on the cluster; null while it can.</summary>
    public string? Missing => !IsWatched || Context.MasterGrpcAddresses.Length > 0 ? null
        : Report is { Problem.Length: > 0 } report ? report.Problem
        : "the cluster has not been looked up yet";

    /// <summary>Who keeps the scheduled work of locked lanes from this admin; null when nobody does.</summary>
    public string? OtherAdmin => !IsWatched || Settings.IgnorePresence || HeldBy is { Length: 0 } ? null : HeldBy ?? "not known yet";
}
