using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What a handler is asked for a job: whether it can, what is wrong with the values, and to do it. Its faults become outcomes here.</summary>
/// <param name="options">Limits, clock, logger.</param>
/// <param name="workerId">For the handlers.</param>
/// <param name="figures">Counts how attempts end.</param>
/// <param name="inside">The caller is a handler.</param>
internal sealed partial class JobCalls(WorkerOptions options, string workerId, WorkerFigures figures, AsyncLocal<bool> inside)
{
    /// <summary>Null: the attempt has none.</summary>
    public static TimeSpan? Timeout(ExecuteJobRequest request) => request.AdminRuntime?.ExecutionTimeoutSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Why this worker cannot; null: it can, as far as the handler says.</summary>
    public string? CannotRun(IJobHandler handler, ExecuteJobRequest request)
    {
        try
        {
            return handler.CannotRun(Saved(handler, request).Under(request.Job.Parameters));
        }
        catch (Exception exception)
        {
            options.EndIfFatal(exception);

            // Running it says the same in its result.
            LogHandlerFailed(options.Logger, exception, request.RequestId);
            return null;
        }
    }

    /// <summary>Never fails.</summary>
    /// <param name="handler">Of the job's type.</param>
    /// <param name="request">The attempt.</param>
    /// <param name="attempt">Where it reports to.</param>
    /// <param name="isOurs">The timeout of the request is that of the attempt.</param>
    /// <param name="stopping">The worker is about to stop.</param>
    public async Task<JobOutcome> RunAsync(IJobHandler handler, ExecuteJobRequest request, RunningAttempt attempt, bool isOurs, CancellationToken stopping)
    {
        // A handler that blocks holds up nobody who watches its time.
        await Task.Yield();
        inside.Value = true;
        using var span = WorkerTelemetry.Execution(request);
        var began = options.TimeProvider.GetTimestamp();
        var outcome = await HandledAsync(handler, request, attempt, isOurs, stopping).ConfigureAwait(false);
        WorkerTelemetry.End(span, outcome);
        var ending = outcome.Success ? "succeeded" : attempt.Cancel.IsCancellationRequested ? "canceled" : "failed";
        figures.AttemptEnded(request.Job.JobType, ending, options.TimeProvider.GetElapsedTime(began));
        return outcome;
    }

    private async Task<JobOutcome> HandledAsync(IJobHandler handler, ExecuteJobRequest request, RunningAttempt attempt, bool isOurs, CancellationToken stopping)
    {
        JobContext? context = null;
        try
        {
            context = new JobContext(request, Saved(handler, request), workerId, attempt, attempt.Cancel.Token, stopping)
            {
                Deadline = isOurs && Timeout(request) is { } timeout ? options.TimeProvider.GetUtcNow() + timeout : null,
            };
            var findings = await FindingsAsync(handler, context.Config, attempt.Cancel.Token).ConfigureAwait(false);
            if (findings.Count > 0)
            {
                return JobOutcome.Failed(string.Join("; ", findings), permanent: true);
            }

            var outcome = await handler.ExecuteAsync(context).ConfigureAwait(false) ?? JobOutcome.Failed("the handler returned no outcome", permanent: true);
            return outcome.Success || !attempt.Cancel.IsCancellationRequested ? outcome : JobOutcome.Canceled(outcome.Text, outcome.Outputs);
        }
        catch (OperationCanceledException) when (attempt.Cancel.IsCancellationRequested)
        {
            return JobOutcome.Canceled();
        }
        catch (Exception exception)
        {
            options.EndIfFatal(exception);
            LogHandlerFailed(options.Logger, exception, attempt.ToString());
            var text = $"{exception.GetType().Name}: {exception.Message}";
            return attempt.Cancel.IsCancellationRequested ? JobOutcome.Canceled(text) : JobOutcome.Failed(text);
        }
        finally
        {
            attempt.Warn(context?.Warnings ?? []);
        }
    }

    private async Task<IReadOnlyList<string>> FindingsAsync(IJobHandler handler, ConfigReader config, CancellationToken canceled)
    {
        // On the pool: the limit holds for one that blocks, too.
        var finding = Task.Run(() => handler.ValidateAsync(config, canceled), CancellationToken.None);
        try
        {
            return await finding.WaitAsync(options.RequestTimeout.AsTimer(), options.TimeProvider, canceled).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!finding.IsCompleted)
        {
            throw new TimeoutException($"the values were not validated within {options.RequestTimeout.TotalSeconds:0.#} s");
        }
    }

    private static ConfigReader Saved(IJobHandler handler, ExecuteJobRequest request) => ConfigReader.Saved(handler.Descriptor, request.WorkerConfigValues, request.AdminConfigValues);

    [LoggerMessage(1, LogLevel.Warning, "The handler of {Attempt} failed")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, string attempt);
}
