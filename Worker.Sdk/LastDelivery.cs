using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// The end of a stop that found the stream away: running work may end, and results that the admin has not confirmed are brought to
/// it, by sessions that take no work, as long as the stop may take.
/// </summary>
internal sealed partial class LastDelivery
{
    private readonly WorkerOptions _options;
    private readonly WorkRunner _runner;
    private readonly RestartPolicy _rules;

    /// <param name="options">Clock and logger.</param>
    /// <param name="runner">Whose work and results.</param>
    /// <param name="rules">After which pauses.</param>
    /// <param name="isDue">There are such, and the admin may be on its way back.</param>
    /// <param name="openAsync">Opens a session; results go out as soon as it is open.</param>
    /// <param name="drainAsync">Lets work end within that time, and ends the session.</param>
    /// <param name="limit">What is left of the stop's grace.</param>
    public LastDelivery(
        WorkerOptions options,
        WorkRunner runner,
        RestartPolicy rules,
        Func<bool> isDue,
        Func<CancellationToken, Task<Round>> openAsync,
        Func<Round, TimeSpan, CancellationToken, Task> drainAsync,
        TimeSpan limit)
    {
        (_options, _runner, _rules) = (options, runner, rules);

        // A stop that a handler asked for goes on outside it: inside, nothing can be started.
        using var outside = ExecutionContext.SuppressFlow();
        Done = Task.Run(() => RunAsync(isDue, openAsync, drainAsync, limit));
    }

    /// <summary>Cancelled when the delivery is to be cut. Never disposed: a stop may come at any time, and it holds nothing.</summary>
    public CancellationTokenSource Hurry { get; } = new();

    /// <summary>Completes with the last word on it; never fails.</summary>
    public Task Done { get; }

    private async Task RunAsync(Func<bool> isDue, Func<CancellationToken, Task<Round>> openAsync, Func<Round, TimeSpan, CancellationToken, Task> drainAsync, TimeSpan limit)
    {
        var (time, from) = (_options.TimeProvider, _options.TimeProvider.GetTimestamp());
        using var over = new CancellationTokenSource(limit.AsTimer(), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, Hurry.Token);
        _runner.IsLeaving = true;
        _runner.AnnounceStop();
        var isTaken = false;
        for (var tries = 1; !isTaken && isDue() && !end.IsCancellationRequested; tries++)
        {
            try
            {
                var round = await openAsync(end.Token).ConfigureAwait(false);
                var left = limit - time.GetElapsedTime(from);

                // The end of the grace cuts the work, not what the drain has to say of it.
                await drainAsync(round, left > TimeSpan.Zero ? left : TimeSpan.Zero, Hurry.Token).ConfigureAwait(false);
            }
            catch (StartFailureException failure)
            {
                LogStartFailed(_options.Logger, failure.Message);
            }
            catch (AlreadyStartedException)
            {
                // Whoever starts the worker again takes along what is left.
                isTaken = true;
            }

            if (isDue())
            {
                await Task.Delay(_rules.DelayAtWork(tries), time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _runner.IsLeaving = false;
        var (results, attempts) = (_runner.Undelivered, _runner.Running.Count(attempt => !attempt.IsDone && !attempt.Cancel.IsCancellationRequested));
        if (!isTaken && results + attempts > 0)
        {
            LogGivenUp(_options.Logger, results, attempts);
        }
    }

    [LoggerMessage(26, LogLevel.Information, "Stopping, with work or results for the admin; not connected: {Text}")]
    private static partial void LogStartFailed(ILogger logger, string text);

    [LoggerMessage(27, LogLevel.Warning, "The stop is over before the admin has everything; results not delivered: {Results}, attempts cancelled: {Attempts}; it runs their jobs again")]
    private static partial void LogGivenUp(ILogger logger, int results, int attempts);
}
