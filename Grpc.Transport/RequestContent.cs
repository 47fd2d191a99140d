using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>
/// A request body that stays open until the call ends: what is written into its pipe goes out as it comes. The pipe's
/// pause threshold is the back-pressure: a slow server fills it, and the writer waits.
/// </summary>
internal sealed class RequestContent : HttpContent
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 128 * 1024, resumeWriterThreshold: 64 * 1024, useSynchronizationContext: false));
    private int _completed;

    public RequestContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

    public PipeWriter Output => _pipe.Writer;

    /// <summary>Ends the body unless it has ended.</summary>
    public void Complete() => Complete(null);

    /// <summary>Breaks the body off unless it has ended: the server sees a cancelled call, not a client with nothing more to say.</summary>
    public void Abort() => Complete(new OperationCanceledException("the call has ended"));

    private void Complete(Exception? failure)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            _pipe.Writer.Complete(failure);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The first flush sends the headers, so that the server sees the call before the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        Exception? failure = null;
        try
        {
            while (true)
            {
                var result = await _pipe.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                foreach (var segment in result.Buffer)
                {
                    await stream.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
                }

                _pipe.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }

                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // A cancelled send is an ended call; the response says how it ended. Anything else is news for the writer.
            failure = exception is OperationCanceledException ? null : exception;
            throw;
        }
        finally
        {
            await _pipe.Reader.CompleteAsync(failure).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
