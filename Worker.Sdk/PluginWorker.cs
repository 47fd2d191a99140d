using System.Collections.Frozen;
using System.Net;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// A worker that dials in, serves, and can be started again after every kind of end. It never reconnects by itself:
/// <see cref="RunForeverAsync"/> does, for those who want that. All members may be called from any thread.
/// </summary>
public sealed class PluginWorker : IAsyncDisposable
{
    private readonly WorkerOptions _options;
    private readonly WorkRunner _runner;
    private readonly WorkerLife _life;
    private readonly SessionRounds _rounds;
    private readonly WorkerStops _stops;
    private readonly WorkerFigures _figures;
    private readonly HealthPort? _healthPort;

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
        _life = new WorkerLife(WorkerId, _runner);
        _rounds = new SessionRounds(options, _life, _runner, new Dialler(options, _runner, byType, WorkerId, () => _life.MayClaim), _figures);
        _stops = new WorkerStops(options, _life, _rounds, _runner);
        _healthPort = options.HealthPort is { } port ? HealthPort.Open(port, this, _runner.Health, _figures, options.Logger) : null;
    }

    /// <summary>The stable identity.</summary>
    public string WorkerId { get; }

    /// <summary>Where it is in its life.</summary>
    public WorkerState State => _life.State;

    /// <summary>The current session, or the last one; null before the first.</summary>
    public SessionSnapshot? Session => _life.Session;

    /// <summary>How long the admin's hello may take.</summary>
    public TimeSpan RegistrationTimeout => _options.RegistrationTimeout;

    /// <summary>How long a handler may think about its values or its health.</summary>
    public TimeSpan RequestTimeout => _options.RequestTimeout;

    /// <summary>Pause between heartbeats: 10 s until an admin asks for another, then what the last one asked for.</summary>
    public TimeSpan HeartbeatInterval => _life.Told?.HeartbeatInterval ?? WorkerStream.UsualHeartbeat;

    /// <summary>First pause before dialling again: 5 s until an admin asks for another, then what the last one asked for.</summary>
    public TimeSpan ReconnectDelay => _life.Told?.ReconnectDelay ?? WorkerStream.UsualReconnect;

    /// <summary>What the last admin said of itself, or <c>unknown</c>.</summary>
    public string AdminVersion => _life.Told?.AdminVersion ?? "unknown";

    /// <summary>Dials and registers. Returns when the admin has accepted. While the worker is stopping it waits for that first.</summary>
    /// <exception cref="StartFailureException">It did not; the worker is stopped and can be started again.</exception>
    /// <exception cref="AlreadyStartedException">It is starting or running already.</exception>
    public async Task<SessionSnapshot> StartAsync(CancellationToken cancellationToken = default) =>
        (await _rounds.OpenAsync(cancellationToken).ConfigureAwait(false)).Session!;

    /// <summary>
    /// Ends the session, or a start under way, and the loop of <see cref="RunForeverAsync"/>. With drain, running work is finished
    /// within the grace and its results are sent. While the stream is away, also when it is lost meanwhile, <see cref="RunForeverAsync"/>
    /// goes on dialling within the grace as long as there is work that the admin may still take back or a result that it has not
    /// confirmed; without that loop, work that goes on without a session is cancelled.
    /// A stop in progress is joined. Returns after OnClose, except when called from inside it; called from inside a handler it waits for nothing.
    /// </summary>
    /// <param name="drain">False: running work is cancelled now, also when a drain is under way.</param>
    /// <param name="grace">Default <see cref="WorkerOptions.DrainGrace"/>; that of a stop in progress stays.</param>
    /// <param name="cancellationToken">Stops waiting for the drain, not the stop.</param>
    public Task StopAsync(bool drain = true, TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        var stopping = _stops.StopAsync(drain, grace ?? _options.DrainGrace, cancellationToken);
        return _runner.IsInsideHandler ? Task.CompletedTask : stopping;
    }

    /// <summary>Waits for the end of the session that is current now; a later one does not prolong it. Null when there is none, or when its start fails.</summary>
    public Task<RunResult?> WaitAsync(CancellationToken cancellationToken = default) =>
        _life.Current is { } round ? round.Ended.Task.WaitAsync(cancellationToken) : Task.FromResult<RunResult?>(null);

    /// <summary>Starts and serves until the session ends. A cancelled token drains and stops, in service or while starting.</summary>
    /// <exception cref="StartFailureException">It could not start.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken = default)
    {
        Round round;
        try
        {
            round = await _rounds.OpenAsync(cancellationToken).ConfigureAwait(false);
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
    /// <exception cref="AlreadyStartedException">It is under way already, or the worker was started another way.</exception>
    public async Task<RunResult> RunForeverAsync(RestartPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy ??= new RestartPolicy();
        _stops.BeginLoop(policy, out var stop);
        try
        {
            var result = await new RestartLoop(this, _options, policy, () => _life.HoldsWork, stop).RunAsync(cancellationToken).ConfigureAwait(false);
            if (stop.IsCompletedSuccessfully)
            {
                // Whoever asked for the stop may not wait for its end; the process lives as long as this loop.
                await _stops.DeliverAsync(await stop.ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
            }

            return result;
        }
        finally
        {
            _stops.EndLoop();
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
}
