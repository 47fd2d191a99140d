using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>Which jobs an action means, and what stands against it.</summary>
public static class BulkRules
{
    /// <summary>Why the job is left as it is; null: it will be asked.</summary>
    public static string? Skip(BulkAction action, Job job) => action switch
    {
        BulkAction.Cancel or BulkAction.Expire => job.IsTerminal ? "has ended" : null,
        BulkAction.Retry => job.State == JobState.Succeeded ? "succeeded" : job.IsTerminal || job.Phase == JobPhase.Backoff ? null : "has not ended",
        BulkAction.Delete => job.IsTerminal ? null : "has not ended",
        BulkAction.SetPriority or BulkAction.SetLabels => job.State == JobState.Pending ? null : job.IsTerminal ? "has ended" : "is at work",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "no rule for it"),
    };
}
