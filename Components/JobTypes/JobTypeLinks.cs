using BlazorPluginAdmin.Server.Core.Detections;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>Addresses of the job type tabs.</summary>
public static class JobTypeLinks
{
    public static readonly IReadOnlyList<(string Tab, string Text)> Tabs =
        [("configuration", "Configuration"), ("detection", "Detection"), ("queue", "Queue"), ("execution", "Execution"), ("history", "History")];

    /// <summary>One detection with its proposals.</summary>
    /// <param name="outcome">Only those of this outcome, see <see cref="ProposalOutcomes"/>; empty: all.</param>
    public static string Detection(Detection detection, string outcome = "") =>
        $"{To("detection", detection.JobType)}&id={Uri.EscapeDataString(detection.Id.Value)}{(outcome.Length > 0 ? $"&outcome={outcome}" : "")}";

    /// <summary>The detections of a day in which some proposals had this outcome.</summary>
    public static string Detections(string jobType, string outcome) => $"{To("detection", jobType)}&outcome={outcome}";

    /// <summary>Two saved versions of a config side by side; without a right one, with the version in force.</summary>
    public static string Version(string jobType, long? left, long? right = null) =>
        To("configuration", jobType) + (left is null ? "" : $"&version={left}") + (right is null ? "" : $"&with={right}");

    /// <param name="lane">Narrowed to this lane; null = all.</param>
    public static string To(string tab, string? jobType, string? lane = null) =>
        (lane is null ? $"plugin/{tab}" : $"plugin/lanes/{Uri.EscapeDataString(lane)}/{tab}") + (jobType is null ? "" : $"?job={Uri.EscapeDataString(jobType)}");
}
