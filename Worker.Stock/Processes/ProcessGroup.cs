using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>
/// A command in a session and process group of its own, so that it can be ended with everything it started, also with what
/// left the group. It is started through setsid(1): the process keeps its id, which is then the id of the group too.
/// </summary>
public sealed partial class ProcessGroup : IDisposable
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private const int MostRounds = 5;
    internal const string SetSid = "/usr/bin/setsid";

    // Kept: a late tick of the memory watch may come when the process is disposed.
    private readonly int _id;
    private readonly GroupGuard _guard;
    private readonly ProcessTree _tree;

    private ProcessGroup(Process process, GroupGuard guard, IReadOnlyDictionary<string, string> environment)
    {
        (Process, _guard, _id, _tree) = (process, guard, process.Id, new ProcessTree(process.Id, environment));
        guard.Watch(_id, ProcessTree.MarkOf(environment) ?? "");
    }

    public Process Process { get; }

    /// <exception cref="IOException">The command does not exist or cannot be started.</exception>
    public static ProcessGroup Start(string command, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string> environment, int niceness, bool mergeStderr)
    {
        var path = environment.GetValueOrDefault("PATH") ?? "/usr/bin:/bin";
        var executable = Executables.Find(command, path, workingDirectory) ?? throw new IOException(Executables.WhyMissing(command, path, workingDirectory));
        if (Executables.Obstacle(executable, workingDirectory) is { } obstacle)
        {
            throw new IOException($"{command} cannot be executed: {obstacle}");
        }

        var start = new ProcessStartInfo(SetSid)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (niceness > 0)
        {
            start.ArgumentList.Add("/usr/bin/nice");
            start.ArgumentList.Add("-n");
            start.ArgumentList.Add(niceness.ToString(CultureInfo.InvariantCulture));
        }

        if (mergeStderr)
        {
            // Only one pipe keeps the order in which the two were written.
            start.ArgumentList.Add("/bin/sh");
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("exec \"$0\" \"$@\" 2>&1");
        }

        start.ArgumentList.Add(executable);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        GroupGuard? guard = null;
        try
        {
            guard = GroupGuard.Start();
            return new ProcessGroup(Process.Start(start)!, guard, environment);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            guard?.Dispose();
            throw new IOException($"{command} cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>The whole tree is asked to end.</summary>
    public void SignalTerminate()
    {
        var strays = _tree.Strays();
        Signal(Terminate);
        SignalAll(strays, Terminate);
    }

    /// <summary>The group, and nothing that left it: what a command that ended well has set free goes on.</summary>
    public void SignalKill() => Signal(Kill);

    /// <summary>The whole tree. Looked for until nothing is left: what is about to start another may do so before it is killed.</summary>
    public void KillTree()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var strays = _tree.Strays();
            Signal(Kill);
            if (round > 0 && strays.Count == 0)
            {
                return;
            }

            SignalAll(strays, Kill);
        }
    }

    /// <summary>Resident size of the whole group, in bytes.</summary>
    public long ResidentBytes()
    {
        long pages = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[2] == _id.ToString(CultureInfo.InvariantCulture))
                {
                    pages += long.Parse(fields[21], CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return pages * Environment.SystemPageSize;
    }

    /// <summary>Whatever is left of the group goes too.</summary>
    public void Dispose()
    {
        SignalKill();
        _guard.Dispose();
        Process.Dispose();
    }

    private void Signal(int signal) => _ = KillGroup(-_id, signal);

    private static void SignalAll(IEnumerable<int> processes, int signal)
    {
        foreach (var process in processes)
        {
            _ = KillGroup(process, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillGroup(int id, int signal);
}
