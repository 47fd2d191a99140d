using System.Diagnostics;
using System.Globalization;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>
/// Ends a command with everything it started, wherever that went, when this worker dies without a word: a shell in a session of its own waits at a
/// pipe whose other end only the worker has. The kernel closes it, whatever the worker died of. (The kernel's own signal at a
/// parent's death would come when the thread that started the command ends, and reach no grandchildren.)
/// </summary>
internal sealed class GroupGuard : IDisposable
{
    // Three lines: the group, the variable its processes have, and that it is over; the end of the pipe in place of the last means that the
    // worker died. Those of the group and those with the variable belong to the command, and all whose parents do: see ProcessTree. Looked for
    // until nothing is left, as what is about to start another may do so before it is killed. Only the shell's own words in the inner
    // loop: a process started for each one there is would take long on a busy machine.
    private const string Script = """
        exec >/dev/null 2>&1
        PATH=/usr/bin:/bin
        read -r group && read -r mark || exit
        read -r over && exit
        for round in 1 2 3 4 5; do
            ours=' '
            if [ -n "$mark" ]; then
                for file in $(grep -lsaF -e "$mark" /proc/[0-9]*/environ); do
                    id=${file#/proc/}
                    ours="$ours${id%/environ} "
                done
            fi
            living=' '
            grown=yes
            while [ -n "$grown" ]; do
                grown=
                for folder in /proc/[0-9]*; do
                    id=${folder#/proc/}
                    case $living in *" $id "*) continue ;; esac
                    read -r stat < "$folder/stat" || continue
                    set -- ${stat##*) }
                    case $1 in Z|X) continue ;; esac
                    case "$ours" in
                        *" $id "*|*" $2 "*) ;;
                        *) [ "$3" = "$group" ] || continue ;;
                    esac
                    ours="$ours$id "
                    living="$living$id "
                    grown=yes
                done
            done
            kill -s KILL -- "-$group"
            [ "$living" = ' ' ] && exit
            kill -s KILL $living
        done
        """;

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
    /// <param name="mark">A variable that no process has but those of this command; empty: there is none.</param>
    public void Watch(int group, string mark)
    {
        Say(group.ToString(CultureInfo.InvariantCulture));
        Say(mark.Contains('\n', StringComparison.Ordinal) ? "" : mark);
    }

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
