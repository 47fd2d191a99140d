using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Things of the wire, as short as a test wants to write them.</summary>
public static class Build
{
    /// <summary>Disabled, so that nothing happens unless the test asks; four at once, no retries.</summary>
    public static JobTypeDescriptor Descriptor(string type, Action<AdminRuntimeDefaults>? change = null)
    {
        var runtime = new AdminRuntimeDefaults { DetectionIntervalMinutes = 60, GlobalExecutionConcurrency = 16, PerWorkerExecutionConcurrency = 4, RetryBackoffSeconds = 5 };
        change?.Invoke(runtime);
        return new JobTypeDescriptor { JobType = type, DisplayName = type, DescriptorVersion = 1, AdminRuntimeDefaults = runtime };
    }

    public static JobProposal Proposal(string id, string key = "", string type = "") => new() { ProposalId = id, DedupeKey = key, JobType = type, Summary = id };

    public static ConfigValue Int(long value) => new() { Int64Value = value };

    public static ConfigValue Text(string value) => new() { StringValue = value };
}
