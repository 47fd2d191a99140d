using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Pure: when a job that waits for room will start, roughly.</summary>
public static class StartEstimate
{
    /// <summary>Those whose turn comes after others, and nothing else is in their way.</summary>
    private static readonly string[] Moving = ["no_free_slot", "type_limit", "worker_limit", "queued"];

    /// <summary>Runs of which the usual one is taken; fewer than <see cref="Fewest"/> tell nothing.</summary>
    private const int Recent = 20;
    private const int Fewest = 5;

    /// <summary>Those before it, in rounds of as many as run now. Null: nothing can be said.</summary>
    public static TimeSpan? Of(JobType type, string waitingCode, int? position) =>
        position is { } place && Moving.Contains(waitingCode) && type.Counts.Active > 0 && Usual(type.RecentEnded.Reverse().Where(job => job.State == JobState.Succeeded).Take(Recent)) is { } usual
            ? usual * Math.Ceiling(place / (double)type.Counts.Active)
            : null;

    /// <summary>Half of the last runs took longer; null with too few of them.</summary>
    public static TimeSpan? Usual(IEnumerable<Job> succeeded)
    {
        var runs = succeeded.Where(job => job.Attempt is { EndedAt: not null }).Select(job => job.Attempt!.EndedAt!.Value - job.Attempt.SentAt).Order().ToList();
        return runs.Count < Fewest ? null : runs[runs.Count / 2];
    }
}
