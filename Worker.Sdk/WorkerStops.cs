namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Stops, whoever asks for them and whenever; and the loop that dials again, which they end.</summary>
/// <param name="options">Clock and graces.</param>
/// <param name="life">Where the worker is.</param>
/// <param name="rounds">What is stopped.</param>
/// <param name="runner">Whose work ends.</param>
internal sealed class WorkerStops(WorkerOptions options, WorkerLife life, SessionRounds rounds, WorkRunner runner)
{
    // Taken before that of the worker's life, never after it.
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private RestartPolicy? _loop;
    private LastDelivery? _delivery;
    private TaskCompletionSource<TimeSpan> _asked = NewSignal();

    /// <summary>A loop begins.</summary>
    /// <param name="policy">After which pauses it dials.</param>
    /// <param name="stop">Completes with the first stop, and tells its grace.</param>
    /// <exception cref="AlreadyStartedException">There is one.</exception>
    public void BeginLoop(RestartPolicy policy, out Task<TimeSpan> stop)
    {
        lock (_gate)
        {
            if (_loop is not null)
            {
                throw new AlreadyStartedException("RunForever is under way; it can be called again when it has returned");
            }

            _loop = policy;
            stop = _asked.Task;
        }
    }

    public void EndLoop()
    {
        lock (_gate)
        {
            _loop = null;
        }
    }

    public async Task StopAsync(bool drain, TimeSpan grace, CancellationToken cancellationToken)
    {
        var began = options.TimeProvider.GetTimestamp();
        grace = drain ? grace : TimeSpan.Zero;
        LastDelivery? delivery;
        bool dialsOn;
        lock (_gate)
        {
            dialsOn = _loop is not null;
            _asked.SetResult(grace);
            _asked = NewSignal();
            delivery = _delivery;
        }

        // After the word to the loop: what that starts from here on is its last try.
        var round = life.Current;
        if (!drain && delivery is not null)
        {
            await delivery.Hurry.CancelAsync().ConfigureAwait(false);
        }

        if (round is not null)
        {
            // A start under way fails by this, unless it has just succeeded.
            await round.Starting.CancelAsync().ConfigureAwait(false);
            await round.Decided.Task.ConfigureAwait(false);
        }

        if (round?.Stream is not null)
        {
            await rounds.CloseAsync(round, drain, grace, dialsOn, cancellationToken).ConfigureAwait(false);
            await round.Told.Task.ConfigureAwait(false);
        }

        // Without a session; or it was lost before the stop came to it, and its work was kept.
        var goesOn = round?.Stream is null || runner.Running.Any(attempt => !attempt.Cancel.IsCancellationRequested);

        // Another stop may have begun a delivery meanwhile, which an abort cuts too.
        await DeliverAsync(grace - options.TimeProvider.GetElapsedTime(began), drain ? cancellationToken : new CancellationToken(canceled: true)).ConfigureAwait(false);
        if (goesOn)
        {
            life.GiveUpWork();
            await runner.IdleAsync().WithinAsync(options.CancelGrace, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// After a stop that found the stream away. Only where a loop dials again anyway: a worker never does so by itself. A delivery
    /// under way is joined.
    /// </summary>
    public async Task DeliverAsync(TimeSpan limit, CancellationToken hurry)
    {
        LastDelivery? delivery;
        lock (_gate)
        {
            if (_delivery is not { Done.IsCompleted: false })
            {
                _delivery = _loop is { } rules && limit > TimeSpan.Zero && life.IsCutOff
                    ? new LastDelivery(options, runner, rules, life, rounds, limit)
                    : null;
            }

            delivery = _delivery;
        }

        if (delivery is not null)
        {
            await using var impatient = hurry.Register(delivery.Hurry.Cancel).ConfigureAwait(false);
            await delivery.Done.ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource<TimeSpan> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
