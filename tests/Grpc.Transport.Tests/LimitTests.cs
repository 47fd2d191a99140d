using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Interop.Tests.Wire;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

public sealed class LimitTests
{
    private const int Limit = 50_000;

    [Fact]
    public async Task Unary_RequestBeyondTheServersLimit_IsResourceExhaustedEveryTime()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, EmptyAsync), new GrpcServerOptions { MaxReceiveMessageSize = Limit });
        using var channel = host.Channel();
        for (var round = 0; round < 30; round++)
        {
            await FailsAsync(StatusCode.ResourceExhausted, () => channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(3_000_000) }));
        }

        await channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(Limit - 100) }).InTimeAsync();
    }

    [Fact]
    public async Task Unary_RequestBeyondTheClientsLimit_NeverLeaves()
    {
        var calls = 0;
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, (request, call) =>
        {
            Interlocked.Increment(ref calls);
            return EmptyAsync(request, call);
        }));
        using var channel = host.Channel(new GrpcChannelOptions { MaxSendMessageSize = Limit });

        await FailsAsync(StatusCode.ResourceExhausted, () => channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(Limit) }));
        await channel.UnaryAsync(Unary, new SimpleRequest()).InTimeAsync();

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Unary_ResponseBeyondTheServersLimit_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, SizedAsync), new GrpcServerOptions { MaxSendMessageSize = Limit });
        using var channel = host.Channel();

        await FailsAsync(StatusCode.ResourceExhausted, () => channel.UnaryAsync(Unary, new SimpleRequest { ResponseSize = Limit }));
    }

    [Fact]
    public async Task Unary_ResponseBeyondTheClientsLimit_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, SizedAsync));
        using var channel = host.Channel(new GrpcChannelOptions { MaxReceiveMessageSize = Limit });

        await FailsAsync(StatusCode.ResourceExhausted, () => channel.UnaryAsync(Unary, new SimpleRequest { ResponseSize = 3_000_000 }));
        await channel.UnaryAsync(Unary, new SimpleRequest { ResponseSize = 1 }).InTimeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(MessageSize.Most + 1)]
    public void Limit_OutOfRange_IsRefused(int limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GrpcChannel.ForAddress("http://127.0.0.1:1", new GrpcChannelOptions { MaxReceiveMessageSize = limit }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GrpcChannel.ForAddress("http://127.0.0.1:1", new GrpcChannelOptions { MaxSendMessageSize = limit }));
    }

    [Fact]
    public async Task Duplex_ServerThatDoesNotRead_HoldsTheWriterBack()
    {
        var read = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, responses, call) =>
        {
            await call.WriteHeadersAsync();
            await read.Task;
            await CallTests.EchoAsync(requests, responses, call);
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.ResponseHeadersAsync().InTimeAsync();

        const int chunk = 16 * 1024;
        var sent = 0;
        Task pending;
        do
        {
            // Many flushes wait a moment; the one that still waits when the peer has had seconds is held back.
            pending = call.RequestStream.WriteAsync(Request(chunk)).AsTask();
            sent++;
        }
        while (await Task.WhenAny(pending, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System)) == pending);

        Assert.InRange(sent * chunk, 0, 4 * 1024 * 1024);
        read.SetResult();
        var echoes = CallTests.SizesAsync(call.ResponseStream);
        await pending.InTimeAsync();
        await call.RequestStream.CompleteAsync();
        Assert.Equal(sent, (await echoes.InTimeAsync()).Count);
    }

    [Fact]
    public async Task ServerStream_ClientThatDoesNotRead_HoldsTheHandlerBack()
    {
        var (written, first) = (0, Signal());
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, responses, _) =>
        {
            while (Volatile.Read(ref written) < 5000)
            {
                await responses.WriteAsync(Response(16 * 1024));
                Interlocked.Increment(ref written);
                first.TrySetResult();
            }
        }));
        using var channel = host.Channel();
        using var call = channel.ServerStreaming(ServerStream, Request(0));

        // Held back when nothing changes for a while; too short a while would only let this pass. 5000 chunks would be 80 MB.
        await first.Task.InTimeAsync();
        for (var seen = 0; Volatile.Read(ref written) is var now && now != seen;)
        {
            seen = now;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        Assert.InRange(Volatile.Read(ref written), 1, 1000);
        Assert.Equal(5000, (await CallTests.SizesAsync(call.ResponseStream).InTimeAsync()).Count);
    }

    private static Task<SimpleResponse> EmptyAsync(SimpleRequest request, CallContext call) => Task.FromResult(new SimpleResponse());

    private static Task<SimpleResponse> SizedAsync(SimpleRequest request, CallContext call) => Task.FromResult(new SimpleResponse { Payload = Bytes(request.ResponseSize) });
}
