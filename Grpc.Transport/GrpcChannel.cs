using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>One peer: calls share its connections. Dispose ends all of them.</summary>
public sealed class GrpcChannel : IDisposable
{
    private static readonly TimeSpan ShortestPingDelay = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _http;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
    {
        Address = options.TlsServerName.Length == 0 ? address : new UriBuilder(address) { Host = options.TlsServerName }.Uri;
        Options = options;
        MessageSize.Checked(options.MaxReceiveMessageSize, nameof(options.MaxReceiveMessageSize));
        MessageSize.Checked(options.MaxSendMessageSize, nameof(options.MaxSendMessageSize));
        // HttpClient would add a timeout of its own.
        _http = new HttpMessageInvoker(Handler(options, address), disposeHandler: true);
    }

    /// <summary>Where the peer is, under the name it is to prove.</summary>
    public Uri Address { get; }

    internal GrpcChannelOptions Options { get; }

    /// <summary>Creates a channel; dials with the first call. <c>http</c> means HTTP/2 without TLS (prior knowledge).</summary>
    /// <exception cref="ArgumentException">Not an http or https address.</exception>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions? options = null) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new GrpcChannel(new Uri(address), options ?? new GrpcChannelOptions())
            : throw new ArgumentException($"'{address}' is not an http:// or https:// address", nameof(address));

    /// <summary>Both sides send any number of messages.</summary>
    public DuplexCall<TRequest, TResponse> DuplexStreaming<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, CallOptions options = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => DuplexCall<TRequest, TResponse>.Start(this, _http, method, options);

    /// <summary>The client sends any number of messages, the server one. Complete the request stream, then await the response.</summary>
    public ClientStreamCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, CallOptions options = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => new(DuplexStreaming(method, options));

    /// <summary>The client sends one message, the server any number.</summary>
    public ServerStreamCall<TRequest, TResponse> ServerStreaming<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CallOptions options = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => new(DuplexStreaming(method, options), request);

    /// <summary>One message each way.</summary>
    /// <exception cref="RpcException">The call did not end with OK.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CallOptions options = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = DuplexStreaming(method, options);

        // Not one after the other: a server may answer before it has read everything.
        var sending = call.SendOnlyAsync(request);
        var response = await call.ReadOnlyResponseAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        return response;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    internal static SocketsHttpHandler Handler(GrpcChannelOptions options, Uri? dialled = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlivePingDelay < ShortestPingDelay ? ShortestPingDelay : options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (options.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        if (options.Connect is { } connect)
        {
            handler.ConnectCallback = (_, cancellationToken) => connect(cancellationToken);
        }
        else if (dialled is not null && options.TlsServerName.Length > 0)
        {
            // The handler checks the certificate for the name in the request's address and nothing else.
            handler.ConnectCallback = (_, cancellationToken) => DialAsync(dialled, cancellationToken);
        }

        return handler;
    }

    private static async ValueTask<Stream> DialAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.IdnHost, address.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
