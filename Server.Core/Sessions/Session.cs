using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Sessions;

/// <summary>One piece of work as a worker reports it.</summary>
public sealed record RunningWork(string WorkId, bool IsDetection, string JobType, double Percent, string Stage, RequestId? RequestId)
{
    /// <summary>The number of the state, as the worker said it; shown, never judged by.</summary>
    public int State { get; init; }
}

/// <summary>The last heartbeat; slot totals of zero mean "not said".</summary>
public sealed record Heartbeat(
    DateTimeOffset At,
    ImmutableArray<RunningWork> RunningWork,
    int DetectionSlotsUsed,
    int DetectionSlotsTotal,
    int ExecutionSlotsUsed,
    int ExecutionSlotsTotal,
    ImmutableSortedDictionary<string, string> Metadata)
{
    /// <summary>How far the worker's clock is ahead of the admin's, the way of the message included; null when it does not date its messages.</summary>
    public TimeSpan? Skew { get; init; }

    /// <summary>What waits inside the worker; shown, never counted with.</summary>
    public ImmutableSortedDictionary<string, int> QueuedJobsByType { get; init; } = ImmutableSortedDictionary<string, int>.Empty;
}

/// <summary>A ping under way, and the stamp at which it was sent.</summary>
public sealed record PendingPing(RequestId Request, TimeSpan SentAt);

/// <summary>One live stream of a worker: hello → live → ended. Replaced or lost sessions leave the state at once.</summary>
public sealed record Session
{
    public required SessionId Id { get; init; }

    public required WorkerId Worker { get; init; }

    public required string InstanceId { get; init; }

    public required long Generation { get; init; }

    public required string RemoteAddress { get; init; }

    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The extensions the worker asked for and the admin echoed.</summary>
    public ImmutableHashSet<string> Extensions { get; init; } = [];

    public bool CanResume => Extensions.Contains("resume");

    /// <summary>Stamp of the last message of any kind.</summary>
    public required TimeSpan LastHeard { get; init; }

    public Heartbeat? Heartbeat { get; init; }

    public TimeSpan? HeartbeatStamp { get; init; }

    /// <summary>The longest gap between heartbeats seen so far: a foreign worker is judged by its own rhythm.</summary>
    public TimeSpan Rhythm { get; init; }

    /// <summary>Attempts this session holds the lease of.</summary>
    public ImmutableDictionary<RequestId, JobId> Held { get; init; } = ImmutableDictionary<RequestId, JobId>.Empty;

    /// <summary>Execution slots in use by work that is not ours, as of the last heartbeat.</summary>
    public int ForeignExecutions { get; init; }

    /// <summary>Work that ended since the heartbeat before the last one; a heartbeat that still lists it proves nothing.</summary>
    public ImmutableHashSet<string> EndedLately { get; init; } = [];

    /// <summary>Its heartbeats name what it works on.</summary>
    public bool ListsWork { get; init; }

    /// <summary>Jobs it holds and its heartbeats leave out.</summary>
    public ImmutableDictionary<JobId, Unlisted> Unlisted { get; init; } = ImmutableDictionary<JobId, Unlisted>.Empty;

    /// <summary>Jobs whose lease was taken from it, and since when it has had to let go of them; until a heartbeat no longer lists them.</summary>
    public ImmutableDictionary<JobId, TimeSpan> Revoked { get; init; } = ImmutableDictionary<JobId, TimeSpan>.Empty;

    /// <summary>Stamp until which nothing is sent after "at capacity".</summary>
    public TimeSpan? CapacityPauseUntil { get; init; }

    /// <summary>Stamps at which slots of a foreign worker become free after its completions.</summary>
    public ImmutableArray<TimeSpan> Cooling { get; init; } = [];

    /// <summary>Stamp at which attempts that this resumed session did not claim are lost.</summary>
    public TimeSpan? ClaimsUntil { get; init; }

    /// <summary>Schema request under way, and the job types still to be asked for.</summary>
    public RequestId? SchemaRequest { get; init; }

    public string SchemaJobType { get; init; } = "";

    public TimeSpan? SchemaDeadline { get; init; }

    public ImmutableQueue<string> SchemaQueue { get; init; } = [];

    public int HeldDetections { get; init; }

    /// <summary>Asked and not answered yet.</summary>
    public PendingPing? Ping { get; init; }

    /// <summary>How long answers to pings took, the queues of both sides included; newest last, at most 20.</summary>
    public ImmutableArray<TimeSpan> RoundTrips { get; init; } = [];

    /// <summary>Stamp of the last detection it was asked for.</summary>
    public TimeSpan LastDetected { get; init; }

    /// <summary>Stamps of failures, by job type: its last detection of that type failed or took too long.</summary>
    public ImmutableDictionary<string, TimeSpan> FailedDetections { get; init; } = ImmutableDictionary.Create<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>Stamp of the last attempt it was given; ties go to whoever waited longest.</summary>
    public TimeSpan LastPicked { get; init; }

    /// <summary>Reports that did not belong to it; only the first few are shown one by one.</summary>
    public int StaleReports { get; init; }

    /// <summary>Stamps at which live sessions of its worker id were replaced lately, this one's arrival included.</summary>
    public ImmutableArray<TimeSpan> Replacements { get; init; } = [];

    /// <summary>Stamp of its appointment in the agenda.</summary>
    public TimeSpan? WakeAt { get; init; }
}
