using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>Runs a program of the worker's machine within the policy.</summary>
public sealed class CommandHandler(StockOptions options, TimeProvider time) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = CommandDescriptor.Build();

    public bool CanDetect => false;

    public int Weight => 50;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var plan = CommandPlan.Read(context.Config, context.Saved);
        if (plan.Refusal() is { } refusal)
        {
            return ProcessRun.Refused(refusal);
        }

        using var folder = new JobFolder(options.StateDirectory, context);
        return await new ProcessRun(plan.Process, context, time).RunAsync(plan.Executable, plan.Arguments, folder.WorkingDirectory(plan.Process.WorkingDirectory), folder.ResultFile);
    }
}
