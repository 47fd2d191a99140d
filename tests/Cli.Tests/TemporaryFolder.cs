namespace BlazorPluginAdmin.Cli.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pluginctl").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
