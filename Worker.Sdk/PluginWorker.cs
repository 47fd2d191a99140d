using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// A worker that dials in, serves, and can be started again after every kind of end. It never reconnects by itself:
/// <see cref="RunForeverAsync"/> does, for those who want that. All members may be called from any thread.
/// </summary>
public sealed partial class PluginWorker : IAsyncDisposable
{
    private readonly WorkerOptions _options;
    private readonly FrozenDictionary<string, IJobHandler> _handlers;
    private readonly WorkRunner _runner;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private WorkerState _state = WorkerState.Created;
    private WorkerStream? _stream;
    private SessionSnapshot? _session;
    private TaskCompletionSource<RunResult> _ended = NewEnd();
    private TaskCompletionSource _told = NewTold();
    private CancellationTokenSource? _starting;
    private int _generation;
    private bool _mayClaim;

    /// <summary>Checks everything that can be checked without a network.</summary>
    /// <exception cref="ArgumentException">All findings, one per line.</exception>
    public PluginWorker(WorkerOptions options, params IReadOnlyList<IJobHandler> handlers)
    {
        _options = options;
        WorkerId = WorkerIdentity.Find(options);
        var problems = WorkerIdentity.Problems(options, handlers, WorkerId);
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", problems), nameof(handlers));
        }

        _handlers = handlers.ToFrozenDictionary(handler => handler.Descriptor.JobType, StringComparer.OrdinalIgnoreCase);
        _runner = new WorkRunner(_handlers, options, WorkerId);
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

    /// <summary>Dials and registers. Returns when the admin has accepted.</summary>
    /// <exception cref="StartFailureException">It did not; the worker is stopped and can be started again.</exception>
    /// <exception cref="InvalidOperationException">It is starting or running already.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var starting = BeginStart(cancellationToken);
        try
        {
            var stream = await DialAsync(starting.Token).ConfigureAwait(false);
            if (!Opened(stream, starting.Token))
            {
                _runner.Detach();
                await stream.DisposeAsync().ConfigureAwait(false);
                _runner.CancelAll();
                throw new StartFailureException(CloseReason.Canceled, "the start was cancelled");
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _state = WorkerState.Stopped;
            }

            throw exception is StartFailureException ? exception : new StartFailureException(CloseReason.Unreachable, exception.Message, false, exception);
        }
        finally
        {
            lock (_gate)
            {
                _starting = null;
            }

            starting.Dispose();
        }
    }

    /// <summary>
    /// Ends the session, or a start under way. With drain, running work is finished within the grace and its results are
    /// sent. Returns after OnClose, except when called from inside it.
    /// </summary>
    /// <param name="drain">False: running work is cancelled now.</param>
    /// <param name="grace">Default 30 s.</param>
    /// <param name="cancellationToken">Stops waiting for the drain, not the stop.</param>
    public async Task StopAsync(bool drain = true, TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        WorkerStream? stream;
        CancellationTokenSource? starting;
        Task told;
        lock (_gate)
        {
            starting = _starting;
            stream = _stream;
            told = _told.Task;
            if (stream is not null)
            {
                _state = WorkerState.Stopping;
                _mayClaim = false;
            }
        }

        Cancel(starting);
        if (stream is not null)
        {
            await DrainAsync(stream, drain, grace ?? TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
            stream.Close(CloseReason.StopRequested, "stop requested");
            await told.ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the end of the session that is current now; a later one does not prolong it.</summary>
    public Task<RunResult?> WaitAsync(CancellationToken cancellationToken = default)
    {
        Task<RunResult> ended;
        lock (_gate)
        {
            if (_state is WorkerState.Created or WorkerState.Stopped)
            {
                return Task.FromResult<RunResult?>(null);
            }

            ended = _ended.Task;
        }

        return EndAsync();

        async Task<RunResult?> EndAsync() => await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts and serves until the session ends. A cancelled token drains and stops, in service or while starting.</summary>
    /// <exception cref="StartFailureException">It could not start.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StartFailureException failure) when (failure.Reason == CloseReason.Canceled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("the worker was stopped while it started", failure, cancellationToken);
        }

        Task<RunResult> ended;
        lock (_gate)
        {
            ended = _ended.Task;
        }

        try
        {
            return await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
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
        var rules = policy ?? new RestartPolicy();
        var failures = 0;
        while (true)
        {
            var started = _options.TimeProvider.GetTimestamp();
            try
            {
                var result = await RunAsync(cancellationToken).ConfigureAwait(false);
                if (!RestartPolicy.Restarts(result.Reason) && !(result.Reason == CloseReason.AdminShutdown && IsForeign))
                {
                    return result;
                }

                failures = _options.TimeProvider.GetElapsedTime(started) >= rules.ResetAfter ? 0 : failures;
                LogSessionEnded(_options.Logger, result.Reason, result.Text);
            }
            catch (StartFailureException failure) when (RestartPolicy.Restarts(failure.Reason, failure.IsPermanent))
            {
                LogStartFailed(_options.Logger, failure.Message);
            }

            // Nothing can find its way back to a foreign admin: the first pause is a full one, and work on its way out shortens none.
            var isForeign = IsForeign;
            var atWork = !isForeign && (_runner.Running.Count > 0 || _runner.Completions.All().Count > 0);
            var delay = rules.Delay(isForeign ? ++failures : failures++, Session?.ReconnectDelay ?? TimeSpan.FromSeconds(1), atWork);
            await Task.Delay(delay, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops at once; running work is cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(drain: false).ConfigureAwait(false);
        await _runner.IdleAsync().ConfigureAwait(false);
        _runner.Dispose();
    }

    /// <summary>The last admin was not one of ours: it agreed to no extension.</summary>
    private bool IsForeign => Session is { Extensions.Count: 0 };

    private static TaskCompletionSource<RunResult> NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewTold() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Cancel(CancellationTokenSource? starting)
    {
        try
        {
            starting?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The start has ended meanwhile.
        }
    }

    private CancellationTokenSource BeginStart(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_state is WorkerState.Starting or WorkerState.Running or WorkerState.Stopping)
            {
                throw new InvalidOperationException($"the worker is {_state}; it can be started when it is stopped");
            }

            _state = WorkerState.Starting;
            _starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            return _starting;
        }
    }

    private async Task<WorkerStream> DialAsync(CancellationToken cancellationToken)
    {
        StartFailureException? last = null;
        foreach (var entry in _options.Address.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var address = await WorkerAddress.ResolveAsync(entry, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
                return await WorkerStream.OpenAsync(_options, _runner, _handlers, WorkerId, address, _mayClaim, cancellationToken).ConfigureAwait(false);
            }
            catch (StartFailureException failure) when (failure.Reason is CloseReason.Unreachable or CloseReason.Timeout)
            {
                last = failure;
            }
            catch (OperationCanceledException exception)
            {
                throw new StartFailureException(CloseReason.Canceled, "the start was cancelled", inner: exception);
            }
        }

        throw last ?? new StartFailureException(CloseReason.Unreachable, "no address is set");
    }

    /// <summary>False when the start was cancelled after the admin had accepted.</summary>
    private bool Opened(WorkerStream stream, CancellationToken starting)
    {
        SessionSnapshot session;
        lock (_gate)
        {
            if (starting.IsCancellationRequested)
            {
                return false;
            }

            session = new SessionSnapshot(
                WorkerId, stream.InstanceId, ++_generation, stream.Address, stream.Extensions, stream.HeartbeatInterval, stream.ReconnectDelay, stream.AdminVersion);
            _session = session;
            _stream = stream;
            _mayClaim = stream.Extensions.Contains("resume");
            _ended = NewEnd();
            _told = NewTold();
            _state = WorkerState.Running;
        }

        LogOpened(_options.Logger, WorkerId, stream.Address);
        _ = EndAsync(stream, session);
        return true;
    }

    /// <summary>What follows the end of a session, once: reset, then whoever waits is told. Faults are logged: nothing may keep the end from being told.</summary>
    private async Task EndAsync(WorkerStream stream, SessionSnapshot session)
    {
        var (reason, text) = await stream.Closed.ConfigureAwait(false);
        if (reason == CloseReason.AdminShutdown)
        {
            await DrainAsync(stream, drain: true, TimeSpan.FromSeconds(30), CancellationToken.None).ConfigureAwait(false);
        }

        _runner.Detach();
        await LoggedAsync(async () => await stream.DisposeAsync().ConfigureAwait(false)).ConfigureAwait(false);
        bool resumes;
        lock (_gate)
        {
            resumes = _mayClaim && RestartPolicy.Restarts(reason);
            _mayClaim = resumes;
        }

        KeepOrCancelWork(resumes, session.Generation);
        TaskCompletionSource<RunResult> ended;
        TaskCompletionSource told;
        lock (_gate)
        {
            ended = _ended;
            told = _told;
            _stream = null;
            _state = WorkerState.Stopped;
        }

        ended.SetResult(new RunResult(reason, text, session));
        if (_options.OnClose is { } onClose)
        {
            await LoggedAsync(() => onClose(reason, session)).ConfigureAwait(false);
        }

        told.SetResult();
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
    private void KeepOrCancelWork(bool resumes, int generation)
    {
        if (!resumes)
        {
            _runner.CancelAll();
            return;
        }

        ITimer? timer = null;
        timer = _options.TimeProvider.CreateTimer(
            _ =>
            {
                bool late;
                lock (_gate)
                {
                    late = _generation == generation;
                    _mayClaim &= !late;
                }

                if (late)
                {
                    _runner.CancelAll();
                }

                timer?.Dispose();
            },
            null,
            _options.ResumeWindow,
            Timeout.InfiniteTimeSpan);
    }

    private async Task DrainAsync(WorkerStream stream, bool drain, TimeSpan grace, CancellationToken cancellationToken)
    {
        _runner.Draining = true;
        try
        {
            if (drain)
            {
                _runner.AnnounceStop();
                await _runner.IdleAsync().WaitAsync(grace, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
                if (stream.Acknowledges)
                {
                    await _runner.Completions.EmptyAsync().WaitAsync(TimeSpan.FromSeconds(5), _options.TimeProvider, cancellationToken).ConfigureAwait(false);
                }

                await stream.FinishAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogDrainCut(_options.Logger);
        }
        finally
        {
            _runner.CancelAll();
            _runner.Draining = false;
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Worker {WorkerId} is connected to {Address}")]
    private static partial void LogOpened(ILogger logger, string workerId, string address);

    [LoggerMessage(21, LogLevel.Warning, "The session ended ({Reason}): {Text}; dialling again")]
    private static partial void LogSessionEnded(ILogger logger, CloseReason reason, string text);

    [LoggerMessage(22, LogLevel.Warning, "Not connected: {Text}; trying again")]
    private static partial void LogStartFailed(ILogger logger, string text);

    [LoggerMessage(23, LogLevel.Error, "Closing a session failed")]
    private static partial void LogEndFailed(ILogger logger, Exception exception);

    [LoggerMessage(24, LogLevel.Warning, "Running work did not end in time and is cancelled")]
    private static partial void LogDrainCut(ILogger logger);
}
