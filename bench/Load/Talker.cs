using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>A job that prints the time every 100 ms until it is cancelled; with the label <c>fill</c>, as much as a log may hold, at once.</summary>
internal sealed class Talker : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = Noop.DescriptorOf("probe");

    public bool CanDetect => false;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        if (context.Labels.ContainsKey("fill"))
        {
            return await FillAsync(context);
        }

        while (true)
        {
            context.WriteLine($"at {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, context.Canceled);
        }
    }

    private static async Task<JobOutcome> FillAsync(JobContext context)
    {
        var lines = new StringBuilder();
        for (var n = 0; lines.Length < JobLogStore.Cap; n++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{n:000000} \u001b[32mok\u001b[0m moved a file of the tree, as many do\n");
        }

        await context.OutputAsync(OutputStream.Stdout, Encoding.ASCII.GetBytes(lines.ToString(0, (int)JobLogStore.Cap)), context.Canceled);
        return JobOutcome.Succeeded("filled");
    }
}
