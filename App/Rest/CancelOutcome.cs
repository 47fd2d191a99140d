using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>What became of a cancel, as far as the caller waited for it.</summary>
public enum CancelOutcome
{
    Canceled,

    /// <summary>The worker was asked to stop and has not ended it yet.</summary>
    Requested,

    /// <summary>As before, and not for the first time.</summary>
    AlreadyRequested,

    /// <summary>The worker reported success before it stopped.</summary>
    Succeeded,

    /// <summary>The job failed of something else meanwhile.</summary>
    Failed,
}

public static class CancelOutcomes
{
    /// <param name="job">As it is when the caller is answered.</param>
    /// <param name="asked">A cancel was under way before.</param>
    public static CancelOutcome Of(Job job, bool asked) => job.State switch
    {
        JobState.Canceled => CancelOutcome.Canceled,
        JobState.Succeeded => CancelOutcome.Succeeded,
        JobState.Failed => CancelOutcome.Failed,
        _ => asked ? CancelOutcome.AlreadyRequested : CancelOutcome.Requested,
    };
}
