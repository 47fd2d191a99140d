using BlazorPluginAdmin.Grpc.Transport.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>Pings keep half-open connections from living for ever; below 20 s apart strict peers take them for an attack.</summary>
public sealed class KeepAliveTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(20, 20)]
    [InlineData(60, 60)]
    public void Channel_PingDelay_IsNeverShorterThanPeersAllow(int asked, int used)
    {
        using var handler = GrpcChannel.Handler(new GrpcChannelOptions { KeepAlivePingDelay = TimeSpan.FromSeconds(asked) });

        Assert.Equal(TimeSpan.FromSeconds(used), handler.KeepAlivePingDelay);
        Assert.Equal(HttpKeepAlivePingPolicy.WithActiveRequests, handler.KeepAlivePingPolicy);
    }

    [Fact]
    public void Channel_Defaults_PingEachMinuteAndWaitTwentySeconds()
    {
        using var handler = GrpcChannel.Handler(new GrpcChannelOptions());

        Assert.Equal(TimeSpan.FromSeconds(60), handler.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(20), handler.KeepAlivePingTimeout);
    }

    [Fact]
    public void Server_Limits_PingAfterFifteenSecondsOfSilence_AndAllowAThousandStreams()
    {
        var kestrel = new KestrelServerOptions();
        kestrel.ConfigureGrpcTransport();

        Assert.Equal(TimeSpan.FromSeconds(15), kestrel.Limits.Http2.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(20), kestrel.Limits.Http2.KeepAlivePingTimeout);
        Assert.Equal(1000, kestrel.Limits.Http2.MaxStreamsPerConnection);
        Assert.Null(kestrel.Limits.MinResponseDataRate);
    }
}
