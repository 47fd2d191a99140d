using System.Collections.Concurrent;
using System.Net;
using System.Text;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using HttpResults = Microsoft.AspNetCore.Http.Results;
using JobState = BlazorPluginAdmin.Wire.JobState;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>As whom the submitting side speaks.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task TokenFile_IsReadAtEveryCall()
    {
        var tokens = new ConcurrentQueue<string?>();
        await using var admin = await StartAsync(tokens.Enqueue).InTimeAsync("the start of the admin");
        var file = Path.GetTempFileName();
        try
        {
            await using var client = new AdminClient(new WorkerOptions { Address = "grpc://" + AddressOf(admin).Authority, TokenFile = file });
            foreach (var token in (string[])["first\n", "second", ""])
            {
                await File.WriteAllTextAsync(file, token);
                await client.CancelAsync("j").InTimeAsync("the answer");
            }
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(["Bearer first", "Bearer second", null], tokens);
    }

    [Fact]
    public void TwoTokens_AreRefused() => Assert.StartsWith(
        "there is one token: its text or its file",
        Assert.Throws<ArgumentException>(() => new AdminClient(new WorkerOptions { Token = "t", TokenFile = "f" })).Message,
        StringComparison.Ordinal);

    /// <summary>A job that ran longer than that has used up nothing of it.</summary>
    [Fact]
    public async Task Patience_CountsFromTheLoss_NotFromTheStartOfTheWait()
    {
        var asked = 0;
        await using var admin = await StartAsync(
            _ => { },
            () => Interlocked.Increment(ref asked) switch
            {
                2 or 4 => throw new RpcException(new Status(StatusCode.Unavailable, "restarting")),
                < 5 => new Job { JobId = "j", State = JobState.Running },
                _ => new Job { JobId = "j", State = JobState.Succeeded },
            }).InTimeAsync("the start of the admin");
        await using var client = new AdminClient(new WorkerOptions { Address = "grpc://" + AddressOf(admin).Authority }) { Patience = TimeSpan.FromMilliseconds(200) };
        Assert.Equal("j", (await client.WaitAsync("j").InTimeAsync("the end of the job")).JobId);
    }

    /// <summary>The first answer of the status page is as good as none: what the convention makes of it is a guess, and wrong.</summary>
    [Fact]
    public async Task GrpcPort_ThatWasGuessedWrongly_IsAskedForAgain()
    {
        await using var admin = await StartAsync(_ => { }).InTimeAsync("the start of the admin");
        var asked = 0;
        await using var page = await StatusAsync(() => Interlocked.Increment(ref asked) == 1 ? null : AddressOf(admin).Port).InTimeAsync("the start of the status page");
        await using var client = new AdminClient(new WorkerOptions { Address = $"127.0.0.1:{AddressOf(page).Port}" });
        await client.CancelAsync("j").InTimeAsync("the answer");
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Admin_ThatCameBackAtAnotherPort_IsFoundThere()
    {
        await using var second = await StartAsync(_ => { }).InTimeAsync("the start of the second admin");
        var first = await StartAsync(_ => { }).InTimeAsync("the start of the first admin");
        var port = AddressOf(first).Port;
        await using var page = await StatusAsync(() => Volatile.Read(ref port)).InTimeAsync("the start of the status page");
        await using var client = new AdminClient(new WorkerOptions { Address = $"127.0.0.1:{AddressOf(page).Port}" });
        await client.CancelAsync("j").InTimeAsync("the answer of the first admin");
        await first.DisposeAsync();
        Volatile.Write(ref port, AddressOf(second).Port);
        await client.CancelAsync("j").InTimeAsync("the answer of the second admin");
    }

    /// <summary>Nobody at the first; the second has no gRPC port that could be guessed.</summary>
    [Fact]
    public async Task Entries_WhereNobodyIs_ArePassedOver()
    {
        await using var admin = await StartAsync(_ => { }).InTimeAsync("the start of the admin");
        var options = new WorkerOptions { Address = $"grpc://127.0.0.1:1, 127.0.0.1:65000, grpc://{AddressOf(admin).Authority}" };
        await using (var client = new AdminClient(options))
        {
            await client.CancelAsync("j").InTimeAsync("the answer");
        }

        await using (var client = new AdminClient(options))
        {
            await foreach (var piece in client.WatchLogsAsync("j"))
            {
                Assert.Equal("said", Encoding.UTF8.GetString(piece.Bytes.Span));
            }
        }
    }

    [Fact]
    public async Task Address_WithoutAPortToGuess_IsSaidToBeSo_WhenPatienceIsOver()
    {
        await using var client = new AdminClient(new WorkerOptions { Address = "127.0.0.1:65000" }) { Patience = TimeSpan.Zero };
        var gone = await Assert.ThrowsAsync<RpcException>(() => client.CancelAsync("j").InTimeAsync("the failure"));
        Assert.Equal((StatusCode.Unavailable, "127.0.0.1:65000 does not say its gRPC port, and 65000 + 10000 is none; write 127.0.0.1:65000.GRPC"), (gone.StatusCode, gone.Status.Detail));
    }

    [Theory]
    [InlineData("")]
    [InlineData("h:1, nowhere")]
    public void Address_OfNoKnownForm_IsRefused(string address) => Assert.Throws<ArgumentException>(() => new AdminClient(new WorkerOptions { Address = address }));

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>A status page that names that port; null: it does not answer as it should.</summary>
    private static async Task<WebApplication> StatusAsync(Func<int?> port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/api/plugin/status", () => port() is { } found ? HttpResults.Text($$"""{"worker_grpc_port":{{found}}}""") : HttpResults.StatusCode(503));
        await app.StartAsync();
        return app;
    }

    private static async Task<WebApplication> StartAsync(Action<string?> heard, Func<Job>? get = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpcTransport(new GrpcServerOptions { ShutdownGrace = TimeSpan.Zero });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseGrpcTransport()));
        var app = builder.Build();
        app.MapGrpcUnary(
            GrpcMethod.From<CancelRequest, CancelResponse>(JobServiceReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("JobService"), "Cancel"),
            (_, call) =>
            {
                heard(call.RequestHeaders.Get("authorization"));
                return Task.FromResult(new CancelResponse { Job = new Job() });
            });
        var service = JobServiceReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("JobService");
        app.MapGrpcUnary(GrpcMethod.From<GetRequest, GetResponse>(service, "Get"), (_, _) => Task.FromResult(new GetResponse { Job = get?.Invoke() }));
        app.MapGrpcServerStream(
            GrpcMethod.From<WatchLogsRequest, LogChunk>(service, "WatchLogs"),
            async (_, chunks, _) => await chunks.WriteAsync(new LogChunk { Data = ByteString.CopyFromUtf8("said") }));
        app.MapGrpcServerStream(
            GrpcMethod.From<WatchEventsRequest, JobEvent>(service, "WatchEvents"),
            async (_, events, call) =>
            {
                while (true)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, call.CancellationToken);
                    await events.WriteAsync(new JobEvent());
                }
            });
        await app.StartAsync();
        return app;
    }
}
