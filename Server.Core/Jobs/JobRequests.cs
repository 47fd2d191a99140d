using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What people ask of jobs: submit, cancel, hurry, expire.</summary>
public static class JobRequests
{
    public static Reply<Submission> Submit(Turn turn, SubmitJob command)
    {
        var verdict = SubmitRules.Check(turn.State, command, turn.Options, turn.Now);
        turn.Put(verdict.Pace);
        if (verdict.Refusal is { } refusal)
        {
            return refusal;
        }

        if (verdict.Existing is { } existing)
        {
            return new Submission(existing) { Existing = true };
        }

        var job = JobOf(turn, command);
        var payload = command.Payload with { Parameters = GroupRequests.WithPlace(verdict.Parameters, command.Place) };
        if (command.DryRun)
        {
            return new Submission(job with { Id = new JobId(""), DedupeKey = command.DedupeKey }) { Warnings = verdict.Warnings, Payload = payload };
        }

        var added = JobFlow.Add(turn, job, payload);
        if (command.RetryOf is { } old)
        {
            // Whoever looks at the old one learns of it.
            turn.Log(new Activities.Activity { Sequence = 0, At = default, Source = "person", Stage = JobTimeline.Retried, Message = $"queued again as job {added.Id}", JobType = added.JobType, Job = old, Actor = command.By.Name });
        }

        return new Submission(added) { Warnings = verdict.Warnings, Payload = payload };
    }

    public static Reply<Job> Cancel(Turn turn, CancelJob command) =>
        !CancelLadder.IsGrace(command.Grace) ? SubmitRules.Invalid([SubmitRules.Error("grace", FieldErrorCodes.Max, CancelLadder.Range)], "value")
        : SubmitRules.Reason(command.Reason) is { } odd ? odd
        : Apply(turn, command.Job, new JobInput.Cancel(command.Reason, command.Force, command.Grace), command.By);

    public static Reply<Job> RetryNow(Turn turn, RetryNow command)
    {
        if (turn.State.Jobs.GetValueOrDefault(command.Job) is not { } job)
        {
            return NotOpen(command.Job);
        }

        return job.Phase is JobPhase.Backoff or JobPhase.Scheduled
            ? Apply(turn, command.Job, new JobInput.Due(), command.By)
            : new Refusal(RefusalCode.WrongState, $"job {job.Id} is {job.State}; only a waiting job can be hurried");
    }

    public static Reply<Job> Expire(Turn turn, ExpireJob command) =>
        SubmitRules.Reason(command.Reason) is { } odd ? odd : Apply(turn, command.Job, new JobInput.Expire(command.Reason), command.By);

    public static Reply<Job> SetPriority(Turn turn, SetPriority command) => Update(turn, new UpdateJob(command.By, command.Job, command.Priority, null));

    public static Reply<Job> SetLabels(Turn turn, SetLabels command) => Update(turn, new UpdateJob(command.By, command.Job, null, command.Labels));

    public static Reply<Job> Update(Turn turn, UpdateJob command)
    {
        if (turn.State.Jobs.GetValueOrDefault(command.Job) is not { } job)
        {
            return NotOpen(command.Job);
        }

        if (command is { Priority: null, Labels: null })
        {
            const string Text = "nothing to change: a priority or labels are required";
            return new Refusal(RefusalCode.Invalid, Text, [SubmitRules.Error("priority", FieldErrorCodes.Required, Text)]);
        }

        if (command.ExpectedVersion is { } version && version != job.Version)
        {
            return new Refusal(RefusalCode.Conflict, $"job {job.Id} has version {job.Version} by now, you changed version {version}; get it and apply your changes again");
        }

        if (job.State != JobState.Pending)
        {
            return new Refusal(RefusalCode.WrongState, $"job {command.Job} is {job.State}; only a waiting job can be changed");
        }

        var labels = (command.Labels ?? job.Labels).Aggregate(job.Labels, (all, label) => label.Value.Length == 0 ? all.Remove(label.Key) : all.SetItem(label.Key, label.Value));
        var errors = LabelRules.Check(command.Labels).Concat(command.Priority is < 0 or > 100 ? [SubmitRules.Priority()] : []).ToImmutableArray();
        if (errors.Length > 0)
        {
            return SubmitRules.Invalid(errors, "value");
        }

        if (labels.Count > LabelRules.Most)
        {
            return new Refusal(RefusalCode.Invalid, $"a job may have {LabelRules.Most} labels");
        }

        var changed = job with { Priority = command.Priority ?? job.Priority, Labels = labels, UpdatedAt = turn.Now.Wall };
        turn.Put(changed);
        turn.Save(new Change.JobSaved(changed, null, null));
        return turn.State.Jobs[job.Id];
    }

    /// <summary>That the job is in the store is the caller's to know.</summary>
    public static Reply<string> Forget(Turn turn, ForgetJob command)
    {
        if (turn.State.Jobs.ContainsKey(command.Job))
        {
            return new Refusal(RefusalCode.WrongState, $"job {command.Job} has not ended; cancel it first");
        }

        foreach (var type in turn.State.JobTypes.Values)
        {
            if (type.RecentEnded.Any(job => job.Id == command.Job))
            {
                turn.Put(type with { RecentEnded = [.. type.RecentEnded.Where(job => job.Id != command.Job)], RecentCount = type.RecentCount - 1 });
            }
        }

        turn.Put(turn.State.SubmitKeys.Without(job => job.Id == command.Job));
        turn.Save(new Change.JobForgotten(command.Job));
        turn.Log(new Activities.Activity { Sequence = 0, At = default, Source = "person", Stage = "deleted", Message = $"job {command.Job} deleted", Actor = command.By.Name });
        return command.Job.Value;
    }

    internal static Job JobOf(Turn turn, SubmitJob command)
    {
        var now = turn.Now;
        var id = command.Id ?? turn.Ids.SubmittedJob(now);
        var settings = turn.JobType(command.JobType).Dispatch;
        var due = command.NotBefore is { } start && start > now.Wall ? start : now.Wall;
        return new Job
        {
            Id = id,
            JobType = command.JobType,
            Origin = command.Origin,
            DedupeKey = command.DedupeKey.Length > 0 ? command.DedupeKey : id.Value,
            IdempotencyKey = command.IdempotencyKey,
            IdempotencyDigest = command.Lookup?.Digest ?? "",
            Priority = command.Priority ?? settings.DefaultPriority,
            Summary = command.Summary,
            Labels = command.Labels ?? ImmutableSortedDictionary<string, string>.Empty,
            CreatedAt = now.Wall,
            UpdatedAt = now.Wall,
            DueAt = due,
            ExpiresAt = command.ExpiresAt ?? due + settings.QueueTtl,
            Deadline = command.Deadline,
            SubmittedBy = command.By.Name,
            RetryOf = command.RetryOf,
            Cluster = command.Cluster,
            RetryLimit = command.RetryLimit,
            RetryBackoff = command.RetryBackoff,
            AttemptTimeout = command.AttemptTimeout,
            EstimatedRuntime = command.Payload.EstimatedRuntime,
            Phase = command.NotBefore > now.Wall ? JobPhase.Scheduled : JobPhase.Queued,
        };
    }

    private static Reply<Job> Apply(Turn turn, JobId id, JobInput input, Actor by)
    {
        if (turn.State.Jobs.GetValueOrDefault(id) is not { } job)
        {
            return NotOpen(id);
        }

        var verdict = JobFlow.Apply(turn, job, input, by: by);
        return verdict.Job is { } next ? next : new Refusal(RefusalCode.WrongState, verdict.Rejection);
    }

    private static Refusal NotOpen(JobId id) => new(RefusalCode.NotFound, $"job {id} is not known or has ended");
}
