using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Interop.Tests.Wire;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Http;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>Two things at once on one call: whichever wins, everyone who waits is told, and nothing stays behind.</summary>
public sealed class RaceTests
{
    /// <summary>More than all buffers between a writer and a peer that does not read.</summary>
    private const int Huge = 8 * 1024 * 1024;

    [Fact]
    public async Task Unary_LargeRequestToAClosedPort_IsUnavailable()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ClosedPort()}");

        await FailsAsync(StatusCode.Unavailable, () => channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(Huge) }));
    }

    [Fact]
    public async Task Writer_OfACallToAClosedPort_IsToldWhileItWaits()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ClosedPort()}");
        using var call = channel.DuplexStreaming(Duplex);

        await FailsAsync(StatusCode.Unavailable, () => call.RequestStream.WriteAsync(Request(Huge)).AsTask());
    }

    /// <summary>The request's body may hear of the break before the call does, as a cancelled send. Nobody here cancelled anything.</summary>
    [Fact]
    public async Task Call_TheServerHangsUpOn_IsUnavailable()
    {
        using var rude = new TcpListener(IPAddress.Loopback, 0);
        rude.Start();
        var hangingUp = Task.Run(async () =>
        {
            while (true)
            {
                using var accepted = await rude.AcceptSocketAsync();
                accepted.LingerState = new LingerOption(true, 0);
            }
        });
        for (var i = 0; i < 2000; i++)
        {
            using var channel = GrpcChannel.ForAddress($"http://{rude.LocalEndpoint}");
            using var call = channel.DuplexStreaming(Duplex);

            await FailsAsync(StatusCode.Unavailable, async () =>
            {
                await call.RequestStream.WriteAsync(Request(1));
                await call.ResponseStream.MoveNextAsync();
            });
        }

        rude.Stop();
        await Assert.ThrowsAnyAsync<SocketException>(() => hangingUp);
    }

    [Fact]
    public async Task Unary_LargeRequestOnADisposedChannel_IsCancelled()
    {
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ClosedPort()}");
        channel.Dispose();

        await FailsAsync(StatusCode.Cancelled, () => channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(Huge) }));
    }

    [Theory]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Cancelled)]
    public async Task Unary_PeerThatAcceptsAndNeverSpeaks_EndsByDeadlineOrCancellation(StatusCode code)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new ManualTimeProvider();
        using var caller = new CancellationTokenSource();
        using var channel = GrpcChannel.ForAddress($"http://{silent.LocalEndpoint}", new GrpcChannelOptions { TimeProvider = time });
        var call = channel.UnaryAsync(
            Unary, new SimpleRequest { Payload = Bytes(Huge) }, new CallOptions(Deadline: time.GetUtcNow().AddMinutes(1), CancellationToken: caller.Token));
        using var accepted = await silent.AcceptTcpClientAsync().InTimeAsync();
        if (code == StatusCode.Cancelled)
        {
            await caller.CancelAsync();
        }
        else
        {
            time.Advance(TimeSpan.FromMinutes(1));
        }

        await FailsAsync(code, () => call);
    }

    [Fact]
    public async Task Unary_AnswerBeforeTheRequestIsRead_IsTheAnswer()
    {
        var release = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Unary, (_, _, call) => AnswerAndHoldAsync(call, release)));
        using var channel = host.Channel();

        var failure = await FailsAsync(StatusCode.ResourceExhausted, () => channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(Huge) }));

        Assert.Equal("enough", failure.Status.Detail);
        release.SetResult();
    }

    [Fact]
    public async Task ServerStream_AnswerBeforeTheRequestIsRead_IsTheAnswer()
    {
        var release = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(ServerStream, (_, _, call) => AnswerAndHoldAsync(call, release)));
        using var channel = host.Channel();
        using var call = channel.ServerStreaming(ServerStream, Request(Huge));

        await FailsAsync(StatusCode.ResourceExhausted, () => call.ResponseStream.MoveNextAsync().AsTask());
        release.SetResult();
    }

    [Fact]
    public async Task Writer_ThatWaitsAsTheServerEndsTheCall_IsTold()
    {
        var release = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, (_, _, call) => AnswerAndHoldAsync(call, release)));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        var write = call.RequestStream.WriteAsync(Request(Huge)).AsTask();

        await FailsAsync(StatusCode.ResourceExhausted, () => call.ResponseStream.MoveNextAsync().AsTask());
        await FailsAsync(StatusCode.ResourceExhausted, () => write);
        release.SetResult();
    }

    [Fact]
    public async Task Writer_ThatWaitsAsTheConnectionBreaks_IsTold()
    {
        var connection = Signal<NetworkStream>();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (_, _, call) =>
        {
            await call.WriteHeadersAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        }));
        using var channel = host.Channel(new GrpcChannelOptions { Connect = ConnectAsync });
        using var call = channel.DuplexStreaming(Duplex);
        await call.ResponseHeadersAsync().InTimeAsync();
        var write = call.RequestStream.WriteAsync(Request(Huge)).AsTask();
        var read = call.ResponseStream.MoveNextAsync().AsTask();
        await (await connection.Task.InTimeAsync()).DisposeAsync();

        await FailsAsync(StatusCode.Unavailable, () => read);
        Assert.IsType<RpcException>(await Record.ExceptionAsync(() => write.InTimeAsync()));

        async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPEndPoint.Parse(new Uri(host.Address).Authority), cancellationToken);
            connection.TrySetResult(new NetworkStream(socket, ownsSocket: true));
            return await connection.Task;
        }
    }

    [Fact]
    public async Task Dispose_WhileAnotherThreadWrites_EndsTheWriterWithTheCall()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, _, _) =>
        {
            await foreach (var _ in requests.ReadAllAsync())
            {
                // Only taken off the stream.
            }
        }));
        using var channel = host.Channel();
        for (var round = 0; round < 200; round++)
        {
            var call = channel.DuplexStreaming(Duplex);
            var under = Signal();
            var writer = Task.Run(async () =>
            {
                for (var count = 0; ; count++)
                {
                    call.RequestStream.Buffer(Request(30_000));
                    if (count % 4 == 3)
                    {
                        await call.RequestStream.FlushAsync();
                        under.TrySetResult();
                    }
                }
            });
            await Task.WhenAny(under.Task, writer).InTimeAsync();
            call.Dispose();

            var end = Assert.IsType<RpcException>(await Record.ExceptionAsync(() => writer.InTimeAsync()));
            Assert.Equal(StatusCode.Cancelled, end.StatusCode);
        }
    }

    [Fact]
    public async Task Dispose_AsTheHeadersCome_ReachesEveryHandler()
    {
        const int rounds = 300;
        var (entered, cancelled) = (0, 0);
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, _, call) =>
        {
            Interlocked.Increment(ref entered);
            try
            {
                await call.WriteHeadersAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
            }
            finally
            {
                Interlocked.Increment(ref cancelled);
            }
        }));
        using var channel = host.Channel();
        for (var round = 0; round < rounds; round++)
        {
            // Two of three are disposed once a handler runs, about when its headers come; the others at once.
            var before = Volatile.Read(ref entered);
            var call = channel.ServerStreaming(ServerStream, Request(0));
            while (round % 3 > 0 && Volatile.Read(ref entered) == before)
            {
                await Task.Yield();
            }

            call.Dispose();
        }

        await Task.Run(async () =>
        {
            while (Volatile.Read(ref cancelled) != Volatile.Read(ref entered))
            {
                await Task.Yield();
            }
        }).InTimeAsync();
    }

    [Fact]
    public async Task Cancellation_OfACallThatNobodyReads_ReachesTheHandler()
    {
        var cancelled = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, responses, call) =>
        {
            await responses.WriteAsync(Response(1));
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }
        }));
        using var channel = host.Channel();
        using var caller = new CancellationTokenSource();
        using var call = channel.ServerStreaming(ServerStream, Request(0), new CallOptions(CancellationToken: caller.Token));
        Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        await caller.CancelAsync();

        await cancelled.Task.InTimeAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task ResponseHeaders_AwaitedWhileMessagesAreRead_LoseNoMessage()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, responses, _) =>
        {
            for (var size = 0; size < 20; size++)
            {
                responses.Buffer(Response(size));
            }

            await responses.FlushAsync();
        }));
        using var channel = host.Channel();
        for (var round = 0; round < 200; round++)
        {
            using var call = channel.DuplexStreaming(ServerStream);
            var sizes = CallTests.SizesAsync(call.ResponseStream);
            var headers = call.ResponseHeadersAsync();
            await call.RequestStream.WriteAsync(Request(0));
            await call.RequestStream.CompleteAsync();

            await headers.InTimeAsync();
            Assert.Equal(Enumerable.Range(0, 20), await sizes.InTimeAsync());
        }
    }

    private static async Task AnswerAndHoldAsync(CallContext call, TaskCompletionSource release)
    {
        // The status goes out, and the stream stays half open: Kestrel would reset it at the handler's end.
        call.HttpContext.Response.AppendTrailer("grpc-status", "8");
        call.HttpContext.Response.AppendTrailer("grpc-message", "enough");
        await call.HttpContext.Response.CompleteAsync();
        await release.Task;
    }

    private static int ClosedPort()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        return ((IPEndPoint)taken.LocalEndpoint).Port;
    }
}
