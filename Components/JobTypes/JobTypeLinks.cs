namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>Addresses of the job type tabs.</summary>
public static class JobTypeLinks
{
    public static readonly IReadOnlyList<(string Tab, string Text)> Tabs =
        [("configuration", "Configuration"), ("detection", "Detection"), ("queue", "Queue"), ("execution", "Execution"), ("history", "History")];

    public static string To(string tab, string? jobType) => jobType is null ? $"plugin/{tab}" : $"plugin/{tab}?job={Uri.EscapeDataString(jobType)}";
}
