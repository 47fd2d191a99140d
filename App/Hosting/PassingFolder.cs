namespace BlazorPluginAdmin.App.Hosting;

/// <summary>Where an admin that keeps nothing has the output of its jobs: its own, since it deletes what no job of its own wrote; gone with it.</summary>
public sealed class PassingFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("admin-logs-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // Something was written at the last moment; it is where temporary files are.
        }
    }
}
