using System.Collections.Concurrent;
using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>Proposes so many jobs that do nothing, and counts who ran.</summary>
internal sealed class Noop(string jobType, int proposals, ConcurrentDictionary<string, int> executed, Action<JobContext>? began = null) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = DescriptorOf(jobType);

    public static JobTypeDescriptor DescriptorOf(string jobType) => new DescriptorBuilder(jobType, jobType)
        .Runtime(runtime =>
        {
            runtime.Enabled = false;
            runtime.GlobalExecutionConcurrency = 100_000;
            runtime.PerWorkerExecutionConcurrency = 1_000;
            runtime.MaxJobsPerDetection = 1_000_000;
            runtime.DetectionTimeoutSeconds = 600;
            runtime.ExecutionTimeoutSeconds = 600;
        })
        .Build();

    public static async Task ProposeAsync(DetectionContext context, int proposals, int bytes = 0)
    {
        var parameters = new ValueSet();
        if (bytes > 0)
        {
            parameters["plan"] = new byte[bytes];
        }

        for (var n = 0; n < proposals; n++)
        {
            await context.ProposeAsync(new Proposal { Id = n.ToString(CultureInfo.InvariantCulture), Summary = "nothing to do", Parameters = parameters });
        }
    }

    public Task DetectAsync(DetectionContext context) => ProposeAsync(context, proposals);

    public Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        began?.Invoke(context);
        executed.AddOrUpdate(context.JobId, 1, (_, count) => count + 1);
        return Task.FromResult(JobOutcome.Succeeded("done"));
    }

    /// <summary>Null: so many jobs, each once. Else what is wrong.</summary>
    public static string? Verdict(ConcurrentDictionary<string, int> executed, int jobs) =>
        executed.Count != jobs ? $"{executed.Count} of {jobs} jobs were executed"
        : executed.FirstOrDefault(pair => pair.Value != 1) is { Key: { } twice } ? $"job {twice} was executed {executed[twice]} times"
        : null;
}
