using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Interop.Tests.Wire;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

public sealed class CallTests
{
    [Fact]
    public async Task Unary_Request_IsAnswered()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, (request, _) =>
            Task.FromResult(new SimpleResponse { Payload = Bytes(request.ResponseSize) })));
        using var channel = host.Channel();

        var response = await channel.UnaryAsync(Unary, new SimpleRequest { ResponseSize = 300_000 }).InTimeAsync();

        Assert.Equal(300_000, response.Payload.Body.Length);
    }

    [Fact]
    public async Task ClientStream_AllRequests_GoIntoOneResponse()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcClientStream(ClientStream, async (requests, _) =>
        {
            var sum = 0;
            await foreach (var request in requests.ReadAllAsync())
            {
                sum += request.Payload.Body.Length;
            }

            return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
        }));
        using var channel = host.Channel();
        using var call = channel.ClientStreaming(ClientStream);
        for (var size = 1; size <= 100; size++)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Bytes(size) });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(5050, (await call.ResponseAsync().InTimeAsync()).AggregatedPayloadSize);
    }

    [Fact]
    public async Task ServerStream_AllResponses_ComeInOrder()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, responses, _) =>
        {
            for (var size = 0; size < 1000; size++)
            {
                responses.Buffer(Response(size));
            }

            await responses.FlushAsync();
        }));
        using var channel = host.Channel();
        using var call = channel.ServerStreaming(ServerStream, Request(0));

        Assert.Equal(Enumerable.Range(0, 1000), await SizesAsync(call.ResponseStream).InTimeAsync());
    }

    [Fact]
    public async Task Duplex_Echo_AnswersEachRequestWhileTheStreamIsOpen()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, EchoAsync));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        for (var size = 0; size < 50; size++)
        {
            await call.RequestStream.WriteAsync(Request(size));
            Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
            Assert.Equal(size, call.ResponseStream.Current.Payload.Body.Length);
        }

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        Assert.Equal(Status.OK, call.GetStatus());
    }

    [Fact]
    public async Task Duplex_ThousandsBufferedAndFlushedInLots_ComeBackInOrder()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, EchoAsync));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        var echoes = SizesAsync(call.ResponseStream);
        for (var size = 0; size < 5000; size++)
        {
            call.RequestStream.Buffer(Request(size % 500));
            if (size % 100 == 99)
            {
                await call.RequestStream.FlushAsync();
            }
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(Enumerable.Range(0, 5000).Select(size => size % 500), await echoes.InTimeAsync());
    }

    [Fact]
    public async Task Duplex_ServerThatHasFinished_MayLeaveRequestsUnread()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, responses, _) =>
        {
            await requests.ReadAsync();
            await responses.WriteAsync(Response(1));
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.RequestStream.WriteAsync(Request(1));

        Assert.Equal([1], await SizesAsync(call.ResponseStream).InTimeAsync());
        Assert.Equal(Status.OK, call.GetStatus());
    }

    [Fact]
    public async Task Duplex_ClientThatHasHalfClosed_StillReadsWhatComesLater()
    {
        var halfClosed = Signal();
        var goOn = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, responses, _) =>
        {
            Assert.Null(await requests.ReadAsync());
            halfClosed.SetResult();
            await goOn.Task;
            await responses.WriteAsync(Response(7));
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.RequestStream.CompleteAsync();
        await halfClosed.Task.InTimeAsync();
        goOn.SetResult();

        Assert.Equal([7], await SizesAsync(call.ResponseStream).InTimeAsync());
    }

    [Fact]
    public async Task Duplex_WriterAfterTheEnd_GetsTheEndOfTheCallAndNothingElse()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, (_, _, _) =>
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "not now"))));
        using var channel = host.Channel();
        for (var round = 0; round < 30; round++)
        {
            using var call = channel.DuplexStreaming(Duplex);
            var write = await Record.ExceptionAsync(async () =>
            {
                while (true)
                {
                    await call.RequestStream.WriteAsync(Request(20_000));
                }
            }).InTimeAsync();
            Assert.IsType<RpcException>(write);

            var read = await FailsAsync(StatusCode.FailedPrecondition, () => SizesAsync(call.ResponseStream));
            Assert.Equal("not now", read.Status.Detail);
        }
    }

    [Fact]
    public async Task Unary_ResponseMissing_IsInternal()
    {
        // The same path with another kind of method: a server that ends with OK and says nothing.
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(Unary, (_, _, _) => Task.CompletedTask));
        using var channel = host.Channel();

        await FailsAsync(StatusCode.Internal, () => channel.UnaryAsync(Unary, new SimpleRequest()));
    }

    [Fact]
    public async Task Unary_SecondResponse_IsInternal()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(Unary, async (_, responses, _) =>
        {
            await responses.WriteAsync(new SimpleResponse());
            await responses.WriteAsync(new SimpleResponse());
        }));
        using var channel = host.Channel();

        await FailsAsync(StatusCode.Internal, () => channel.UnaryAsync(Unary, new SimpleRequest()));
    }

    internal static async Task EchoAsync(RequestReader<StreamingOutputCallRequest> requests, ResponseWriter<StreamingOutputCallResponse> responses, CallContext call)
    {
        await foreach (var request in requests.ReadAllAsync())
        {
            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = request.Payload });
        }
    }

    internal static async Task<List<int>> SizesAsync(ResponseReader<StreamingOutputCallResponse> responses)
    {
        var sizes = new List<int>();
        await foreach (var response in responses.ReadAllAsync())
        {
            sizes.Add(response.Payload.Body.Length);
        }

        return sizes;
    }
}
