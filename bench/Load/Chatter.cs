using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>A job that puts a hundred lines a second on the timeline until it is cancelled, no two alike.</summary>
internal sealed class Chatter : IJobHandler
{
    public const int PerSecond = 100;

    public JobTypeDescriptor Descriptor { get; } = Noop.DescriptorOf("chatter");

    public bool CanDetect => false;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var said = 0; ; said += PerSecond / 20)
        {
            for (var n = 0; n < PerSecond / 20; n++)
            {
                context.Activity(string.Create(CultureInfo.InvariantCulture, $"moved file {said + n} of {context.JobId}"), "moving");
            }

            await pace.WaitForNextTickAsync(context.Canceled);
        }
    }
}
