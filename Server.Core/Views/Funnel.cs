using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// What became of all that the detections of a day found. It adds up: <see cref="Found"/> is the sum of the six that follow
/// it, and <see cref="Queued"/> that of its four.
/// </summary>
/// <param name="Since">Start of the oldest detection that is counted; later than a day ago when there were more than are kept.</param>
/// <param name="Refreshed">A waiting job had the same key and took over the newer content.</param>
public sealed record Funnel(DateTimeOffset Since, int Detections, int Found, int Duplicates, int Suppressed, int Refreshed, int OverLimit, int Invalid, int Queued, int Succeeded, int Failed, int Canceled)
{
    public int StillActive => Queued - Succeeded - Failed - Canceled;

    /// <summary>Detections of a day that could queue jobs.</summary>
    public static IEnumerable<Detection> Counted(ImmutableArray<Detection> newestFirst, DateTimeOffset now) =>
        newestFirst.Where(detection => detection.Mode is DetectionMode.Scheduled or DetectionMode.Run && detection.StartedAt >= now.AddHours(-24));

    /// <summary>Null when nothing ran that could queue jobs. Detections that only show what there is are left out.</summary>
    public static Funnel? From(ImmutableArray<Detection> newestFirst, DateTimeOffset now)
    {
        var counted = Counted(newestFirst, now).ToList();
        if (counted.Count == 0)
        {
            return null;
        }

        int Sum(Func<DetectionCounts, int> of) => counted.Sum(detection => of(detection.Counts));
        return new Funnel(
            counted.Min(detection => detection.StartedAt), counted.Count,
            Sum(counts => counts.Found), Sum(counts => counts.DuplicateInRun), Sum(counts => counts.Suppressed), Sum(counts => counts.Refreshed), Sum(counts => counts.OverLimit), Sum(counts => counts.Invalid),
            Sum(counts => counts.Queued), Sum(counts => counts.Succeeded), Sum(counts => counts.Failed), Sum(counts => counts.Canceled));
    }
}
