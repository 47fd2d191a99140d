using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Sessions;

/// <summary>Opens, resumes and ends sessions. Everything is keyed by session, never by worker id alone, so an old stream's end cannot touch a new session.</summary>
public static class SessionTransitions
{
    /// <summary>Ended sessions a worker keeps.</summary>
    private const int MostSessions = 20;

    /// <summary>
    /// Attempts of the worker that still wait for it: those it lists go on, the others have a short while to be claimed.
    /// What it lists and nobody counts on any more is to stop.
    /// </summary>
    public static void Resume(Turn turn, Session session, ImmutableArray<RunningWork> runningWork)
    {
        if (!session.CanResume)
        {
            return;
        }

        var listed = runningWork.Where(work => work.RequestId is not null).Select(work => work.RequestId!.Value).ToHashSet();
        var waiting = turn.State.Jobs.Values
            .Where(job => job.IsActive && job.Attempt is { GraceUntil: not null } attempt && attempt.Worker == session.Worker)
            .ToList();
        foreach (var job in waiting.Where(job => listed.Contains(job.Attempt!.RequestId)))
        {
            JobFlow.Apply(turn, job, new JobInput.Adopt(session.Id, session.Generation, session.InstanceId));
        }

        var held = turn.State.Sessions[session.Id].Held;
        foreach (var work in runningWork.Where(work => work.RequestId is { } request && !held.ContainsKey(request)))
        {
            turn.Send(session.Id, new Outbound.Cancel(
                work.RequestId!.Value, work.IsDetection ? WorkKind.Detection : WorkKind.Execution, "its lease was lost while the worker was away", Force: true));
        }

        if (waiting.Any(job => !listed.Contains(job.Attempt!.RequestId)))
        {
            turn.Put(turn.State.Sessions[session.Id] with { ClaimsUntil = turn.Now.Stamp + turn.Options.ClaimWindow });
        }
    }

    /// <summary>What a session's appointment may be about: silence, an unanswered question, unclaimed attempts.</summary>
    public static void Due(Turn turn, SessionId id)
    {
        if (turn.State.Sessions.GetValueOrDefault(id) is not { } session)
        {
            return;
        }

        var now = turn.Now;
        if (session.ClaimsUntil <= now.Stamp)
        {
            session = session with { ClaimsUntil = null };
            turn.Put(session);
            foreach (var job in turn.State.Jobs.Values.Where(job => job.IsActive && job.Attempt is { GraceUntil: not null } attempt && attempt.Worker == session.Worker).ToList())
            {
                JobFlow.Apply(turn, job, new JobInput.Lose("the worker came back without it"));
            }

            session = turn.State.Sessions[id];
        }

        if (session.SchemaDeadline <= now.Stamp)
        {
            SchemaTransitions.TimedOut(turn, session);
            session = turn.State.Sessions[id];
        }

        var worker = turn.State.Workers[session.Worker];
        var silence = now.Stamp - session.LastHeard;
        if (silence >= SessionDeadlines.LostAfter(session, turn.Options))
        {
            turn.Close(id, SessionEndCode.Silent, "nothing was heard for too long");
            End(turn, session, $"nothing was heard for {silence.TotalSeconds:0} s", silence);
            return;
        }

        if (worker.Health == WorkerHealth.Healthy && silence >= SessionDeadlines.UnhealthyAfter(session, turn.Options))
        {
            turn.Put(worker with { Health = WorkerHealth.Unhealthy });
            turn.Log(Line(worker, "unhealthy", $"heartbeats of {worker.Id} are missing", ActivitySeverity.Warning));
        }

        // Renews the appointment, now that its time has passed.
        turn.Put(session with { Cooling = [.. session.Cooling.Where(until => until > now.Stamp)], WakeAt = session.WakeAt });
    }

    /// <summary>
    /// The admin did not listen for a while, because it was starting or the store took no writes. Silence it caused itself is held
    /// against nobody: every session counts as heard, every absent worker gets its grace anew.
    /// </summary>
    public static void ListenAgain(Turn turn)
    {
        foreach (var session in turn.State.Sessions.Values)
        {
            turn.Put(session with { LastHeard = turn.Now.Stamp });
        }

        foreach (var job in turn.State.Jobs.Values.Where(job => job.IsActive && job.Attempt!.GraceUntil is not null))
        {
            turn.Put(job with { Attempt = job.Attempt! with { GraceUntil = turn.Now.Stamp + turn.Options.ResumeGrace } });
        }
    }

    /// <summary>
    /// The stream is over. Its leases die at once, or after the grace when the worker can resume; of which the silence
    /// that was already waited for is a part.
    /// </summary>
    public static void End(Turn turn, Session session, string reason, TimeSpan waited = default)
    {
        var now = turn.Now;
        turn.Remove(turn.State.Sessions[session.Id]);
        foreach (var name in turn.State.Workers[session.Worker].Capabilities.Keys)
        {
            var type = turn.JobType(name);
            turn.Put(type with
            {
                Executors = type.Executors.Remove(session.Id),
                Detectors = type.Detectors.Remove(session.Id),
                Detector = type.Detector == session.Worker ? null : type.Detector,
            });
        }

        var worker = turn.State.Workers[session.Worker];
        if (worker.Session == session.Id)
        {
            turn.Put(worker with
            {
                Sessions = [new PastSession(session.Generation, session.RemoteAddress, session.ConnectedAt, now.Wall, reason), .. worker.Sessions.Take(MostSessions - 1)],
                Session = null,
                Health = WorkerHealth.Disconnected,
                DisconnectedAt = now.Wall,
                DisconnectReason = reason,
                LastSeenAt = now.Wall,
            });
            turn.Log(Line(worker, "disconnected", $"{worker.Id} disconnected: {reason}", ActivitySeverity.Warning));
        }

        foreach (var detection in turn.State.Detections.Values.Where(detection => detection.IsOpen && detection.Session == session.Id).ToList())
        {
            DetectionTransitions.DetectorLost(turn, detection, "the detector's stream ended");
        }

        var grace = session.CanResume ? turn.Options.ResumeGrace - waited : TimeSpan.Zero;
        foreach (var id in session.Held.Values)
        {
            if (turn.State.Jobs.GetValueOrDefault(id) is { } job && job.Attempt?.Session == session.Id)
            {
                JobFlow.Apply(turn, job, new JobInput.SessionLost(grace));
            }
        }
    }

    internal static Activity Line(Worker worker, string stage, string message, ActivitySeverity severity) => new()
    {
        Sequence = 0,
        At = default,
        Source = "admin",
        Stage = stage,
        Message = message,
        Severity = severity,
        Worker = worker.Id,
    };
}
