using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>A private directory of one attempt, removed with all that is in it.</summary>
internal sealed class JobFolder : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly JobContext _context;

    public JobFolder(string stateDirectory, JobContext context)
    {
        _context = context;
        Own = Directory.CreateDirectory(Path.Combine(stateDirectory, "work", Path.GetRandomFileName()), Private).FullName;
    }

    public string Own { get; }

    public string ResultFile => Path.Combine(Own, "result.json");

    /// <summary>Where the process starts: the directory that was asked for, else a fresh one.</summary>
    public string WorkingDirectory(string asked) => asked.Length > 0 ? asked : Directory.CreateDirectory(Path.Combine(Own, "dir"), Private).FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Own, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What the process left there cannot change how it ended.
            _context.Activity($"{Own} could not be removed: {exception.Message}");
        }
    }
}
