using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>One thing a detector found and wants to be done.</summary>
public sealed record Proposal
{
    /// <summary>Tells this finding apart from others of the same detection.</summary>
    public required string Id { get; init; }

    /// <summary>Same key = same work: while a job with it has not ended, no second one is made. Empty: the id counts.</summary>
    public string DedupeKey { get; init; } = "";

    /// <summary>Who goes first.</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>One line for lists.</summary>
    public string Summary { get; init; } = "";

    /// <summary>More, for the job's page.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Handed to the executor as they are.</summary>
    public ValueSet Parameters { get; init; } = [];

    /// <summary><c>require.x</c> lets only workers with the label <c>x</c> of that value take the job.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Not to be started earlier.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Of no use when not started by then.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
