using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Runs detections within their slots; the others wait.</summary>
/// <param name="options">Slots, clock, logger.</param>
/// <param name="workerId">For the handlers.</param>
/// <param name="figures">Counts proposals.</param>
/// <param name="session">Where results go.</param>
/// <param name="inside">The caller is a handler.</param>
internal sealed partial class DetectionRunner(WorkerOptions options, string workerId, WorkerFigures figures, CurrentSession session, AsyncLocal<bool> inside) : IDisposable
{
    /// <summary>Detections beyond the slots. An admin has one of each job type at a time: more of them are a fault, which must not fill the memory.</summary>
    public const int MostWaiting = 1000;

    private readonly SemaphoreSlim _slots = new(options.DetectionSlots, options.DetectionSlots);
    private int _running;

    /// <summary>Slots in use.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Returns when its end was said.</summary>
    public async Task RunAsync(IJobHandler handler, RunDetectionRequest request, RunningAttempt attempt)
    {
        await Task.Yield();
        var error = "";
        var sink = new ProposalSink(
            request,
            options.TimeProvider,
            () => session.Live is { IsOurs: false },
            message => session.ProposeAsync(message, attempt.Cancel.Token),
            why => attempt.Activity(why, "detection", []),
            attempt.Cancel.Token);
        try
        {
            await _slots.WaitAsync(attempt.Cancel.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _running);
            session.Live?.WorkChanged();
            try
            {
                using var span = WorkerTelemetry.Detection(request);
                await DetectAsync(handler, request, attempt, sink).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (attempt.Cancel.IsCancellationRequested)
        {
            error = JobOutcome.CanceledText;
        }
        catch (Exception exception)
        {
            options.EndIfFatal(exception);
            LogHandlerFailed(options.Logger, exception, attempt.ToString());
            error = $"{exception.GetType().Name}: {exception.Message}";
            error = attempt.Cancel.IsCancellationRequested ? JobOutcome.AsCanceled(error) : error;
        }

        await sink.LeftAsync().ConfigureAwait(false);
        await session.SayAsync(Results.Ended(request, sink.Sent, error), attempt).ConfigureAwait(false);
    }

    public void Dispose() => _slots.Dispose();

    private async Task DetectAsync(IJobHandler handler, RunDetectionRequest request, RunningAttempt attempt, ProposalSink sink)
    {
        var config = ConfigReader.Saved(handler.Descriptor, request.WorkerConfigValues, request.AdminConfigValues);
        var context = new DetectionContext(request, config, workerId, sink.AddAsync, () => sink.IsFull, (stage, message) => attempt.Progress(0, stage, message), attempt.Cancel.Token);
        inside.Value = true;
        try
        {
            await handler.DetectAsync(context).ConfigureAwait(false);
            await sink.FinishAsync().ConfigureAwait(false);
        }
        finally
        {
            attempt.Warn(config.Warnings);
        }

        figures.Proposed(request.JobType, sink.Count);
    }

    [LoggerMessage(3, LogLevel.Warning, "The handler of {Attempt} failed")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, string attempt);
}
