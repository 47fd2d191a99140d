using System.Collections.Concurrent;
using System.Net;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
            var address = admin.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            await using var client = new AdminClient(new WorkerOptions { Address = "grpc://" + new Uri(address).Authority, TokenFile = file });
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
        var address = admin.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await using var client = new AdminClient(new WorkerOptions { Address = "grpc://" + new Uri(address).Authority }) { Patience = TimeSpan.FromMilliseconds(200) };
        Assert.Equal("j", (await client.WaitAsync("j").InTimeAsync("the end of the job")).JobId);
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
