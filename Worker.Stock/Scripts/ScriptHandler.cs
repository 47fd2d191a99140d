using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Scripts;

/// <summary>Runs a script by an interpreter of the worker's machine.</summary>
public sealed class ScriptHandler(StockOptions options, Interpreters interpreters, TimeProvider time) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = ScriptDescriptor.Build(interpreters);

    public bool CanDetect => false;

    public int Weight => 50;

    /// <summary>Another worker may have what is missing here.</summary>
    public string? CannotRun(ConfigReader config)
    {
        var name = config.Text("interpreter", "bash");
        var path = ScriptPlan.PathOf(name, config, options.Interpreters);
        return path.Length == 0 ? $"{name} is not among the interpreters of this worker; an administrator can add it to the table"
            : Executables.Find(path, Executables.DefaultPath, "/") is null ? $"{name} ({path}) is not installed on this worker"
            : null;
    }

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var plan = ScriptPlan.Read(context.Config, context.Saved, options.Interpreters);
        if (plan.Refusal() is { } refusal)
        {
            return ProcessRun.Refused(refusal);
        }

        if (Executables.Find(plan.Path, Executables.DefaultPath, "/") is not { } interpreter)
        {
            return ProcessRun.Refused($"{plan.Interpreter} ({plan.Path}) is not installed on this worker");
        }

        using var folder = new JobFolder(options.StateDirectory, context);
        var file = Path.Combine(folder.Own, plan.FileName);
        await File.WriteAllTextAsync(file, plan.Source, context.Canceled);
        var marks = plan.ParsesProgress ? new ProgressLines((percent, message) => context.Report(percent, "", message)) : null;
        return await new ProcessRun(plan.Process, context, time, marks).RunAsync(interpreter, plan.Arguments(file), folder.WorkingDirectory(plan.Process.WorkingDirectory), folder.ResultFile);
    }
}
