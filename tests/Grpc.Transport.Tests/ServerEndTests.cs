using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Grpc.Transport.Server.Health;
using BlazorPluginAdmin.Interop.Tests.Wire;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>The server's side of a call's end: handlers that wait are told, and an ended call cannot touch the next one.</summary>
public sealed class ServerEndTests
{
    [Fact]
    public async Task CancelPendingRead_WithMessagesWaiting_IsNotSwallowedByThem()
    {
        var (buffered, outcome) = (Signal(), Signal<string>());
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, async (requests, _, _) =>
        {
            await requests.ReadAsync();
            await buffered.Task;
            requests.CancelPendingRead();
            try
            {
                await requests.ReadAsync();
                outcome.SetResult("message");
            }
            catch (OperationCanceledException)
            {
                outcome.SetResult((await requests.ReadAsync())?.Payload.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "end");
            }
        }));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(Duplex);
        call.RequestStream.Buffer(Request(1));
        call.RequestStream.Buffer(Request(2));
        await call.RequestStream.FlushAsync();
        await call.ResponseHeadersAsync().InTimeAsync();
        buffered.SetResult();

        Assert.Equal("2", await outcome.Task.InTimeAsync());
    }

    [Theory]
    [InlineData("cancel the read")]
    [InlineData("abort")]
    public async Task EndedCall_HandleThatSomeoneKept_DoesNotTouchTheNextCall(string what)
    {
        var kept = Signal<(RequestReader<StreamingOutputCallRequest> Requests, CallContext Call)>();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcDuplex(Duplex, (requests, responses, call) =>
            kept.TrySetResult((requests, call)) ? Task.CompletedTask : CallTests.EchoAsync(requests, responses, call)));
        using var channel = host.Channel();
        for (var round = 0; round < 20; round++)
        {
            // Kestrel uses the parts of an ended stream again.
            using var call = channel.DuplexStreaming(Duplex);
            await call.RequestStream.WriteAsync(Request(3));
            if (round > 0)
            {
                Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
                var (requests, ended) = await kept.Task.InTimeAsync();
                if (what == "abort")
                {
                    ended.Abort();
                }
                else
                {
                    requests.CancelPendingRead();
                }

                await call.RequestStream.WriteAsync(Request(4));
                Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
            }

            await call.RequestStream.CompleteAsync();
            Assert.Empty(await CallTests.SizesAsync(call.ResponseStream).InTimeAsync());
        }
    }

    [Fact]
    public async Task HealthWatch_AtShutdown_IsUnavailableAndNoError()
    {
        var log = new ErrorLog();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcHealth(new HealthService()), configure: builder => builder.Logging.AddProvider(log));
        using var channel = host.Channel();
        var method = GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Watch");
        using var watch = channel.ServerStreaming(method, new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
        var stopping = host.StopAsync();

        await FailsAsync(StatusCode.Unavailable, () => watch.ResponseStream.MoveNextAsync().AsTask());
        await stopping.InTimeAsync();
        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task HealthWatch_StatusThatChanges_IsToldEachTime()
    {
        var health = new HealthService();
        await using var host = await GrpcHost.StartAsync(map => map.MapGrpcHealth(health));
        using var channel = host.Channel();
        var method = GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Watch");
        using var watch = channel.ServerStreaming(method, new HealthCheckRequest { Service = "later" });

        await SaysAsync(HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
        health.Set("later", serving: true);
        await SaysAsync(HealthCheckResponse.Types.ServingStatus.Serving);
        health.Set("other", serving: true);
        health.Set("later", serving: false);
        await SaysAsync(HealthCheckResponse.Types.ServingStatus.NotServing);

        async Task SaysAsync(HealthCheckResponse.Types.ServingStatus status)
        {
            Assert.True(await watch.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
            Assert.Equal(status, watch.ResponseStream.Current.Status);
        }
    }

    [Fact]
    public async Task Handler_ThatWritesToAClientThatLeft_IsEndedWithoutAnError()
    {
        var log = new ErrorLog();
        const int rounds = 50;
        var (left, all) = (rounds, Signal());
        await using (var host = await GrpcHost.StartAsync(
            map => map.MapGrpcServerStream(ServerStream, async (_, responses, call) =>
            {
                try
                {
                    while (true)
                    {
                        await responses.WriteAsync(Response(16 * 1024));
                    }
                }
                finally
                {
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        all.SetResult();
                    }
                }
            }),
            configure: builder => builder.Logging.AddProvider(log)))
        {
            using var channel = host.Channel();
            for (var round = 0; round < rounds; round++)
            {
                using var call = channel.ServerStreaming(ServerStream, Request(0));
                Assert.True(await call.ResponseStream.MoveNextAsync().AsTask().InTimeAsync());
            }

            await all.Task.InTimeAsync();
        }

        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task Deadline_OfAHandlerThatWaitsForASlowClient_EndsTheHandlerAndTheStream()
    {
        var time = new ManualTimeProvider();
        var (blocked, ended) = (Signal(), Signal());
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcServerStream(ServerStream, (_, responses, _) => WriteForeverAsync(responses, blocked, ended)), new GrpcServerOptions { TimeProvider = time });
        using var channel = host.Channel();
        using var call = channel.ServerStreaming(ServerStream, Request(0), new CallOptions(Deadline: TimeProvider.System.GetUtcNow().AddHours(1)));
        await blocked.Task.InTimeAsync();
        time.Advance(TimeSpan.FromHours(1));

        await ended.Task.InTimeAsync();
        await Assert.ThrowsAsync<RpcException>(() => CallTests.SizesAsync(call.ResponseStream).InTimeAsync());
    }

    [Fact]
    public async Task Shutdown_ClientThatDoesNotRead_DoesNotHoldTheServer()
    {
        var (blocked, ended) = (Signal(), Signal());
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcServerStream(ServerStream, (_, responses, _) => WriteForeverAsync(responses, blocked, ended)),
            new GrpcServerOptions { ShutdownGrace = TimeSpan.Zero },
            configure: builder => builder.Services.Configure<HostOptions>(hosting => hosting.ShutdownTimeout = Timeout.InfiniteTimeSpan));
        using var channel = host.Channel();
        using var call = channel.ServerStreaming(ServerStream, Request(0));
        await blocked.Task.InTimeAsync();

        await host.StopAsync().InTimeAsync();
        Assert.True(ended.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Handler_ThatGivesUpOnAClientThatDoesNotRead_ResetsTheStream()
    {
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcServerStream(ServerStream, async (_, responses, _) =>
            {
                Task write;
                do
                {
                    write = responses.WriteAsync(Response(1024 * 1024)).AsTask();
                }
                while (write.IsCompleted);

                throw new RpcException(new Status(StatusCode.ResourceExhausted, "the client does not read"));
            }),
            configure: builder => builder.Services.Configure<HostOptions>(hosting => hosting.ShutdownTimeout = Timeout.InfiniteTimeSpan));
        using var channel = host.Channel();
        using var call = channel.DuplexStreaming(ServerStream);
        await call.RequestStream.WriteAsync(Request(0));
        await call.RequestStream.CompleteAsync();

        // Nobody reads, and yet no stream is left for the server to wait for.
        await call.ResponseHeadersAsync().InTimeAsync();
        await host.StopAsync().InTimeAsync();
        await FailsAsync(StatusCode.ResourceExhausted, () => CallTests.SizesAsync(call.ResponseStream));
    }

    private static async Task WriteForeverAsync(ResponseWriter<StreamingOutputCallResponse> responses, TaskCompletionSource blocked, TaskCompletionSource ended)
    {
        try
        {
            while (true)
            {
                var write = responses.WriteAsync(Response(1024 * 1024)).AsTask();
                if (!write.IsCompleted)
                {
                    blocked.TrySetResult();
                }

                await write;
            }
        }
        finally
        {
            ended.SetResult();
        }
    }

    /// <summary>Errors the server logs; none belongs to a call that ended as calls may.</summary>
    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Errors { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Errors.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose() { }
    }
}
