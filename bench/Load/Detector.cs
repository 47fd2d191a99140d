using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>Fills the queue and leaves the work to others.</summary>
/// <param name="bytes">Size of a parameter that every proposal carries; 0: none.</param>
internal sealed class Detector(string jobType = "noop", int bytes = 0) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = Noop.DescriptorOf(jobType);

    public bool CanExecute => false;

    public Task DetectAsync(DetectionContext context) => Noop.ProposeAsync(context, Scenarios.Flood.Proposals, bytes);

    public Task<JobOutcome> ExecuteAsync(JobContext context) => throw new InvalidOperationException("this worker only detects");
}
