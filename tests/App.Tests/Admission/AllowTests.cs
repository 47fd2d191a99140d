using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Grpc.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.App.Tests.Admission;

/// <summary>A list of networks, on a machine that has many loopback addresses.</summary>
public sealed class AllowTests : RunningAdmin
{
    private readonly RefusalLog _log = new();

    protected override AppOptions Options => base.Options with { WorkerPort = new WorkerPortOptions { Allow = [IPNetwork.Parse("127.0.0.2/31")] } };

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(_log);

    [Fact]
    public async Task Peers_AreJudgedByTheirAddress_AndRefusalsLoggedOnce()
    {
        foreach (var (from, code) in ((string, StatusCode)[])
        [
            ("127.0.0.1", StatusCode.Unavailable), ("127.0.0.2", StatusCode.OK), ("127.0.0.3", StatusCode.OK),
            ("127.0.0.4", StatusCode.Unavailable), ("127.0.0.1", StatusCode.Unavailable),
        ])
        {
            using var worker = new ScriptedWorker(GrpcAddress, $"w-{from}", new GrpcChannelOptions { Connect = cancellation => DialAsync(from, cancellation) });
            Assert.Equal((from, code), (from, (await worker.GreetAsync()).Code));
        }

        Assert.Equal("Refused a connection to the worker port from 127.0.0.1: its address is not in --worker-allow", await _log.NextAsync());
        Assert.Equal("Refused a connection to the worker port from 127.0.0.4: its address is not in --worker-allow", await _log.NextAsync());
        Assert.True(_log.IsEmpty);
        Assert.False(new AppOptions { WorkerPort = Options.WorkerPort }.AdmitsOwnWorker);
        Assert.Equal("pages: loopback only, no authentication; workers: from 127.0.0.2/31, no authentication, not encrypted", Options.Admission);
    }

    private async ValueTask<Stream> DialAsync(string from, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPEndPoint.Parse(GrpcAddress), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
