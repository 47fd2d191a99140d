using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>
/// One try of a job on one session. While it is the job's current attempt and open, its session holds the lease of the
/// job; the lease dies with the session, or with <see cref="GraceUntil"/> when the worker may come back.
/// </summary>
public sealed record Attempt
{
    /// <summary>From 1. Attempts that were given back leave their number to the next one.</summary>
    public required int Number { get; init; }

    public required RequestId RequestId { get; init; }

    public required WorkerId Worker { get; init; }

    public required SessionId Session { get; init; }

    /// <summary>Which of its worker's sessions holds it, or held it last; zero: not known. Stored.</summary>
    public long Generation { get; init; }

    /// <summary>The process that has it, or had it last, by the name it gave itself; empty: not known. Stored.</summary>
    public string Instance { get; init; } = "";

    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The session had the extension <c>resume</c>, so that the attempt may outlive it for a grace. Stored.</summary>
    public bool CanResume { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public AttemptOutcome Outcome { get; init; }

    public string Error { get; init; } = "";

    /// <summary>The worker's output <c>exit_code</c>, or else <c>http_status</c>; null when it said neither.</summary>
    public long? ExitCode { get; init; }

    /// <summary>What its worker called the failure, in its output <c>error_class</c>: <c>transient</c>, <c>permanent</c>, or a word of its own; else empty.</summary>
    public string ErrorClass { get; init; } = "";

    /// <summary>How long the attempt may take from being sent.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Stamp at which the attempt times out.</summary>
    public required TimeSpan TimeoutAt { get; init; }

    /// <summary>Stamp until which a lost session may come back with this attempt; null while its session lives.</summary>
    public TimeSpan? GraceUntil { get; init; }

    public CancelCause Cancel { get; init; }

    /// <summary>Stamp at which a cancel that the worker did not follow is forced.</summary>
    public TimeSpan? CancelUntil { get; init; }

    /// <summary>The date of <see cref="CancelUntil"/>, for people and for the next process. Stored.</summary>
    public DateTimeOffset? ForcedAt { get; init; }

    /// <summary>The whole time between the request to stop and its force. Stored.</summary>
    public TimeSpan? CancelGrace { get; init; }

    /// <summary>What a person wrote when asking for the cancel.</summary>
    public string CancelReason { get; init; } = "";
}
