using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Interop.Tests.Wire;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>Our side of the cases as a client.</summary>
internal sealed class ClientCases(GrpcChannel channel)
{
    private const string InitialKey = "x-grpc-test-echo-initial";
    private const string TrailingKey = "x-grpc-test-echo-trailing-bin";

    private static readonly ServiceDescriptor Service = InteropReflection.Descriptor.Services[0];
    private static readonly GrpcMethod<SimpleRequest, SimpleResponse> Unary = GrpcMethod.From<SimpleRequest, SimpleResponse>(Service, "UnaryCall");
    private static readonly GrpcMethod<StreamingInputCallRequest, StreamingInputCallResponse> Input =
        GrpcMethod.From<StreamingInputCallRequest, StreamingInputCallResponse>(Service, "StreamingInputCall");
    private static readonly GrpcMethod<StreamingOutputCallRequest, StreamingOutputCallResponse> Output =
        GrpcMethod.From<StreamingOutputCallRequest, StreamingOutputCallResponse>(Service, "StreamingOutputCall");
    private static readonly GrpcMethod<StreamingOutputCallRequest, StreamingOutputCallResponse> Duplex =
        GrpcMethod.From<StreamingOutputCallRequest, StreamingOutputCallResponse>(Service, "FullDuplexCall");

    public Task RunAsync(string name) => name switch
    {
        "empty_unary" => EmptyUnaryAsync(),
        "large_unary" => LargeUnaryAsync(),
        "client_streaming" => ClientStreamingAsync(),
        "server_streaming" => ServerStreamingAsync(),
        "ping_pong" => PingPongAsync(),
        "empty_stream" => EmptyStreamAsync(),
        "cancel_after_begin" => CancelAfterBeginAsync(),
        "cancel_after_first_response" => CancelAfterFirstResponseAsync(),
        "timeout_on_sleeping_server" => TimeoutOnSleepingServerAsync(),
        "custom_metadata" => CustomMetadataAsync(),
        "status_code_and_message" => StatusCodeAndMessageAsync(),
        "special_status_message" => SpecialStatusMessageAsync(),
        "unimplemented_method" => UnimplementedAsync(Service),
        "unimplemented_service" => UnimplementedAsync(InteropReflection.Descriptor.Services[1]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such case"),
    };

    private async Task EmptyUnaryAsync() =>
        Assert.Equal(new Empty(), await channel.UnaryAsync(GrpcMethod.From<Empty, Empty>(Service, "EmptyCall"), new Empty()));

    private async Task LargeUnaryAsync()
    {
        var response = await channel.UnaryAsync(Unary, new SimpleRequest { ResponseSize = 314159, Payload = Zeros(271828) });
        Assert.Equal(Zeros(314159).Body, response.Payload.Body);
    }

    private async Task ClientStreamingAsync()
    {
        using var call = channel.ClientStreaming(Input);
        foreach (var size in (int[])[27182, 8, 1828, 45904])
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(74922, (await call.ResponseAsync()).AggregatedPayloadSize);
    }

    private async Task ServerStreamingAsync()
    {
        using var call = channel.ServerStreaming(Output, Wanted(0, 31415, 9, 2653, 58979));
        Assert.Equal([31415, 9, 2653, 58979], await call.ResponseStream.ReadAllAsync().Select(response => response.Payload.Body.Length).ToListAsync());
    }

    private async Task PingPongAsync()
    {
        using var call = channel.DuplexStreaming(Duplex);
        foreach (var (answer, ask) in ((int, int)[])[(31415, 27182), (9, 8), (2653, 1828), (58979, 45904)])
        {
            await call.RequestStream.WriteAsync(Wanted(ask, answer));
            Assert.True(await call.ResponseStream.MoveNextAsync());
            Assert.Equal(answer, call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNextAsync());
    }

    private async Task EmptyStreamAsync()
    {
        using var call = channel.DuplexStreaming(Duplex);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNextAsync());
        Assert.Equal(StatusCode.OK, call.GetStatus().Code);
    }

    private async Task CancelAfterBeginAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var call = channel.ClientStreaming(Input, new CallOptions(CancellationToken: cancel.Token));
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, call.ResponseAsync);
    }

    private async Task CancelAfterFirstResponseAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var call = channel.DuplexStreaming(Duplex, new CallOptions(CancellationToken: cancel.Token));
        await call.RequestStream.WriteAsync(Wanted(27182, 31415));
        Assert.True(await call.ResponseStream.MoveNextAsync());
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNextAsync().AsTask());
    }

    private async Task TimeoutOnSleepingServerAsync()
    {
        using var call = channel.DuplexStreaming(Duplex, new CallOptions(Deadline: TimeProvider.System.GetUtcNow().AddMilliseconds(1)));
        try
        {
            await call.RequestStream.WriteAsync(Wanted(27182));
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            // The deadline may pass before the message is on its way.
        }

        await FailsAsync(StatusCode.DeadlineExceeded, () => call.ResponseStream.MoveNextAsync().AsTask());
    }

    private async Task CustomMetadataAsync()
    {
        var options = new CallOptions(new Metadata { { InitialKey, "test_initial_metadata_value" }, { TrailingKey, new byte[] { 0xAB, 0xAB, 0xAB } } });
        using (var unary = channel.DuplexStreaming(Unary, options))
        {
            await unary.RequestStream.WriteAsync(new SimpleRequest { ResponseSize = 314159, Payload = Zeros(271828) });
            await unary.RequestStream.CompleteAsync();
            await EchoesAsync(unary);
        }

        using var duplex = channel.DuplexStreaming(Duplex, options);
        await duplex.RequestStream.WriteAsync(Wanted(271828, 314159));
        await duplex.RequestStream.CompleteAsync();
        await EchoesAsync(duplex);
    }

    private async Task StatusCodeAndMessageAsync()
    {
        var wanted = new EchoStatus { Code = 2, Message = "test status message" };
        var unary = await FailsAsync(StatusCode.Unknown, () => channel.UnaryAsync(Unary, new SimpleRequest { ResponseStatus = wanted }));
        Assert.Equal(wanted.Message, unary.Detail);

        using var call = channel.DuplexStreaming(Duplex);
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = wanted });
        await call.RequestStream.CompleteAsync();
        var duplex = await FailsAsync(StatusCode.Unknown, () => call.ResponseStream.MoveNextAsync().AsTask());
        Assert.Equal(wanted.Message, duplex.Detail);
    }

    private async Task SpecialStatusMessageAsync()
    {
        var wanted = new EchoStatus { Code = 2, Message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n" };
        var status = await FailsAsync(StatusCode.Unknown, () => channel.UnaryAsync(Unary, new SimpleRequest { ResponseStatus = wanted }));
        Assert.Equal(wanted.Message, status.Detail);
    }

    private async Task UnimplementedAsync(ServiceDescriptor service) =>
        await FailsAsync(StatusCode.Unimplemented, () => channel.UnaryAsync(GrpcMethod.From<Empty, Empty>(service, "UnimplementedCall"), new Empty()));

    private static async Task EchoesAsync<TRequest, TResponse>(DuplexCall<TRequest, TResponse> call)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Assert.Equal("test_initial_metadata_value", (await call.ResponseHeadersAsync()).Get(InitialKey));
        Assert.True(await call.ResponseStream.MoveNextAsync());
        Assert.False(await call.ResponseStream.MoveNextAsync());
        Assert.Equal([0xAB, 0xAB, 0xAB], call.GetTrailers().GetBytes(TrailingKey));
    }

    private static async Task<Status> FailsAsync(StatusCode code, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, failure.StatusCode);
        return failure.Status;
    }

    private static StreamingOutputCallRequest Wanted(int payload, params int[] sizes) =>
        new() { Payload = Zeros(payload), ResponseParameters = { sizes.Select(size => new ResponseParameters { Size = size }) } };

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
