using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>
/// A request body that stays open until the call ends: what is written into its pipe goes out as it comes. The pipe's
/// pause threshold is the back-pressure: a slow server fills it, and the writer waits.
/// </summary>
internal sealed class RequestContent : HttpContent
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 128 * 1024, resumeWriterThreshold: 64 * 1024, useSynchronizationContext: false));
    private readonly Lock _gate = new();
    private bool _completed;
    private int _sends;

    public RequestContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

    /// <summary>Puts one message into the buffer.</summary>
    /// <exception cref="InvalidOperationException">The body has ended.</exception>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than <paramref name="maxSize"/>.</exception>
    public void Write(IMessage message, int maxSize)
    {
        // The call may end on another thread. Ending the pipe gives its memory back, so not while a message is written into it.
        lock (_gate)
        {
            if (_completed)
            {
                throw new InvalidOperationException("the request stream has ended");
            }

            Framing.Write(_pipe.Writer, message, maxSize);
        }
    }

    /// <summary>Sends what was written; waits while the peer is slow.</summary>
    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken) => _pipe.Writer.FlushAsync(cancellationToken);

    /// <summary>Ends the body unless it has ended.</summary>
    public void Complete() => Complete(null);

    /// <summary>Breaks the body off unless it has ended: the server sees a cancelled call, not a client with nothing more to say.</summary>
    public void Abort() => Complete(new OperationCanceledException("the call has ended"));

    private void Complete(Exception? failure)
    {
        lock (_gate)
        {
            if (!_completed)
            {
                _completed = true;
                _pipe.Writer.Complete(failure);
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _sends) > 1)
        {
            // The handler dials again when a server refuses a stream, but what was sent is gone.
            throw new IOException("the peer refused the call after it had begun");
        }

        Exception? failure = null;
        try
        {
            // The first flush sends the headers, so that the server sees the call before the first message.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
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
