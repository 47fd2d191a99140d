using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>The orderly end of a session: work ends, results are sent and confirmed, the stream is half-closed.</summary>
/// <param name="options">Clock and logger.</param>
/// <param name="runner">Whose work ends.</param>
internal sealed partial class SessionDrain(WorkerOptions options, WorkRunner runner)
{
    /// <summary>Cancelled work gets so long to say how it ended, before the stream goes.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>How long a drain waits for the confirmations of what it sent.</summary>
    private static readonly TimeSpan Confirmations = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Work may end within the grace; what is left is cancelled and gets a moment for its last words. Results are sent. When the stream
    /// is lost meanwhile, it is left alone as long as the next session may claim it.
    /// </summary>
    public async Task RunAsync(WorkerStream stream, TimeSpan grace, Func<bool> mayClaim, CancellationToken hurry)
    {
        var time = options.TimeProvider;
        runner.IsEnding = true;
        stream.WorkChanged();
        if (!hurry.IsCancellationRequested)
        {
            runner.AnnounceStop();
            if (!await runner.IdleAsync().WithinAsync(grace, time, hurry).ConfigureAwait(false))
            {
                if (stream.IsOver && mayClaim())
                {
                    return;
                }

                LogDrainCut(options.Logger);
            }
        }

        runner.CancelAll();
        await runner.IdleAsync().WithinAsync(LastWords, time, CancellationToken.None).ConfigureAwait(false);
        if (stream.Acknowledges)
        {
            await runner.Completions.EmptyAsync().WithinAsync(Confirmations, time, hurry).ConfigureAwait(false);
        }

        if (!hurry.IsCancellationRequested)
        {
            await stream.FinishAsync(hurry).ConfigureAwait(false);
        }
    }

    [LoggerMessage(24, LogLevel.Warning, "Running work did not end in time and is cancelled")]
    private static partial void LogDrainCut(ILogger logger);
}
