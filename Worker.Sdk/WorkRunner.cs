using System.Collections.Concurrent;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Runs handlers within the slots. It outlives sessions: with the extension resume, work goes on while the stream is gone.</summary>
internal sealed partial class WorkRunner(IReadOnlyDictionary<string, IJobHandler> handlers, WorkerOptions options, string workerId) : IDisposable
{
    public const string AtCapacity = "executor is at capacity";

    private const string Canceled = "context canceled";

    private const int BatchCount = 500;
    private const int BatchSize = 1024 * 1024;
    private const int OutputsLimit = 1024 * 1024;
    private const int WorthNaming = 1024;
    private const int ErrorLimit = 16 * 1024;

    private readonly ConcurrentDictionary<string, RunningAttempt> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _detections = new(options.DetectionSlots, options.DetectionSlots);
    private CancellationTokenSource _stopping = new();
    private volatile IWorkerSession? _session;
    private volatile bool _keepsResults;
    private int _executing;
    private int _detecting;

    public CompletionBox Completions { get; } = new();

    public bool Draining { get; set; }

    public IReadOnlyCollection<RunningAttempt> Running => (IReadOnlyCollection<RunningAttempt>)_running.Values;

    public (int Detections, int Executions) Used => (Volatile.Read(ref _detecting), Volatile.Read(ref _executing));

    public void Attach(IWorkerSession session)
    {
        _keepsResults = session.Acknowledges;
        _session = session;
    }

    public void Detach() => _session = null;

    /// <summary>Handlers that run now are told that the worker is about to stop.</summary>
    public void AnnounceStop() => Own(Interlocked.Exchange(ref _stopping, new CancellationTokenSource()).CancelAsync());

    public void CancelAll()
    {
        foreach (var attempt in _running.Values)
        {
            TryCancel(attempt);
        }
    }

    public void Dispose()
    {
        _detections.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Completes when no handler runs.</summary>
    public Task IdleAsync() => Task.WhenAll(_running.Values.Select(attempt => attempt.Ended.Task));

    public void Execute(ExecuteJobRequest request, IWorkerSession session)
    {
        if (request.Job is null || !handlers.TryGetValue(request.Job.JobType, out var handler) || !handler.CanExecute)
        {
            session.Acknowledge(request.RequestId, accepted: true, "execute request accepted");
            session.Send(Completed(request, JobOutcome.Failed(request.Job is null ? "execute job is nil" : $"job type {request.Job.JobType} is not handled by this worker", permanent: true)));
            return;
        }

        var twins = _running.Values.Where(running => !running.IsDetection && running.WorkId == request.Job.JobId).ToList();
        if (twins.Count == 0 && (Draining || Volatile.Read(ref _executing) >= options.ExecutionSlots))
        {
            Refuse(request, session, AtCapacity);
            return;
        }

        if (CannotRun(handler, request) is { } why)
        {
            Refuse(request, session, why);
            return;
        }

        Interlocked.Increment(ref _executing);
        var attempt = new RunningAttempt(request.RequestId, request.Job.JobId, request.Job.JobType, isDetection: false, keepsOutput: session.TakesOutput, options.TimeProvider, () => _session?.Wake(), CancellationToken.None);
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
            session.Send(Ended(request, 0, $"job type {request.JobType} is not handled by this worker"));
            return;
        }

        var attempt = new RunningAttempt(request.RequestId, request.RequestId, request.JobType, isDetection: true, keepsOutput: false, options.TimeProvider, () => _session?.Wake(), CancellationToken.None);
        _running[request.RequestId] = attempt;
        session.WorkChanged();
        Own(RunDetectionAsync(handler, request, attempt));
    }

    public void Cancel(CancelRequest request, string envelopeId, IWorkerSession session)
    {
        if (request.TargetId.Length == 0)
        {
            session.Acknowledge(envelopeId, accepted: false, "cancel target is required");
            return;
        }

        var target = _running.GetValueOrDefault(request.TargetId) ?? _running.Values.FirstOrDefault(running => !running.IsDetection && running.WorkId == request.TargetId);
        if (target is null)
        {
            session.Acknowledge(envelopeId, accepted: false, "cancel target not found");
            return;
        }

        target.IsForced |= request.Force;
        session.Acknowledge(envelopeId, accepted: true, "cancel request accepted");
        TryCancel(target);
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
            session.Send(Completed(request, JobOutcome.Failed(why)));
        }
    }

    private string? CannotRun(IJobHandler handler, ExecuteJobRequest request)
    {
        try
        {
            return handler.CannotRun(Saved(handler, request).Under(request.Job.Parameters));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Running it says the same in its result.
            LogHandlerFailed(options.Logger, exception, request.RequestId);
            return null;
        }
    }

    private static ConfigReader Saved(IJobHandler handler, ExecuteJobRequest request) => new(
        request.WorkerConfigValues,
        request.AdminConfigValues,
        handler.Descriptor.WorkerConfigForm?.DefaultValues ?? [],
        handler.Descriptor.AdminConfigForm?.DefaultValues ?? []);

    private async Task RunJobAsync(IJobHandler handler, ExecuteJobRequest request, RunningAttempt attempt, IReadOnlyList<RunningAttempt> twins, bool isOurs)
    {
        await Task.Yield();

        // A foreign admin retries without waiting; two attempts of one job never overlap here.
        foreach (var twin in twins)
        {
            TryCancel(twin);
        }

        await Task.WhenAll(twins.Select(twin => twin.Ended.Task)).WaitAsync(attempt.Cancel.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var running = attempt.Cancel.IsCancellationRequested ? Task.FromResult(JobOutcome.Failed(Canceled)) : OutcomeAsync(handler, request, attempt);
        var outcome = isOurs ? await InTimeAsync(running, request, attempt).ConfigureAwait(false) : await running.ConfigureAwait(false);
        var completed = Completed(request, outcome);
        if (!running.IsCompleted)
        {
            // It ignores the cancel: the admin hears of the timeout now, the slot is free when the handler is done.
            Deliver(completed, attempt);
            await running.ConfigureAwait(false);
            Interlocked.Decrement(ref _executing);
        }
        else
        {
            // The slot first: the admin may send the next job as soon as it has read the result.
            Interlocked.Decrement(ref _executing);
            if (!attempt.IsForced)
            {
                Deliver(completed, attempt);
            }
        }

        End(attempt);
    }

    /// <summary>
    /// Within the timeout of the request, which is what our admin gives this attempt. A foreign one sends what is stored, and
    /// gives the job at least 90 s and its estimated runtime: only its cancel says when the time is over.
    /// </summary>
    private async Task<JobOutcome> InTimeAsync(Task<JobOutcome> running, ExecuteJobRequest request, RunningAttempt attempt)
    {
        var timeout = TimeSpan.FromSeconds(request.AdminRuntime?.ExecutionTimeoutSeconds ?? 0);
        try
        {
            return await running.WaitAsync(timeout > TimeSpan.Zero && timeout < TimeSpan.FromDays(24) ? timeout : Timeout.InfiniteTimeSpan, options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            TryCancel(attempt);
        }

        try
        {
            var outcome = await running.WaitAsync(options.CancelGrace, options.TimeProvider).ConfigureAwait(false);
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
        _session?.WorkChanged();
        attempt.Ended.SetResult();
        attempt.Dispose();
    }

    private async Task<JobOutcome> OutcomeAsync(IJobHandler handler, ExecuteJobRequest request, RunningAttempt attempt)
    {
        try
        {
            var outcome = await handler.ExecuteAsync(new JobContext(request, Saved(handler, request), workerId, attempt, attempt.Cancel.Token, _stopping.Token)).ConfigureAwait(false)
                ?? JobOutcome.Failed("the handler returned no outcome", permanent: true);
            return outcome.Success || !attempt.Cancel.IsCancellationRequested ? outcome : JobOutcome.Failed(AsCanceled(outcome.Text), outputs: outcome.Outputs);
        }
        catch (OperationCanceledException) when (attempt.Cancel.IsCancellationRequested)
        {
            return JobOutcome.Failed(Canceled);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogHandlerFailed(options.Logger, exception, attempt.ToString());
            var text = $"{exception.GetType().Name}: {exception.Message}";
            return JobOutcome.Failed(attempt.Cancel.IsCancellationRequested ? AsCanceled(text) : text);
        }
    }

    /// <summary>Admins tell a stopped attempt from a failed one by these words.</summary>
    private static string AsCanceled(string text) => text.Contains(Canceled, StringComparison.OrdinalIgnoreCase) ? text : $"{Canceled}: {text}";

    private async Task RunDetectionAsync(IJobHandler handler, RunDetectionRequest request, RunningAttempt attempt)
    {
        await Task.Yield();
        var error = "";
        var sent = 0;
        try
        {
            await _detections.WaitAsync(attempt.Cancel.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _detecting);
            _session?.WorkChanged();
            try
            {
                sent = await DetectAsync(handler, request, attempt).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _detecting);
                _detections.Release();
            }
        }
        catch (OperationCanceledException) when (attempt.Cancel.IsCancellationRequested)
        {
            error = Canceled;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogHandlerFailed(options.Logger, exception, attempt.ToString());
            error = $"{exception.GetType().Name}: {exception.Message}";
            error = attempt.Cancel.IsCancellationRequested ? AsCanceled(error) : error;
        }

        _session?.Send(Ended(request, sent, error), attempt);
        End(attempt);
    }

    private async Task<int> DetectAsync(IJobHandler handler, RunDetectionRequest request, RunningAttempt attempt)
    {
        var config = new ConfigReader(
            request.WorkerConfigValues,
            request.AdminConfigValues,
            handler.Descriptor.WorkerConfigForm?.DefaultValues ?? [],
            handler.Descriptor.AdminConfigForm?.DefaultValues ?? []);
        var batch = new DetectionProposals { RequestId = request.RequestId, JobType = request.JobType };
        var size = 0;
        var count = 0;
        DetectionContext? context = null;

        async ValueTask FlushAsync(bool hasMore)
        {
            batch.HasMore = hasMore;
            if (_session is { } session)
            {
                await session.SendAsync(new WorkerToAdminMessage { DetectionProposals = batch }, attempt.Cancel.Token).ConfigureAwait(false);
            }

            batch = new DetectionProposals { RequestId = request.RequestId, JobType = request.JobType };
            size = 0;
        }

        async ValueTask ProposeAsync(Proposal proposal)
        {
            if (request.MaxResults > 0 && count >= request.MaxResults)
            {
                context!.IsFull = true;
                return;
            }

            var wire = ToWire(proposal, request.JobType);
            if (wire.DedupeKey.Length == 0 && _session is { IsOurs: false })
            {
                // A foreign admin gives its jobs new ids: without a key it finds no job that is already running.
                wire.DedupeKey = wire.ProposalId;
            }

            var bytes = wire.CalculateSize();
            if (batch.Proposals.Count == BatchCount || (size > 0 && size + bytes > BatchSize))
            {
                await FlushAsync(hasMore: true).ConfigureAwait(false);
            }

            batch.Proposals.Add(wire);
            size += bytes;
            count++;
            context!.IsFull = request.MaxResults > 0 && count >= request.MaxResults;
        }

        context = new DetectionContext(
            request, config, workerId, ProposeAsync, (stage, message) => attempt.Progress(0, stage, message), attempt.Cancel.Token);
        await handler.DetectAsync(context).ConfigureAwait(false);
        await FlushAsync(hasMore: context.IsFull).ConfigureAwait(false);
        return count;
    }

    private void Deliver(WorkerToAdminMessage completed, RunningAttempt attempt)
    {
        // Without a session, the last one decides: whoever never acknowledges would have them kept for ever.
        if (_keepsResults)
        {
            Completions.Keep(completed.JobCompleted);
        }

        _session?.Send(completed, attempt);
    }

    private static JobProposal ToWire(Proposal proposal, string jobType)
    {
        var wire = new JobProposal
        {
            ProposalId = proposal.Id,
            DedupeKey = proposal.DedupeKey,
            JobType = jobType,
            Priority = proposal.Priority,
            Summary = proposal.Summary,
            Detail = proposal.Detail,
            NotBefore = proposal.NotBefore is { } start ? Timestamp.FromDateTimeOffset(start) : null,
            ExpiresAt = proposal.ExpiresAt is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        };
        proposal.Parameters.CopyTo(wire.Parameters);
        foreach (var (key, value) in proposal.Labels)
        {
            wire.Labels[key] = value;
        }

        return wire;
    }

    private static WorkerToAdminMessage Ended(RunDetectionRequest request, int count, string error) => new()
    {
        DetectionComplete = new DetectionComplete
        {
            RequestId = request.RequestId,
            JobType = request.JobType,
            Success = error.Length == 0,
            ErrorMessage = Cut(error),
            TotalProposals = count,
        },
    };

    private static WorkerToAdminMessage Completed(ExecuteJobRequest request, JobOutcome outcome)
    {
        var completed = new JobCompleted
        {
            RequestId = request.RequestId,
            JobId = request.Job?.JobId ?? "",
            JobType = request.Job?.JobType ?? "",
            Success = outcome.Success,
            ErrorMessage = outcome.Success ? "" : Cut(outcome.Text),
            Result = new JobResult { Summary = outcome.Success ? Cut(outcome.Text) : "" },
            CompletedAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
        };
        outcome.Outputs.CopyTo(completed.Result.OutputValues);
        Shrink(completed.Result);
        return new WorkerToAdminMessage { JobCompleted = completed };
    }

    /// <summary>The largest values go first when all together are too large; what went is named.</summary>
    private static void Shrink(JobResult result)
    {
        foreach (var (name, value) in result.OutputValues.OrderByDescending(pair => pair.Value.CalculateSize()).TakeWhile(pair => pair.Value.CalculateSize() > WorthNaming).ToList())
        {
            if (result.CalculateSize() <= OutputsLimit)
            {
                return;
            }

            result.OutputValues.Remove(name);
            result.OutputValues[name + "_truncated"] = new ConfigValue { BoolValue = true };
        }

        if (result.CalculateSize() > OutputsLimit)
        {
            result.OutputValues.Clear();
            result.OutputValues["outputs_truncated"] = new ConfigValue { BoolValue = true };
        }
    }

    private static string Cut(string text) => text.Length <= ErrorLimit ? text : text[..ErrorLimit];

    [LoggerMessage(1, LogLevel.Warning, "The handler of {Attempt} failed")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, string attempt);

    [LoggerMessage(2, LogLevel.Error, "Running a handler failed")]
    private static partial void LogRunnerFailed(ILogger logger, Exception exception);
}

/// <summary>The live stream as the runner sees it.</summary>
internal interface IWorkerSession
{
    /// <summary>The admin agreed to extensions, so it is one of ours.</summary>
    bool IsOurs { get; }

    /// <summary>The admin keeps output.</summary>
    bool TakesOutput { get; }

    /// <summary>The admin confirms completions.</summary>
    bool Acknowledges { get; }

    void Acknowledge(string requestId, bool accepted, string message);

    /// <summary>Queues a message; what the attempt still has to say goes before it.</summary>
    void Send(WorkerToAdminMessage message, RunningAttempt? after = null);

    /// <summary>Queues a message; waits while the queue is full.</summary>
    ValueTask SendAsync(WorkerToAdminMessage message, CancellationToken cancellationToken);

    /// <summary>There is something to report.</summary>
    void Wake();

    /// <summary>Work began or ended, or a slot changed hands.</summary>
    void WorkChanged();
}
