using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>A worker in a host: when it ends for good so does the host, and the process says by its exit code what whoever started it should do.</summary>
public sealed class HostingTests : SdkTest
{
    [Theory]
    [InlineData(CloseReason.StopRequested, false, 0)]
    [InlineData(CloseReason.AdminShutdown, false, 0)]
    [InlineData(CloseReason.Canceled, false, 0)]
    [InlineData(CloseReason.Rejected, true, 77)]
    [InlineData(CloseReason.Rejected, false, 69)]
    [InlineData(CloseReason.Unreachable, false, 69)]
    [InlineData(CloseReason.Timeout, false, 69)]
    [InlineData(CloseReason.Replaced, false, 70)]
    [InlineData(CloseReason.ProtocolError, true, 70)]
    public void ExitCode_SaysWhetherToStartAgain(CloseReason reason, bool isPermanent, int code) => Assert.Equal(code, PluginWorkerHosting.ExitCode(reason, isPermanent));

    [Fact]
    public async Task WorkerThatIsNotAllowed_EndsTheHost_With77()
    {
        var running = RunAsync(new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", RegistrationTimeout = TimeSpan.FromSeconds(30) });
        (await Admin.NextAsync()).End(StatusCode.PermissionDenied, "not you");
        Assert.Equal((77, ""), await running);
    }

    [Fact]
    public async Task WorkerThatIsReplaced_EndsTheHost_With70()
    {
        var running = RunAsync(new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", RegistrationTimeout = TimeSpan.FromSeconds(30) });
        (await Admin.GreetAsync()).End(StatusCode.Aborted, "replaced");
        Assert.Equal((70, ""), await running);
    }

    [Fact]
    public async Task WrongOptions_EndTheHost_With70_AndOneLine() => Assert.Equal(
        (70, $"the worker cannot be made: 'nowhere' is not an address; use host:port, host:http.grpc or grpc://host:port; slots must be 1 to 10,000{Environment.NewLine}"),
        await RunAsync(new WorkerOptions { Address = "nowhere", WorkerId = "w-1", ExecutionSlots = 0 }));

    [Fact]
    public async Task TakenHealthPort_EndsTheHost_With70_AndOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (code, said) = await RunAsync(new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", HealthPort = ((IPEndPoint)taken.LocalEndpoint).Port });
        Assert.Equal(70, code);
        Assert.Matches("^the health port cannot be opened: [^\n]+\n$", said);
    }

    /// <summary>The host's patience is no longer than a moment here, and 30 s by default: less than a drain may take with its last words.</summary>
    [Fact]
    public async Task Drain_IsNotCutByTheHost()
    {
        var handler = new Blocking();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(1));
        builder.Services.AddLogging().AddPluginWorker(new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", RegistrationTimeout = TimeSpan.FromSeconds(30) }).AddSingleton<IJobHandler>(handler);
        using var host = builder.Build();
        var running = host.RunAsync();
        var stream = await Admin.NextAsync();
        await stream.GreetAsync("", heartbeatSeconds: 1);
        await BeginAsync(stream, handler);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        for (var beat = 0; beat < 3; beat++)
        {
            await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("draining"));
        }

        handler.Release.TrySetResult();
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        await stream.RestAsync();
        stream.End();
        await running.InTimeAsync("the end of the host");
    }

    [Fact]
    public async Task Drain_TakesAsLongAsTheWorkersOptionsSay()
    {
        var handler = new Blocking();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddPluginWorker(new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", RegistrationTimeout = TimeSpan.FromSeconds(30), DrainGrace = TimeSpan.FromMilliseconds(50) }).AddSingleton<IJobHandler>(handler);
        using var host = builder.Build();
        var running = host.RunAsync();
        var stream = await Admin.GreetAsync("");
        await BeginAsync(stream, handler);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await handler.Canceled.Task.InTimeAsync("the cancel of the job", TimeSpan.FromSeconds(20));
        await stream.RestAsync();
        stream.End();
        await running.InTimeAsync("the end of the host");
    }

    /// <summary>The exit code, and what stderr got.</summary>
    private static async Task<(int Code, string Said)> RunAsync(WorkerOptions options)
    {
        var (stderr, said) = (Console.Error, new StringWriter());
        try
        {
            Console.SetError(said);
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddLogging().AddPluginWorker(options).AddHandler<Echo>();
            using var host = builder.Build();
            await host.RunAsync().InTimeAsync("the end of the host");
            return (Environment.ExitCode, said.ToString());
        }
        finally
        {
            Console.SetError(stderr);
            Environment.ExitCode = 0;
        }
    }
}
