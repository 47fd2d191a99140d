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
    /// <param name="usual">See <see cref="Usual(JobType)"/>.</param>
    public static TimeSpan? Of(JobType type, string waitingCode, int? position, TimeSpan? usual) =>
        position is { } place && Moving.Contains(waitingCode) && type.Counts.Active > 0 ? usual * Math.Ceiling(place / (double)type.Counts.Active) : null;

    /// <summary>What the last runs of the type usually took; null with too few of them.</summary>
    public static TimeSpan? Usual(JobType type) => Usual(type.RecentEnded.Reverse().Where(job => job.State == JobState.Succeeded).Take(Recent));

    /// <summary>Half of the last runs took longer; null with too few of them.</summary>
    public static TimeSpan? Usual(IEnumerable<Job> succeeded)
    {
        var runs = succeeded.Where(job => job.Attempt is { EndedAt: not null }).Select(job => job.Attempt!.EndedAt!.Value - job.Attempt.SentAt).Order().ToList();
        return runs.Count < Fewest ? null : runs[runs.Count / 2];
    }
}
