using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>The request stream of a call. One reader at a time; not reading holds the client back.</summary>
public sealed class RequestReader<T>
    where T : class, IMessage<T>
{
    private readonly PipeReader _input;
    private readonly MessageParser<T> _parser;
    private readonly int _maxSize;
    private readonly bool _gzip;
    private readonly CallContext _call;
    private readonly Action<ReadOnlySequence<byte>>? _check;
    private Func<Task>? _beforeFirst;

    /// <param name="beforeFirst">Runs before the first read.</param>
    /// <param name="check">Looks at the bytes of each message; throws to refuse it.</param>
    internal RequestReader(PipeReader input, MessageParser<T> parser, int maxSize, bool gzip, CallContext call, Func<Task>? beforeFirst = null, Action<ReadOnlySequence<byte>>? check = null)
    {
        _beforeFirst = beforeFirst;
        _check = check;
        _input = input;
        _parser = parser;
        _maxSize = maxSize;
        _gzip = gzip;
        _call = call;
    }

    /// <summary>The next message; null when the client has half-closed.</summary>
    /// <exception cref="RpcException">A message beyond the limit, or one that cannot be read.</exception>
    public async ValueTask<T?> ReadAsync()
    {
        if (_beforeFirst is { } before)
        {
            _beforeFirst = null;
            await before();
        }

        return await Framing.ReadAsync(_input, _parser, _maxSize, _gzip, _call.CancellationToken, _check);
    }

    /// <summary>Makes a pending or the next <see cref="ReadAsync"/> throw <see cref="OperationCanceledException"/>. From any thread, at any time.</summary>
    public void CancelPendingRead()
    {
        try
        {
            _call.IfOpen(_input.CancelPendingRead);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client has reset the stream meanwhile; a pending read ends by that.
        }
    }

    /// <summary>All messages until the client half-closes.</summary>
    /// <exception cref="RpcException">A message beyond the limit, or one that cannot be read.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadAsync() is { } message)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return message;
        }
    }

    internal async Task<T> ReadOnlyAsync()
    {
        var request = await ReadAsync() ?? throw new RpcException(new Status(StatusCode.Internal, "the call brought no message"));
        return await ReadAsync() is null ? request : throw new RpcException(new Status(StatusCode.Internal, "the call brought more than one message"));
    }
}
