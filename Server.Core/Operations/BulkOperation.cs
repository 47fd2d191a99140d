using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>What is done to each job.</summary>
public enum BulkAction
{
    Cancel,
    Retry,
    Expire,
    Delete,
    SetPriority,
    SetLabels,
}

public enum OperationState
{
    Running,

    /// <summary>Somebody asked it to stop; what has begun is finished.</summary>
    Stopping,
    Done,
    Stopped,

    /// <summary>The admin ended meanwhile: what was done is counted, the rest was not begun.</summary>
    Interrupted,
}

/// <summary>A job the operation did not change, and why.</summary>
public sealed record BulkOutcome(JobId Job, string Why);

/// <summary>
/// One action on many jobs, at work in the admin and not in a browser. It takes the jobs that match when it comes to them, the oldest
/// first, and none that is newer than itself. Running → Done, Running → Stopping → Stopped; a restart ends it as Interrupted.
/// </summary>
public sealed record BulkOperation
{
    /// <summary>Jobs one operation may take.</summary>
    public const int MostJobs = 10_000;

    /// <summary>Jobs kept by name of each kind: changed, skipped, failed. All are counted.</summary>
    public const int OutcomesKept = 100;

    public required string Id { get; init; }

    public required BulkAction Action { get; init; }

    /// <summary>The query the jobs match; empty: all, or those of <see cref="Jobs"/>.</summary>
    public string Query { get; init; } = "";

    /// <summary>The jobs that were picked one by one; empty: those the query finds.</summary>
    public ImmutableArray<JobId> Jobs { get; init; } = [];

    /// <summary>How <see cref="Jobs"/> were found, in words; empty: they were picked one by one.</summary>
    public string Filter { get; init; } = "";

    public int Priority { get; init; }

    /// <summary>To be set; an empty value takes the label away.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public string Reason { get; init; } = "";

    public string By { get; init; } = "";

    public string Via { get; init; } = "";

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public OperationState State { get; init; }

    /// <summary>How many were expected when it started.</summary>
    public long Expected { get; init; }

    public int Changed { get; init; }

    /// <summary>Newest last; at most <see cref="OutcomesKept"/>.</summary>
    public ImmutableArray<JobId> ChangedJobs { get; init; } = [];

    /// <summary>Not even tried: why → how many.</summary>
    public ImmutableSortedDictionary<string, int> Skipped { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Newest last; at most <see cref="OutcomesKept"/>.</summary>
    public ImmutableArray<BulkOutcome> SkippedJobs { get; init; } = [];

    public int Failed { get; init; }

    /// <summary>Newest last; at most <see cref="OutcomesKept"/>.</summary>
    public ImmutableArray<BulkOutcome> Failures { get; init; } = [];

    public int Seen => Changed + Failed + Skipped.Values.Sum();

    public bool IsOpen => State is OperationState.Running or OperationState.Stopping;
}

/// <summary>What came of some of its jobs.</summary>
public sealed record BulkProgress(ImmutableArray<JobId> Changed, ImmutableArray<BulkOutcome> Skipped, ImmutableArray<BulkOutcome> Failed);
