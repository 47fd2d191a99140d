using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>The response stream of a call. One reader at a time.</summary>
public sealed class ResponseReader<T>
    where T : class, IMessage<T>
{
    private readonly Func<CancellationToken, ValueTask<T?>> _read;
    private T? _current;

    internal ResponseReader(Func<CancellationToken, ValueTask<T?>> read) => _read = read;

    /// <summary>The message of the last successful <see cref="MoveNextAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Current => _current ?? throw new InvalidOperationException("no message was read");

    /// <summary>Reads the next message; false when the call ended with OK.</summary>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken = default)
    {
        _current = await _read(cancellationToken).ConfigureAwait(false);
        return _current is not null;
    }

    /// <summary>All messages until the call ends.</summary>
    /// <exception cref="RpcException">The call ended with another status than OK.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _read(cancellationToken).ConfigureAwait(false) is { } message)
        {
            yield return message;
        }
    }
}
