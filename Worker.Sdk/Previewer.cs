using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Answers requests for rows of an object, on the pool and a few at a time; without a handler for them it says so.</summary>
internal sealed partial class Previewer(IEnumerable<IJobHandler> handlers, WorkerOptions options)
{
    private const int MostAtOnce = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly IJobHandler? _handler = handlers.FirstOrDefault(handler => handler.CanPreview);
    private int _asked;

    public bool IsOffered => _handler is not null;

    /// <summary>Never fails: what goes wrong is in the answer.</summary>
    public async Task<ObjectPreviewResponse> AnswerAsync(RequestObjectPreview request, string requestId, CancellationToken ended)
    {
        if (_handler is null)
        {
            return Refused(requestId, "this worker has no previews");
        }

        if (Interlocked.Increment(ref _asked) > MostAtOnce)
        {
            Interlocked.Decrement(ref _asked);
            return Refused(requestId, $"{MostAtOnce} previews are being made; ask again");
        }

        using var timeout = new CancellationTokenSource(Limit, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, timeout.Token);
        try
        {
            // The handler may block before it awaits; the reader of the stream must not.
            await Task.Yield();
            var preview = await _handler.PreviewAsync(new PreviewRequest([.. request.ObjectId], request.Format, request.RowLimit), either.Token).ConfigureAwait(false);
            var rows = request.RowLimit > 0 ? preview.Rows.Take(request.RowLimit) : preview.Rows;
            return new ObjectPreviewResponse
            {
                RequestId = requestId,
                Success = true,
                Columns = { preview.Columns },
                Rows = { rows.Select(row => new PreviewRow { Values = { row } }) },
                TotalRows = preview.TotalRows,
            };
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Refused(requestId, timeout.IsCancellationRequested ? $"the preview took more than {Limit.TotalSeconds:0} s" : "the session ended");
        }
        catch (Exception exception)
        {
            options.EndIfFatal(exception);
            LogFailed(options.Logger, exception, requestId);
            return Refused(requestId, exception.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
    }

    private static ObjectPreviewResponse Refused(string requestId, string why) => new() { RequestId = requestId, Success = false, ErrorMessage = why };

    [LoggerMessage(40, LogLevel.Warning, "The preview of {RequestId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string requestId);
}
