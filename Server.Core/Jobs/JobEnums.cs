namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Numbers equal those of the wire.</summary>
public enum JobState
{
    Pending = 1,
    Assigned = 2,
    Running = 3,
    Succeeded = 4,
    Failed = 5,
    Canceled = 6,
}

/// <summary>What a state means just now.</summary>
public enum JobPhase
{
    None = 0,
    Queued = 1,
    Scheduled = 2,
    Backoff = 3,
    Blocked = 4,
    Sent = 5,
    Working = 6,
    Reconnecting = 7,
    Canceling = 8,
}

/// <summary>Why a job ended as it did.</summary>
public enum JobReason
{
    None = 0,
    Error = 1,
    Timeout = 2,
    WorkerLost = 3,
    Rejected = 4,
    Exhausted = 5,
    Expired = 6,
    Person = 7,
    Superseded = 8,
}

public enum JobOrigin
{
    Detection = 0,
    Ui = 1,
    Cli = 2,
    Grpc = 3,
    Rest = 4,
    Schedule = 5,
    Group = 6,
}

/// <summary>How an attempt ended; <see cref="Open"/> while it has not.</summary>
public enum AttemptOutcome
{
    Open = 0,
    Succeeded = 1,
    Failed = 2,
    TimedOut = 3,
    WorkerLost = 4,
    Canceled = 5,
    Rejected = 6,

    /// <summary>Given back: the executor had no room. Not counted.</summary>
    AtCapacity = 7,

    /// <summary>Given back: it never reached the worker. Not counted.</summary>
    NotSent = 8,
}

/// <summary>Why an attempt is being cancelled.</summary>
public enum CancelCause
{
    None = 0,
    Person = 1,
    Timeout = 2,
    Expired = 3,
}
