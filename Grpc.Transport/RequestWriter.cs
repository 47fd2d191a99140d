using System.IO.Pipelines;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>The request stream of a call. One writer at a time.</summary>
public sealed class RequestWriter<T>
    where T : class, IMessage<T>
{
    private readonly RequestContent _content;
    private readonly int _maxSize;
    private readonly Func<Exception, RpcException> _failed;
    private readonly Func<Task> _opened;
    private readonly CancellationToken _ended;

    internal RequestWriter(RequestContent content, int maxSize, Func<Exception, RpcException> failed, Func<Task> opened, CancellationToken ended)
    {
        _content = content;
        _maxSize = maxSize;
        _failed = failed;
        _opened = opened;
        _ended = ended;
    }

    /// <summary>Puts a message into the buffer; it goes out with the next flush. For pumps that send many at once.</summary>
    /// <exception cref="RpcException">Larger than the channel's limit.</exception>
    public void Buffer(T message)
    {
        try
        {
            _content.Write(message, _maxSize);
        }
        catch (InvalidOperationException exception)
        {
            // The call ended meanwhile, and its request stream with it.
            throw _failed(exception);
        }
    }

    /// <summary>Sends what was written; waits while the peer is slow.</summary>
    /// <exception cref="RpcException">The call has ended.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var result = cancellationToken.CanBeCanceled
                ? await LinkedAsync(cancellationToken).ConfigureAwait(false)
                : await _content.FlushAsync(_ended).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                throw new InvalidOperationException("nobody reads the request stream any more");
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidOperationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A connection that breaks ends the body before the call: why is known when the call did not open, or did.
            await _opened().ConfigureAwait(false);
            throw _failed(exception);
        }
    }

    /// <summary>Writes one message and flushes.</summary>
    /// <exception cref="RpcException">Larger than the limit, or the call has ended.</exception>
    public ValueTask WriteAsync(T message, CancellationToken cancellationToken = default)
    {
        Buffer(message);
        return FlushAsync(cancellationToken);
    }

    /// <summary>Half-closes: no more requests; responses may still come.</summary>
    public ValueTask CompleteAsync()
    {
        _content.Complete();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<FlushResult> LinkedAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended);
        return await _content.FlushAsync(both.Token).ConfigureAwait(false);
    }
}
