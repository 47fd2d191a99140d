namespace BlazorPluginAdmin.Server.Core.Clusters;

public enum LockPhase
{
    Free,
    Taking,
    Held,
    Releasing,
}

/// <summary>
/// The cluster lock as the engine sees it: free → taking → held → releasing → free. Shared by all detections and jobs of locked
/// lanes. Between two holdings there is a pause, and after a minute of holding newcomers wait for a release, so that people
/// who wait for it get in. Not stored: after a restart it is free.
/// </summary>
public sealed record ClusterLock
{
    public static readonly ClusterLock Free = new();

    public LockPhase Phase { get; init; }

    /// <summary>Open detections and jobs at work that hold it together.</summary>
    public int Holders { get; init; }

    /// <summary>Stamp at which it was taken.</summary>
    public TimeSpan TakenStamp { get; init; }

    /// <summary>Held for so long that nothing new may start before it was given back.</summary>
    public bool IsDue { get; init; }

    /// <summary>Stamp before which it is not taken again.</summary>
    public TimeSpan? PauseUntil { get; init; }

    /// <summary>Why it is wanted and not had: who has it, as far as that is known.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Since when that is known to be the reason.</summary>
    public DateTimeOffset? ReasonSince { get; init; }

    public DateTimeOffset? WaitingSince { get; init; }

    public DateTimeOffset? TakenAt { get; init; }

    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>Stamp of its appointment in the agenda.</summary>
    public TimeSpan? WakeAt { get; init; }

    public bool IsOpen => Phase == LockPhase.Held && !IsDue;
}
