using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What workers report about attempts. Counts only from the session that holds the lease, under the attempt's own request id.</summary>
public static class JobReports
{
    private const string AtCapacityText = "executor is at capacity";
    private const string StoppedText = "context canceled";
    private const string TimeoutText = "timeout";
    private const string CancelText = "cancel ";
    private const int LongestErrorClass = 64;

    /// <summary>
    /// Neither the job nor the worker is tried again before. As the whole session pauses, one that refuses everything costs its free
    /// slots once a second, however many jobs wait.
    /// </summary>
    private static readonly TimeSpan CapacityPause = TimeSpan.FromSeconds(1);

    public static void Acknowledged(Turn turn, Session session, WorkerInput.Acknowledged ack)
    {
        if (Held(turn, session, ack.RequestId) is not { } job)
        {
            // Cancels carry the attempt's id too, and are often sent because the lease was taken or the end is on its way.
            if (ack.RequestId.IsOfAttempt && !ack.Message.StartsWith(CancelText, StringComparison.OrdinalIgnoreCase))
            {
                Stale(turn, session, ack.RequestId, null, ack.Accepted ? "acceptance" : "refusal", ack.Message.Length == 0 ? ConfigValues.Empty : ConfigValues.Empty.With("message", new ConfigValue.Text(ack.Message)));
            }

            return;
        }

        if (ack.Accepted)
        {
            // A worker also acknowledges a cancel under the attempt's id; accepting twice changes nothing.
            JobFlow.Apply(turn, job, new JobInput.Accept());
            if (job is { Phase: JobPhase.Canceling, Attempt.StartedAt: not null })
            {
                turn.Log(new Activity
                {
                    Sequence = 0,
                    At = default,
                    Source = "worker_progress",
                    Stage = JobTimeline.CancelAcknowledged,
                    Message = "the worker heard the cancel request",
                    JobType = job.JobType,
                    Job = job.Id,
                    Request = ack.RequestId,
                    Worker = session.Worker,
                });
            }
        }
        else if (IsAtCapacity(ack.Message))
        {
            GiveBack(turn, job, session);
        }
        else if (job.State == JobState.Assigned)
        {
            JobFlow.Apply(turn, job, new JobInput.Refuse(ack.Message, OthersMayTake(turn, job)));
        }
    }

    public static void Progressed(Turn turn, Session session, WorkerInput.Progressed report)
    {
        if (Held(turn, session, report.RequestId, report.Job) is not { } job)
        {
            Stale(turn, session, report.RequestId, report.Job, "progress", ConfigValues.Empty);
            return;
        }

        // Terminal states in a progress message never end a job; only its completion does.
        var news = job.Stage != report.Stage || job.Message != report.Message;
        JobFlow.Apply(turn, job, new JobInput.Progress(report.Percent, report.Stage, report.Message));
        if (report.Activities.Length > 0)
        {
            LogActivities(turn, report.Activities, session.Worker, job.JobType, job.Id, report.RequestId);
        }
        else if (news && report.Stage.Length + report.Message.Length > 0)
        {
            turn.Log(new Activity
            {
                Sequence = 0,
                At = default,
                Source = "worker_progress",
                Stage = report.Stage,
                Message = report.Message,
                Details = report.Metrics,
                JobType = job.JobType,
                Job = job.Id,
                Request = report.RequestId,
                Worker = session.Worker,
            });
        }
    }

    public static void Completed(Turn turn, Session session, WorkerInput.Completed report)
    {
        var job = Held(turn, session, report.RequestId, report.Job) ?? Claimed(turn, session, report.RequestId, report.Job);
        if (session.Extensions.Contains("ack"))
        {
            // Also for a job no longer open: the first acknowledgement may have been lost.
            turn.Send(session.Id, new Outbound.CompletedAck(report.RequestId, report.Job));
        }

        if (job is null)
        {
            Stale(turn, session, report.RequestId, report.Job, report.Success ? "success" : "failure", Kept(report, turn.Options));
            return;
        }

        // Ours refuse before they begin; a completion of theirs with these words is a job that printed them, and would run for ever.
        if (!report.Success && session.Extensions.Count == 0 && IsAtCapacity(report.Error))
        {
            GiveBack(turn, job, session);
            return;
        }

        LogActivities(turn, report.Activities, session.Worker, job.JobType, job.Id, report.RequestId);
        Cool(turn, session.Id);
        JobFlow.Apply(turn, job, Outcome(job, report, session, turn.Now), report.Result);
        if (report is { Success: true, Error.Length: > 0 })
        {
            turn.Log(new Activity
            {
                Sequence = 0,
                At = default,
                Source = "worker_completion",
                Stage = "warning",
                Message = report.Error,
                Severity = ActivitySeverity.Warning,
                JobType = job.JobType,
                Job = job.Id,
                Request = report.RequestId,
                Worker = session.Worker,
            });
        }
    }

    public static void LogActivities(
        Turn turn, ImmutableArray<WorkerActivity> activities, WorkerId worker, string jobType, JobId? job, RequestId request)
    {
        foreach (var activity in activities)
        {
            turn.Log(new Activity
            {
                Sequence = 0,
                At = default,
                Source = "activity_source_" + activity.Source,
                Stage = activity.Stage,
                Message = activity.Message,
                JobType = jobType,
                Job = job,
                Request = request,
                Worker = worker,
                Details = activity.Details,
            });
        }
    }

    /// <summary>Somebody reported what is not his: nothing changes, what he said is kept. A flood is thinned out, not repeated line by line.</summary>
    public static void Stale(Turn turn, Session session, RequestId request, JobId? job, string what, ConfigValues details)
    {
        var current = turn.State.Sessions[session.Id];
        var count = current.StaleReports + 1;
        turn.Put(current with { StaleReports = count });
        if (count > 20 && !int.IsPow2(count))
        {
            return;
        }

        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "admin",
            Stage = "stale_report",
            Message = $"{what} reported by {session.Worker} for an attempt it does not hold; ignored" + (count > 20 ? $" ({count} so far)" : ""),
            Severity = ActivitySeverity.Warning,
            Job = job,
            Request = request,
            Worker = session.Worker,
            Details = details,
        });
    }

    /// <summary>Who prints is at work, whether he said so or not.</summary>
    public static void OutputCame(Turn turn, Session session, WorkerInput.OutputCame came)
    {
        if (Held(turn, session, came.RequestId) is { State: JobState.Assigned } job)
        {
            JobFlow.Apply(turn, job, new JobInput.Accept());
        }
    }

    /// <summary>Output goes past the engine to its files; what did not get there is told of here.</summary>
    public static void OutputDropped(Turn turn, Session session, WorkerInput.OutputDropped dropped) => turn.Log(new Activity
    {
        Sequence = 0,
        At = default,
        Source = "admin",
        Stage = dropped.IsHeld ? "output_dropped" : "stale_report",
        Message = $"output of {session.Worker} was dropped: {dropped.Why}" + (dropped.Count > 1 ? $" ({dropped.Count} pieces so far)" : ""),
        Severity = ActivitySeverity.Warning,
        JobType = turn.State.Jobs.GetValueOrDefault(dropped.Job)?.JobType ?? "",
        Job = dropped.Job,
        Request = dropped.RequestId,
        Worker = session.Worker,
    });

    private static ConfigValues Kept(WorkerInput.Completed report, AdminOptions options) => ConfigValues.From(
    [
        new("success", new ConfigValue.Bool(report.Success)),
        new("error", new ConfigValue.Text(report.Error)),
        new("summary", new ConfigValue.Text(report.Result.Summary)),
        new("outputs", new ConfigValue.Map(ConfigValueSize.Of(report.Result.Outputs) <= options.InlinePayloadLimit ? report.Result.Outputs : ConfigValues.Empty)),
    ]);

    /// <summary>The attempt with this request id, if the session holds its lease; a report that names another job is not about it.</summary>
    private static Job? Held(Turn turn, Session session, RequestId request, JobId? named = null) =>
        session.Held.TryGetValue(request, out var id) && (named is not { Value.Length: > 0 } job || job == id) ? turn.State.Jobs.GetValueOrDefault(id) : null;

    /// <summary>A completion that was kept over a reconnect speaks for the attempt that still waits for its worker.</summary>
    private static Job? Claimed(Turn turn, Session session, RequestId request, JobId id)
    {
        if (!session.CanResume || turn.State.Jobs.GetValueOrDefault(id) is not { IsActive: true, Attempt: { GraceUntil: not null } attempt } job
            || attempt.RequestId != request || attempt.Worker != session.Worker)
        {
            return null;
        }

        JobFlow.Apply(turn, job, new JobInput.Adopt(session.Id, session.Generation, session.InstanceId));
        return turn.State.Jobs.GetValueOrDefault(id);
    }

    private static JobInput Outcome(Job job, WorkerInput.Completed report, Session session, Now now)
    {
        if (report.Success)
        {
            return new JobInput.Succeed(report.Result.Summary, ExitCode(report.Result));
        }

        var error = report.Error.Length > 0 ? report.Error : "the worker gave no reason";
        var stoppedUnasked = job.Attempt!.Cancel == CancelCause.None && SaysStopped(error, session);
        var kind = report.Result.Outputs.Find("error_class") is ConfigValue.Text { Value.Length: <= LongestErrorClass } said ? said.Value : "";
        return stoppedUnasked
            ? new JobInput.Lose($"the worker stopped: {error}")
            : new JobInput.Fail(error, kind == "permanent", ExitCode(report.Result), kind, EndedByTimeout(job.Attempt!, error, session, now));
    }

    /// <summary>
    /// A foreign worker that stops wraps what its context says in words of its own. Ours begin with it; further on it is what some
    /// command printed, whose exit code and class would be lost with the attempt.
    /// </summary>
    private static bool SaysStopped(string error, Session session) => session.Extensions.Count > 0
        ? error.StartsWith(StoppedText, StringComparison.OrdinalIgnoreCase)
        : error.Contains(StoppedText, StringComparison.OrdinalIgnoreCase) || error.Contains("deadline exceeded", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Workers that may outlive our stream keep the time of an attempt themselves, and may be the first to say that it is over. What
    /// others call a timeout is a failure of theirs. Their clock started after ours; what it is ahead by is no more than this.
    /// </summary>
    private static bool EndedByTimeout(Attempt attempt, string error, Session session, Now now) =>
        session.CanResume && error == TimeoutText && attempt.SentAt + attempt.Timeout <= now.Wall + TimeSpan.FromSeconds(1);

    /// <summary>Workers say -1 where there is none: the process was not started, or was killed.</summary>
    private static long? ExitCode(JobResult result) => (result.Outputs.Find("exit_code") ?? result.Outputs.Find("http_status")) is ConfigValue.Int64 { Value: >= 0 } code ? code.Value : null;

    private static void GiveBack(Turn turn, Job job, Session session)
    {
        turn.Put(turn.State.Sessions[session.Id] with { CapacityPauseUntil = turn.Now.Stamp + CapacityPause });
        JobFlow.Apply(turn, job, new JobInput.AtCapacity());
    }

    /// <summary>A foreign worker completes before it frees the slot; for a moment, or until its next heartbeat, the slot is not free.</summary>
    private static void Cool(Turn turn, SessionId id)
    {
        var session = turn.State.Sessions[id];
        if (session.Extensions.Count == 0)
        {
            turn.Put(session with { Cooling = session.Cooling.Add(turn.Now.Stamp + TimeSpan.FromMilliseconds(200)) });
        }
    }

    private static bool OthersMayTake(Turn turn, Job job) =>
        DispatchPlanner.OthersMayTake(turn.State, turn.JobType(job.JobType), job with { RefusedBy = job.RefusedBy.Add(job.Attempt!.Worker) });

    private static bool IsAtCapacity(string text) => text.Contains(AtCapacityText, StringComparison.OrdinalIgnoreCase);
}
