using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What the handlers last said of themselves. Asking them is bounded, so that a handler that hangs holds up no heartbeat.</summary>
internal sealed partial class HandlerHealth(IEnumerable<IJobHandler> handlers, WorkerOptions options)
{
    private const int MostText = 256;

    private readonly IReadOnlyList<Asked> _handlers = [.. handlers.Select(handler => new Asked(handler))];
    private volatile string _text = "";

    /// <summary>What is wrong, with the job type it is wrong for; empty: nothing.</summary>
    public string Text => _text;

    /// <summary>Asks all of them at once. True: the answer is another one than before.</summary>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(_handlers.Select(asked => AskAsync(asked, cancellationToken))).ConfigureAwait(false);
        var text = string.Join("; ", answers.Where(answer => answer.Length > 0));
        text = text.Length > MostText ? text[..MostText] : text;
        var before = _text;
        _text = text;
        return text != before;
    }

    private async Task<string> AskAsync(Asked asked, CancellationToken cancellationToken)
    {
        var (handler, type) = (asked.Handler, asked.Handler.Descriptor.JobType);
        using var timeout = new CancellationTokenSource(options.RequestTimeout.AsTimer(), options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var canceled = either.Token;

            // Asked again while it hangs, it would take one more thread of the pool each time.
            await asked.Call.WaitAsync(canceled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            canceled.ThrowIfCancellationRequested();
            var call = Task.Run(() => handler.HealthAsync(canceled), CancellationToken.None);
            asked.Call = call;
            var answer = await call.WaitAsync(canceled).ConfigureAwait(false);
            return string.IsNullOrWhiteSpace(answer) ? "" : $"{type}: {answer.Trim()}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            return $"{type}: says nothing of its health within {options.RequestTimeout.TotalSeconds:0.#} s";
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            options.EndIfFatal(exception);
            LogFailed(options.Logger, exception, type);
            return $"{type}: {exception.Message}";
        }
    }

    private sealed class Asked(IJobHandler handler)
    {
        public IJobHandler Handler { get; } = handler;

        /// <summary>The last one, which may not have ended although nobody waits for it any more.</summary>
        public Task Call { get; set; } = Task.CompletedTask;
    }

    [LoggerMessage(41, LogLevel.Warning, "The health check of {JobType} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string jobType);
}
