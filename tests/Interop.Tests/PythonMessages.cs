namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>Python's generated messages and stubs, in a folder of their own that goes with this object.</summary>
public sealed class PythonMessages : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("interop-");

    internal string Folder => _folder.FullName;

    public async Task InitializeAsync()
    {
        await GenerateAsync(Path.Combine(PeerProcess.ProjectFolder, "Protos"));
        await GenerateAsync(Path.Combine(PeerProcess.ProjectFolder, "..", "..", "Grpc.Transport.Server", "Protos"));
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    internal async Task GenerateAsync(string protos)
    {
        await using var protoc = PeerProcess.Start(
            "/usr/bin/protoc",
            ["--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", $"--python_out={Folder}", $"--grpc_python_out={Folder}", $"-I{protos}", .. Directory.GetFiles(protos, "*.proto")]);
        await protoc.SucceedAsync();
    }
}
