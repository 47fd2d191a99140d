using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What only the worker and the job page need; large ones stay in the store and are read when sent or shown.</summary>
public sealed record JobPayload(string Detail, ConfigValues Parameters)
{
    public static readonly JobPayload Empty = new("", ConfigValues.Empty);

    /// <summary>Parameters that lie sealed in the store and do not open any more, so that <see cref="Parameters"/> is without them.</summary>
    public ImmutableArray<string> LostSecrets { get; init; } = [];

    /// <summary>How long the author of the job thinks it takes; zero: not said.</summary>
    public TimeSpan EstimatedRuntime => Parameters.Find("estimated_runtime_seconds") is ConfigValue.Int64 { Value: > 0 } estimate
        ? TimeSpan.FromSeconds(Math.Min(estimate.Value, 86_400))
        : TimeSpan.Zero;
}

/// <summary>What came of a job.</summary>
public sealed record JobResult(string Summary, ConfigValues Outputs)
{
    public static readonly JobResult Empty = new("", ConfigValues.Empty);
}
