using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>What is odd about a job at work, in one line that grows old by itself.</summary>
public static class JobDiagnosis
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(2);

    /// <param name="activities">Those of the job, in any order.</param>
    /// <param name="ping">What its worker's answer to a ping takes; null: not known.</param>
    /// <returns>Empty: nothing is.</returns>
    public static string Of(Job job, IReadOnlyList<Activity> activities, TimeSpan? ping, AdminOptions options, DateTimeOffset now)
    {
        if (job.Attempt is not { } attempt || !job.IsActive)
        {
            return "";
        }

        var worker = Words.Visible(attempt.Worker.Value);
        var own = activities.Where(activity => activity.Request == attempt.RequestId).OrderBy(activity => activity.At).ToList();
        switch (job.Phase)
        {
            case JobPhase.Sent:
                return now - attempt.SentAt >= Prompt ? $"Sent to {worker} {Words.Ticking(now - attempt.SentAt)} ago, no word yet{(ping is { } trip ? $" (it answers pings in {Words.Span(trip)})" : "")}." : "";
            case JobPhase.Reconnecting when own.LastOrDefault(activity => activity.Stage == "reconnecting") is { } broke:
                var end = broke.At + options.ResumeGrace;
                return $"The stream of {worker} broke {Words.Ticking(now - broke.At)} ago; " + (end > now ? $"given up in {Words.Ticking(end - now)}." : "it is given up now.");
            case JobPhase.Working:
                var said = own.Where(ProgressRhythm.IsReport).Select(activity => activity.At).ToList();
                if (ProgressRhythm.UsualGap(said) is not { } usual)
                {
                    return "";
                }

                var silent = now - (job.UpdatedAt > said[^1] ? job.UpdatedAt : said[^1]);
                return silent > Prompt && silent > usual * ProgressRhythm.Patience ? $"No progress for {Words.Ticking(silent)}; the usual gap is {Words.Span(usual)}." : "";
            default:
                return "";
        }
    }
}
