using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>A worker appears, beats, drains, is forgotten.</summary>
public static class WorkerTransitions
{
    private static readonly ImmutableHashSet<string> KnownExtensions = ["log", "ack", "resume", "ping", "drain"];

    private static readonly TimeSpan ConflictShown = TimeSpan.FromMinutes(2);

    /// <summary>Two processes that replace each other more often than this a minute are slowed down to one replacement per pause.</summary>
    private const int MostReplacements = 3;
    private static readonly TimeSpan ReplacementPause = TimeSpan.FromSeconds(10);

    public static void Greeted(Turn turn, WorkerInput.Hello hello)
    {
        if (turn.State.Sessions.GetValueOrDefault(hello.Session) is { } same)
        {
            Described(turn, same, hello);
            return;
        }

        if (AdmissionTransitions.Refuses(turn, hello))
        {
            return;
        }

        var now = turn.Now;
        var known = turn.State.Workers.GetValueOrDefault(hello.Worker);
        var replacements = Rival(turn, known, hello) is { } rival ? rival.Replacements.RemoveAll(at => now.Stamp - at > TimeSpan.FromMinutes(1)) : [];
        if (replacements.Length > MostReplacements && now.Stamp - replacements[^1] < ReplacementPause)
        {
            var why = $"two processes use the worker id {hello.Worker} and replace each other; give each its own id";
            turn.Close(hello.Session, SessionEndCode.Refused, why);
            RefusedHello.Note(turn, hello.Worker.Value, hello.RemoteAddress, why);
            return;
        }

        var conflict = Replace(turn, known, hello);
        var extensions = Agreed(hello.Metadata);
        var worker = (turn.State.Workers.GetValueOrDefault(hello.Worker) ?? new Worker { Id = hello.Worker, FirstSeenAt = now.Wall }) with
        {
            Address = hello.Address,
            InstanceId = hello.InstanceId,
            WorkerVersion = hello.WorkerVersion,
            ProtocolVersion = hello.ProtocolVersion,
            Metadata = hello.Metadata,
            Labels = LabelsOf(hello),
            Session = hello.Session,
            Generation = (known?.Generation ?? 0) + 1,
            Health = WorkerHealth.Healthy,
            ConnectedAt = now.Wall,
            LastSeenAt = now.Wall,
            DisconnectedAt = null,
            DisconnectReason = "",
            Conflict = conflict,
            IgnoresCancel = false,
        };
        turn.Put(worker);
        var session = new Session
        {
            Id = hello.Session,
            Worker = hello.Worker,
            InstanceId = hello.InstanceId,
            Generation = worker.Generation,
            RemoteAddress = hello.RemoteAddress,
            ConnectedAt = now.Wall,
            Extensions = extensions,
            LastHeard = now.Stamp,
            Replacements = conflict?.Since == now.Wall ? replacements.Add(now.Stamp) : [],
        };
        turn.Put(session);
        turn.Send(session.Id, new Outbound.Hello("plugin connected", turn.Options.HeartbeatInterval, turn.Options.ReconnectDelay, [.. extensions.Order(StringComparer.Ordinal)]));
        turn.Log(SessionTransitions.Line(worker, "connected", $"{worker.Id} connected from {hello.RemoteAddress}", ActivitySeverity.Good));
        if (worker.Draining && extensions.Contains("drain"))
        {
            turn.Send(session.Id, new Outbound.Drain(true, "draining"));
        }

        Described(turn, session, hello);
        SessionTransitions.Resume(turn, turn.State.Sessions[session.Id], hello.RunningWork);
    }

    public static void Beat(Turn turn, Session session, Heartbeat beat)
    {
        var now = turn.Now;
        var gap = session.HeartbeatStamp is { } last ? now.Stamp - last : TimeSpan.Zero;
        var revoked = session.Revoked.IsEmpty ? session.Revoked : session.Revoked.RemoveRange(session.Revoked.Keys.Except(Strange(session, beat).Select(work => new JobId(work.WorkId))));
        turn.Put(session with
        {
            Heartbeat = beat,
            HeartbeatStamp = now.Stamp,
            Rhythm = gap > session.Rhythm ? gap : session.Rhythm,
            ForeignExecutions = ForeignExecutions(session, beat),
            Revoked = revoked,
            EndedLately = [],
            Cooling = [],
            CapacityPauseUntil = HasRoom(session, beat) ? null : session.CapacityPauseUntil,
        });
        if (turn.State.Workers[session.Worker] is { Conflict: { } conflict } worker && now.Wall - conflict.Since >= ConflictShown)
        {
            turn.Put(worker with { Conflict = null });
        }

        Judge(turn, turn.State.Workers[session.Worker], revoked.Values.Any(since => now.Stamp - since >= turn.Options.CancelGrace));
        ForgottenWork.Check(turn, session.Id, beat);
    }

    /// <summary>Marks a worker that goes on with what was taken from it; its slot stays counted as long as it does.</summary>
    private static void Judge(Turn turn, Worker worker, bool ignoresCancel)
    {
        if (worker.IgnoresCancel == ignoresCancel)
        {
            return;
        }

        turn.Put(worker with { IgnoresCancel = ignoresCancel });
        turn.Log(ignoresCancel
            ? SessionTransitions.Line(worker, "ignores_cancel", $"{worker.Id} goes on with a job that was canceled", ActivitySeverity.Bad)
            : SessionTransitions.Line(worker, "followed_cancel", $"{worker.Id} stopped what was canceled", ActivitySeverity.Good));
    }

    /// <summary>Any message is a sign of life.</summary>
    public static void Heard(Turn turn, Session session)
    {
        turn.Put(session with { LastHeard = turn.Now.Stamp });
        var worker = turn.State.Workers[session.Worker];
        if (worker.Health == WorkerHealth.Unhealthy)
        {
            turn.Put(worker with { Health = WorkerHealth.Healthy, LastSeenAt = turn.Now.Wall });
            turn.Log(SessionTransitions.Line(worker, "healthy", $"{worker.Id} is heard again", ActivitySeverity.Good));
        }
    }

    public static Reply<Worker> Drain(Turn turn, DrainWorker command)
    {
        if (turn.State.Workers.GetValueOrDefault(command.Worker) is not { } worker)
        {
            return new Refusal(RefusalCode.NotFound, $"worker {command.Worker} is not known");
        }

        if (SubmitRules.Reason(command.Reason) is { } odd)
        {
            return odd;
        }

        var drained = worker with { Draining = command.Enabled, DrainingSince = command.Enabled ? worker.DrainingSince ?? turn.Now.Wall : null };
        turn.Put(drained);
        if (worker.Session is { } id && turn.State.Sessions[id].Extensions.Contains("drain"))
        {
            turn.Send(id, new Outbound.Drain(command.Enabled, command.Reason));
        }

        turn.Log(SessionTransitions.Line(worker, command.Enabled ? "draining" : "undrained", command.Enabled ? $"{worker.Id} takes no new work" : $"{worker.Id} takes work again", ActivitySeverity.Normal)
            with
        { Source = "person", Actor = command.By.Name });
        return drained;
    }

    public static Reply<Worker> Forget(Turn turn, ForgetWorker command)
    {
        if (turn.State.Workers.GetValueOrDefault(command.Worker) is not { } worker)
        {
            return new Refusal(RefusalCode.NotFound, $"worker {command.Worker} is not known");
        }

        if (worker.Session is not null)
        {
            return new Refusal(RefusalCode.WrongState, $"worker {command.Worker} is connected; only disconnected workers can be forgotten");
        }

        turn.Remove(worker);
        return worker;
    }

    /// <summary>Identity and capabilities of a hello; a later hello on the same stream replaces them.</summary>
    private static void Described(Turn turn, Session session, WorkerInput.Hello hello)
    {
        var worker = turn.State.Workers[session.Worker];
        var capabilities = hello.Capabilities
            .GroupBy(capability => capability.JobType, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        foreach (var gone in worker.Capabilities.Keys.Except(capabilities.Keys))
        {
            var type = turn.JobType(gone);
            turn.Put(type with { Executors = type.Executors.Remove(session.Id), Detectors = type.Detectors.Remove(session.Id) });
        }

        turn.Put(worker with { Capabilities = capabilities, Metadata = hello.Metadata, Labels = LabelsOf(hello) });
        if (hello.Skipped > 0)
        {
            turn.Log(SessionTransitions.Line(worker, "capabilities", $"{hello.Skipped} capabilities of {worker.Id} were left out: a job type has 1 to 64 of A-Z a-z 0-9 _ . -", ActivitySeverity.Warning));
        }

        foreach (var capability in capabilities.Values)
        {
            var type = turn.JobType(capability.JobType);
            turn.Put(type with
            {
                Executors = With(type.Executors, session.Id, capability.CanExecute),
                Detectors = With(type.Detectors, session.Id, capability.CanDetect),
            });
            Remember(turn, turn.JobType(capability.JobType));
            JobTypeRemoval.Offered(turn, turn.JobType(capability.JobType));
            SchemaTransitions.Scheduled(turn, capability.JobType);
        }

        SchemaTransitions.Fetch(turn, session.Id, capabilities.Values.Where(capability => capability.CanDetect || capability.CanExecute).Select(capability => capability.JobType));
    }

    /// <summary>What a type is like stays known when all who offer it are away, also after a restart.</summary>
    private static void Remember(Turn turn, JobType type)
    {
        var weight = type.Executors.Union(type.Detectors).Max(id => (int?)turn.State.Workers[turn.State.Sessions[id].Worker].Capabilities[type.Name].Weight) ?? type.Schedule.Weight;
        var detects = turn.State.Workers.Values.Any(worker => worker.Capabilities.GetValueOrDefault(type.Name)?.CanDetect == true);
        if ((weight, detects) != (type.Schedule.Weight, type.Schedule.Detects))
        {
            turn.Put(type, schedule => schedule with { Weight = weight, Detects = detects });
        }
    }

    /// <summary>The newest session of an id wins; two that are both alive are a conflict for people to solve.</summary>
    private static WorkerConflict? Replace(Turn turn, Worker? known, WorkerInput.Hello hello)
    {
        var now = turn.Now;
        var standing = known?.Conflict is { } shown && now.Wall - shown.Since < ConflictShown ? shown : null;
        if (known?.Session is not { } oldId || turn.State.Sessions.GetValueOrDefault(oldId) is not { } old)
        {
            return standing;
        }

        var bothAlive = Rival(turn, known, hello) is not null;
        turn.Close(old.Id, SessionEndCode.Replaced, $"replaced: worker id {hello.Worker} connected from {hello.RemoteAddress}");
        SessionTransitions.End(turn, old, $"replaced by a newer session from {hello.RemoteAddress}");
        if (!bothAlive)
        {
            return standing;
        }

        turn.Log(SessionTransitions.Line(known, "conflict", $"two processes use the worker id {hello.Worker}: {old.RemoteAddress} and {hello.RemoteAddress}; the newest wins. Give each its own id", ActivitySeverity.Bad));
        return new WorkerConflict(now.Wall, old.RemoteAddress, old.InstanceId, hello.RemoteAddress, hello.InstanceId, (standing?.Replacements ?? 0) + 1);
    }

    /// <summary>The live session of another process with the same id; null when there is none.</summary>
    private static Session? Rival(Turn turn, Worker? known, WorkerInput.Hello hello) =>
        known?.Session is { } id && turn.State.Sessions.GetValueOrDefault(id) is { } old && old.InstanceId != hello.InstanceId
        && turn.Now.Stamp - old.LastHeard < SessionDeadlines.UnhealthyAfter(old, turn.Options)
            ? old
            : null;

    private static ImmutableHashSet<string> Agreed(ImmutableSortedDictionary<string, string> metadata) =>
        metadata.TryGetValue("extensions", out var asked)
            ? KnownExtensions.Intersect(asked.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            : [];

    /// <summary>What a supervisor says of the process it started, and cannot be told otherwise by a label of the same name.</summary>
    private static readonly string[] Placed = ["pool", "bundle"];

    private static ImmutableSortedDictionary<string, string> LabelsOf(WorkerInput.Hello hello) => hello.Metadata
        .Where(pair => pair.Key.StartsWith("label.", StringComparison.Ordinal))
        .Select(pair => KeyValuePair.Create(pair.Key["label.".Length..], pair.Value))
        .Concat(hello.Metadata.Where(pair => Placed.Contains(pair.Key) && pair.Value.Length > 0))
        .Append(KeyValuePair.Create("worker_id", hello.Worker.Value))
        .GroupBy(pair => pair.Key, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);

    private static ImmutableArray<SessionId> With(ImmutableArray<SessionId> sessions, SessionId id, bool present) =>
        present == sessions.Contains(id) ? sessions : present ? sessions.Add(id) : sessions.Remove(id);

    /// <summary>Slots used by work that is not ours: what the heartbeat lists and we neither hold nor have just seen end.</summary>
    private static int ForeignExecutions(Session session, Heartbeat beat)
    {
        if (beat.RunningWork.All(work => work.IsDetection))
        {
            return Math.Max(0, beat.ExecutionSlotsUsed - session.Held.Count - session.EndedLately.Count);
        }

        return Strange(session, beat).Count(work => !session.EndedLately.Contains(work.WorkId));
    }

    /// <summary>Executions a heartbeat lists that the session does not hold.</summary>
    private static IEnumerable<RunningWork> Strange(Session session, Heartbeat beat)
    {
        var ours = session.Held.Values.Select(job => job.Value).ToHashSet(StringComparer.Ordinal);
        return beat.RunningWork.Where(work => !work.IsDetection && !ours.Contains(work.WorkId) && (work.RequestId is not { } request || !session.Held.ContainsKey(request)));
    }

    private static bool HasRoom(Session session, Heartbeat beat) =>
        beat.ExecutionSlotsTotal == 0 || Math.Max(beat.ExecutionSlotsUsed, session.Held.Count) < beat.ExecutionSlotsTotal;
}
