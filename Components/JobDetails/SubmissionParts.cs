using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>What a submission says of its job, as a form shows it and as it is read from one.</summary>
public sealed record SubmissionParts
{
    public static readonly SubmissionParts Empty = new();

    public string Summary { get; init; } = "";

    /// <summary>Only passed on: no form shows it.</summary>
    public string Detail { get; init; } = "";

    public ConfigValues Parameters { get; init; } = ConfigValues.Empty;

    /// <summary>0–100; null: as its type says.</summary>
    public int? Priority { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Null: as its type says.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Null: as its type says.</summary>
    public int? RetryLimit { get; init; }

    public static SubmissionParts Of(Job job, JobPayload payload) => new()
    {
        Summary = job.Summary,
        Detail = payload.Detail,
        Parameters = GroupRequests.ParametersAlone(payload.Parameters),
        Priority = job.Priority,
        Labels = GroupRequests.LabelsAlone(job),
        AttemptTimeout = job.AttemptTimeout,
        RetryLimit = job.RetryLimit,
    };
}
