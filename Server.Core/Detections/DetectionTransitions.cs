using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>requested → proposing → succeeded | failed | timed out | canceled | interrupted; one at a time per job type.</summary>
public static class DetectionTransitions
{
    public static void Proposed(Turn turn, Session session, WorkerInput.Proposed batch)
    {
        if (Open(turn, session, batch.RequestId) is { } detection)
        {
            ProposalIntake.Take(turn, batch.HasMore ? detection with { HasMore = true } : detection, batch.Proposals, batch.HasMore);
        }
    }

    public static void Ended(Turn turn, Session session, WorkerInput.DetectionEnded end)
    {
        if (Open(turn, session, end.RequestId) is { } detection)
        {
            var error = end.Success ? "" : $"detection failed for {detection.JobType}: {end.Error}";
            var counted = detection with { Counts = detection.Counts with { Missing = Math.Max(end.Total, detection.Counts.Found) - detection.Counts.Found } };
            turn.Put(counted);
            Finish(turn, counted, end.Success ? DetectionStatus.Succeeded : DetectionStatus.Failed, error);
        }
    }

    public static void Progressed(Turn turn, Session session, WorkerInput.Progressed report)
    {
        if (Open(turn, session, report.RequestId) is not { } detection)
        {
            return;
        }

        turn.Put(detection with
        {
            Status = DetectionStatus.Proposing,
            Percent = double.IsFinite(report.Percent) ? Math.Clamp(report.Percent, 0, 100) : detection.Percent,
            Stage = report.Stage,
            Message = report.Message,
        });
        if (report.Activities.Length > 0)
        {
            JobReports.LogActivities(turn, report.Activities, session.Worker, detection.JobType, null, detection.Id);
        }
        else if (report.Stage.Length + report.Message.Length > 0)
        {
            turn.Log(Line(detection.JobType, detection.Id, session.Worker, "worker_detection", report.Stage, report.Message) with { Details = report.Metrics });
        }
    }

    public static Reply<Detection> Cancel(Turn turn, CancelDetection command)
    {
        if (turn.State.Detections.GetValueOrDefault(command.Detection) is not { IsOpen: true } detection)
        {
            return new Refusal(RefusalCode.WrongState, $"detection {command.Detection} is not running");
        }

        // Whoever calls it off does not want the other detectors of its round to be asked either.
        turn.Put(turn.JobType(detection.JobType) with { Round = null });
        Stop(turn, detection, command.Reason);
        return Finish(turn, detection, DetectionStatus.Canceled, command.Reason.Length > 0 ? command.Reason : $"canceled by {command.By.Name}");
    }

    public static void DeadlineCame(Turn turn, Detection detection)
    {
        if (detection.IsOpen && detection.Deadline <= turn.Now.Stamp)
        {
            Stop(turn, detection, "detection timed out");
            Finish(turn, detection, DetectionStatus.TimedOut, detection.IsSent
                ? "deadline exceeded: the detector did not finish in time"
                : $"deadline exceeded: the detection could not start in time: {detection.Message}");
        }
        else if (!detection.IsOpen && detection.WindowEnds <= turn.Now.Stamp)
        {
            RunEnded(turn, detection, "timeout");
            turn.Put(detection with { WindowEnds = default });
        }
        else
        {
            turn.Put(detection);
        }
    }

    /// <summary>The detector's stream ended: its detection ends too and is due again soon, or with the next round when all are asked.</summary>
    public static void DetectorLost(Turn turn, Detection detection, string why)
    {
        var next = turn.JobType(detection.JobType).Schedule.NextAt;
        Finish(turn, detection, DetectionStatus.Interrupted, why);
        if (detection is { ForWorker: not null, Mode: DetectionMode.Scheduled or DetectionMode.Run })
        {
            turn.Put(turn.JobType(detection.JobType), schedule => schedule with { NextAt = next });
        }
    }

    public static void JobEnded(Turn turn, Detection detection, Job job)
    {
        var counts = job.State switch
        {
            JobState.Succeeded => detection.Counts with { Succeeded = detection.Counts.Succeeded + 1 },
            JobState.Canceled => detection.Counts with { Canceled = detection.Counts.Canceled + 1 },
            _ => detection.Counts with { Failed = detection.Counts.Failed + 1 },
        };
        var counted = detection with { Counts = counts };
        if (!counted.IsOpen && counts.Open <= 0)
        {
            Settle(turn, counted);
        }
        else
        {
            turn.Put(counted);
        }
    }

    public static Detection Finish(Turn turn, Detection detection, DetectionStatus status, string error)
    {
        var now = turn.Now;
        if (status == DetectionStatus.Succeeded)
        {
            Supersede(turn, detection);
        }

        var ended = turn.State.Detections[detection.Id] with { Status = status, EndedAt = now.Wall, Error = error, SeenKeys = [] };
        var type = turn.JobType(detection.JobType) with
        {
            ActiveDetection = null,
            Detector = status == DetectionStatus.Succeeded ? detection.Worker : null,
            Interruptions = status == DetectionStatus.Interrupted ? turn.JobType(detection.JobType).Interruptions + 1 : 0,
        };
        if (turn.State.Sessions.GetValueOrDefault(detection.Session) is { } session)
        {
            turn.Put(session with
            {
                HeldDetections = Math.Max(0, session.HeldDetections - 1),
                FailedDetections = status switch
                {
                    DetectionStatus.Succeeded => session.FailedDetections.Remove(detection.JobType),
                    DetectionStatus.Failed or DetectionStatus.TimedOut => session.FailedDetections.SetItem(detection.JobType, now.Stamp),
                    _ => session.FailedDetections,
                },
            });
        }

        if (detection.Mode is DetectionMode.Scheduled or DetectionMode.Run)
        {
            turn.Put(type, schedule => schedule with
            {
                LastCompletedAt = now.Wall,
                LastFound = ended.Counts.Found,
                LastError = error,
                LastStatus = status switch { DetectionStatus.Succeeded => "success", DetectionStatus.TimedOut => "timeout", _ => "error" },
                NextAt = status == DetectionStatus.Interrupted ? Again(type, schedule.NextAt, turn) : schedule.NextAt,
            });
        }
        else
        {
            turn.Put(type);
        }

        if (ended.Counts.Open <= 0)
        {
            Settle(turn, ended);
        }
        else
        {
            turn.Put(ended);
        }

        turn.Log(Line(
            detection.JobType,
            detection.Id,
            detection.Worker,
            "detector",
            status switch { DetectionStatus.Succeeded => "completed", DetectionStatus.Canceled => "canceled", _ => "failed" },
            status == DetectionStatus.Succeeded ? Summary(ended) : error,
            status == DetectionStatus.Succeeded ? ActivitySeverity.Good : ActivitySeverity.Bad) with
        { Details = ConfigValues.From([new("success", new ConfigValue.Bool(status == DetectionStatus.Succeeded)), new("total_proposals", new ConfigValue.Int64(ended.Counts.Found))]) });
        return ended;
    }

    /// <summary>Stamp at which something happens to it by itself: its deadline, then the end of its run's window.</summary>
    public static TimeSpan? NextWake(Detection detection, Now now)
    {
        var at = detection.IsOpen ? detection.Deadline : detection.WindowEnds;
        return at == default ? null : at - now.Stamp > JobDeadlines.Horizon ? now.Stamp + JobDeadlines.Horizon : at;
    }

    /// <summary>It and all its jobs have ended.</summary>
    public static void Settle(Turn turn, Detection detection)
    {
        turn.Settle(detection);
        RunEnded(turn, detection, detection.Status switch
        {
            DetectionStatus.Succeeded => detection.Counts.Failed + detection.Counts.Canceled > 0 ? "error" : "success",
            DetectionStatus.TimedOut => "timeout",
            _ => "error",
        });
    }

    /// <summary>Once: a window that was over before the jobs ended has said so already.</summary>
    private static void RunEnded(Turn turn, Detection detection, string status)
    {
        if (detection.WindowEnds == default || detection.Mode is not (DetectionMode.Scheduled or DetectionMode.Run))
        {
            return;
        }

        turn.Put(turn.JobType(detection.JobType), schedule => schedule with { LastRunStartedAt = detection.StartedAt, LastRunCompletedAt = turn.Now.Wall, LastRunStatus = status });
    }

    /// <summary>Waiting jobs that a detector which sees everything no longer proposes are of no use any more.</summary>
    private static void Supersede(Turn turn, Detection detection)
    {
        var type = turn.JobType(detection.JobType);
        if (!type.Rules.Supersedes || detection.ForWorker is not null || detection.Mode is not (DetectionMode.Scheduled or DetectionMode.Run)
            || detection.HasMore || detection.Counts is { Invalid: > 0 } or { Missing: > 0 } || (detection.MaxResults > 0 && detection.Counts.Found >= detection.MaxResults))
        {
            return;
        }

        foreach (var (key, id) in type.Keys)
        {
            if (turn.State.Jobs[id] is { State: JobState.Pending, IsAsked: false } job && !detection.SeenKeys.Contains($"{type.Name}\n{key}"))
            {
                JobFlow.Apply(turn, job, new JobInput.Supersede("the newest detection no longer proposes it"));
            }
        }
    }

    /// <summary>Soon, but later each time in a row: a detector that dies of its detection is not to be asked for ever. Never later than it was due anyway.</summary>
    private static DateTimeOffset? Again(JobType type, DateTimeOffset? due, Turn turn)
    {
        var soon = turn.Now.Wall + (turn.Options.FirstDetectionDelay * Math.Pow(2, Math.Min(type.Interruptions - 1, 20)));
        return soon < due ? soon : due;
    }

    private static void Stop(Turn turn, Detection detection, string reason)
    {
        if (detection.IsSent)
        {
            turn.Send(detection.Session, new Outbound.Cancel(detection.Id, WorkKind.Detection, reason, false));
        }
    }

    private static Detection? Open(Turn turn, Session session, RequestId id) =>
        turn.State.Detections.GetValueOrDefault(id) is { IsOpen: true } detection && detection.Session == session.Id ? detection : null;

    private static string Summary(Detection ended)
    {
        var counts = ended.Counts;
        var skipped = counts.Suppressed + counts.DuplicateInRun + counts.OverLimit;
        return $"{counts.Found} found, {counts.Queued} queued" + (skipped > 0 ? $", {skipped} skipped" : "") + (counts.Missing > 0 ? $"; {counts.Missing} more did not arrive" : "");
    }

    internal static Activity Line(
        string jobType, RequestId? request, WorkerId? worker, string source, string stage, string message, ActivitySeverity severity = ActivitySeverity.Normal) =>
        new()
        {
            Sequence = 0,
            At = default,
            Source = source,
            Stage = stage,
            Message = message,
            Severity = severity,
            JobType = jobType,
            Request = request,
            Worker = worker,
        };
}
