using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Interop.Tests.Wire;
using BlazorPluginAdmin.Tests.Shared;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>Deadlines, cancellation, failure and shutdown: how calls end that do not end by themselves.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task Deadline_OfTheClientsClock_EndsTheCallOnBothSides()
    {
        var time = new ManualTimeProvider();
        var (entered, cancelled) = (Signal<DateTimeOffset?>(), Signal());
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, (_, call) => HangAsync(call, entered, cancelled)));
        using var channel = host.Channel(new GrpcChannelOptions { TimeProvider = time });
        var call = channel.UnaryAsync(Unary, new SimpleRequest(), new CallOptions(Deadline: time.GetUtcNow().AddDays(60)));

        Assert.NotNull(await entered.Task.InTimeAsync());
        time.Advance(TimeSpan.FromDays(60) - TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await FailsAsync(StatusCode.DeadlineExceeded, () => call);
        await cancelled.Task.InTimeAsync();
    }

    [Fact]
    public async Task Deadline_OfTheServersClock_AnswersDeadlineExceeded()
    {
        var time = new ManualTimeProvider();
        var (entered, cancelled) = (Signal<DateTimeOffset?>(), Signal());
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcUnary(Unary, (_, call) => HangAsync(call, entered, cancelled)), new GrpcServerOptions { TimeProvider = time });
        using var channel = host.Channel();
        var call = channel.UnaryAsync(Unary, new SimpleRequest(), new CallOptions(Deadline: TimeProvider.System.GetUtcNow().AddHours(1)));

        var told = await entered.Task.InTimeAsync();
        Assert.InRange(told!.Value - time.GetUtcNow(), TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromHours(1));

        await FailsAsync(StatusCode.DeadlineExceeded, () => call);
        await cancelled.Task.InTimeAsync();
    }

    [Fact]
    public async Task Deadline_InThePast_EndsTheCallAtOnce()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, CallTests.EchoAsync));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex, new CallOptions(Deadline: TimeProvider.System.GetUtcNow().AddSeconds(-1)));

        await FailsAsync(StatusCode.DeadlineExceeded, () => call.ResponseStream.MoveNextAsync().AsTask());
        await FailsAsync(StatusCode.DeadlineExceeded, () => call.RequestStream.WriteAsync(Request(1)).AsTask());
    }

    [Fact]
    public async Task Deadline_TimerThatFiresAsTheCallEnds_DoesNothing()
    {
        var late = new LateTimers();
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcUnary(Unary, (_, _) => Task.FromResult(new SimpleResponse())), new GrpcServerOptions { TimeProvider = late });
        using var channel = host.Channel(new GrpcChannelOptions { TimeProvider = late });
        await channel.UnaryAsync(Unary, new SimpleRequest(), new CallOptions(Deadline: late.GetUtcNow().AddMinutes(1))).InTimeAsync();
        await host.StopAsync();

        Assert.Equal(2, late.FireAll(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task Cancellation_ByTheCaller_ReachesTheHandler()
    {
        var (entered, cancelled) = (Signal<DateTimeOffset?>(), Signal());
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, (_, call) => HangAsync(call, entered, cancelled)));
        using var channel = host.Channel();
        using var caller = new CancellationTokenSource();
        var call = channel.UnaryAsync(Unary, new SimpleRequest(), new CallOptions(CancellationToken: caller.Token));
        Assert.Null(await entered.Task.InTimeAsync());
        await caller.CancelAsync();

        await FailsAsync(StatusCode.Cancelled, () => call);
        await cancelled.Task.InTimeAsync();
    }

    [Fact]
    public async Task Cancellation_ByDisposing_ReachesTheHandlerAsCancellationNotAsHalfClose()
    {
        for (var round = 0; round < 20; round++)
        {
            var end = Signal<string>();
            await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, _, _) =>
            {
                try
                {
                    await requests.ReadAsync();
                    end.SetResult(await requests.ReadAsync() is null ? "half-closed" : "message");
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException)
                {
                    end.SetResult("cancelled");
                    throw;
                }
            }));
            using var channel = host.Channel();
            using (var call = channel.DuplexStreaming(Duplex))
            {
                await call.RequestStream.WriteAsync(Request(1));
                await call.ResponseHeadersAsync().InTimeAsync();
            }

            Assert.Equal("cancelled", await end.Task.InTimeAsync());
        }
    }

    [Fact]
    public async Task Cancellation_OfOneRead_WorksBeforeTheHeadersCame()
    {
        var release = Signal();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, responses, call) =>
        {
            await release.Task;
            await CallTests.EchoAsync(requests, responses, call);
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.RequestStream.WriteAsync(Request(7));
        using var impatient = new CancellationTokenSource();
        var reading = call.ResponseStream.MoveNextAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.InTimeAsync());

        release.SetResult();
        Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        Assert.Equal(7, call.ResponseStream.Current.Payload.Body.Length);
    }

    [Fact]
    public async Task Cancellation_OfOneRead_LeavesTheCallAlone()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, CallTests.EchoAsync));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.ResponseHeadersAsync().InTimeAsync();
        using (var impatience = new CancellationTokenSource())
        {
            var read = call.ResponseStream.MoveNextAsync(impatience.Token).AsTask();
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.InTimeAsync());
        }

        await call.RequestStream.WriteAsync(Request(5));
        Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        Assert.Equal(5, call.ResponseStream.Current.Payload.Body.Length);
    }

    [Fact]
    public async Task Abort_ByTheHandler_EndsTheCallOfTheClient()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, _, call) =>
        {
            await requests.ReadAsync();
            call.Abort();
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.RequestStream.WriteAsync(Request(1));

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        Assert.NotEqual(StatusCode.OK, failure.StatusCode);
    }

    [Fact]
    public async Task Handler_ThatThrows_SaysUnknownAndKeepsItsText()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcUnary(Unary, (_, _) => throw new InvalidOperationException("secret of the house")));
        using var channel = host.Channel();

        var failure = await FailsAsync(StatusCode.Unknown, () => channel.UnaryAsync(Unary, new SimpleRequest()));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_ThatThrowsAfterAMessage_StillEndsWithAStatus()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcServerStream(ServerStream, async (_, responses, _) =>
        {
            await responses.WriteAsync(Response(1));
            throw new InvalidOperationException("secret of the house");
        }));
        using var channel = host.Channel();
        using var call = channel.ServerStreaming(ServerStream, Request(0));

        Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        await FailsAsync(StatusCode.Unknown, () => call.ResponseStream.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task Shutdown_CallThatListens_EndsByItself()
    {
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, responses, call) =>
        {
            await using var stop = call.ShutdownToken.Register(requests.CancelPendingRead);
            try
            {
                await requests.ReadAsync();
            }
            catch (OperationCanceledException)
            {
                await responses.WriteAsync(Response(9));
                Assert.Null(await requests.ReadAsync());
            }
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.ResponseHeadersAsync().InTimeAsync();
        var stopping = host.StopAsync();

        Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        Assert.Equal(9, call.ResponseStream.Current.Payload.Body.Length);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        await stopping.InTimeAsync();
    }

    [Fact]
    public async Task Shutdown_CallThatDoesNotListen_EndsAfterTheGrace()
    {
        var time = new ManualTimeProvider();
        var stopSeen = Signal();
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcDuplex(Duplex, async (requests, _, call) =>
            {
                await using var stop = call.ShutdownToken.Register(stopSeen.SetResult);
                await requests.ReadAsync();
            }),
            new GrpcServerOptions { TimeProvider = time });
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        await call.ResponseHeadersAsync().InTimeAsync();
        var stopping = host.StopAsync();
        await stopSeen.Task.InTimeAsync();
        var read = call.ResponseStream.MoveNextAsync().AsTask();

        // The grace began with the stop, before or after the handler heard of it.
        while (!read.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await FailsAsync(StatusCode.Unavailable, () => read);
        await stopping.InTimeAsync();
    }

    private static async Task<SimpleResponse> HangAsync(CallContext call, TaskCompletionSource<DateTimeOffset?> entered, TaskCompletionSource cancelled)
    {
        entered.TrySetResult(call.Deadline);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
            return new SimpleResponse();
        }
        finally
        {
            // Only its cancellation ends that wait. A callback of the token might be taken back before its turn comes.
            cancelled.TrySetResult();
        }
    }

    /// <summary>Timers that fire only when told, even after they were disposed: the race that a real one can lose.</summary>
    private sealed class LateTimers : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<Action> _callbacks = [];
        private TimeSpan _ahead;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _callbacks.Add(() => callback(state));
            }

            return new Never();
        }

        public int FireAll(TimeSpan ahead)
        {
            _ahead = ahead;
            lock (_gate)
            {
                _callbacks.ForEach(callback => callback());
                return _callbacks.Count;
            }
        }

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
