namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>A clock that moves only when a test says so; timers fire on the way, in order.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _monotonic;
    private TaskCompletionSource _armed = NewSignal();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _monotonic.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan target;
        lock (_gate)
        {
            target = _monotonic + by;
        }

        while (Next(target) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            _now += target - _monotonic;
            _monotonic = target;
        }
    }

    /// <summary>The wall clock alone: somebody set it.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _now += by;
        }
    }

    /// <summary>
    /// Waits until a timer was just set to that span: whoever rests that long has done what came before. One that was set to more, a
    /// call's deadline say, is none however much of it has passed.
    /// </summary>
    public async Task ArmedAsync(TimeSpan span)
    {
        while (true)
        {
            Task armed;
            lock (_gate)
            {
                if (_timers.Exists(timer => timer.Span == span && timer.Due - _monotonic == span))
                {
                    return;
                }

                armed = _armed.Task;
            }

            await armed.InTimeAsync($"a rest of {span}");
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManualTimer? Next(TimeSpan target)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
            if (next is not null && next.Due > _monotonic)
            {
                _now += next.Due!.Value - _monotonic;
                _monotonic = next.Due.Value;
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan? Due { get; private set; }

        public TimeSpan Span { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                Span = dueTime;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : owner._monotonic + dueTime;
                _period = period;
                if (Due is not null)
                {
                    owner._timers.Add(this);
                    owner._armed.SetResult();
                    owner._armed = NewSignal();
                }

                return true;
            }
        }

        public void Fire()
        {
            Change(_period, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
