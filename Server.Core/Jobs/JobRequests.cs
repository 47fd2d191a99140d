using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What people ask of jobs: submit, cancel, hurry, expire.</summary>
public static class JobRequests
{
    public static Reply<Job> Submit(Turn turn, SubmitJob command)
    {
        var now = turn.Now;
        var type = turn.State.JobTypes.GetValueOrDefault(command.JobType);
        if (type is null)
        {
            return new Refusal(RefusalCode.Invalid, $"job type {command.JobType} is not known; known are: {Names(turn.State)}");
        }

        if (command.Id is { Value: "new" })
        {
            return new Refusal(RefusalCode.Invalid, "new is no id for a job: /jobs/new is the page that submits one");
        }

        if (command.Id is { } given && turn.State.Jobs.ContainsKey(given))
        {
            return new Refusal(RefusalCode.AlreadyExists, $"job {given} exists already");
        }

        var parameters = ParametersOf(type, command);
        if (!parameters.IsAccepted)
        {
            return parameters.Refusal;
        }

        if (command.ExpiresAt <= now.Wall)
        {
            return new Refusal(RefusalCode.Invalid, "expires_at is in the past");
        }

        if (type.Counts.Pending >= turn.Options.QueueLimit)
        {
            return new Refusal(RefusalCode.Exhausted, $"the queue of {command.JobType} is full ({turn.Options.QueueLimit} jobs wait); try again later");
        }

        var id = command.Id ?? turn.Ids.SubmittedJob(now);
        var key = command.DedupeKey.Length > 0 ? command.DedupeKey : id.Value;
        if (type.Keys.TryGetValue(key, out var holder))
        {
            return new Refusal(RefusalCode.AlreadyExists, $"job {holder} has the dedupe key {key} and has not ended");
        }

        return JobFlow.Add(
            turn,
            new Job
            {
                Id = id,
                JobType = command.JobType,
                Origin = command.Origin,
                DedupeKey = key,
                Priority = Math.Clamp(command.Priority, 0, 100),
                Summary = command.Summary,
                Labels = command.Labels ?? ImmutableSortedDictionary<string, string>.Empty,
                CreatedAt = now.Wall,
                UpdatedAt = now.Wall,
                DueAt = command.NotBefore is { } start && start > now.Wall ? start : now.Wall,
                ExpiresAt = command.ExpiresAt,
                SubmittedBy = command.By.Name,
                RetryOf = command.RetryOf,
                Cluster = command.Cluster,
                RetryLimit = command.RetryLimit,
                AttemptTimeout = command.AttemptTimeout,
                EstimatedRuntime = command.Payload.EstimatedRuntime,
            },
            command.Payload with { Parameters = parameters.Value });
    }

    public static Reply<Job> Cancel(Turn turn, CancelJob command) =>
        Apply(turn, command.Job, new JobInput.Cancel(command.Reason, command.Force), command.By);

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
        Apply(turn, command.Job, new JobInput.Expire(command.Reason), command.By);

    public static Reply<Job> SetPriority(Turn turn, SetPriority command)
    {
        if (turn.State.Jobs.GetValueOrDefault(command.Job) is not { State: JobState.Pending } job)
        {
            return new Refusal(RefusalCode.WrongState, $"job {command.Job} does not wait; only waiting jobs have a priority to change");
        }

        var changed = job with { Priority = Math.Clamp(command.Priority, 0, 100), UpdatedAt = turn.Now.Wall };
        turn.Put(changed);
        turn.Save(new Change.JobSaved(changed, null, null));
        return turn.State.Jobs[job.Id];
    }

    public static Reply<Job> SetLabels(Turn turn, SetLabels command)
    {
        if (turn.State.Jobs.GetValueOrDefault(command.Job) is not { State: JobState.Pending } job)
        {
            return new Refusal(RefusalCode.WrongState, $"job {command.Job} does not wait; only waiting jobs have labels to change");
        }

        var labels = command.Labels.Aggregate(job.Labels, (all, label) => label.Value.Length == 0 ? all.Remove(label.Key) : all.SetItem(label.Key, label.Value));
        var changed = job with { Labels = labels, UpdatedAt = turn.Now.Wall };
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

        turn.Save(new Change.JobForgotten(command.Job));
        turn.Log(new Activities.Activity { Sequence = 0, At = default, Source = "person", Stage = "deleted", Message = $"job {command.Job} deleted", Actor = command.By.Name });
        return command.Job.Value;
    }

    /// <summary>
    /// Parameters as the type's own form for jobs wants them: with its defaults, without what is hidden. A retry repeats what was
    /// accepted once, also when the form has changed since.
    /// </summary>
    private static Reply<ConfigValues> ParametersOf(JobType type, SubmitJob command)
    {
        if (command.RetryOf is not null)
        {
            return command.Payload.Parameters;
        }

        var verdict = FormChecks.Submission(type.Descriptor, type.Config?.WorkerValues ?? ConfigValues.Empty, command.Payload.Parameters);
        return verdict.Errors switch
        {
            [] => verdict.Parameters,
            [var error] => new Refusal(RefusalCode.Invalid, $"one parameter is not valid: {error.Message}", verdict.Errors),
            var errors => new Refusal(RefusalCode.Invalid, $"{errors.Length} parameters are not valid", errors),
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

    private static string Names(AdminState state) => string.Join(", ", state.JobTypes.Keys.Take(10)) is { Length: > 0 } names ? names : "none yet";
}
