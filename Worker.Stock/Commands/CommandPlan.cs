using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>What is to be run, and how.</summary>
public sealed record CommandPlan(string Command, bool Shell, ProcessPlan Process, CommandPolicy Policy)
{
    public string Executable => Shell ? "/bin/sh" : Command;

    public IReadOnlyList<string> Arguments => Shell ? ["-c", Command, "sh", .. Process.Arguments] : Process.Arguments;

    /// <summary>Which commands may run is read from the saved configuration alone; a submitter cannot change it.</summary>
    public static CommandPlan Read(ConfigReader config, ConfigReader saved) => new(
        config.Text("command"),
        config.Bool("shell"),
        ProcessPlan.Read(config, saved),
        new CommandPolicy(saved.Texts("allowed_commands"), saved.Texts("blocked_commands"), saved.Bool("allow_shell")));

    /// <summary>Why this cannot run, or null.</summary>
    public string? Refusal() => Process.Refusal(Command) ?? Policy.Refusal(Command, Shell);
}
