using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>Fills the queue and leaves the work to others.</summary>
internal sealed class Detector(string jobType = "noop") : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = Noop.DescriptorOf(jobType);

    public bool CanExecute => false;

    public Task DetectAsync(DetectionContext context) => Noop.ProposeAsync(context, Scenarios.Flood.Proposals);

    public Task<JobOutcome> ExecuteAsync(JobContext context) => throw new InvalidOperationException("this worker only detects");
}
