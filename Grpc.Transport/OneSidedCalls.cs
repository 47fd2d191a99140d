using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>Any number of requests, one response.</summary>
public sealed class ClientStreamCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly DuplexCall<TRequest, TResponse> _call;

    internal ClientStreamCall(DuplexCall<TRequest, TResponse> call) => _call = call;

    /// <summary>What the client says; complete it before awaiting the response.</summary>
    public RequestWriter<TRequest> RequestStream => _call.RequestStream;

    /// <summary>The one response.</summary>
    /// <exception cref="RpcException">The call did not end with OK.</exception>
    public Task<TResponse> ResponseAsync() => _call.ReadOnlyResponseAsync();

    /// <inheritdoc cref="DuplexCall{TRequest,TResponse}.GetTrailers"/>
    public Metadata GetTrailers() => _call.GetTrailers();

    /// <summary>Cancels the call unless it has ended.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>One request, any number of responses.</summary>
public sealed class ServerStreamCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly DuplexCall<TRequest, TResponse> _call;

    internal ServerStreamCall(DuplexCall<TRequest, TResponse> call, TRequest request)
    {
        _call = call;
        _ = call.SendOnlyAsync(request);
    }

    /// <summary>What the server says.</summary>
    public ResponseReader<TResponse> ResponseStream => _call.ResponseStream;

    /// <inheritdoc cref="DuplexCall{TRequest,TResponse}.GetTrailers"/>
    public Metadata GetTrailers() => _call.GetTrailers();

    /// <summary>Cancels the call unless it has ended.</summary>
    public void Dispose() => _call.Dispose();
}
