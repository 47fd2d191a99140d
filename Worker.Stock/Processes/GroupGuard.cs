using System.Diagnostics;
using System.Globalization;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>
/// Ends a command with everything it started when this worker dies without a word: a shell in a session of its own waits at a
/// pipe whose other end only the worker has. The kernel closes it, whatever the worker died of. (The kernel's own signal at a
/// parent's death would come when the thread that started the command ends, and reach no grandchildren.)
/// </summary>
internal sealed class GroupGuard : IDisposable
{
    // The first line names the group; the second says that it is over.
    private const string Script = "exec >/dev/null 2>&1; read -r group && { read -r over || kill -s KILL -- \"-$group\"; }";

    private readonly Process _shell;

    private GroupGuard(Process shell) => _shell = shell;

    /// <summary>To be started before the command, so that there is no moment without it.</summary>
    public static GroupGuard Start()
    {
        var start = new ProcessStartInfo(ProcessGroup.SetSid, ["/bin/sh", "-c", Script]) { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        start.Environment.Clear();
        return new GroupGuard(Process.Start(start)!);
    }

    /// <param name="group">Ended when this process is.</param>
    public void Watch(int group) => Say(group.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        Say("over");
        _shell.Dispose();
    }

    private void Say(string line)
    {
        try
        {
            _shell.StandardInput.WriteLine(line);
            _shell.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Somebody ended the guard; the command runs without it.
        }
    }
}
