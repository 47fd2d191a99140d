using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>A job that prints the time every 100 ms until it is cancelled.</summary>
internal sealed class Talker : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = Noop.DescriptorOf("probe");

    public bool CanDetect => false;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        while (true)
        {
            context.WriteLine($"at {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, context.Canceled);
        }
    }
}
