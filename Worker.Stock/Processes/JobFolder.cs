using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>A private directory of one attempt, removed with all that is in it.</summary>
internal sealed class JobFolder : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string LockFile = ".lock";

    private readonly JobContext _context;
    private readonly FileStream _lock;

    public JobFolder(string stateDirectory, JobContext context)
    {
        _context = context;
        Own = Directory.CreateDirectory(Path.Combine(Root(stateDirectory), Path.GetRandomFileName()), Private).FullName;
        _lock = new FileStream(Path.Combine(Own, LockFile), FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    public string Own { get; }

    public string ResultFile => Path.Combine(Own, "result.json");

    /// <summary>Where the process starts: the directory that was asked for, else a fresh one.</summary>
    public string WorkingDirectory(string asked) => asked.Length > 0 ? asked : Directory.CreateDirectory(Path.Combine(Own, "dir"), Private).FullName;

    /// <summary>
    /// Removes what workers left behind that died in mid-command. Directories in use are locked, and the kernel drops a lock with
    /// the process that has it: process ids would not do, for containers that share a directory have the same ones.
    /// </summary>
    public static void Sweep(string stateDirectory)
    {
        if (!Directory.Exists(Root(stateDirectory)))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(Root(stateDirectory)))
        {
            try
            {
                using (new FileStream(Path.Combine(folder, LockFile), FileMode.Open, FileAccess.Write, FileShare.None))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In use, or not ours to remove: it stays.
            }
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
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

    private static string Root(string stateDirectory) => Path.Combine(stateDirectory, "work");
}
