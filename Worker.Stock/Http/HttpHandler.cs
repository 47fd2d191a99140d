using System.Net;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>Calls an address and keeps the answer.</summary>
public sealed class HttpHandler(TimeProvider time, HostResolver resolve) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = HttpDescriptor.Build();

    public bool CanDetect => false;

    public int Weight => 40;

    public static Task<IPAddress[]> SystemResolverAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var plan = HttpPlan.Read(context.Config);
        if (plan.Refusal() is { } refusal)
        {
            return JobOutcome.Failed(refusal, permanent: true, new ValueSet { ["exit_code"] = -1L });
        }

        var egress = Egress.Read(context.Saved, resolve);
        using var client = HttpCall.Client(plan, context.Saved, egress);
        return await new HttpCall(plan, context, egress, client, time).RunAsync();
    }
}
