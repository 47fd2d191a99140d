using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>A job type whose work is written in the test.</summary>
internal sealed class Played(
    string jobType,
    Func<DetectionContext, Task>? detect = null,
    Func<JobContext, Task<JobOutcome>>? execute = null,
    Action<DescriptorBuilder>? describe = null) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = Describe(jobType, describe);

    public bool CanDetect => detect is not null;

    public Task DetectAsync(DetectionContext context) => detect!(context);

    public Task<JobOutcome> ExecuteAsync(JobContext context) => execute?.Invoke(context) ?? Task.FromResult(JobOutcome.Succeeded("done"));

    private static JobTypeDescriptor Describe(string jobType, Action<DescriptorBuilder>? describe)
    {
        var builder = new DescriptorBuilder(jobType, jobType);
        describe?.Invoke(builder);
        return builder.Build();
    }
}
