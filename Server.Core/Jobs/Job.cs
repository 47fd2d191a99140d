using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>
/// A durable unit of work. It lives in <c>AdminState</c> from the commit that accepted it to the commit that ends it;
/// afterwards only the store has it. Its states and what may follow: <see cref="JobTransitions"/>.
/// </summary>
public sealed record Job
{
    public required JobId Id { get; init; }

    public required string JobType { get; init; }

    public JobOrigin Origin { get; init; }

    /// <summary>Unique per job type among jobs that have not ended: the proposal's key, else its id, else the job id.</summary>
    public required string DedupeKey { get; init; }

    /// <summary>Detection gave it no key of its own, so that no twin of it can be recognised.</summary>
    public bool IsKeyless { get; init; }

    /// <summary>Addresses its submitter gave; what he left out is filled in when it is sent.</summary>
    public ClusterContext? Cluster { get; init; }

    /// <summary>Under which its submitter may ask for it again without making a second one; empty: none. Unique per submitter.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>Of what was submitted under the key, to tell a repetition from a mistake.</summary>
    public string IdempotencyDigest { get; init; } = "";

    /// <summary>0–100; 25, 50, 75, 100 on the wire.</summary>
    public int Priority { get; init; } = 50;

    public string Summary { get; init; } = "";

    /// <summary>Selectors in <c>require.*</c> decide which workers may take the job.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it may start: not-before, or the end of a back-off.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Not assigned by then: Failed, expired.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Not ended by then: what runs is cancelled, and no further attempt starts: Failed, timeout.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The detection that proposed it.</summary>
    public RequestId? Detection { get; init; }

    /// <summary>Null: it was submitted alone.</summary>
    public GroupPlace? Group { get; init; }

    public string SubmittedBy { get; init; } = "";

    public JobId? RetryOf { get; init; }

    /// <summary>Config version it was last sent with.</summary>
    public long ConfigVersion { get; init; }

    public JobState State { get; init; } = JobState.Pending;

    public JobPhase Phase { get; init; } = JobPhase.Queued;

    public JobReason Reason { get; init; }

    /// <summary>Attempts that count against the retry limit, the open one included.</summary>
    public int Attempts { get; init; }

    /// <summary>The open attempt, or the last one.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Attempts in a row whose worker was lost; three of them quarantine the job.</summary>
    public int LostInARow { get; init; }

    /// <summary>Workers that refused it; tried again only when no other is left.</summary>
    public ImmutableArray<WorkerId> RefusedBy { get; init; } = [];

    /// <summary>Own limits of this job; null = those of its type.</summary>
    public int? RetryLimit { get; init; }

    public TimeSpan? AttemptTimeout { get; init; }

    public TimeSpan? RetryBackoff { get; init; }

    /// <summary>The proposal's estimate; lifts the attempt timeout up to 8 h.</summary>
    public TimeSpan EstimatedRuntime { get; init; }

    /// <summary>Stamp of a back-off; null when <see cref="DueAt"/> alone decides.</summary>
    public TimeSpan? PauseUntil { get; init; }

    /// <summary>Stamp of its appointment in the agenda; kept so that exactly that one can be taken out again. Not stored.</summary>
    public TimeSpan? WakeAt { get; init; }

    public double Percent { get; init; }

    public string Stage { get; init; } = "";

    public string Message { get; init; } = "";

    public string Error { get; init; } = "";

    public string ResultSummary { get; init; } = "";

    /// <summary>Kept here only while small; null means: read it from the store.</summary>
    public JobPayload? Payload { get; init; }

    /// <summary>Somebody asked for it; no detection found it.</summary>
    public bool IsAsked => Origin != JobOrigin.Detection;

    public bool IsTerminal => State >= JobState.Succeeded;

    /// <summary>Given up after lost workers in a row; only a person has it run again.</summary>
    public bool IsQuarantined => State == JobState.Failed && Reason == JobReason.WorkerLost && LostInARow >= RetryPolicy.LossesToQuarantine;

    public bool IsActive => State is JobState.Assigned or JobState.Running;

    public WorkerId? Worker => Attempt?.Worker;

    /// <summary>Another one after each change, for whoever changes only what he has seen. Microseconds: JavaScript, and much else that reads JSON, rounds ticks.</summary>
    public long Version => (UpdatedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Null: it was submitted without one.</summary>
    public SubmitKey? SubmitKey => IdempotencyKey.Length == 0 ? null : new SubmitKey(SubmittedBy, IdempotencyKey);
}
