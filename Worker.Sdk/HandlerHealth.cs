using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What the handlers last said of themselves. Asking them is bounded, so that a handler that hangs holds up no heartbeat.</summary>
internal sealed partial class HandlerHealth(IEnumerable<IJobHandler> handlers, WorkerOptions options)
{
    private const int MostText = 256;

    private readonly IReadOnlyList<IJobHandler> _handlers = [.. handlers];
    private volatile string _text = "";

    /// <summary>What is wrong, with the job type it is wrong for; empty: nothing.</summary>
    public string Text => _text;

    /// <summary>Asks all of them at once. True: the answer is another one than before.</summary>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(_handlers.Select(handler => AskAsync(handler, cancellationToken))).ConfigureAwait(false);
        var text = string.Join("; ", answers.Where(answer => answer.Length > 0));
        text = text.Length > MostText ? text[..MostText] : text;
        var before = _text;
        _text = text;
        return text != before;
    }

    private async Task<string> AskAsync(IJobHandler handler, CancellationToken cancellationToken)
    {
        var type = handler.Descriptor.JobType;
        using var timeout = new CancellationTokenSource(options.RequestTimeout.AsTimer(), options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var answer = await Task.Run(() => handler.HealthAsync(either.Token), CancellationToken.None).WaitAsync(either.Token).ConfigureAwait(false);
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

    [LoggerMessage(41, LogLevel.Warning, "The health check of {JobType} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string jobType);
}
