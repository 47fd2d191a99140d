using System.Globalization;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>Divides a rate that is set for the whole cluster among those who execute the type at once, and tells each its part.</summary>
public static class RateSharing
{
    public static ClusterContext Apply(ClusterContext context, RateShare share, JobType type)
    {
        var rate = Number(type, share.RateField);
        var burst = Number(type, share.BurstField);
        if (rate <= 0 || type.Executors.IsEmpty)
        {
            return context;
        }

        // The saved number, not the policy's: nothing saved means that all of them work at once.
        var atOnce = type.Config?.Runtime?.MaxJobsPerDetection ?? 0;
        var active = atOnce > 0 ? Math.Min(type.Executors.Length, atOnce) : type.Executors.Length;
        var metadata = context.Metadata.SetItem(share.RateKey, Plain(rate / active));
        return context with
        {
            Metadata = burst > 0 ? metadata.SetItem(share.BurstKey, Math.Max(1, Math.Floor(burst / active)).ToString("0", CultureInfo.InvariantCulture)) : metadata,
        };
    }

    private static double Number(JobType type, string field) => type.Config?.AdminValues.Find(field) switch
    {
        ConfigValue.Int64 { Value: > 0 and var number } => number,
        ConfigValue.Double { Value: > 0 and var number } when double.IsFinite(number) => number,
        _ => 0,
    };

    /// <summary>The shortest decimal that reads back the same, never with an exponent.</summary>
    private static string Plain(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal) ? number.ToString("0.#################################################", CultureInfo.InvariantCulture) : text;
    }
}
