namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Why a session ended.</summary>
public enum CloseReason
{
    /// <summary>Stop was called, or the token of Run was cancelled.</summary>
    StopRequested,

    /// <summary>The stream or the connection ended without a reason.</summary>
    ConnectionLost,

    /// <summary>Nothing was heard for three heartbeat intervals.</summary>
    HeartbeatTimeout,

    /// <summary>The admin goes away for good.</summary>
    AdminShutdown,

    /// <summary>Another process connected with this worker id.</summary>
    Replaced,

    /// <summary>The admin said something that is no protocol.</summary>
    ProtocolError,

    /// <summary>The admin does not want this worker.</summary>
    Rejected,

    /// <summary>Nobody answered at the address.</summary>
    Unreachable,

    /// <summary>No hello came in time.</summary>
    Timeout,

    /// <summary>The caller gave up while starting.</summary>
    Canceled,
}

/// <summary>Where a worker is in its life.</summary>
public enum WorkerState
{
    /// <summary>Never started.</summary>
    Created,

    /// <summary>Dialling, or waiting for the admin's hello.</summary>
    Starting,

    /// <summary>Serving.</summary>
    Running,

    /// <summary>Finishing work, or ending the session.</summary>
    Stopping,

    /// <summary>No session; can be started again.</summary>
    Stopped,
}

/// <summary>A session as the admin granted it.</summary>
/// <param name="WorkerId">The stable identity.</param>
/// <param name="InstanceId">Fresh per session.</param>
/// <param name="Generation">From 1, per object.</param>
/// <param name="Address">Where it was dialled.</param>
/// <param name="Extensions">What both sides agreed on.</param>
/// <param name="HeartbeatInterval">What the admin asked for; 10 s at most with an admin that agreed to no extension.</param>
/// <param name="ReconnectDelay">What the admin asked for.</param>
/// <param name="AdminVersion">From the response header, else "unknown".</param>
public sealed record SessionSnapshot(
    string WorkerId,
    string InstanceId,
    int Generation,
    string Address,
    IReadOnlySet<string> Extensions,
    TimeSpan HeartbeatInterval,
    TimeSpan ReconnectDelay,
    string AdminVersion);

/// <summary>How a run ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Text">The same in words, as far as there are any.</param>
/// <param name="Session">The session that ended; null: the worker was stopped before there was one.</param>
public sealed record RunResult(CloseReason Reason, string Text, SessionSnapshot? Session)
{
    /// <summary>Trying again is of no use.</summary>
    public bool IsPermanent { get; init; }

    /// <summary>From the admin's hello to the end.</summary>
    public TimeSpan Served { get; init; }
}

/// <summary>Why a session is over.</summary>
internal sealed record SessionEnd(CloseReason Reason, string Text, bool IsPermanent = false)
{
    /// <summary>It was cut off by what may pass, also when a stop that was asked for is told as the reason.</summary>
    public bool IsLoss { get; init; }
}

/// <summary>A start that did not succeed. The worker is stopped and can be started again.</summary>
public sealed class StartFailureException : Exception
{
    /// <summary>Creates the failure.</summary>
    public StartFailureException(CloseReason reason, string message, bool permanent = false, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
        IsPermanent = permanent;
    }

    /// <summary>Creates the failure.</summary>
    public StartFailureException()
        : this(CloseReason.Unreachable, "") { }

    /// <summary>Creates the failure.</summary>
    public StartFailureException(string message)
        : this(CloseReason.Unreachable, message) { }

    /// <summary>Creates the failure.</summary>
    public StartFailureException(string message, Exception inner)
        : this(CloseReason.Unreachable, message, false, inner) { }

    /// <summary>Unreachable, Timeout, Rejected, Canceled or ProtocolError.</summary>
    public CloseReason Reason { get; }

    /// <summary>Trying again is of no use.</summary>
    public bool IsPermanent { get; }
}

/// <summary>The worker is starting or running already.</summary>
public sealed class AlreadyStartedException : InvalidOperationException
{
    /// <summary>Creates the failure.</summary>
    public AlreadyStartedException() { }

    /// <summary>Creates the failure.</summary>
    public AlreadyStartedException(string message)
        : base(message) { }

    /// <summary>Creates the failure.</summary>
    public AlreadyStartedException(string message, Exception inner)
        : base(message, inner) { }
}
