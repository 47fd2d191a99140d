using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Grpc.Transport;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli;

/// <summary>The admin, as the tool asks it. Dials with the first call.</summary>
internal sealed class Connection : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;

    private Connection(GrpcChannel channel, TimeSpan patience, TimeProvider time)
    {
        _channel = channel;
        _patience = patience;
        _time = time;
    }

    /// <param name="profile">Where and as whom.</param>
    /// <param name="patience">How long one answer may take.</param>
    /// <param name="time">Where deadlines come from.</param>
    /// <exception cref="ToolException">The address or a certificate is of no use.</exception>
    public static Connection Open(Profile profile, TimeSpan patience, TimeProvider time)
    {
        try
        {
            var options = new GrpcChannelOptions { UserAgent = "pluginctl", ConnectTimeout = patience < TimeSpan.FromSeconds(5) ? patience : TimeSpan.FromSeconds(5), TlsServerName = profile.TlsServerName };
            if (profile.TlsCa.Length > 0)
                options.Tls = ClientTls.FromPemFiles(profile.TlsCa, profile.TlsCert, profile.TlsKey);
            if (profile.Token.Length > 0)
                options.Headers.Add("authorization", $"Bearer {profile.Token}");
            return new Connection(GrpcChannel.ForAddress(profile.Url(), options), patience, time);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException or UriFormatException)
        {
            throw ToolException.Usage(exception.Message);
        }
    }

    /// <exception cref="ToolException">Refused, or not answered in time.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken, TimeSpan? patience = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await _channel.UnaryAsync(method, request, new CallOptions(Deadline: _time.GetUtcNow() + (patience ?? _patience), CancellationToken: cancellationToken));
        }
        catch (RpcException refused)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw ToolException.From(refused, _channel.Address);
        }
    }

    /// <summary>What the admin says until it ends the call, which may take for ever unless <paramref name="patience"/> is given.</summary>
    /// <exception cref="ToolException">Refused, or the connection broke.</exception>
    public async IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken cancellationToken, TimeSpan? patience = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = _channel.ServerStreaming(method, request, new CallOptions(Deadline: _time.GetUtcNow() + patience, CancellationToken: cancellationToken));
        while (await NextAsync(call, cancellationToken))
            yield return call.ResponseStream.Current;
    }

    public void Dispose() => _channel.Dispose();

    private async ValueTask<bool> NextAsync<TRequest, TResponse>(ServerStreamCall<TRequest, TResponse> call, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await call.ResponseStream.MoveNextAsync(cancellationToken);
        }
        catch (RpcException refused)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw ToolException.From(refused, _channel.Address);
        }
    }
}
