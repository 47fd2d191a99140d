using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>When a job next needs a look, from the job alone.</summary>
public static class JobDeadlines
{
    /// <summary>The longest timer: instants may lie further ahead, the appointment is then renewed.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(24);

    public static TimeSpan? Next(Job job, Now now)
    {
        switch (job.State)
        {
            case JobState.Pending:
                var start = job.Phase is JobPhase.Scheduled or JobPhase.Backoff ? job.PauseUntil ?? StampOf(job.DueAt, now) : (TimeSpan?)null;
                return Earliest(Earliest(start, Stamp(Expiry(job), now)), Stamp(job.Deadline, now));
            case JobState.Assigned or JobState.Running:
                var attempt = job.Attempt!;
                var end = attempt.Cancel == CancelCause.None ? Earliest(Capped(attempt.TimeoutAt, now), Stamp(job.Deadline, now)) : null;
                return Earliest(attempt.GraceUntil, attempt.CancelUntil ?? end);
            default:
                return null;
        }
    }

    /// <summary>What is due for the job now, or null when it was looked at early.</summary>
    public static JobInput? Due(Job job, Now now)
    {
        if (job.State == JobState.Pending)
        {
            if (Expiry(job) <= now.Wall)
            {
                return new JobInput.Expire("not started before it expired");
            }

            if (job.Deadline <= now.Wall)
            {
                return new JobInput.PassDeadline();
            }

            var over = job.PauseUntil is { } pause ? pause <= now.Stamp : job.DueAt <= now.Wall;
            return job.Phase is JobPhase.Scheduled or JobPhase.Backoff && over ? new JobInput.Due() : null;
        }

        if (!job.IsActive)
        {
            return null;
        }

        var attempt = job.Attempt!;
        return attempt.GraceUntil <= now.Stamp ? new JobInput.Lose("the worker did not come back in time")
            : attempt.CancelUntil <= now.Stamp ? new JobInput.CancelOver()
            : attempt.Cancel != CancelCause.None ? null
            : job.Deadline <= now.Wall ? new JobInput.PassDeadline()
            : attempt.TimeoutAt <= now.Stamp ? new JobInput.TimeOut()
            : null;
    }

    public static TimeSpan StampOf(DateTimeOffset instant, Now now)
    {
        var ahead = instant - now.Wall;
        return now.Stamp + (ahead > Horizon ? Horizon : ahead);
    }

    /// <summary>The time to live in the queue ends with the first assignment, also of an attempt that was given back; what is tried again does not expire any more.</summary>
    private static DateTimeOffset? Expiry(Job job) => job.Attempt is null ? job.ExpiresAt : null;

    private static TimeSpan? Stamp(DateTimeOffset? instant, Now now) => instant is { } at ? StampOf(at, now) : null;

    private static TimeSpan Capped(TimeSpan stamp, Now now) => stamp - now.Stamp > Horizon ? now.Stamp + Horizon : stamp;

    private static TimeSpan? Earliest(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null ? one : one < other ? one : other;
}
