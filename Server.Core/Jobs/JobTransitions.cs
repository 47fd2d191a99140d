using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What an input did to a job: a new version of it and, if one ended, the attempt; or nothing, and why.</summary>
public readonly record struct JobVerdict(Job? Job, Attempt? Ended, string Rejection)
{
    public bool IsRejected => Job is null;

    public static JobVerdict Rejected(string why) => new(null, null, why);
}

/// <summary>
/// THE table: state × input → state. Total and pure; terminal states reject everything. <c>docs/state-machines.md</c> is
/// written from <see cref="Table"/>.
/// </summary>
public static class JobTransitions
{
    private delegate JobVerdict Rule(Job job, JobInput input, RetryPolicy policy, Now now);

    /// <summary>One cell: what may come next, in words for the documentation.</summary>
    public sealed record Cell(JobState State, Type Input, string Next);

    private static readonly Dictionary<(JobState, Type), (string Next, Rule Rule)> Rules = new()
    {
        [(JobState.Pending, typeof(JobInput.Due))] = ("Pending/queued", OnDue),
        [(JobState.Pending, typeof(JobInput.Release))] = ("Pending/queued, or Pending/scheduled before its time", OnRelease),
        [(JobState.Pending, typeof(JobInput.Assign))] = ("Assigned/sent, attempt + 1", OnAssign),
        [(JobState.Pending, typeof(JobInput.Cancel))] = ("Canceled/person", (job, input, _, now) =>
            new(End(job, JobState.Canceled, JobReason.Person, ((JobInput.Cancel)input).Reason, now), null, "")),
        [(JobState.Pending, typeof(JobInput.Expire))] = ("Failed/expired", (job, input, _, now) =>
            new(End(job, JobState.Failed, JobReason.Expired, ((JobInput.Expire)input).Reason, now), null, "")),

        [(JobState.Pending, typeof(JobInput.Supersede))] = ("Canceled/superseded", (job, input, _, now) =>
            new(End(job, JobState.Canceled, JobReason.Superseded, ((JobInput.Supersede)input).Why, now), null, "")),

        [(JobState.Pending, typeof(JobInput.PassDeadline))] = ("Failed/timeout", (job, _, _, now) =>
            new(End(job, JobState.Failed, JobReason.Timeout, DeadlineText, now), null, "")),

        [(JobState.Assigned, typeof(JobInput.Accept))] = ("Running", OnAccept),
        [(JobState.Assigned, typeof(JobInput.Refuse))] = ("Pending/queued for other workers; Failed/rejected when none is left", OnRefuse),
        [(JobState.Assigned, typeof(JobInput.AtCapacity))] = ("Pending/queued, attempt given back", OnAtCapacity),
        [(JobState.Assigned, typeof(JobInput.NotSent))] = ("Pending/queued, attempt given back", OnNotSent),
        [(JobState.Assigned, typeof(JobInput.Progress))] = ("Running", OnProgress),
        [(JobState.Assigned, typeof(JobInput.Succeed))] = ("Succeeded", OnSucceed),
        [(JobState.Assigned, typeof(JobInput.Fail))] = (FailureText, OnFail),
        [(JobState.Assigned, typeof(JobInput.SessionLost))] = (SessionLostText, OnSessionLost),
        [(JobState.Assigned, typeof(JobInput.Lose))] = (LossText, OnLose),
        [(JobState.Assigned, typeof(JobInput.TimeOut))] = (TimeOutText, OnTimeOut),
        [(JobState.Assigned, typeof(JobInput.PassDeadline))] = (TimeOutText, OnDeadline),
        [(JobState.Assigned, typeof(JobInput.Cancel))] = (CancelText, OnCancel),
        [(JobState.Assigned, typeof(JobInput.CancelOver))] = (CancelOverText, OnCancelOver),
        [(JobState.Assigned, typeof(JobInput.Expire))] = ("Failed/expired", OnExpireActive),

        [(JobState.Running, typeof(JobInput.Accept))] = ("unchanged", (job, _, _, _) => new(job, null, "")),
        [(JobState.Running, typeof(JobInput.AtCapacity))] = ("Pending/queued, attempt given back", OnAtCapacity),
        [(JobState.Running, typeof(JobInput.Progress))] = ("Running", OnProgress),
        [(JobState.Running, typeof(JobInput.Succeed))] = ("Succeeded", OnSucceed),
        [(JobState.Running, typeof(JobInput.Fail))] = (FailureText, OnFail),
        [(JobState.Running, typeof(JobInput.SessionLost))] = (SessionLostText, OnSessionLost),
        [(JobState.Running, typeof(JobInput.Adopt))] = ("Running, same attempt on the new session", OnAdopt),
        [(JobState.Running, typeof(JobInput.Lose))] = (LossText, OnLose),
        [(JobState.Running, typeof(JobInput.TimeOut))] = (TimeOutText, OnTimeOut),
        [(JobState.Running, typeof(JobInput.PassDeadline))] = (TimeOutText, OnDeadline),
        [(JobState.Running, typeof(JobInput.Cancel))] = (CancelText, OnCancel),
        [(JobState.Running, typeof(JobInput.CancelOver))] = (CancelOverText, OnCancelOver),
        [(JobState.Running, typeof(JobInput.Expire))] = ("Failed/expired", OnExpireActive),
    };

    private const string DeadlineText = "the job did not end by its deadline";

    private const string FailureText =
        "Pending/backoff; Failed/error when permanent, without retries or with a deadline before the next attempt, Failed/exhausted after the last one; while canceling Canceled, Failed/timeout or Pending/backoff, as asked; when the worker says that its time was over, Failed/timeout or Pending/backoff";

    private const string SessionLostText = "Running/reconnecting when the worker can resume, else as Lose";

    private const string LossText =
        "Pending/backoff; Failed/worker_lost after the last attempt, without time for another before the deadline or the third loss in a row; Canceled when that was asked";

    private const string TimeOutText = "Running/canceling";

    private const string CancelText = "Running/canceling; unchanged when asked again, but that a shorter grace counts; Canceled at once when forced";

    private const string CancelOverText = "Canceled when a person asked; after a timeout Pending/backoff, or Failed/timeout when it was the last attempt or the deadline came";

    public static IEnumerable<Cell> Table => Rules
        .Select(rule => new Cell(rule.Key.Item1, rule.Key.Item2, rule.Value.Next))
        .OrderBy(cell => cell.State);

    public static JobVerdict Next(Job job, JobInput input, RetryPolicy policy, Now now) =>
        Rules.TryGetValue((job.State, input.GetType()), out var cell)
            ? cell.Rule(job, input, policy, now)
            : JobVerdict.Rejected(job.IsTerminal
                ? $"job {job.Id} has already ended ({job.State})"
                : $"a job that is {job.State} takes no {input.GetType().Name}");

    /// <summary>One that is hurried waits from now on, not from a time to come: what it gains by waiting would be less than nothing.</summary>
    private static JobVerdict OnDue(Job job, JobInput input, RetryPolicy policy, Now now) =>
        new(job with { Phase = JobPhase.Queued, PauseUntil = null, DueAt = job.DueAt < now.Wall ? job.DueAt : now.Wall, UpdatedAt = now.Wall }, null, "");

    private static JobVerdict OnRelease(Job job, JobInput input, RetryPolicy policy, Now now) => job.Phase == JobPhase.Blocked
        ? new(job with { Phase = job.DueAt > now.Wall ? JobPhase.Scheduled : JobPhase.Queued, UpdatedAt = now.Wall }, null, "")
        : JobVerdict.Rejected($"job {job.Id} is not blocked");

    private static JobVerdict OnAssign(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        if (job.Phase != JobPhase.Queued)
        {
            return JobVerdict.Rejected($"job {job.Id} is {job.Phase}");
        }

        var assign = (JobInput.Assign)input;
        var attempt = new Attempt
        {
            Number = job.Attempts + 1,
            RequestId = assign.RequestId,
            Worker = assign.Worker,
            Session = assign.Session,
            Generation = assign.Generation,
            Instance = assign.Instance,
            CanResume = assign.CanResume,
            SentAt = now.Wall,
            Timeout = assign.Timeout,
            TimeoutAt = now.Stamp + assign.Timeout,
        };
        return new(
            job with
            {
                State = JobState.Assigned,
                Phase = JobPhase.Sent,
                Attempts = attempt.Number,
                Attempt = attempt,
                ConfigVersion = assign.ConfigVersion,
                Percent = 0,
                Stage = "assigned",
                Message = "job assigned to worker",
                UpdatedAt = now.Wall,
            },
            null,
            "");
    }

    private static JobVerdict OnAccept(Job job, JobInput input, RetryPolicy policy, Now now) => new(Started(job, now), null, "");

    private static JobVerdict OnProgress(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var progress = (JobInput.Progress)input;
        var started = Started(job, now);
        return new(
            started with
            {
                Percent = double.IsFinite(progress.Percent) ? Math.Max(started.Percent, Math.Clamp(progress.Percent, 0, 100)) : started.Percent,
                Stage = progress.Stage.Length > 0 ? progress.Stage : started.Stage == "assigned" ? "running" : started.Stage,
                Message = progress.Message.Length > 0 ? progress.Message : started.Message,
                UpdatedAt = now.Wall,
            },
            null,
            "");
    }

    private static JobVerdict OnRefuse(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var refuse = (JobInput.Refuse)input;
        var ended = Close(job, AttemptOutcome.Rejected, refuse.Text, now);
        var back = GivenBack(job, ended, now) with { RefusedBy = job.RefusedBy.Add(ended.Worker) };
        return refuse.OthersMayTakeIt
            ? new(back, ended, "")
            : new(End(back, JobState.Failed, JobReason.Rejected, refuse.Text, now), ended, "");
    }

    private static JobVerdict OnAtCapacity(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        const string Text = "executor is at capacity";
        if (job.Attempt!.Cancel == CancelCause.Person)
        {
            var canceled = Close(job, AttemptOutcome.Canceled, Text, now);
            return new(End(job with { Attempt = canceled }, JobState.Canceled, JobReason.Person, job.Attempt.CancelReason, now), canceled, "");
        }

        var ended = Close(job, AttemptOutcome.AtCapacity, Text, now);
        return new(GivenBack(job, ended, now), ended, "");
    }

    private static JobVerdict OnNotSent(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var ended = Close(job, AttemptOutcome.NotSent, "the worker's stream took no more messages", now);
        return new(GivenBack(job, ended, now), ended, "");
    }

    private static JobVerdict OnSucceed(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var (summary, exitCode) = (JobInput.Succeed)input;
        var ended = Close(job, AttemptOutcome.Succeeded, "", now, exitCode);
        var done = End(job with { Attempt = ended, LostInARow = 0 }, JobState.Succeeded, JobReason.None, "", now);
        return new(done with { Percent = 100, Stage = "completed", Message = summary.Length > 0 ? summary : "completed", ResultSummary = summary, Error = "" }, ended, "");
    }

    private static JobVerdict OnFail(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var fail = (JobInput.Fail)input;
        switch (job.Attempt!.Cancel)
        {
            case CancelCause.Person:
                var canceled = Close(job, AttemptOutcome.Canceled, fail.Error, now, fail.ExitCode);
                return new(End(job with { Attempt = canceled }, JobState.Canceled, JobReason.Person, job.Attempt.CancelReason, now), canceled, "");
            case CancelCause.Timeout:
            case CancelCause.None when fail.TimedOut:
                return TimedOut(job, policy, now, fail.ExitCode);
        }

        var ended = Close(job, AttemptOutcome.Failed, fail.Error, now, fail.ExitCode) with { ErrorClass = fail.ErrorClass };
        var failed = job with { Attempt = ended, Error = fail.Error, Message = fail.Error, LostInARow = 0 };
        if (!fail.Permanent && MayRetry(job, policy, now))
        {
            return new(Waiting(failed, policy.PauseAfter(job.Attempts), now), ended, "");
        }

        var reason = fail.Permanent || policy.RetryLimit == 0 || policy.MayRetry(job.Attempts) ? JobReason.Error : JobReason.Exhausted;
        return new(End(failed, JobState.Failed, reason, fail.Error, now), ended, "");
    }

    private static JobVerdict OnSessionLost(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var grace = ((JobInput.SessionLost)input).Grace;
        if (grace <= TimeSpan.Zero)
        {
            return OnLose(job, new JobInput.Lose("the worker's stream ended"), policy, now);
        }

        return new(
            job with
            {
                State = JobState.Running,
                Phase = job.Phase == JobPhase.Canceling ? JobPhase.Canceling : JobPhase.Reconnecting,
                Attempt = job.Attempt! with { GraceUntil = now.Stamp + grace },
                UpdatedAt = now.Wall,
            },
            null,
            "");
    }

    private static JobVerdict OnAdopt(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        if (job.Attempt!.GraceUntil is null)
        {
            return JobVerdict.Rejected($"the attempt of job {job.Id} is held by a live session");
        }

        var adopt = (JobInput.Adopt)input;
        return new(
            job with
            {
                Phase = job.Phase == JobPhase.Canceling ? JobPhase.Canceling : JobPhase.Working,
                Attempt = (job.Attempt.Cancel == CancelCause.None ? job.Attempt : CancelLadder.Renew(job.Attempt, policy.CancelGrace, now)) with
                {
                    Session = adopt.Session,
                    Generation = adopt.Generation,
                    Instance = adopt.Instance,
                    GraceUntil = null,
                },
                UpdatedAt = now.Wall,
            },
            null,
            "");
    }

    private static JobVerdict OnLose(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var why = ((JobInput.Lose)input).Why;
        var ended = Close(job, AttemptOutcome.WorkerLost, why, now);
        var lost = job with { Attempt = ended, Error = why, Message = why, LostInARow = job.LostInARow + 1 };
        if (job.Attempt!.Cancel == CancelCause.Person)
        {
            return new(End(lost, JobState.Canceled, JobReason.Person, job.Attempt.CancelReason, now), ended, "");
        }

        if (lost.LostInARow < RetryPolicy.LossesToQuarantine && MayRetry(job, policy, now))
        {
            return new(Waiting(lost, policy.PauseAfter(job.Attempts), now), ended, "");
        }

        var given = End(lost, JobState.Failed, JobReason.WorkerLost, why, now);
        return new(given.IsQuarantined ? given with { Labels = Quarantine.Labelled(given) } : given, ended, "");
    }

    private static JobVerdict OnTimeOut(Job job, JobInput input, RetryPolicy policy, Now now) =>
        job.Attempt!.Cancel != CancelCause.None
            ? JobVerdict.Rejected($"job {job.Id} is being cancelled already")
            : new(Canceling(job, CancelCause.Timeout, "attempt timed out", policy.CancelGrace, now), null, "");

    private static JobVerdict OnDeadline(Job job, JobInput input, RetryPolicy policy, Now now) =>
        job.Attempt!.Cancel != CancelCause.None
            ? JobVerdict.Rejected($"job {job.Id} is being cancelled already")
            : new(Canceling(job, CancelCause.Timeout, DeadlineText, policy.CancelGrace, now), null, "");

    private static JobVerdict OnCancel(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var cancel = (JobInput.Cancel)input;
        if (cancel.Forced)
        {
            var ended = Close(job, AttemptOutcome.Canceled, cancel.Reason, now);
            return new(End(job with { Attempt = ended }, JobState.Canceled, JobReason.Person, cancel.Reason, now), ended, "");
        }

        if (job.Attempt!.Cancel != CancelCause.Person)
        {
            return new(Canceling(job, CancelCause.Person, cancel.Reason, cancel.Grace ?? policy.CancelGrace, now), null, "");
        }

        var attempt = cancel.Grace is { } grace ? CancelLadder.Begin(job.Attempt, grace, now) : job.Attempt;
        return new(ReferenceEquals(attempt, job.Attempt) ? job : job with { Attempt = attempt, UpdatedAt = now.Wall }, null, "");
    }

    private static JobVerdict OnCancelOver(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        switch (job.Attempt!.Cancel)
        {
            case CancelCause.Person:
                var ended = Close(job, AttemptOutcome.Canceled, "the worker did not follow the cancel request", now);
                return new(End(job with { Attempt = ended }, JobState.Canceled, JobReason.Person, job.Attempt.CancelReason, now), ended, "");
            case CancelCause.Timeout:
                return TimedOut(job, policy, now);
            default:
                return JobVerdict.Rejected($"no cancel of job {job.Id} is under way");
        }
    }

    private static JobVerdict OnExpireActive(Job job, JobInput input, RetryPolicy policy, Now now)
    {
        var reason = ((JobInput.Expire)input).Reason;
        var ended = Close(job, AttemptOutcome.Canceled, reason, now);
        return new(End(job with { Attempt = ended }, JobState.Failed, JobReason.Expired, reason, now), ended, "");
    }

    private static JobVerdict TimedOut(Job job, RetryPolicy policy, Now now, long? exitCode = null)
    {
        var text = job.Deadline <= now.Wall ? DeadlineText : "the attempt took longer than its timeout";
        var ended = Close(job, AttemptOutcome.TimedOut, text, now, exitCode);
        var failed = job with { Attempt = ended, Error = text, Message = text, LostInARow = 0 };
        return MayRetry(job, policy, now)
            ? new(Waiting(failed, policy.PauseAfter(job.Attempts), now), ended, "")
            : new(End(failed, JobState.Failed, JobReason.Timeout, text, now), ended, "");
    }

    /// <summary>A pause that would last beyond the deadline is not begun.</summary>
    private static bool MayRetry(Job job, RetryPolicy policy, Now now) =>
        policy.MayRetry(job.Attempts) && !(now.Wall + policy.PauseAfter(job.Attempts) >= job.Deadline);

    private static Job Started(Job job, Now now) => job.State == JobState.Running && job.Attempt!.StartedAt is not null
        ? job
        : job with
        {
            State = JobState.Running,
            Phase = job.Phase == JobPhase.Sent ? JobPhase.Working : job.Phase,
            Attempt = job.Attempt! with { StartedAt = now.Wall },
            UpdatedAt = now.Wall,
        };

    private static Job Canceling(Job job, CancelCause cause, string reason, TimeSpan grace, Now now) => job with
    {
        State = JobState.Running,
        Phase = JobPhase.Canceling,
        Attempt = CancelLadder.Begin(job.Attempt!, grace, now) with { Cancel = cause, CancelReason = reason },
        UpdatedAt = now.Wall,
    };

    private static Attempt Close(Job job, AttemptOutcome outcome, string error, Now now, long? exitCode = null) =>
        job.Attempt! with { Outcome = outcome, Error = error, ExitCode = exitCode, EndedAt = now.Wall, GraceUntil = null, CancelUntil = null, ForcedAt = null };

    private static Job GivenBack(Job job, Attempt ended, Now now) => job with
    {
        State = JobState.Pending,
        Phase = JobPhase.Queued,
        Attempt = ended,
        Attempts = job.Attempts - 1,
        Percent = 0,
        Stage = "queued",
        Message = "waiting for available executor",
        UpdatedAt = now.Wall,
    };

    private static Job Waiting(Job job, TimeSpan pause, Now now) => job with
    {
        State = JobState.Pending,
        Phase = JobPhase.Backoff,
        PauseUntil = now.Stamp + pause,
        DueAt = now.Wall + pause,
        Percent = 0,
        Stage = "queued",
        UpdatedAt = now.Wall,
    };

    private static Job End(Job job, JobState state, JobReason reason, string text, Now now) => job with
    {
        State = state,
        Phase = JobPhase.None,
        Reason = reason,
        PauseUntil = null,
        Percent = state == JobState.Canceled ? 0 : job.Percent,
        Stage = state == JobState.Canceled ? "canceled" : "failed",
        Message = text,
        Error = text,
        CompletedAt = now.Wall,
        UpdatedAt = now.Wall,
    };
}
