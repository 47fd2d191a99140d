using System.Globalization;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>The data directory: ours alone while the process lives. Created with mode 0700; a lock file holds pid and host.</summary>
public sealed class AdminFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private AdminFolder(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "admin.db");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string Backups => System.IO.Path.Combine(Path, "backups");

    public string Keys => System.IO.Path.Combine(Path, "keys");

    /// <exception cref="StartRefusedException">Not a directory, not writable, or in use by another admin.</exception>
    public static AdminFolder Open(string directory)
    {
        var path = System.IO.Path.GetFullPath(directory);
        try
        {
            if (File.Exists(path))
            {
                throw Refused($"--data-dir {path} is a file; name a directory");
            }

            Create(path);
            var folder = new AdminFolder(path, Lock(path));
            try
            {
                Create(folder.Keys);
                Create(folder.Logs);
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw Refused($"--data-dir {path} cannot be written: {exception.Message.TrimEnd('.')}. Make it writable for this user or name another one");
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, "admin.lock");
        if (new FileInfo(file).LinkTarget is not null)
        {
            throw Refused($"{file} is a link; remove it");
        }

        FileStream stream;
        try
        {
            stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException && File.Exists(file))
        {
            throw Refused($"--data-dir {path} is in use by another admin{Holder(path)}; stop that one or name another directory");
        }

        var holder = System.IO.Path.Combine(path, "admin.pid");
        File.WriteAllText(holder, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {Environment.MachineName}\n"));
        return stream;
    }

    private static string Holder(string path)
    {
        try
        {
            var parts = File.ReadAllText(System.IO.Path.Combine(path, "admin.pid")).Split(' ', 2, StringSplitOptions.TrimEntries);
            return parts.Length == 2 ? $" (pid {parts[0]} on {parts[1]})" : "";
        }
        catch (IOException)
        {
            // Who it is would have been nice to know; that it is in use is enough.
            return "";
        }
    }

    private static StartRefusedException Refused(string message) => new(StartRefusedException.CannotCreate, message);
}
