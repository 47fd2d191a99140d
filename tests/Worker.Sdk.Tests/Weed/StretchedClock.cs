using System.Collections.Concurrent;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>The system's clock with other timers: each becomes what the test makes of it, null = never; what was asked for is kept.</summary>
internal sealed class StretchedClock(Func<TimeSpan, TimeSpan?> change) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _asked = new();

    public IReadOnlyList<TimeSpan> Asked => [.. _asked];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        _asked.Enqueue(dueTime);
        return base.CreateTimer(callback, state, change(dueTime) ?? Timeout.InfiniteTimeSpan, period);
    }
}
