using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>What a detection is for.</summary>
public enum DetectionMode
{
    /// <summary>Due by schedule; proposals become jobs.</summary>
    Scheduled = 0,

    /// <summary>A person wants to see proposals; nothing is queued.</summary>
    Preview = 1,

    /// <summary>Detect + execute: a person wants proposals to become jobs now.</summary>
    Run = 2,

    /// <summary>As preview, with unsaved values and at most five results; leaves no trace in the schedule.</summary>
    Test = 3,
}

public enum DetectionStatus
{
    Requested = 0,
    Proposing = 1,
    Succeeded = 2,
    Failed = 3,
    TimedOut = 4,
    Canceled = 5,

    /// <summary>Not started: enough of its jobs still wait.</summary>
    Skipped = 6,

    /// <summary>The admin or the detector went away; due again at once.</summary>
    Interrupted = 7,
}

public enum ProposalOutcome
{
    /// <summary>Shown only; it would have been queued.</summary>
    WouldQueue = 0,
    Queued = 1,

    /// <summary>A waiting job with the same key took over the newer payload.</summary>
    Refreshed = 2,

    /// <summary>A job with the same key is at work (in a preview: exists).</summary>
    Suppressed = 3,
    DuplicateInRun = 4,
    OverLimit = 5,
    Invalid = 6,
}

/// <summary>One thing a detector found, as it came.</summary>
public sealed record Proposal(
    string ProposalId,
    string DedupeKey,
    string JobType,
    int Priority,
    string Summary,
    string Detail,
    ConfigValues Parameters,
    ImmutableSortedDictionary<string, string> Labels,
    DateTimeOffset? NotBefore,
    DateTimeOffset? ExpiresAt)
{
    /// <summary>Why it cannot become a job, whatever else it says; empty when it can.</summary>
    public string Flaw { get; init; } = "";
}

/// <summary>A proposal and what became of it.</summary>
public sealed record ProposalTrace(int Index, Proposal Proposal, ProposalOutcome Outcome, JobId? Job, string Note);

public sealed record DetectionCounts
{
    public int Found { get; init; }

    /// <summary>Proposals the detector says it made that did not arrive: a stream that is lost takes with it what was under way.</summary>
    public int Missing { get; init; }

    public int Queued { get; init; }

    /// <summary>Of a preview: what would have been queued.</summary>
    public int WouldQueue { get; init; }

    public int Refreshed { get; init; }

    public int Suppressed { get; init; }

    public int DuplicateInRun { get; init; }

    public int OverLimit { get; init; }

    public int Invalid { get; init; }

    public int Succeeded { get; init; }

    public int Failed { get; init; }

    public int Canceled { get; init; }

    /// <summary>Jobs of this detection that have not ended.</summary>
    public int Open => Queued - Succeeded - Failed - Canceled;
}

/// <summary>
/// One run of a detector: requested → proposing → succeeded | failed | timed out | canceled | interrupted. It stays in
/// the state until its jobs have ended, so that its counts are complete.
/// </summary>
public sealed record Detection
{
    public required RequestId Id { get; init; }

    public required string JobType { get; init; }

    public DetectionMode Mode { get; init; }

    public DetectionStatus Status { get; init; }

    public long Sequence { get; init; }

    public Actor By { get; init; }

    /// <summary>Holder of the detector lease.</summary>
    public WorkerId Worker { get; init; }

    public SessionId Session { get; init; }

    /// <summary>Only this worker may be asked, and it alone does what it finds; null: any detector of the type.</summary>
    public WorkerId? ForWorker { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the last of its jobs ended.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Stamp at which it times out.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>Stamp at which the run, with the jobs of this detection, counts as timed out. Not stored.</summary>
    public TimeSpan WindowEnds { get; init; }

    /// <summary>Addresses its caller gave, for itself and its jobs.</summary>
    public ClusterContext? Cluster { get; init; }

    /// <summary>A batch said that there is more than the detector told.</summary>
    public bool HasMore { get; init; }

    /// <summary>Most proposals taken; 0 = no limit.</summary>
    public int MaxResults { get; init; }

    public DetectionCounts Counts { get; init; } = new();

    public double Percent { get; init; }

    public string Stage { get; init; } = "";

    public string Message { get; init; } = "";

    public string Error { get; init; } = "";

    /// <summary>Unsaved values it was asked to try. Not stored.</summary>
    public ConfigOverride? Override { get; init; }

    /// <summary>Stamp of its appointment in the agenda. Not stored.</summary>
    public TimeSpan? WakeAt { get; init; }

    /// <summary>Characters of large parameters kept in its trace so far. Not stored.</summary>
    public long TracedSize { get; init; }

    /// <summary>Keys seen in this run.</summary>
    public ImmutableHashSet<string> SeenKeys { get; init; } = [];

    /// <summary>A detector was asked; before that it waits for lock or gate.</summary>
    public bool IsSent => Session != default;

    public bool IsOpen => Status is DetectionStatus.Requested or DetectionStatus.Proposing;
}
