using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>Detections begin: by schedule as soon as nothing holds them back, by hand at once, though the detector may be asked a little later.</summary>
public static class DetectionStarts
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

        if (DetectorChoice.Pick(turn.State, type) is null)
        {
            return new Refusal(RefusalCode.Unavailable, $"no detector worker available for job_type={command.JobType}");
        }

        // What would only wait for hours is refused at once; a run's jobs are scheduled work.
        var held = command.Mode == DetectionMode.Run ? Holds.OnScheduled(turn.State, type, turn.Now) : Holds.OnDetection(turn.State, type, scheduled: false, turn.Now);
        if (held is { Code: "no_cluster" or "other_admin" } hold)
        {
            return new Refusal(RefusalCode.Unavailable, hold.Text);
        }

        var begun = BeginAll(turn, type, command);
        StartWaiting(turn, begun.Id);
        if (command.Mode == DetectionMode.Run)
        {
            LaneTransitions.AskNext(turn, turn.JobType(type.Name));
        }

        return turn.State.Detections[begun.Id];
    }

    /// <summary>The schedule says it is time.</summary>
    public static void Due(Turn turn, JobType type)
    {
        if (!DetectionSchedule.IsScheduled(type) || type.IsPaused || type.ActiveDetection is not null || type.Schedule.NextAt is not { } next || next > turn.Now.Wall || type.Timetable.QuietUntil(turn.Now.Wall) is not null)
        {
            turn.Put(type);
        }
        else if (type.Counts.Queued >= DetectionSchedule.BacklogLimit(type))
        {
            Skip(turn, type);
        }
        else
        {
            turn.Put(type with { IsDue = true });
        }
    }

    /// <summary>Once a round: what is due, or was asked for, and is held back by nothing any more.</summary>
    public static void StartDue(Turn turn)
    {
        foreach (var type in turn.State.JobTypes.Values)
        {
            if (type.ActiveDetection is { } open)
            {
                StartWaiting(turn, open);
            }
            else if (type.Round is { } round)
            {
                Continue(turn, type, round);
            }
            else if (type.IsDue && (!DetectionSchedule.IsScheduled(type) || type.IsPaused || type.Schedule.NextAt > turn.Now.Wall))
            {
                turn.Put(type with { IsDue = false });
            }
            else if (type.IsDue && DetectorChoice.Pick(turn.State, type) is not null && Holds.OnDetection(turn.State, type, scheduled: true, turn.Now) is null)
            {
                StartWaiting(turn, BeginAll(turn, type, new RequestDetection(Actor.Scheduler, type.Name, DetectionMode.Scheduled)).Id);
            }
        }
    }

    /// <summary>Why a detection that was begun has not been sent to a detector yet; null when nothing is in the way.</summary>
    public static Hold? HoldOn(AdminState state, Detection detection, Now now) =>
        Holds.OnDetection(state, state.JobType(detection.JobType), scheduled: false, now);

    private static void Skip(Turn turn, JobType type)
    {
        var now = turn.Now.Wall;
        turn.Put(type, schedule => schedule with
        {
            NextAt = type.NextAfter(now),
            LastStatus = "skipped",
            LastStartedAt = now,
            LastCompletedAt = now,
            LastRunStartedAt = now,
            LastRunCompletedAt = now,
            LastRunStatus = "skipped",
        });
        turn.Log(DetectionTransitions.Line(
            type.Name, null, null, "admin_scheduler", "skipped_waiting_backlog", $"{type.Counts.Queued} jobs still wait; detection skipped", ActivitySeverity.Warning));
    }

    /// <summary>The first detection of a round where each detector sees only what is its own; else the only one. Values that are tried out are asked of one.</summary>
    private static Detection BeginAll(Turn turn, JobType type, RequestDetection command)
    {
        if (type.Dispatch.DetectorScope == DetectorScope.One || command.Mode == DetectionMode.Test)
        {
            return Begin(turn, type, command, null);
        }

        ImmutableArray<WorkerId> workers = [.. DetectorChoice.All(turn.State, type).Select(session => session.Worker)];
        return Begin(turn, type with { Round = new DetectionRound(workers, command).Without(1) }, command, workers[0]);
    }

    private static void Continue(Turn turn, JobType type, DetectionRound round)
    {
        var scheduled = round.Command.Mode == DetectionMode.Scheduled;
        if (scheduled && (!DetectionSchedule.IsScheduled(type) || type.IsPaused))
        {
            turn.Put(type with { Round = null });
            return;
        }

        if (Holds.OnDetection(turn.State, type, scheduled, turn.Now) is not null)
        {
            return;
        }

        // Who has gone meanwhile is asked in the next round.
        var there = DetectorChoice.All(turn.State, type).Select(session => session.Worker).ToHashSet();
        var gone = round.Left.TakeWhile(worker => !there.Contains(worker)).Count();
        if (gone == round.Left.Length)
        {
            turn.Put(type with { Round = null });
            return;
        }

        StartWaiting(turn, Begin(turn, type with { Round = round.Without(gone + 1) }, round.Command, round.Left[gone], isFirst: false).Id);
    }

    /// <param name="isFirst">The rhythm of the type is measured from its start.</param>
    private static Detection Begin(Turn turn, JobType type, RequestDetection command, WorkerId? worker, bool isFirst = true)
    {
        var now = turn.Now;
        var sequence = Math.Max(IdSource.UnixNanos(now.Wall), turn.State.LastDetectionSequence + 1);
        var timeout = command.Timeout is { } asked && asked > TimeSpan.Zero ? asked : type.Policy.DetectionTimeout;
        var detection = new Detection
        {
            Id = turn.Ids.Request("detect", now),
            JobType = type.Name,
            Mode = command.Mode,
            Sequence = sequence,
            By = command.By,
            StartedAt = now.Wall,
            Deadline = now.Stamp + timeout,
            WindowEnds = now.Stamp + type.Policy.MaxRuntime,
            MaxResults = command.Mode switch
            {
                DetectionMode.Test => TestResults,
                DetectionMode.Preview => command.MaxResults,
                _ => command.MaxResults > 0 ? command.MaxResults : type.Policy.MaxJobsPerDetection,
            },
            Override = command.Override,
            Cluster = command.Cluster,
            ForWorker = worker,
        };
        turn.CountDetectionSequence(sequence);
        turn.Put(detection);
        if (command.Mode is DetectionMode.Scheduled or DetectionMode.Run)
        {
            // Measured from the start, so that a long run does not shift the rhythm; a run by hand moves it too.
            turn.Put(type with { ActiveDetection = detection.Id, IsDue = isFirst ? false : type.IsDue }, schedule => schedule with
            {
                LastStartedAt = isFirst ? now.Wall : schedule.LastStartedAt,
                LastRunStartedAt = now.Wall,
                NextAt = isFirst ? type.NextAfter(now.Wall) : schedule.NextAt,
            });
        }
        else
        {
            turn.Put(type with { ActiveDetection = detection.Id });
        }

        return detection;
    }

    private static void StartWaiting(Turn turn, RequestId id)
    {
        if (turn.State.Detections[id] is not { IsSent: false, IsOpen: true } detection)
        {
            return;
        }

        var type = turn.JobType(detection.JobType);
        if (HoldOn(turn.State, detection, turn.Now) is { } hold)
        {
            if (detection.Message != hold.Text)
            {
                turn.Put(detection with { Stage = hold.Code == Hold.LockCode ? "waiting_for_lock" : "waiting", Message = hold.Text });
            }

            return;
        }

        if (DetectorChoice.For(turn.State, type, detection) is not { } session)
        {
            DetectionTransitions.Finish(turn, detection, DetectionStatus.Failed, $"no detector worker available for job_type={type.Name}{(detection.ForWorker is { } only ? $": {only} is not there any more" : "")}");
            return;
        }

        turn.Put(detection with { Worker = session.Worker, Session = session.Id, Stage = "", Message = "" });
        turn.Put(session with { HeldDetections = session.HeldDetections + 1, LastDetected = turn.Now.Stamp });
        turn.Send(session.Id, new Outbound.RunDetection(
            detection.Id,
            type.Name,
            detection.Sequence,
            RuntimePolicy.Overlay(type.Config?.Runtime, type.Descriptor?.RuntimeDefaults),
            DispatchFields.WithoutSettings(type.Descriptor, detection.Override?.AdminValues ?? FormDefaults.Admin(type.Descriptor, type.Config?.AdminValues ?? ConfigValues.Empty)),
            detection.Override?.WorkerValues ?? FormDefaults.Worker(type.Descriptor, type.Config?.WorkerValues ?? ConfigValues.Empty),
            (detection.Cluster ?? ClusterContext.Empty).FilledFrom(turn.State.Cluster.Context).Stamped(),
            LastRun(type),
            detection.MaxResults));
        turn.Log(DetectionTransitions.Line(type.Name, detection.Id, session.Worker, "detector", "requested", $"asked {session.Worker} to detect") with
        { Details = ConfigValues.Empty.With("max_results", new ConfigValue.Int64(detection.MaxResults)) });
    }

    private static DateTimeOffset? LastRun(JobType type) =>
        type.Rules.ErrorsCountAsRuns && (type.Schedule.LastSuccessAt is null || type.Schedule.LastErrorAt > type.Schedule.LastSuccessAt)
            ? type.Schedule.LastErrorAt
            : type.Schedule.LastSuccessAt;
}
