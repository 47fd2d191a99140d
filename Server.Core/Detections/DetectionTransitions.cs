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
    private const int TestResults = 5;

    public static Reply<Detection> Request(Turn turn, RequestDetection command)
    {
        var type = turn.JobType(command.JobType);
        if (type.Descriptor is null && type.Detectors.Length == 0)
        {
            return new Refusal(RefusalCode.NotFound, $"no detector worker available for job_type={command.JobType}: no worker has offered it yet");
        }

        if (type.ActiveDetection is { } running)
        {
            return new Refusal(RefusalCode.WrongState, $"a detection of {command.JobType} is already running ({running}); wait for it or cancel it");
        }

        return PickDetector(turn, type) is { } session
            ? Begin(turn, type, session, command)
            : new Refusal(RefusalCode.Unavailable, $"no detector worker available for job_type={command.JobType}");
    }

    /// <summary>The schedule says it is time.</summary>
    public static void Due(Turn turn, JobType type)
    {
        var now = turn.Now;
        if (!DetectionSchedule.IsScheduled(type) || type.IsPaused || type.ActiveDetection is not null || type.Schedule.NextAt > now.Wall)
        {
            turn.Put(type);
            return;
        }

        if (type.Counts.Queued >= DetectionSchedule.BacklogLimit(type))
        {
            turn.Put(type, schedule => schedule with { NextAt = now.Wall + type.Policy.DetectionInterval, LastStatus = "skipped", LastStartedAt = now.Wall, LastCompletedAt = now.Wall });
            turn.Log(Line(type.Name, null, null, "admin_scheduler", "skipped_waiting_backlog", $"{type.Counts.Queued} jobs still wait; detection skipped", ActivitySeverity.Warning));
            return;
        }

        if (PickDetector(turn, type) is not { } session)
        {
            turn.Put(type with { AwaitsDetector = true });
            return;
        }

        Begin(turn, type, session, new RequestDetection(Actor.Scheduler, type.Name, DetectionMode.Scheduled));
    }

    /// <summary>A worker takes work again: types that were due and had nobody to ask are due now.</summary>
    public static void DetectorBack(Turn turn, Worker worker)
    {
        foreach (var type in worker.Capabilities.Keys.Select(turn.JobType).Where(type => type.AwaitsDetector))
        {
            turn.Put(type with { AwaitsDetector = false });
        }
    }

    public static void Proposed(Turn turn, Session session, WorkerInput.Proposed batch)
    {
        if (Open(turn, session, batch.RequestId) is { } detection)
        {
            ProposalIntake.Take(turn, detection, batch.Proposals, batch.HasMore);
        }
    }

    public static void Ended(Turn turn, Session session, WorkerInput.DetectionEnded end)
    {
        if (Open(turn, session, end.RequestId) is { } detection)
        {
            var error = end.Success ? "" : $"detection failed for {detection.JobType}: {end.Error}";
            Finish(turn, detection, end.Success ? DetectionStatus.Succeeded : DetectionStatus.Failed, error);
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

        turn.Send(detection.Session, new Outbound.Cancel(detection.Id, WorkKind.Detection, command.Reason, false));
        return Finish(turn, detection, DetectionStatus.Canceled, command.Reason.Length > 0 ? command.Reason : $"canceled by {command.By.Name}");
    }

    public static void DeadlineCame(Turn turn, Detection detection)
    {
        if (!detection.IsOpen || detection.Deadline > turn.Now.Stamp)
        {
            turn.Put(detection);
            return;
        }

        turn.Send(detection.Session, new Outbound.Cancel(detection.Id, WorkKind.Detection, "detection timed out", false));
        Finish(turn, detection, DetectionStatus.TimedOut, "deadline exceeded: the detector did not finish in time");
    }

    /// <summary>The detector's stream ended: its detection ends too and is due again soon.</summary>
    public static void DetectorLost(Turn turn, Detection detection, string why) => Finish(turn, detection, DetectionStatus.Interrupted, why);

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
            turn.Settle(counted);
        }
        else
        {
            turn.Put(counted);
        }
    }

    public static Detection Finish(Turn turn, Detection detection, DetectionStatus status, string error)
    {
        var now = turn.Now;
        var ended = detection with { Status = status, EndedAt = now.Wall, Error = error, SeenKeys = [] };
        var type = turn.JobType(detection.JobType) with
        {
            ActiveDetection = null,
            Detector = status == DetectionStatus.Succeeded ? detection.Worker : null,
        };
        if (turn.State.Sessions.GetValueOrDefault(detection.Session) is { } session)
        {
            turn.Put(session with { HeldDetections = Math.Max(0, session.HeldDetections - 1) });
        }

        if (detection.Mode is DetectionMode.Scheduled or DetectionMode.Run)
        {
            turn.Put(type, schedule => schedule with
            {
                LastCompletedAt = now.Wall,
                LastFound = ended.Counts.Found,
                LastError = error,
                LastStatus = status switch { DetectionStatus.Succeeded => "success", DetectionStatus.TimedOut => "timeout", _ => "error" },
                NextAt = status == DetectionStatus.Interrupted ? now.Wall + turn.Options.FirstDetectionDelay : schedule.NextAt,
            });
        }
        else
        {
            turn.Put(type);
        }

        if (ended.Counts.Open <= 0)
        {
            turn.Settle(ended);
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

    /// <summary>The holder of the detector role, else the worker with most free detection slots, else whoever waited longest.</summary>
    private static Session? PickDetector(Turn turn, JobType type)
    {
        Session? best = null;
        foreach (var id in type.Detectors)
        {
            var session = turn.State.Sessions[id];
            var worker = turn.State.Workers[session.Worker];
            if (worker.Draining || worker.Health != WorkerHealth.Healthy)
            {
                continue;
            }

            if (worker.Id == type.Detector)
            {
                return session;
            }

            if (best is null || Compare(session, best, type.Name, turn.State) < 0)
            {
                best = session;
            }
        }

        return best;
    }

    private static int Compare(Session one, Session other, string jobType, AdminState state)
    {
        var byFree = FreeSlots(other, jobType, state).CompareTo(FreeSlots(one, jobType, state));
        if (byFree != 0)
        {
            return byFree;
        }

        var byTurn = one.LastDetected.CompareTo(other.LastDetected);
        return byTurn != 0 ? byTurn : one.Worker.CompareTo(other.Worker);
    }

    private static int FreeSlots(Session session, string jobType, AdminState state)
    {
        var total = session.Heartbeat is { DetectionSlotsTotal: > 0 } beat
            ? beat.DetectionSlotsTotal
            : Math.Max(1, state.Workers[session.Worker].Capabilities[jobType].MaxDetections);
        return total - Math.Max(session.HeldDetections, session.Heartbeat?.DetectionSlotsUsed ?? 0);
    }

    private static Detection Begin(Turn turn, JobType type, Session session, RequestDetection command)
    {
        var now = turn.Now;
        var sequence = Math.Max(IdSource.UnixNanos(now.Wall), turn.State.LastDetectionSequence + 1);
        var timeout = command.Timeout is { } asked && asked > TimeSpan.Zero ? asked : type.Policy.DetectionTimeout;
        var maxResults = command.Mode switch
        {
            DetectionMode.Test => TestResults,
            DetectionMode.Preview => command.MaxResults,
            _ => command.MaxResults > 0 ? command.MaxResults : type.Policy.MaxJobsPerDetection,
        };
        var detection = new Detection
        {
            Id = turn.Ids.Request("detect", now),
            JobType = type.Name,
            Mode = command.Mode,
            Sequence = sequence,
            By = command.By,
            Worker = session.Worker,
            Session = session.Id,
            StartedAt = now.Wall,
            Deadline = now.Stamp + timeout,
            MaxResults = maxResults,
            Override = command.Override,
        };
        turn.CountDetectionSequence(sequence);
        turn.Put(detection);
        turn.Put(session with { HeldDetections = session.HeldDetections + 1, LastDetected = now.Stamp });
        if (command.Mode is DetectionMode.Scheduled or DetectionMode.Run)
        {
            // Measured from the start, so that a long run does not shift the rhythm; a run by hand moves it too.
            turn.Put(type with { ActiveDetection = detection.Id }, schedule => schedule with
            {
                LastStartedAt = now.Wall,
                NextAt = now.Wall + type.Policy.DetectionInterval,
            });
        }
        else
        {
            turn.Put(type with { ActiveDetection = detection.Id });
        }

        turn.Send(session.Id, new Outbound.RunDetection(
            detection.Id,
            type.Name,
            sequence,
            RuntimePolicy.Overlay(type.Config?.Runtime, type.Descriptor?.RuntimeDefaults),
            command.Override?.AdminValues ?? FormDefaults.Admin(type.Descriptor, type.Config?.AdminValues ?? ConfigValues.Empty),
            command.Override?.WorkerValues ?? FormDefaults.Worker(type.Descriptor, type.Config?.WorkerValues ?? ConfigValues.Empty),
            command.Cluster ?? ClusterContext.Empty,
            type.Schedule.LastSuccessAt,
            maxResults));
        turn.Log(Line(type.Name, detection.Id, session.Worker, "detector", "requested", $"asked {session.Worker} to detect") with
        { Details = ConfigValues.Empty.With("max_results", new ConfigValue.Int64(maxResults)) });
        return detection;
    }

    private static Detection? Open(Turn turn, Session session, RequestId id) =>
        turn.State.Detections.GetValueOrDefault(id) is { IsOpen: true } detection && detection.Session == session.Id ? detection : null;

    private static string Summary(Detection ended)
    {
        var counts = ended.Counts;
        var skipped = counts.Suppressed + counts.DuplicateInRun + counts.OverLimit;
        return $"{counts.Found} found, {counts.Queued} queued" + (skipped > 0 ? $", {skipped} skipped" : "");
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
