using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>The response stream of a call. One writer at a time; a slow client makes flushes wait.</summary>
public sealed class ResponseWriter<T>
    where T : class, IMessage<T>
{
    private readonly CallContext _call;
    private readonly int _maxSize;

    internal ResponseWriter(CallContext call, int maxSize)
    {
        _call = call;
        _maxSize = maxSize;
    }

    /// <summary>Puts a message into the buffer; it goes out with the next flush. For pumps that send many at once.</summary>
    /// <exception cref="RpcException">Larger than the limit.</exception>
    public void Buffer(T message) => Framing.Write(_call.HttpContext.Response.BodyWriter, message, _maxSize);

    /// <summary>
    /// Sends what was written; waits while the client is slow. A deadline, a shutdown or a handler that ends the wait
    /// resets the stream: a status would stand behind messages that the client does not read.
    /// </summary>
    public async ValueTask FlushAsync()
    {
        await _call.WriteHeadersAsync();
        _call.IsFlushing = true;
        var result = await _call.HttpContext.Response.BodyWriter.FlushAsync(_call.CancellationToken);
        _call.IsFlushing = false;
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("the client has gone", _call.CancellationToken);
        }
    }

    /// <summary>Writes one message and flushes.</summary>
    /// <exception cref="RpcException">Larger than the limit.</exception>
    public async ValueTask WriteAsync(T message)
    {
        await _call.WriteHeadersAsync();
        Buffer(message);
        await FlushAsync();
    }
}
