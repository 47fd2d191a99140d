using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Applies the table to a job inside a turn, with everything that must follow: rows, messages, counts, timeline.</summary>
public static class JobFlow
{
    /// <summary>A heartbeat that was written before the end of the grace may still list the work.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(2);

    /// <summary>Adds a new job. Its key must be free.</summary>
    public static Job Add(Turn turn, Job job, JobPayload payload)
    {
        var now = turn.Now;
        var phase = job.Phase == JobPhase.Blocked ? JobPhase.Blocked : job.DueAt > now.Wall ? JobPhase.Scheduled : JobPhase.Queued;
        var added = job with
        {
            State = JobState.Pending,
            Phase = phase,
            Stage = "queued",
            Message = "waiting for available executor",
            Payload = Inline(payload, turn.Options),
        };
        turn.Put(added);
        turn.Save(new Change.JobSaved(added, payload, null));
        return turn.State.Jobs[added.Id];
    }

    /// <summary>Gives a waiting job the payload of a newer proposal; id, age and place stay.</summary>
    public static void Refresh(Turn turn, Job job, JobPayload payload)
    {
        var refreshed = job with
        {
            Phase = job.Phase == JobPhase.Backoff ? JobPhase.Backoff : job.DueAt > turn.Now.Wall ? JobPhase.Scheduled : JobPhase.Queued,
            Payload = Inline(payload, turn.Options),
            UpdatedAt = turn.Now.Wall,
        };
        turn.Put(refreshed);
        turn.Save(new Change.JobSaved(refreshed, payload, null));
    }

    /// <summary>One input for one job. Rejected inputs change nothing.</summary>
    public static JobVerdict Apply(Turn turn, Job job, JobInput input, JobResult? result = null, Actor by = default)
    {
        var verdict = JobTransitions.Next(job, input, PolicyOf(turn, job), turn.Now);
        if (verdict.Job is not { } next || ReferenceEquals(next, job))
        {
            return verdict;
        }

        turn.Put(next);
        if (input is JobInput.Progress && next.State == job.State && next.Phase == job.Phase && ReferenceEquals(next.Attempt, job.Attempt))
        {
            return verdict;
        }

        turn.Save(new Change.JobSaved(next, null, result));
        if ((verdict.Ended ?? next.Attempt) is { } attempt && !attempt.Equals(job.Attempt))
        {
            turn.Save(new Change.AttemptSaved(next.Id, attempt));
        }

        SendCancel(turn, job, next, input);
        if (input is JobInput.CancelOver or JobInput.Cancel { Forced: true } or JobInput.Expire && job.Attempt is { Outcome: AttemptOutcome.Open, GraceUntil: null } revoked)
        {
            // It was told to stop; a heartbeat that goes on listing the work gives it away.
            var session = turn.State.Sessions[revoked.Session];
            turn.Put(session with
            {
                Revoked = session.Revoked.SetItem(job.Id, input is JobInput.CancelOver ? turn.Now.Stamp - turn.Options.CancelGrace + OnItsWay : turn.Now.Stamp),

                // A foreign worker may only count its work: until a heartbeat says otherwise, the slot is not free.
                EndedLately = session.EndedLately.Remove(job.Id.Value),
                ForeignExecutions = session.Extensions.Count > 0 ? session.ForeignExecutions : session.ForeignExecutions + 1,
            });
        }

        if (JobTimeline.Line(job, next, input, verdict.Ended, by) is { } line)
        {
            turn.Log(line);
        }

        if (next.IsTerminal || verdict.Ended is not null)
        {
            turn.Note(next, verdict.Ended);
        }

        if (next.IsTerminal)
        {
            Ended(turn, job, next);
        }

        return verdict;
    }

    public static RetryPolicy PolicyOf(Turn turn, Job job)
    {
        var policy = turn.JobType(job.JobType).Policy;
        return new RetryPolicy(
            job.RetryLimit ?? policy.RetryLimit, job.RetryBackoff ?? policy.RetryBackoff, turn.Options.BackoffCap, turn.Options.CancelGrace, turn.Ids.Jitter());
    }

    /// <summary>What its submitter said; else the longer of the type's execution timeout and the job's own estimate.</summary>
    public static TimeSpan TimeoutOf(JobType type, Job job, AdminOptions options)
    {
        if (job.AttemptTimeout is { } own)
        {
            return own;
        }

        var timeout = job.Origin == JobOrigin.Detection ? type.Policy.ExecutionTimeout : type.Policy.SubmittedExecutionTimeout;
        var estimate = job.EstimatedRuntime < options.EstimateCap ? job.EstimatedRuntime : options.EstimateCap;
        return estimate > timeout ? estimate : timeout;
    }

    private static JobPayload? Inline(JobPayload payload, AdminOptions options) =>
        payload.Detail.Length + ConfigValueSize.Of(payload.Parameters) <= options.InlinePayloadLimit ? payload : null;

    /// <summary>
    /// The worker is told when an attempt is to stop, and when its lease was taken while it may still work; a worker that
    /// came back is told again.
    /// </summary>
    private static void SendCancel(Turn turn, Job before, Job after, JobInput input)
    {
        if (input is JobInput.Adopt && after.Attempt is { Cancel: not CancelCause.None } adopted)
        {
            turn.Send(adopted.Session, new Outbound.Cancel(adopted.RequestId, WorkKind.Execution, adopted.CancelReason, false));
        }

        if (before.Attempt is not { Outcome: AttemptOutcome.Open, GraceUntil: null } attempt)
        {
            return;
        }

        var (send, reason, force) = input switch
        {
            JobInput.Cancel cancel => (cancel.Forced || attempt.Cancel != CancelCause.Person, cancel.Reason.Length > 0 ? cancel.Reason : "canceled by a person", cancel.Forced),
            JobInput.TimeOut => (true, "attempt timed out", false),
            JobInput.PassDeadline => (true, "the deadline of the job came", false),
            JobInput.Expire expire => (true, expire.Reason, true),
            JobInput.CancelOver => (true, "lease revoked", true),
            _ => (false, "", false),
        };
        if (send)
        {
            turn.Send(attempt.Session, new Outbound.Cancel(attempt.RequestId, WorkKind.Execution, reason, force));
        }
    }

    private static void Ended(Turn turn, Job before, Job job)
    {
        if (job.Group is not null)
        {
            GroupRequests.MemberEnded(turn, before, job);
        }

        if (job.Origin == JobOrigin.Schedule)
        {
            ScheduleRuns.JobEnded(turn, job);
        }

        if (job.State == JobState.Succeeded)
        {
            var type = turn.JobType(job.JobType);
            turn.Put(type, schedule => schedule with { LastSuccessAt = job.CompletedAt });
        }
        else if (job.State == JobState.Failed)
        {
            turn.Put(turn.JobType(job.JobType), schedule => schedule with { LastErrorAt = job.CompletedAt });
        }

        if (job.Detection is { } id && turn.State.Detections.TryGetValue(id, out var detection))
        {
            DetectionTransitions.JobEnded(turn, detection, job);
        }
    }
}
