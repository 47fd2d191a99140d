using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>When a job type's detector is next due, from the job type alone.</summary>
public static class DetectionSchedule
{
    /// <summary>Stamp at which the type needs a look; null while nothing can happen by itself.</summary>
    public static TimeSpan? NextWake(JobType type, Now now)
    {
        if (type.IsPaused)
        {
            return type.Schedule.PausedUntil is { } until ? JobDeadlines.StampOf(until, now) : null;
        }

        // Quiet that begins or ends also sets jobs free or holds them back.
        var change = type.Timetable.NextChange(now.Wall);
        var due = IsScheduled(type) && type.ActiveDetection is null && !type.IsDue && type.Schedule.NextAt is { } next
            ? type.Timetable.QuietUntil(next > now.Wall ? next : now.Wall) ?? next
            : (DateTimeOffset?)null;
        return (change < due || due is null ? change : due) is { } at ? JobDeadlines.StampOf(at, now) : null;
    }

    /// <summary>Detects by itself: enabled, described, and a detector is there.</summary>
    public static bool IsScheduled(JobType type) =>
        type.Policy.Enabled && type.Descriptor is not null && type.Detectors.Length > 0;

    /// <summary>The wait threshold of the backlog rule: with that many jobs waiting, detecting more helps nobody.</summary>
    public static int BacklogLimit(JobType type) =>
        Math.Min(Math.Max(8, 4 * type.Policy.GlobalConcurrency), Math.Max(1, type.Policy.MaxJobsPerDetection));
}
