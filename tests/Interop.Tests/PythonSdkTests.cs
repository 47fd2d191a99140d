using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>The Python SDK: its own tests, and its sample and its README against a real admin.</summary>
public sealed class PythonSdkTests
{
    private static readonly string Sdk = Path.GetFullPath(Path.Combine(PeerProcess.ProjectFolder, "..", "..", "sdks", "python"));
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    [Theory]
    [InlineData("sdks/python")]
    [InlineData("samples/log_rotate_python")]
    public async Task Tests_OfItsOwn_Pass(string folder)
    {
        var at = Path.Combine(Sdk, "..", "..", folder);
        await using var tests = Python(["-m", "unittest", "discover", "-s", at, "-t", at]);
        await tests.SucceedAsync(Limit);
    }

    [Theory]
    [InlineData("rotate")]
    [InlineData("readme")]
    public async Task Worker_AgainstTheAdmin_DoesItsJobs(string what)
    {
        // Detects only when it is asked to: a detection of its own would find what the test counts.
        await using var admin = await AdminApp.StartAsync(
            new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true }, core: new AdminOptions { FirstDetectionDelay = TimeSpan.FromHours(1) });
        await using var peer = Python([Path.Combine(Sdk, "tests", "with_admin.py"), what, new Uri(admin.HttpAddress).Authority, admin.GrpcAddress]);
        await peer.SucceedAsync(Limit);
    }

    [Fact]
    public async Task AdminKilledAmongRunningJobs_GetsEachResultOnce()
    {
        await using var peer = Python([Path.Combine(Sdk, "tests", "with_admin.py"), "killed", typeof(AdminApp).Assembly.Location]);
        await peer.SucceedAsync(Limit);
    }

    private static PeerProcess Python(string[] arguments) =>
        PeerProcess.Start("/usr/bin/python3", arguments, ("PYTHONPATH", Sdk), ("PYTHONDONTWRITEBYTECODE", "1"));
}
