using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>Finds programs as a shell does: a name with a slash is a path, another is looked for in the folders of PATH.</summary>
internal static class Executables
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What the kernel reads to find out how to run a file.</summary>
    private const int LookedAt = 256;

    /// <summary>The worker's own PATH.</summary>
    public static string DefaultPath => Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : "/usr/bin:/bin";

    /// <summary>The full path, or null when there is no such program.</summary>
    public static string? Find(string command, string path, string workingDirectory)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            var full = Path.GetFullPath(command, workingDirectory);
            return IsExecutable(full) ? full : null;
        }

        return path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, command)).FirstOrDefault(IsExecutable);
    }

    /// <summary>Why <see cref="Find"/> found nothing: what is there but is no program is told apart from what is not there.</summary>
    public static string WhyMissing(string command, string path, string workingDirectory)
    {
        var there = command.Contains('/', StringComparison.Ordinal)
            ? Path.GetFullPath(command, workingDirectory)
            : path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
        return Directory.Exists(there) ? $"{command} cannot be executed: it is a directory"
            : File.Exists(there) ? $"{command} cannot be executed: nobody has the permission to; make it executable (chmod +x)"
            : $"{command}: no such command on this worker";
    }

    /// <summary>
    /// Why the kernel would not run a text, or null. Asked beforehand, because setsid(1) would not say it: it ends with 127 as a
    /// command may too, and has a shell run what names no interpreter. Whether a binary is one of this machine, the kernel knows.
    /// </summary>
    public static string? Obstacle(string executable, string workingDirectory)
    {
        var head = Head(executable);
        var isScript = head.StartsWith("#!", StringComparison.Ordinal);
        if (!isScript && head.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var interpreter = isScript ? head[2..].Split('\n')[0].Trim(' ', '\t').Split(' ', '\t')[0] : "";
        return interpreter.Length == 0 ? "it is a text that names no interpreter; begin it with a line such as #!/bin/sh"
            : IsExecutable(Path.GetFullPath(interpreter, workingDirectory)) ? null
            : interpreter.EndsWith('\r') ? $"its line 1 names the interpreter {interpreter.TrimEnd('\r')} and ends as lines of Windows do; save it with the line ends of Unix"
            : $"the interpreter {interpreter}, named in its line 1, is no program of this worker";
    }

    /// <summary>A binary when it cannot be read, which a program need not be.</summary>
    private static string Head(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[LookedAt];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, LookedAt, throwOnEndOfStream: false));
        }
        catch (UnauthorizedAccessException)
        {
            return "\0";
        }
    }

    private static bool IsExecutable(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != 0;
}
