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
    private readonly WorkerLife _life;
    private readonly SessionRounds _rounds;

    /// <param name="options">Clock and logger.</param>
    /// <param name="runner">Whose work and results.</param>
    /// <param name="rules">After which pauses.</param>
    /// <param name="life">Knows whether there are such, and whether the admin may be on its way back.</param>
    /// <param name="rounds">Opens sessions; results go out as soon as one is open.</param>
    /// <param name="limit">What is left of the stop's grace.</param>
    public LastDelivery(WorkerOptions options, WorkRunner runner, RestartPolicy rules, WorkerLife life, SessionRounds rounds, TimeSpan limit)
    {
        (_options, _runner, _rules, _life, _rounds) = (options, runner, rules, life, rounds);

        // A stop that a handler asked for goes on outside it: inside, nothing can be started.
        using var outside = ExecutionContext.SuppressFlow();
        Done = Task.Run(() => RunAsync(limit));
    }

    /// <summary>Cancelled when the delivery is to be cut. Never disposed: a stop may come at any time, and it holds nothing.</summary>
    public CancellationTokenSource Hurry { get; } = new();

    /// <summary>Completes with the last word on it; never fails.</summary>
    public Task Done { get; }

    private async Task RunAsync(TimeSpan limit)
    {
        var (time, from) = (_options.TimeProvider, _options.TimeProvider.GetTimestamp());
        using var over = new CancellationTokenSource(limit.AsTimer(), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, Hurry.Token);
        _runner.IsLeaving = true;
        _runner.AnnounceStop();
        var isTaken = false;
        for (var tries = 1; !isTaken && _life.IsCutOff && !end.IsCancellationRequested; tries++)
        {
            try
            {
                var round = await _rounds.OpenAsync(end.Token).ConfigureAwait(false);
                var left = limit - time.GetElapsedTime(from);

                // The end of the grace cuts the work, not what the drain has to say of it.
                await _rounds.CloseAsync(round, drain: true, left > TimeSpan.Zero ? left : TimeSpan.Zero, dialsOn: true, Hurry.Token).ConfigureAwait(false);
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

            if (_life.IsCutOff)
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
