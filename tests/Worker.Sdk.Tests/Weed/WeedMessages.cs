using System.Diagnostics;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>Python's generated messages and stubs of the protocol, in a folder of their own that goes with this object.</summary>
public sealed class WeedMessages : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weed-");

    internal string Folder => _folder.FullName;

    public async Task InitializeAsync()
    {
        var protos = Path.Combine(WeedAdmin.ProjectFolder, "..", "..", "protos");
        using var protoc = Process.Start(new ProcessStartInfo(
            "/usr/bin/protoc",
            ["--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", $"--python_out={Folder}", $"--grpc_python_out={Folder}", $"-I{protos}", "plugin.proto"])
        {
            RedirectStandardError = true,
        })!;
        var complaints = await protoc.StandardError.ReadToEndAsync().InTimeAsync("the end of protoc");
        await protoc.WaitForExitAsync().InTimeAsync("the end of protoc");
        Assert.True(protoc.ExitCode == 0, complaints);
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
