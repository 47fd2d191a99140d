using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Runs a worker again after ends that may pass.</summary>
/// <param name="worker">Whom.</param>
/// <param name="options">Clock and logger.</param>
/// <param name="rules">When, and after which pauses.</param>
/// <param name="isAtWork">Work that may go on runs, or results wait for their confirmation: a short way back matters.</param>
/// <param name="stop">Completes with the first stop that anybody asks for.</param>
internal sealed partial class RestartLoop(PluginWorker worker, WorkerOptions options, RestartPolicy rules, Func<bool> isAtWork, Task stop)
{
    private int _tries;
    private int _triesAtWork;
    private int _quickLosses;
    private long? _lostAt;

    /// <summary>The last admin was not one of ours: it agreed to no extension.</summary>
    private bool IsForeign => worker.Session is { Extensions.Count: 0 };

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var result = await worker.RunAsync(cancellationToken).ConfigureAwait(false);
                if (!RestartPolicy.Restarts(result.Reason, result.IsPermanent) && !(result.Reason == CloseReason.AdminShutdown && IsForeign))
                {
                    return result;
                }

                _tries = result.Served >= rules.ResetAfter ? 0 : _tries;
                _quickLosses = IsForeign && result.Reason == CloseReason.ConnectionLost && result.Served < RestartPolicy.QuickLoss ? _quickLosses + 1 : 0;
                _lostAt = result.Reason is CloseReason.ConnectionLost or CloseReason.HeartbeatTimeout ? options.TimeProvider.GetTimestamp() : null;
                _triesAtWork = 0;
                LogSessionEnded(options.Logger, result.Reason, result.Text);
            }
            catch (StartFailureException failure) when (failure.Reason == CloseReason.Canceled && stop.IsCompleted)
            {
                return Stopped();
            }
            catch (AlreadyStartedException) when (stop.IsCompleted)
            {
                // The stop was faster, and is bringing results away.
                return Stopped();
            }
            catch (StartFailureException failure) when (RestartPolicy.Restarts(failure.Reason, failure.IsPermanent))
            {
                LogStartFailed(options.Logger, failure.Message);

                // Who was there and said no is not asked again at once.
                _lostAt = failure.Reason == CloseReason.Rejected ? null : _lostAt;
            }

            if (await stop.WithinAsync(Pause(), options.TimeProvider, cancellationToken).ConfigureAwait(false))
            {
                return Stopped();
            }

            if (cancellationToken.IsCancellationRequested)
            {
                await worker.StopAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    private TimeSpan Pause()
    {
        if (_quickLosses >= RestartPolicy.QuickLossesOfATwin)
        {
            // Two owners of one id would evict each other for ever, and such an admin does not say so.
            LogTwin(options.Logger, worker.WorkerId);
            return rules.Delay(RestartPolicy.Longest, worker.ReconnectDelay);
        }

        var isOnItsWayBack = _lostAt is { } lost && options.TimeProvider.GetElapsedTime(lost) < options.ResumeWindow && isAtWork();
        return isOnItsWayBack ? rules.DelayAtWork(++_triesAtWork) : rules.Delay(++_tries, worker.ReconnectDelay);
    }

    private RunResult Stopped() => new(CloseReason.StopRequested, "stop requested", worker.Session);

    [LoggerMessage(21, LogLevel.Warning, "The session ended ({Reason}): {Text}; dialling again")]
    private static partial void LogSessionEnded(ILogger logger, CloseReason reason, string text);

    [LoggerMessage(22, LogLevel.Warning, "Not connected: {Text}; trying again")]
    private static partial void LogStartFailed(ILogger logger, string text);

    [LoggerMessage(25, LogLevel.Warning, "Three sessions of {WorkerId} were lost at once: another worker may use this id")]
    private static partial void LogTwin(ILogger logger, string workerId);
}
