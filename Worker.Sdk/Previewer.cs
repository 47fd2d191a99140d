using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Answers requests for rows of an object, on the pool and a few at a time; without a handler for them it says so.</summary>
internal sealed partial class Previewer(IEnumerable<IJobHandler> handlers, WorkerOptions options)
{
    private const int MostAtOnce = 4;

    /// <summary>An admin waits no longer for the answer.</summary>
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

        // Given to the call, which may outlast this.
        var canceled = CancellationTokenSource.CreateLinkedTokenSource(ended);
        var making = MakeAsync(_handler, request, requestId, canceled);
        try
        {
            return await making.WaitAsync(Limit, options.TimeProvider, ended).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            TryCancel(canceled);
            return Refused(requestId, $"the preview took more than {Limit.TotalSeconds:0} s");
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return Refused(requestId, "the session ended");
        }
    }

    /// <summary>Never fails. A handler that hangs keeps its place until it ends.</summary>
    private async Task<ObjectPreviewResponse> MakeAsync(IJobHandler handler, RequestObjectPreview request, string requestId, CancellationTokenSource canceled)
    {
        try
        {
            // The handler may block before it awaits; the reader of the stream must not.
            await Task.Yield();
            var preview = await handler.PreviewAsync(new PreviewRequest([.. request.ObjectId], request.Format, request.RowLimit), canceled.Token).ConfigureAwait(false);
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
        catch (OperationCanceledException) when (canceled.IsCancellationRequested)
        {
            return Refused(requestId, "the preview was cancelled");
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
            canceled.Dispose();
        }
    }

    private static void TryCancel(CancellationTokenSource canceled)
    {
        try
        {
            canceled.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was made at the last moment.
        }
    }

    private static ObjectPreviewResponse Refused(string requestId, string why) => new() { RequestId = requestId, Success = false, ErrorMessage = why };

    [LoggerMessage(40, LogLevel.Warning, "The preview of {RequestId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string requestId);
}
