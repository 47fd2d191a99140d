namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>Fires at an instant that may lie further ahead than a timer can be set.</summary>
internal sealed class ReArmedTimer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _at;
    private readonly Action _fire;
    private readonly ITimer? _timer;

    public ReArmedTimer(TimeProvider time, DateTimeOffset? at, Action fire)
    {
        _time = time;
        _fire = fire;
        if (at is { } instant)
        {
            _at = instant;
            _timer = time.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Check();
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Check()
    {
        var left = _at - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            _fire();
        }
        else
        {
            _timer?.Change(left > DeadlineText.TimerCap ? DeadlineText.TimerCap : left, Timeout.InfiniteTimeSpan);
        }
    }
}

/// <summary>Cancels a call that still runs when the grace after the host's stop is over.</summary>
internal sealed class ShutdownTimer : IDisposable
{
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;

    public ShutdownTimer(GrpcServerOptions options, CancellationTokenSource call, CancellationToken stopping) =>
        _registration = stopping.Register(() => _timer = options.TimeProvider.CreateTimer(_ => call.CancelIfOpen(), null, options.ShutdownGrace, Timeout.InfiniteTimeSpan));

    public void Dispose()
    {
        _registration.Dispose();
        _timer?.Dispose();
    }
}

/// <summary>Cancelling from a timer.</summary>
internal static class CallCancellation
{
    /// <summary>Cancels a call that may have ended while the timer fired.</summary>
    public static void CancelIfOpen(this CancellationTokenSource call)
    {
        try
        {
            call.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended. Thrown on a timer's thread this would end the process.
        }
    }
}
