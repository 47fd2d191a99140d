using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Grpc.Transport.Server.Health;
using BlazorPluginAdmin.Grpc.Transport.Server.Reflection;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>A real server and the real client over loopback. The worker stream's method is enough: every kind of call is a face of it.</summary>
public sealed class CallTests : IAsyncLifetime
{
    private const int Limit = 1024 * 1024;

    private static readonly GrpcMethod<WorkerToAdminMessage, AdminToWorkerMessage> Method =
        GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream");

    private WebApplication? _app;
    private GrpcChannel? _channel;
    private Func<RequestReader<WorkerToAdminMessage>, ResponseWriter<AdminToWorkerMessage>, CallContext, Task> _handler = EchoAsync;

    private Uri Address => new(_app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpcTransport(new GrpcServerOptions { MaxReceiveMessageSize = Limit, ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpcTransport();
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseGrpcTransport());
        });
        _app = builder.Build();
        _app.MapGrpcDuplex(Method, (requests, responses, call) => _handler(requests, responses, call));
        _app.MapGrpcHealth(new HealthService());
        _app.MapGrpcReflection(PluginReflection.Descriptor.Services[0]);
        _app.MapFallback(GrpcEndpoints.UnknownMethodAsync);
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(Address.ToString(), new GrpcChannelOptions { MaxReceiveMessageSize = Limit });
    }

    public async Task DisposeAsync()
    {
        _channel!.Dispose();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task Duplex_EchoesThousands_ThenHalfCloses()
    {
        using var call = _channel!.DuplexStreaming(Method);
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < 5000; n++)
            {
                call.RequestStream.Buffer(new WorkerToAdminMessage { WorkerId = $"{n}" });
                if (n % 100 == 99)
                {
                    await call.RequestStream.FlushAsync();
                }
            }

            await call.RequestStream.CompleteAsync();
        });
        var expected = 0;
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal($"{expected++}", message.RequestId);
        }

        await writing;
        Assert.Equal(5000, expected);
        Assert.Equal(Status.OK, call.GetStatus());
    }

    [Fact]
    public async Task Metadata_GoesBothWays()
    {
        _handler = async (requests, responses, call) =>
        {
            call.ResponseTrailers.Add("t-bin", call.RequestHeaders.GetBytes("h-bin")!);
            call.ResponseTrailers.Add("t", call.RequestHeaders.Get("h")!);
            await EchoAsync(requests, responses, call);
        };
        using var call = _channel!.DuplexStreaming(Method, new CallOptions(new Metadata { { "h", "x y" }, { "h-bin", new byte[] { 1, 255 } } }));
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNextAsync());
        Assert.Equal(("x y", 255), (call.GetTrailers().Get("t"), call.GetTrailers().GetBytes("t-bin")![1]));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "Größe 100 % \n")]
    [InlineData(StatusCode.Aborted, "")]
    public async Task Status_ArrivesAsItWas(StatusCode code, string text)
    {
        _handler = (_, _, _) => throw new RpcException(new Status(code, text));
        Assert.Equal(new Status(code, text), await EndOfAsync(_channel!.DuplexStreaming(Method)));
    }

    [Fact]
    public async Task Exception_OfAHandler_IsNotTold()
    {
        _handler = (_, _, _) => throw new InvalidOperationException("the password is x");
        var status = await EndOfAsync(_channel!.DuplexStreaming(Method));
        Assert.Equal(StatusCode.Unknown, status.Code);
        Assert.DoesNotContain("password", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_EndsTheCall_OnBothSides()
    {
        var seen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler = async (_, _, call) =>
        {
            await using var registration = call.CancellationToken.Register(() => seen.TrySetResult(call.Deadline is not null));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };
        Assert.Equal(StatusCode.DeadlineExceeded, (await EndOfAsync(_channel!.DuplexStreaming(Method, new CallOptions(Deadline: TimeProvider.System.GetUtcNow().AddMilliseconds(150))))).Code);
        Assert.True(await seen.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System));
    }

    [Fact]
    public async Task Cancellation_ReachesTheServer()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler = async (_, _, call) =>
        {
            await using var registration = call.CancellationToken.Register(() => canceled.TrySetResult());
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };
        using var source = new CancellationTokenSource();
        var ending = EndOfAsync(_channel!.DuplexStreaming(Method, new CallOptions(CancellationToken: source.Token)));
        await started.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await ending).Code);
        await canceled.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    [Fact]
    public async Task TooLargeMessages_AreRefused_OnBothSides()
    {
        using var call = _channel!.DuplexStreaming(Method);
        try
        {
            await call.RequestStream.WriteAsync(new WorkerToAdminMessage { WorkerId = new string('x', Limit + 1) });
        }
        catch (RpcException)
        {
            // The server may end the call while the message is still on its way.
        }

        Assert.Equal(StatusCode.ResourceExhausted, (await EndOfAsync(call)).Code);
        _handler = async (_, responses, _) => await responses.WriteAsync(new AdminToWorkerMessage { RequestId = new string('x', Limit + 1) });
        Assert.Equal(StatusCode.ResourceExhausted, (await EndOfAsync(_channel.DuplexStreaming(Method))).Code);
    }

    [Fact]
    public async Task SlowReader_HoldsTheSenderBack()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler = async (requests, responses, call) =>
        {
            await release.Task;
            await EchoAsync(requests, responses, call);
        };
        using var call = _channel!.DuplexStreaming(Method);
        var message = new WorkerToAdminMessage { WorkerId = new string('x', 64 * 1024) };
        var sent = 0;
        var writing = Task.Run(async () =>
        {
            for (; sent < 200; sent++)
            {
                await call.RequestStream.WriteAsync(message);
            }
        });
        await Assert.ThrowsAsync<TimeoutException>(() => writing.WaitAsync(TimeSpan.FromSeconds(1), TimeProvider.System));
        Assert.True(sent * 64 / 1024 < 8, $"{sent * 64 / 1024} MiB are in flight to a server that does not read");
        release.SetResult();
        for (var n = 0; n < 200; n++)
        {
            Assert.True(await call.ResponseStream.MoveNextAsync());
        }

        await writing;
    }

    [Theory]
    [InlineData("000000", StatusCode.Internal)]
    [InlineData("00FFFFFFFF", StatusCode.ResourceExhausted)]
    [InlineData("0000000003FFFFFF", StatusCode.Internal)]
    [InlineData("0700000000", StatusCode.Internal)]
    [InlineData("0100000000", StatusCode.Internal)]
    public async Task MalformedFrames_EndThatCall_TheServerGoesOn(string hex, StatusCode expected)
    {
        Assert.Equal(expected, await RawAsync(Convert.FromHexString(hex)));
        Assert.Equal(StatusCode.OK, await RawAsync(Convert.FromHexString("0000000000")));
    }

    [Fact]
    public async Task Gzip_IsInflated_UpToTheLimit()
    {
        Assert.Equal(StatusCode.OK, await RawAsync(Compressed(new WorkerToAdminMessage { WorkerId = "x" }.ToByteArray()), "gzip"));
        Assert.Equal(StatusCode.ResourceExhausted, await RawAsync(Compressed(new byte[Limit * 4]), "gzip"));
        Assert.Equal(StatusCode.Unimplemented, await RawAsync([], "snappy"));
    }

    [Fact]
    public async Task OtherContent_Is415_UnknownMethod_IsUnimplemented()
    {
        using var http = Raw();
        using var wrong = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, Method.Path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new StringContent("{}") };
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.SendAsync(wrong)).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, await RawAsync([], path: "/plugin.PluginControlService/Nothing"));
    }

    [Fact]
    public async Task Unary_And_ServerStream_AreThinFaces()
    {
        var service = HealthReflection.Descriptor.Services[0];
        var answer = await _channel!.UnaryAsync(GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(service, "Check"), new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        var unknown = await Assert.ThrowsAsync<RpcException>(() => _channel.UnaryAsync(GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(service, "Check"), new HealthCheckRequest { Service = "x" }));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        using var watch = _channel.ServerStreaming(GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(service, "Watch"), new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNextAsync());
    }

    [Fact]
    public async Task Stop_TellsRunningCalls_AndEndsThem()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler = async (_, _, call) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };
        var ending = EndOfAsync(_channel!.DuplexStreaming(Method));
        await started.Task;
        await _app!.StopAsync();
        Assert.Equal(StatusCode.Unavailable, (await ending).Code);
    }

    [Fact]
    public async Task NobodyThere_IsUnavailable()
    {
        using var nowhere = GrpcChannel.ForAddress("http://127.0.0.1:1");
        Assert.Equal(StatusCode.Unavailable, (await EndOfAsync(nowhere.DuplexStreaming(Method))).Code);
    }

    private static async Task EchoAsync(RequestReader<WorkerToAdminMessage> requests, ResponseWriter<AdminToWorkerMessage> responses, CallContext call)
    {
        await foreach (var request in requests.ReadAllAsync(call.CancellationToken))
        {
            await responses.WriteAsync(new AdminToWorkerMessage { RequestId = request.WorkerId });
        }
    }

    private static async Task<Status> EndOfAsync(DuplexCall<WorkerToAdminMessage, AdminToWorkerMessage> call)
    {
        using (call)
        {
            try
            {
                while (await call.ResponseStream.MoveNextAsync())
                {
                    // Whatever comes before the end.
                }

                return call.GetStatus();
            }
            catch (RpcException exception)
            {
                return exception.Status;
            }
        }
    }

    private static HttpMessageInvoker RawInvoker() => new(new SocketsHttpHandler());

    private static HttpClient Raw() => new() { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private static byte[] Compressed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        var length = BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((uint)packed.Length));
        return [1, .. length, .. packed.ToArray()];
    }

    private async Task<StatusCode> RawAsync(byte[] body, string encoding = "", string? path = null)
    {
        using var http = RawInvoker();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path ?? Method.Path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        if (encoding.Length > 0)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using var response = await http.SendAsync(request, CancellationToken.None);
        await response.Content.ReadAsByteArrayAsync();
        var trailer = response.TrailingHeaders.TryGetValues("grpc-status", out var values) || response.Headers.TryGetValues("grpc-status", out values) ? values.Single() : "no status";
        return (StatusCode)int.Parse(trailer, System.Globalization.CultureInfo.InvariantCulture);
    }
}
