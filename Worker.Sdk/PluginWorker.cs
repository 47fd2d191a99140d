using System.Collections.Frozen;
using System.Net;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// A worker that dials in, serves, and can be started again after every kind of end. It never reconnects by itself:
/// <see cref="RunForeverAsync"/> does, for those who want that. All members may be called from any thread.
/// </summary>
public sealed partial class PluginWorker : IAsyncDisposable
{
    private readonly WorkerOptions _options;
    private readonly WorkRunner _runner;
    private readonly Dialler _dialler;
    private readonly SessionDrain _drain;
    private readonly WorkerFigures _figures;
    private readonly HealthPort? _healthPort;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private WorkerState _state = WorkerState.Created;
    private Round? _round;
    private SessionSnapshot? _session;
    private int _generation;
    private bool _mayClaim;
    private bool _isLost;
    private RestartPolicy? _loop;
    private LastDelivery? _delivery;
    private TaskCompletionSource<TimeSpan> _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Checks everything that can be checked without a network.</summary>
    /// <exception cref="ArgumentException">All findings, one per line.</exception>
    /// <exception cref="HttpListenerException">The health port is taken.</exception>
    public PluginWorker(WorkerOptions options, params IReadOnlyList<IJobHandler> handlers)
    {
        options = options.WithEnvironment();
        _options = options = options.LogLevel is { } lowest ? options with { Logger = new LevelLogger(options.Logger, lowest) } : options;
        WorkerId = WorkerIdentity.Find(options);
        var problems = WorkerIdentity.Problems(options, handlers, WorkerId);
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", problems), nameof(handlers));
        }

        var byType = handlers.ToFrozenDictionary(handler => handler.Descriptor.JobType, StringComparer.OrdinalIgnoreCase);
        _figures = new WorkerFigures(WorkerId, () => _runner!.Used, () => _runner!.Completions.Count);
        _runner = new WorkRunner(byType, options, WorkerId, _figures);
        _dialler = new Dialler(options, _runner, byType, WorkerId, () => Volatile.Read(ref _mayClaim));
        _drain = new SessionDrain(options, _runner);
        _healthPort = options.HealthPort is { } port ? HealthPort.Open(port, this, _runner.Health, _figures, options.Logger) : null;
    }

    /// <summary>The stable identity.</summary>
    public string WorkerId { get; }

    /// <summary>Where it is in its life.</summary>
    public WorkerState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>The current session, or the last one; null before the first.</summary>
    public SessionSnapshot? Session
    {
        get
        {
            lock (_gate)
            {
                return _session;
            }
        }
    }

    /// <summary>How long the admin's hello may take.</summary>
    public TimeSpan RegistrationTimeout => _options.RegistrationTimeout;

    /// <summary>How long a handler may think about its values or its health.</summary>
    public TimeSpan RequestTimeout => _options.RequestTimeout;

    /// <summary>Pause between heartbeats: 10 s until an admin asks for another, then what the last one asked for.</summary>
    public TimeSpan HeartbeatInterval => Told?.HeartbeatInterval ?? WorkerStream.UsualHeartbeat;

    /// <summary>First pause before dialling again: 5 s until an admin asks for another, then what the last one asked for.</summary>
    public TimeSpan ReconnectDelay => Told?.ReconnectDelay ?? WorkerStream.UsualReconnect;

    /// <summary>What the last admin said of itself, or <c>unknown</c>.</summary>
    public string AdminVersion => Told?.AdminVersion ?? "unknown";

    /// <summary>What the last admin asked for; nothing while another one is being met.</summary>
    private SessionSnapshot? Told
    {
        get
        {
            lock (_gate)
            {
                return _state == WorkerState.Starting ? null : _session;
            }
        }
    }

    /// <summary>Dials and registers. Returns when the admin has accepted. While the worker is stopping it waits for that first.</summary>
    /// <exception cref="StartFailureException">It did not; the worker is stopped and can be started again.</exception>
    /// <exception cref="AlreadyStartedException">It is starting or running already.</exception>
    public async Task<SessionSnapshot> StartAsync(CancellationToken cancellationToken = default) =>
        (await OpenAsync(cancellationToken).ConfigureAwait(false)).Session!;

    /// <summary>
    /// Ends the session, or a start under way, and the loop of <see cref="RunForeverAsync"/>. With drain, running work is finished
    /// within the grace and its results are sent. While the stream is away, <see cref="RunForeverAsync"/> goes on dialling within the
    /// grace as long as there is work that the admin may still take back or a result that it has not confirmed; without that loop,
    /// work that goes on without a session is cancelled.
    /// A stop in progress is joined. Returns after OnClose, except when called from inside it; called from inside a handler it waits for nothing.
    /// </summary>
    /// <param name="drain">False: running work is cancelled now, also when a drain is under way.</param>
    /// <param name="grace">Default <see cref="WorkerOptions.DrainGrace"/>; that of a stop in progress stays.</param>
    /// <param name="cancellationToken">Stops waiting for the drain, not the stop.</param>
    public Task StopAsync(bool drain = true, TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        var stopping = StopCoreAsync(drain, grace ?? _options.DrainGrace, cancellationToken);
        return _runner.IsInsideHandler ? Task.CompletedTask : stopping;
    }

    /// <summary>Waits for the end of the session that is current now; a later one does not prolong it. Null when there is none, or when its start fails.</summary>
    public Task<RunResult?> WaitAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return _state is WorkerState.Created or WorkerState.Stopped || _round is null ? Task.FromResult<RunResult?>(null) : _round.Ended.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Starts and serves until the session ends. A cancelled token drains and stops, in service or while starting.</summary>
    /// <exception cref="StartFailureException">It could not start.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken = default)
    {
        Round round;
        try
        {
            round = await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StartFailureException failure) when (failure.Reason == CloseReason.Canceled && cancellationToken.IsCancellationRequested)
        {
            await StopAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
            throw new OperationCanceledException("the worker was stopped while it started", failure, cancellationToken);
        }

        try
        {
            return (await round.Ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false))!;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await StopAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Serves, and dials again after ends that may pass; returns with the first that does not. The shutdown of an admin that
    /// knows no extensions may pass: nobody there starts the worker again.
    /// </summary>
    /// <exception cref="StartFailureException">A start failed for good.</exception>
    public async Task<RunResult> RunForeverAsync(RestartPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy ??= new RestartPolicy();
        Task<TimeSpan> stop;
        lock (_gate)
        {
            stop = _stopAsked.Task;
            _loop = policy;
        }

        try
        {
            var result = await new RestartLoop(this, _options, policy, HoldsWork, stop).RunAsync(cancellationToken).ConfigureAwait(false);
            if (stop.IsCompletedSuccessfully)
            {
                // Whoever asked for the stop may not wait for its end; the process lives as long as this loop.
                await DeliverAsync(await stop.ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
            }

            return result;
        }
        finally
        {
            lock (_gate)
            {
                _loop = null;
            }
        }
    }

    /// <summary>Stops at once; running work is cancelled, and waited for as long as <see cref="WorkerOptions.CancelGrace"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        // Who ignores the cancel is waited for below.
        await StopAsync(drain: false, cancellationToken: new CancellationToken(canceled: true)).ConfigureAwait(false);
        var isIdle = !_runner.IsInsideHandler && await _runner.IdleAsync().WithinAsync(_options.CancelGrace, _options.TimeProvider, CancellationToken.None).ConfigureAwait(false);
        if (_healthPort is not null)
        {
            await _healthPort.DisposeAsync().ConfigureAwait(false);
        }

        if (isIdle)
        {
            _runner.Dispose();
        }

        _figures.Dispose();
    }

    /// <summary>Starts; the round that is open then belongs to whoever started it, whatever follows it.</summary>
    private async Task<Round> OpenAsync(CancellationToken cancellationToken)
    {
        var round = await BeginStartAsync(cancellationToken).ConfigureAwait(false);
        await using var caller = cancellationToken.Register(round.Starting.Cancel).ConfigureAwait(false);
        try
        {
            var stream = await _dialler.DialAsync(round.Starting.Token).ConfigureAwait(false);
            if (!Opened(round, stream))
            {
                _runner.Detach();
                await stream.DisposeAsync().ConfigureAwait(false);
                _runner.CancelAll();
                throw new StartFailureException(CloseReason.Canceled, "the start was cancelled");
            }

            return round;
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _state = WorkerState.Stopped;
                _isLost &= exception is not StartFailureException { IsPermanent: true };
            }

            round.Ended.SetResult(null);
            round.Told.SetResult();
            throw exception is StartFailureException ? exception : new StartFailureException(CloseReason.Unreachable, exception.Message, false, exception);
        }
        finally
        {
            round.Decided.SetResult();
        }
    }

    private async Task<Round> BeginStartAsync(CancellationToken cancellationToken)
    {
        if (_runner.IsInsideHandler)
        {
            throw new AlreadyStartedException("a handler runs as long as its worker: it cannot start it");
        }

        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (_state is WorkerState.Starting or WorkerState.Running)
                {
                    throw new AlreadyStartedException($"the worker is {_state}; it can be started when it is stopped");
                }

                if (_state is not WorkerState.Stopping)
                {
                    _state = WorkerState.Starting;
                    return _round = new Round();
                }

                ended = _round!.Ended.Task;
            }

            try
            {
                await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                throw new StartFailureException(CloseReason.Canceled, "the start was cancelled", inner: exception);
            }
        }
    }

    private async Task StopCoreAsync(bool drain, TimeSpan grace, CancellationToken cancellationToken)
    {
        var began = _options.TimeProvider.GetTimestamp();
        grace = drain ? grace : TimeSpan.Zero;
        Round? round;
        LastDelivery? delivery;
        lock (_gate)
        {
            _stopAsked.SetResult(grace);
            _stopAsked = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            round = _state is WorkerState.Created or WorkerState.Stopped ? null : _round;
            delivery = _delivery;
        }

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

        if (round?.Stream is { } stream)
        {
            await EndSessionAsync(round, stream, drain, grace, cancellationToken).ConfigureAwait(false);
            await round.Told.Task.ConfigureAwait(false);
        }

        // Without a session; or it was lost before the stop came to it, and its work was kept.
        var goesOn = round?.Stream is null || _runner.Running.Any(attempt => !attempt.Cancel.IsCancellationRequested);
        await DeliverAsync(grace - _options.TimeProvider.GetElapsedTime(began), cancellationToken).ConfigureAwait(false);
        if (goesOn)
        {
            GiveUpWork();
            await _runner.IdleAsync().WithinAsync(_options.CancelGrace, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndSessionAsync(Round round, WorkerStream stream, bool drain, TimeSpan grace, CancellationToken cancellationToken)
    {
        stream.StopAsked();
        await using var impatient = cancellationToken.Register(round.Hurry.Cancel).ConfigureAwait(false);
        if (!drain)
        {
            await round.Hurry.CancelAsync().ConfigureAwait(false);
        }

        await DrainAsync(round, stream, grace).ConfigureAwait(false);
        stream.Close(CloseReason.StopRequested, "stop requested");
        await round.Ended.Task.ConfigureAwait(false);
    }

    /// <summary>Work that goes on without a session, for a stream that might have come back, ends too.</summary>
    private void GiveUpWork()
    {
        lock (_gate)
        {
            if (_state == WorkerState.Stopped)
            {
                _mayClaim = false;
                _runner.LoseAll(keep: false);
            }
        }
    }

    /// <summary>
    /// After a stop that found the stream away. Only where a loop dials again anyway: a worker never does so by itself. A delivery
    /// under way is joined.
    /// </summary>
    private async Task DeliverAsync(TimeSpan limit, CancellationToken hurry)
    {
        LastDelivery? delivery;
        lock (_gate)
        {
            if (_delivery is not { Done.IsCompleted: false })
            {
                _delivery = _loop is { } rules && limit > TimeSpan.Zero && IsCutOffLocked() ? new LastDelivery(_options, _runner, rules, IsCutOff, OpenAsync, DrainRoundAsync, limit) : null;
            }

            delivery = _delivery;
        }

        if (delivery is not null)
        {
            await using var impatient = hurry.Register(delivery.Hurry.Cancel).ConfigureAwait(false);
            await delivery.Done.ConfigureAwait(false);
        }
    }

    private bool IsCutOff()
    {
        lock (_gate)
        {
            return IsCutOffLocked();
        }
    }

    /// <summary>The last stream was lost, with work that the next session may claim or results for which the admin may be waiting.</summary>
    private bool IsCutOffLocked() => _isLost && ((_mayClaim && _runner.Running.Count > 0) || (_session!.Extensions.Contains("ack") && _runner.Undelivered > 0));

    /// <summary>Ends a session that was opened only for that. OnClose is not waited for: it may wait for the stop.</summary>
    private Task DrainRoundAsync(Round round, TimeSpan limit, CancellationToken cancellationToken) =>
        EndSessionAsync(round, round.Stream!, drain: true, limit, cancellationToken);

    /// <summary>False when the start was cancelled after the admin had accepted.</summary>
    private bool Opened(Round round, WorkerStream stream)
    {
        SessionSnapshot session;
        lock (_gate)
        {
            if (round.Starting.IsCancellationRequested)
            {
                return false;
            }

            session = new SessionSnapshot(
                WorkerId, stream.InstanceId, ++_generation, stream.Address, stream.Extensions, stream.HeartbeatInterval, stream.ReconnectDelay, stream.AdminVersion);
            _session = session;
            _mayClaim = stream.Extensions.Contains("resume");
            _isLost = false;
            (round.Stream, round.Session) = (stream, session);
            _state = WorkerState.Running;
        }

        LogOpened(_options.Logger, WorkerId, stream.Address);
        _ = EndAsync(round, stream, session);
        return true;
    }

    /// <summary>What follows the end of a session, once: reset, then whoever waits is told. Faults are logged: nothing may keep the end from being told.</summary>
    private async Task EndAsync(Round round, WorkerStream stream, SessionSnapshot session)
    {
        var opened = _options.TimeProvider.GetTimestamp();
        var end = await stream.Closed.ConfigureAwait(false);
        var (reason, text, isPermanent) = end;
        var served = _options.TimeProvider.GetElapsedTime(opened);
        if (reason == CloseReason.AdminShutdown)
        {
            await LoggedAsync(() => DrainAsync(round, stream, stream.ShutdownGrace)).ConfigureAwait(false);
        }
        else
        {
            // A drain that the session did not outlive has nothing left to wait for.
            await round.Hurry.CancelAsync().ConfigureAwait(false);
            Task? drain;
            lock (_gate)
            {
                drain = round.Drain;
            }

            await LoggedAsync(() => drain ?? Task.CompletedTask).ConfigureAwait(false);
        }

        _runner.Detach();
        await LoggedAsync(async () => await stream.DisposeAsync().ConfigureAwait(false)).ConfigureAwait(false);
        bool resumes;
        lock (_gate)
        {
            resumes = _mayClaim && RestartPolicy.Restarts(reason, isPermanent);
            _mayClaim = resumes;
            _isLost = end.IsLoss;
        }

        KeepOrCancelWork(resumes, reason, session.Generation);
        lock (_gate)
        {
            _state = WorkerState.Stopped;
        }

        _figures.SessionEnded(reason);
        round.Ended.SetResult(new RunResult(reason, text, session) { Served = served, IsPermanent = isPermanent });
        if (_options.OnClose is { } onClose)
        {
            await LoggedAsync(() => onClose(reason, session)).ConfigureAwait(false);
        }

        round.Told.SetResult();
    }

    private async Task LoggedAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogEndFailed(_options.Logger, exception);
        }
    }

    /// <summary>With resume, work goes on for the window; whoever has not come back by then has lost the lease.</summary>
    private void KeepOrCancelWork(bool resumes, CloseReason reason, int generation)
    {
        if (!resumes)
        {
            _runner.LoseAll(keep: reason is CloseReason.ConnectionLost or CloseReason.HeartbeatTimeout);
            return;
        }

        _ = LoseAfterWindowAsync(generation);
    }

    /// <summary>Leases last as long as the window. A start that is under way at its end decides: the claim it has sent may have reached the admin in time.</summary>
    private async Task LoseAfterWindowAsync(int generation)
    {
        await Task.Delay(_options.ResumeWindow, _options.TimeProvider).ConfigureAwait(false);
        Task decided;
        lock (_gate)
        {
            decided = _state == WorkerState.Starting ? _round!.Decided.Task : Task.CompletedTask;
        }

        await decided.ConfigureAwait(false);
        bool late;
        lock (_gate)
        {
            late = _generation == generation;
            _mayClaim &= !late;
        }

        if (late)
        {
            _runner.LoseAll(keep: false);
        }
    }

    /// <summary>Work that the next session may claim, or results that the admin has yet to confirm. Nothing finds its way back to an admin that knows neither.</summary>
    private bool HoldsWork()
    {
        lock (_gate)
        {
            return (_mayClaim && _runner.Running.Count > 0) || (_session is { } last && last.Extensions.Contains("ack") && _runner.Completions.Count > 0);
        }
    }

    /// <summary>Whoever asks first drains the session; others join. From then on it is stopping, and its work is claimed no more.</summary>
    private Task DrainAsync(Round round, WorkerStream stream, TimeSpan grace)
    {
        lock (_gate)
        {
            if (_round == round && _state == WorkerState.Running)
            {
                _state = WorkerState.Stopping;
                _mayClaim = false;
            }

            return round.Drain ??= stream.IsOver ? Task.CompletedTask : Task.Run(() => _drain.RunAsync(stream, grace, round.Hurry.Token));
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Worker {WorkerId} is connected to {Address}")]
    private static partial void LogOpened(ILogger logger, string workerId, string address);

    [LoggerMessage(23, LogLevel.Error, "Closing a session failed")]
    private static partial void LogEndFailed(ILogger logger, Exception exception);
}
