using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What only the worker and the job page need; large ones stay in the store and are read when sent or shown.</summary>
public sealed record JobPayload(string Detail, ConfigValues Parameters)
{
    public static readonly JobPayload Empty = new("", ConfigValues.Empty);
}

/// <summary>What came of a job.</summary>
public sealed record JobResult(string Summary, ConfigValues Outputs)
{
    public static readonly JobResult Empty = new("", ConfigValues.Empty);
}
