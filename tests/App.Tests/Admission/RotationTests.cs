using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests.Admission;

/// <summary>Each test with an admin of its own: the log and the files are looked at.</summary>
public sealed class RotationTests : IAsyncLifetime, IDisposable
{
    private readonly TlsAdmin _admin = new();

    public Task InitializeAsync() => _admin.InitializeAsync();

    public Task DisposeAsync() => _admin.DisposeAsync();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task NewFiles_HoldForNewConnections_AndOldOnesGoOn()
    {
        using var old = _admin.Worker("good", "w-old");
        Assert.Equal(Status.OK, await old.GreetAsync());
        using var next = new TestAuthority(Directory.CreateDirectory(Path.Combine(_admin.Folder, "next")).FullName, "next-ca");
        var server = next.Issue("server", "CN=admin", TestAuthority.ServerUsage, hosts: "127.0.0.1");
        var client = next.Issue("client", "CN=worker-1");

        // Half of it: certificate and key do not belong together, so the earlier ones stay.
        File.Copy(server.Cert, _admin.FileOf("server", "pem"), overwrite: true);
        using (var between = _admin.Worker("good", "w-between"))
        {
            Assert.Equal(Status.OK, await between.GreetAsync());
            Assert.Contains("the earlier ones stay", await _admin.Log.NextAsync(), StringComparison.Ordinal);
        }

        File.Copy(server.Key, _admin.FileOf("server", "key"), overwrite: true);
        File.Copy(next.File, _admin.Ca, overwrite: true);
        using var newer = new ScriptedWorker($"https://{_admin.GrpcAddress}", "w-new", new GrpcChannelOptions { Tls = ClientTls.FromPemFiles(next.File, client.Cert, client.Key) });
        Assert.Equal(Status.OK, await newer.GreetAsync());
        using var late = new ScriptedWorker(
            $"https://{_admin.GrpcAddress}", "w-late", new GrpcChannelOptions { Tls = ClientTls.FromPemFiles(next.File, _admin.FileOf("good", "pem"), _admin.FileOf("good", "key")) });
        Assert.Equal(StatusCode.Unavailable, (await late.GreetAsync()).Code);

        await old.SendAsync(new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat { Metadata = { ["still"] = "here" } } });
        await _admin.UntilAsync(state => state.Sessions.Values.Any(session => session.Worker.Value == "w-old" && session.Heartbeat?.Metadata.ContainsKey("still") == true), "the old stream goes on");
    }

    [Fact]
    public async Task Refusals_AreLogged_OncePerAddressAndReason()
    {
        foreach (var (certificate, reason) in ((string, string)[])
        [
            ("other-authority", "its certificate does not hold against --worker-tls-ca"),
            ("expired", "NotTimeValid"),
            ("other-name", "its certificate's common name is not in --worker-tls-names"),
        ])
        {
            using var first = _admin.Worker(certificate, "w-1");
            using var again = _admin.Worker(certificate, "w-1");
            await first.GreetAsync();
            await again.GreetAsync();
            var line = await _admin.Log.NextAsync();
            Assert.StartsWith("Refused a connection to the worker port from 127.0.0.1: its certificate", line, StringComparison.Ordinal);
            Assert.Contains(reason, line, StringComparison.Ordinal);
        }

        using var bare = new ScriptedWorker($"https://{_admin.GrpcAddress}", "w-1", new GrpcChannelOptions { Tls = ClientTls.FromPemFiles(_admin.Ca) });
        await bare.GreetAsync();
        Assert.EndsWith("it showed no certificate", await _admin.Log.NextAsync(), StringComparison.Ordinal);
        using var plain = new ScriptedWorker(_admin.GrpcAddress, "w-1");
        await plain.GreetAsync();
        Assert.EndsWith("it did not speak TLS", await _admin.Log.NextAsync(), StringComparison.Ordinal);
        Assert.True(_admin.Log.IsEmpty);
    }

    [Theory]
    [InlineData("missing.pem", "server.key")]
    [InlineData("server.pem", "good.key")]
    [InlineData("server.key", "server.key")]
    public async Task UnusableFiles_AreAStartRefused(string cert, string key)
    {
        var port = new WorkerPortOptions { TlsCa = _admin.Ca, TlsCert = Path.Combine(_admin.Folder, cert), TlsKey = Path.Combine(_admin.Folder, key) };
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true, WorkerPort = port }));
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains(cert, refused.Message, StringComparison.Ordinal);
    }
}
