using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Interop.Tests.Wire;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

public sealed class MetadataTests
{
    private static readonly byte[] Bytes3 = [0, 0xAB, 0xFF];

    [Fact]
    public async Task Unary_MetadataBothWays_Arrives()
    {
        var seen = Signal<Metadata>();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, (_, call) =>
        {
            seen.SetResult(call.RequestHeaders);
            call.ResponseTrailers.Add("t", "trailer");
            call.ResponseTrailers.Add("t-bin", Bytes3);
            throw new RpcException(new Status(StatusCode.Aborted, "Grüße, 100%"), new Metadata { { "of-the-failure-bin", Bytes3 } });
        }));
        using var channel = host.Channel(new GrpcChannelOptions { Headers = new Metadata { { "authorization", "Bearer x" } } });
        var headers = new Metadata { { "k", "v" }, { "k-bin", Bytes3 }, { "k-bin", new byte[] { 1 } } };

        var failure = await FailsAsync(StatusCode.Aborted, () => channel.UnaryAsync(Unary, new SimpleRequest(), new CallOptions(headers)));

        var request = await seen.Task.InTimeAsync();
        Assert.Equal("Bearer x", request.Get("authorization"));
        Assert.Equal("v", request.Get("k"));
        Assert.Equal([Bytes3, [1]], request.Where(entry => entry.Key == "k-bin").Select(entry => entry.ValueBytes));
        Assert.Equal("Grüße, 100%", failure.Status.Detail);
        Assert.Equal("trailer", failure.Trailers.Get("t"));
        Assert.Equal(Bytes3, failure.Trailers.GetBytes("t-bin"));
        Assert.Equal(Bytes3, failure.Trailers.GetBytes("of-the-failure-bin"));
    }

    [Fact]
    public async Task ServerStream_HeadersSetBeforeABufferedMessage_Arrive()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, responses, call) =>
        {
            call.ResponseHeaders.Add("h", "header");
            call.ResponseTrailers.Add("t", "trailer");
            responses.Buffer(Response(1));
            await responses.FlushAsync();
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(ServerStream);
        await call.RequestStream.WriteAsync(Request(0));
        await call.RequestStream.CompleteAsync();

        Assert.Equal("header", (await call.ResponseHeadersAsync().InTimeAsync()).Get("h"));
        Assert.Equal([1], await CallTests.SizesAsync(call.ResponseStream).InTimeAsync());
        Assert.Equal("trailer", call.GetTrailers().Get("t"));
    }

    [Fact]
    public async Task Duplex_HeadersSetBeforeTheFirstRead_ArriveBeforeTheFirstRequest()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, responses, call) =>
        {
            call.ResponseHeaders.Add("h", call.RequestHeaders.Get("q")!);
            await CallTests.EchoAsync(requests, responses, call);
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex, new CallOptions(new Metadata { { "q", "asked" } }));

        Assert.Equal("asked", (await call.ResponseHeadersAsync().InTimeAsync()).Get("h"));
        await call.RequestStream.CompleteAsync();
        Assert.Empty(await CallTests.SizesAsync(call.ResponseStream).InTimeAsync());
    }

    [Fact]
    public async Task ResponseHeaders_OfACallThatNobodyAnswers_AreAFailure()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, CallTests.EchoAsync));
        using var channel = host.Channel();
        await host.StopAsync();
        using var call = channel.DuplexStreaming(Duplex);

        await FailsAsync(StatusCode.Unavailable, () => call.ResponseHeadersAsync());
    }
}
