using BlazorPluginAdmin.Grpc.Transport;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// One of the masters' named locks. A lease of it lives ten seconds and is renewed all the time. One loop makes all its
/// calls: a renewal that overtook a release would make the lock anew, and nobody would give it back.
/// </summary>
/// <param name="masters">Who gives it.</param>
/// <param name="time">Where pauses and the life of a lease come from.</param>
/// <param name="name">Of the lock.</param>
/// <param name="client">Whom others see as its holder.</param>
/// <param name="wanted">Whether it is wanted from the start.</param>
public abstract class LeasedLock(MasterClient masters, TimeProvider time, string name, string client, bool wanted) : BackgroundService
{
    // Rhythm of SeaweedFS 4.44; masters forget a lease ten seconds after its last renewal.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    private TaskCompletionSource _rung = NewSignal();
    private volatile bool _wanted = wanted;
    private int _giveBack;

    // Of the loop alone. The life of a lease counts from before it was asked for: the master's clock started later.
    private Lease? _lease;
    private long _leasedAt;
    private string _refused = "";

    /// <summary>Whether it is wanted; never blocks. Giving back is never skipped, also when it is wanted again right after.</summary>
    protected void Want(bool wanted)
    {
        if (_wanted == wanted)
        {
            return;
        }

        // In this order: whoever sees the second must not see the first as it was.
        _wanted = wanted;
        if (!wanted)
        {
            Volatile.Write(ref _giveBack, 1);
        }

        // Pairs with the exchange of the loop: either it sees what is wanted, or its new signal is rung.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _rung).TrySetResult();
    }

    protected abstract ValueTask TakenAsync(CancellationToken cancellationToken);

    /// <summary>Asked for and not had; told again only when the reason changes.</summary>
    /// <param name="holder">Who has it; null when that is not known.</param>
    /// <param name="reason">For people.</param>
    /// <param name="cancellationToken">The admin stops.</param>
    protected abstract ValueTask RefusedAsync(string? holder, string reason, CancellationToken cancellationToken);

    protected abstract ValueTask LostAsync(string reason, CancellationToken cancellationToken);

    protected abstract ValueTask ReleasedAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await RestAsync(await TurnAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is held is given back below.
        }

        if (_lease is not null)
        {
            await ReleaseAsync(CallTimeout);
        }
    }

    /// <summary>Does what is next and says how long to rest; null: until something is wanted.</summary>
    private async Task<TimeSpan?> TurnAsync(CancellationToken stopping)
    {
        if (_rung.Task.IsCompleted)
        {
            Interlocked.Exchange(ref _rung, NewSignal());
        }

        if (Volatile.Read(ref _giveBack) == 1)
        {
            if (_lease is not null && !await ReleaseAsync(CallTimeout))
            {
                return RetryPause;
            }

            Volatile.Write(ref _giveBack, 0);
            _lease = null;
            _refused = "";
            await ReleasedAsync(stopping);
        }

        return !_wanted ? null : _lease is null ? await TakeAsync(stopping) : await RenewAsync(_lease.Value, stopping);
    }

    private async Task<TimeSpan> TakeAsync(CancellationToken stopping)
    {
        if (await LeaseAsync(default, CallTimeout) is not { } failure)
        {
            _refused = "";
            await TakenAsync(stopping);
            return RenewalPause;
        }

        var reason = MasterClient.ReasonOf(failure);
        if (reason != _refused)
        {
            _refused = reason;
            await RefusedAsync(MasterClient.HolderOf(failure), reason, stopping);
        }

        return RetryPause;
    }

    private async Task<TimeSpan> RenewAsync(Lease lease, CancellationToken stopping)
    {
        var timeout = Left < CallTimeout ? Left : CallTimeout;
        if (timeout > TimeSpan.Zero)
        {
            if (await LeaseAsync(lease, timeout) is not { } failure)
            {
                return RenewalPause;
            }

            _refused = MasterClient.ReasonOf(failure);

            // That another client has it is certain; anything else may pass before the lease is over.
            if (MasterClient.HolderOf(failure) is null && Left > TimeSpan.Zero)
            {
                return Left < RetryPause ? Left : RetryPause;
            }
        }

        _lease = null;
        var reason = _refused;
        _refused = "";
        await LostAsync(reason, stopping);
        return TimeSpan.Zero;
    }

    /// <summary>How long the lease is certainly ours.</summary>
    private TimeSpan Left => Life - time.GetElapsedTime(_leasedAt);

    /// <summary>Null: it is ours.</summary>
    private async Task<RpcException?> LeaseAsync(Lease previous, TimeSpan timeout)
    {
        var asked = time.GetTimestamp();
        try
        {
            // Not cut short by a stop: what the master made of it would not be known, and could not be given back.
            _lease = await masters.LeaseAsync(name, client, previous, timeout, CancellationToken.None);
            _leasedAt = asked;
            return null;
        }
        catch (RpcException exception)
        {
            return exception;
        }
    }

    /// <summary>False: nobody answered, and it has not lapsed yet.</summary>
    private async Task<bool> ReleaseAsync(TimeSpan timeout)
    {
        try
        {
            await masters.ReleaseAsync(name, _lease!.Value, timeout, CancellationToken.None);
            return true;
        }
        catch (RpcException)
        {
            return Left <= TimeSpan.Zero;
        }
    }

    private async Task RestAsync(TimeSpan? span, CancellationToken stopping)
    {
        if (span == TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _rung.Task.WaitAsync(span ?? Timeout.InfiniteTimeSpan, time, stopping);
        }
        catch (TimeoutException)
        {
            // The rest is over.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
