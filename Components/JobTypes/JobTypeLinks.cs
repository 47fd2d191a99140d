namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>Addresses of the job type tabs.</summary>
public static class JobTypeLinks
{
    public static readonly IReadOnlyList<(string Tab, string Text)> Tabs =
        [("configuration", "Configuration"), ("detection", "Detection"), ("queue", "Queue"), ("execution", "Execution"), ("history", "History")];

    /// <param name="lane">Narrowed to this lane; null = all.</param>
    public static string To(string tab, string? jobType, string? lane = null) =>
        (lane is null ? $"plugin/{tab}" : $"plugin/lanes/{Uri.EscapeDataString(lane)}/{tab}") + (jobType is null ? "" : $"?job={Uri.EscapeDataString(jobType)}");
}
