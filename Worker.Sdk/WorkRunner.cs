using System.Collections.Concurrent;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Runs handlers within the slots. It outlives sessions: with the extension resume, work goes on while the stream is gone.</summary>
internal sealed partial class WorkRunner(IReadOnlyDictionary<string, IJobHandler> handlers, WorkerOptions options, string workerId, WorkerFigures figures, CurrentSession session, AsyncLocal<bool> inside) : IDisposable
{
    public const string AtCapacity = "executor is at capacity";

    private const string Drained = "the worker is draining";

    private readonly ConcurrentDictionary<string, RunningAttempt> _running = new(StringComparer.Ordinal);
    private readonly CurrentSession _session = session;
    private readonly AsyncLocal<bool> _inside = inside;
    private readonly DetectionRunner _detections = new(options, workerId, figures, session, inside);
    private readonly JobCalls _calls = new(options, workerId, figures, inside);
    private CancellationTokenSource _stopping = new();
    private int _executing;

    public WorkRunner(IReadOnlyDictionary<string, IJobHandler> handlers, WorkerOptions options, string workerId, WorkerFigures figures)
        : this(handlers, options, workerId, figures, new CurrentSession(), new AsyncLocal<bool>()) { }

    public CompletionBox Completions { get; } = new(options.TimeProvider);

    public HandlerHealth Health { get; } = new(handlers.Values, options);

    public Previewer Previews { get; } = new(handlers.Values, options);

    /// <summary>The admin asked for no new work, until it takes that back or the next session begins.</summary>
    public bool IsDrained { get; set; }

    /// <summary>The session is about to end, whatever the admin says of its drain.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Sessions are opened only for what there is: work ends, results are brought away.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>New work is given back.</summary>
    public bool Draining => IsDrained || IsEnding || IsLeaving;

    /// <summary>Results for which the admin may still be waiting: not confirmed, or not heard yet with their output.</summary>
    public int Undelivered => Completions.Timely + _running.Values.Count(attempt => attempt is { IsDone: true, IsLate: false });

    /// <summary>The caller is a handler: it must not wait for its own end.</summary>
    public bool IsInsideHandler => _inside.Value;

    public IReadOnlyCollection<RunningAttempt> Running => (IReadOnlyCollection<RunningAttempt>)_running.Values;

    public (int Detections, int Executions) Used => (_detections.Running, Volatile.Read(ref _executing));

    /// <summary>Work of former sessions goes on under this one when the admin keeps leases; else it was for nothing.</summary>
    public void Attach(IWorkerSession session)
    {
        if (!session.Resumes)
        {
            LoseAll(keep: true);
        }

        IsDrained = IsEnding = false;
        _session.Attach(session);
    }

    public void Detach() => _session.Detach();

    /// <summary>Handlers that run now are told that the worker is about to stop.</summary>
    public void AnnounceStop() => Own(Interlocked.Exchange(ref _stopping, new CancellationTokenSource()).CancelAsync());

    public void CancelAll()
    {
        foreach (var attempt in _running.Values)
        {
            TryCancel(attempt);
        }
    }

    /// <summary>The leases of all work are lost: what comes of it is told late.</summary>
    /// <param name="keep">Work that may run twice goes on, when the options say so.</param>
    public void LoseAll(bool keep)
    {
        foreach (var attempt in _running.Values)
        {
            attempt.IsLate = true;
            if (!(keep && options.KeepWork && attempt.IsIdempotent))
            {
                TryCancel(attempt);
            }
        }
    }

    public void Dispose()
    {
        _detections.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Completes when no handler runs.</summary>
    public Task IdleAsync() => Task.WhenAll(_running.Values.Select(attempt => attempt.Ended.Task));

    /// <summary>Starts an attempt, once the handler has said whether it can.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="session">Who asks.</param>
    /// <param name="ended">The session is over: nobody waits for the answer.</param>
    public async ValueTask ExecuteAsync(ExecuteJobRequest request, IWorkerSession session, CancellationToken ended)
    {
        if (request.Job is null || !handlers.TryGetValue(request.Job.JobType, out var handler) || !handler.CanExecute)
        {
            session.Acknowledge(request.RequestId, accepted: true, "execute request accepted");
            session.Send(Results.Completed(request, JobOutcome.Failed(request.Job is null ? "execute job is nil" : $"job type {request.Job.JobType} is not handled by this worker", permanent: true)));
            return;
        }

        if (_running.ContainsKey(request.RequestId))
        {
            // The same attempt again: it runs.
            session.Acknowledge(request.RequestId, accepted: true, "execute request accepted");
            return;
        }

        var twins = _running.Values.Where(running => !running.IsDetection && running.WorkId == request.Job.JobId).ToList();
        if (Draining || (twins.Count == 0 && Volatile.Read(ref _executing) >= options.ExecutionSlots))
        {
            Refuse(request, session, AtCapacity);
            return;
        }

        if (await Task.Run(() => _calls.CannotRun(handler, request), CancellationToken.None).WaitAsync(ended).ConfigureAwait(false) is { } why)
        {
            Refuse(request, session, why);
            return;
        }

        if (Draining)
        {
            // Since it was asked: a drain that has counted what runs would cut this off.
            Refuse(request, session, AtCapacity);
            return;
        }

        Interlocked.Increment(ref _executing);
        var attempt = new RunningAttempt(request.RequestId, request.Job.JobId, request.Job.JobType, isDetection: false, keepsOutput: session.TakesOutput, options.TimeProvider, () => _session.Live?.Wake(), CancellationToken.None)
        {
            IsIdempotent = handler.IsIdempotent,
        };
        _running[request.RequestId] = attempt;
        session.Acknowledge(request.RequestId, accepted: true, "execute request accepted");
        session.WorkChanged();
        Own(RunJobAsync(handler, request, attempt, twins, isOurs: session.IsOurs));
    }

    public void Detect(RunDetectionRequest request, IWorkerSession session)
    {
        session.Acknowledge(request.RequestId, accepted: true, "detection request accepted");
        if (!handlers.TryGetValue(request.JobType, out var handler) || !handler.CanDetect)
        {
            session.Send(Results.Ended(request, 0, $"job type {request.JobType} is not handled by this worker"));
            return;
        }

        if (_running.ContainsKey(request.RequestId))
        {
            return;
        }

        if (Draining)
        {
            session.Send(Results.Ended(request, 0, Drained));
            return;
        }

        if (_running.Values.Count(running => running.IsDetection) >= options.DetectionSlots + DetectionRunner.MostWaiting)
        {
            session.Send(Results.Ended(request, 0, "too many detections wait"));
            return;
        }

        var attempt = new RunningAttempt(request.RequestId, request.RequestId, request.JobType, isDetection: true, keepsOutput: false, options.TimeProvider, () => _session.Live?.Wake(), CancellationToken.None)
        {
            IsIdempotent = handler.IsIdempotent,
        };
        _running[request.RequestId] = attempt;
        session.WorkChanged();
        Own(DetectAsync());

        async Task DetectAsync()
        {
            await _detections.RunAsync(handler, request, attempt).ConfigureAwait(false);
            End(attempt);
        }
    }

    public void Cancel(CancelRequest request, string envelopeId, IWorkerSession session)
    {
        if (request.TargetId.Length == 0)
        {
            session.Acknowledge(envelopeId, accepted: false, "cancel target is required");
            return;
        }

        var targets = _running.TryGetValue(request.TargetId, out var one) ? [one] : _running.Values.Where(running => !running.IsDetection && running.WorkId == request.TargetId).ToList();
        if (targets.Count == 0)
        {
            session.Acknowledge(envelopeId, accepted: false, "cancel target not found");
            return;
        }

        session.Acknowledge(envelopeId, accepted: true, "cancel request accepted");
        foreach (var target in targets)
        {
            target.IsForced |= request.Force;
            TryCancel(target);
        }
    }

    /// <summary>The answer goes to the session that asked, as long as that lasts.</summary>
    public void Preview(RequestObjectPreview request, string requestId, IWorkerSession session, CancellationToken ended)
    {
        Own(AnswerAsync());

        async Task AnswerAsync() => session.Send(new WorkerToAdminMessage { ObjectPreviewResponse = await Previews.AnswerAsync(request, requestId, ended).ConfigureAwait(false) });
    }

    /// <summary>On the pool: a handler's reaction to the cancel must not run on the stream's reader.</summary>
    private void TryCancel(RunningAttempt attempt)
    {
        try
        {
            Own(attempt.Cancel.CancelAsync());
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }

    /// <summary>Handlers run on the pool and are observed: their faults become outcomes inside.</summary>
    private void Own(Task work) => _ = work.ContinueWith(
        task => LogRunnerFailed(options.Logger, task.Exception!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private static void Refuse(ExecuteJobRequest request, IWorkerSession session, string why)
    {
        if (session.IsOurs)
        {
            session.Acknowledge(request.RequestId, accepted: false, why);
        }
        else
        {
            session.Send(Results.Completed(request, JobOutcome.Failed(why)));
        }
    }

    private async Task RunJobAsync(IJobHandler handler, ExecuteJobRequest request, RunningAttempt attempt, IReadOnlyList<RunningAttempt> twins, bool isOurs)
    {
        await Task.Yield();

        // A foreign admin retries without waiting; two attempts of one job never overlap here.
        foreach (var twin in twins)
        {
            TryCancel(twin);
        }

        await Task.WhenAll(twins.Select(twin => twin.Ended.Task)).WaitAsync(attempt.Cancel.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var running = attempt.Cancel.IsCancellationRequested ? Task.FromResult(JobOutcome.Canceled()) : _calls.RunAsync(handler, request, attempt, isOurs, _stopping.Token);
        var completed = await LastWordAsync(running, request, attempt, isOurs).ConfigureAwait(false);
        var isTold = !running.IsCompleted;
        try
        {
            if (isTold)
            {
                // It ignores the cancel: the admin hears of the timeout now, the slot is free when the handler is done.
                if (!attempt.IsForced)
                {
                    Deliver(completed, attempt);
                }

                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            attempt.IsDone = true;

            // The slot first: the admin may send the next job as soon as it has read the result.
            Interlocked.Decrement(ref _executing);
            try
            {
                if (!isTold && !attempt.IsForced)
                {
                    await HeardAsync(attempt).ConfigureAwait(false);
                    Deliver(completed, attempt);
                }
            }
            finally
            {
                End(attempt);
            }
        }
    }

    /// <summary>Whatever the handler made of its outcome: an attempt without a last word would keep its slot for good.</summary>
    private async Task<WorkerToAdminMessage> LastWordAsync(Task<JobOutcome> running, ExecuteJobRequest request, RunningAttempt attempt, bool isOurs)
    {
        try
        {
            return Results.Completed(request, isOurs ? await InTimeAsync(running, request, attempt).ConfigureAwait(false) : await running.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            options.EndIfFatal(exception);
            LogRunnerFailed(options.Logger, exception);
            return Results.Completed(request, JobOutcome.Failed($"the outcome of the handler cannot be sent: {exception.GetType().Name}", permanent: true));
        }
    }

    /// <summary>
    /// Within the timeout of the request, which is what our admin gives this attempt. A foreign one sends what is stored, and
    /// gives the job at least 90 s and its estimated runtime: only its cancel says when the time is over.
    /// </summary>
    private async Task<JobOutcome> InTimeAsync(Task<JobOutcome> running, ExecuteJobRequest request, RunningAttempt attempt)
    {
        try
        {
            var timeout = JobCalls.Timeout(request) ?? Timeout.InfiniteTimeSpan;
            return await running.WaitAsync(timeout.AsTimer(), options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            TryCancel(attempt);
        }

        try
        {
            var outcome = await running.WaitAsync(options.CancelGrace.AsTimer(), options.TimeProvider).ConfigureAwait(false);
            return outcome.Success ? outcome : JobOutcome.Failed("timeout", outputs: outcome.Outputs);
        }
        catch (TimeoutException)
        {
            return JobOutcome.Failed("timeout");
        }
    }

    /// <summary>After the last word of the attempt is queued: whoever waits for idleness may close the stream then.</summary>
    private void End(RunningAttempt attempt)
    {
        _running.TryRemove(attempt.RequestId, out _);
        _session.Live?.WorkChanged();
        attempt.Ended.SetResult();
        attempt.Dispose();
    }

    /// <summary>
    /// Output is taken of attempts only that a hello claims. One that ends while the stream is away waits for the next session, to be
    /// claimed and heard, as long as its work could have gone on; its slot is free meanwhile.
    /// </summary>
    private async Task HeardAsync(RunningAttempt attempt)
    {
        if (_session.KeepsResults && attempt.HasOutput)
        {
            await ((Task)_session.NextAsync(attempt.Cancel.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Deliver(WorkerToAdminMessage completed, RunningAttempt attempt)
    {
        // Who never acknowledges has given up what was cancelled because it was lost, unless that is done all the same.
        var live = _session.Live;
        var isGivenUp = attempt.Cancel.IsCancellationRequested && (live is null || attempt.IsLate);
        if (isGivenUp && !completed.JobCompleted.Success && !_session.KeepsResults)
        {
            return;
        }

        if (attempt.IsLate)
        {
            Results.MarkLate(completed.JobCompleted);
        }

        Completions.Keep(completed.JobCompleted);
        live?.Send(completed, attempt);
    }

    [LoggerMessage(2, LogLevel.Error, "Running a handler failed")]
    private static partial void LogRunnerFailed(ILogger logger, Exception exception);
}
