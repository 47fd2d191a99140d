using BlazorPluginAdmin.Server.Core.Activities;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>How long a running job may say nothing, and what that was learnt from.</summary>
/// <param name="Gap">How often it usually says something; null: not known.</param>
/// <param name="Run">What such jobs usually take, where that is what counts; null: it is not.</param>
public readonly record struct Patience(TimeSpan For, TimeSpan? Gap, TimeSpan? Run);

/// <summary>How often an attempt says something new, by what is remembered of it.</summary>
public static class ProgressRhythm
{
    /// <summary>Silence, in usual gaps, that is worth a word.</summary>
    public const int Patience = 3;

    /// <summary>No job is called silent sooner, whatever its rhythm.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Where a job said too little to have a rhythm, and such jobs are no longer than a third of this.</summary>
    public static readonly TimeSpan WithoutRhythm = TimeSpan.FromMinutes(10);

    /// <summary>Reports it takes to know a rhythm.</summary>
    private const int Reports = 4;

    private const int Runs = 5;
    private const int LatestRuns = 20;

    /// <param name="said">When it reported, oldest first.</param>
    /// <returns>The median gap; null with too few reports.</returns>
    public static TimeSpan? UsualGap(IReadOnlyList<DateTimeOffset> said)
    {
        if (said.Count < Reports)
        {
            return null;
        }

        var gaps = said.Zip(said.Skip(1), (one, next) => next - one).Order().ToList();
        return gaps[gaps.Count / 2];
    }

    /// <summary>Three of its usual gaps; without a rhythm, three times what such jobs take, and ten minutes at least.</summary>
    /// <param name="said">When it reported, oldest first.</param>
    /// <param name="endedNewestFirst">Ended jobs of its type.</param>
    public static Patience PatienceWith(IReadOnlyList<DateTimeOffset> said, IEnumerable<Job> endedNewestFirst)
    {
        if (UsualGap(said) is { } gap)
        {
            return new Patience(gap * Patience > Least ? gap * Patience : Least, gap, null);
        }

        return UsualRun(endedNewestFirst) is { } run && run * Patience > WithoutRhythm ? new Patience(run * Patience, null, run) : new Patience(WithoutRhythm, null, null);
    }

    public static bool IsReport(Activity activity) => activity.Source == "worker_progress";

    /// <summary>Half of the last successes took longer; null with too few of them.</summary>
    private static TimeSpan? UsualRun(IEnumerable<Job> endedNewestFirst)
    {
        var runs = endedNewestFirst.Where(job => job is { State: JobState.Succeeded, Attempt.EndedAt: not null }).Take(LatestRuns).Select(job => job.Attempt!.EndedAt!.Value - job.Attempt.SentAt).Order().ToList();
        return runs.Count < Runs ? null : runs[runs.Count / 2];
    }
}
