namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>What happened in an equal span of time.</summary>
/// <param name="Queued">The most that were queued at once; -1: nobody was looking yet.</param>
/// <param name="Active">The most that were at work at once; -1: nobody was looking yet.</param>
/// <param name="Succeeded">Ended within the span, as the two that follow.</param>
public readonly record struct Bucket(DateTimeOffset Start, int Queued, int Active, int Succeeded, int Failed, int Canceled = 0)
{
    public bool IsKnown => Queued >= 0;

    public int Ended => Succeeded + Failed + Canceled;
}

/// <summary>How long jobs that ended within one minute had waited and run.</summary>
/// <param name="Samples">Jobs it is made of.</param>
public readonly record struct LatencyPoint(DateTimeOffset Start, int Samples, TimeSpan WaitP50, TimeSpan WaitP95, TimeSpan RunP50, TimeSpan RunP95);

/// <summary>Half of the jobs took no longer than the one, nineteen of twenty no longer than the other; null with fewer than five.</summary>
public readonly record struct Latency(TimeSpan? P50, TimeSpan? P95, int Samples)
{
    /// <summary>Fewer say nothing.</summary>
    public const int Least = 5;
}
