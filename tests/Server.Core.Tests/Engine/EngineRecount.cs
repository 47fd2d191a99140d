using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

/// <summary>Counts everything again from the jobs alone and compares: with what the engine keeps, and with what the store would give back.</summary>
internal sealed class EngineRecount(AdminHarness admin, Func<StoredState> stored)
{
    private static readonly AttemptOutcome[] GivenBack = [AttemptOutcome.AtCapacity, AttemptOutcome.NotSent, AttemptOutcome.Rejected];

    private readonly Dictionary<JobId, (JobState State, JobReason Reason, DateTimeOffset? At, int Attempts)> _ended = [];
    private readonly HashSet<RequestId> _sent = [];
    private readonly HashSet<(RequestId, WorkerId)> _successes = [];
    private Dictionary<(string, JobState), long> _before = [];
    private List<Job> _jobs = [];

    public static string Text(Job job) =>
        $"{job.Id} {job.JobType} {job.State}/{job.Phase} {job.Reason} attempts {job.Attempts} due {job.DueAt:O} wake {job.WakeAt} attempt {job.Attempt}";

    public void Reported(WorkerInput.Completed completion, string worker)
    {
        if (completion.Success)
        {
            _successes.Add((completion.RequestId, new WorkerId(worker)));
        }
    }

    /// <summary>Nothing is sent before it is durable, and nothing twice.</summary>
    public void Sent(Outbound message)
    {
        if (message is Outbound.ExecuteJob execute)
        {
            Assert.True(_sent.Add(execute.RequestId), $"{execute.RequestId} was sent twice");
            Assert.Contains(Record(execute.Job.Id)!.Attempts, attempt => attempt.RequestId == execute.RequestId);
        }
    }

    /// <summary>Counters of ended jobs start anew with each process.</summary>
    public void Restarting() => _before = Read().GroupBy(job => (job.JobType, job.State)).ToDictionary(group => group.Key, group => group.LongCount());

    public void Check(IReadOnlyList<JobId> submitted)
    {
        var state = admin.State;
        foreach (var type in state.JobTypes.Values)
        {
            CheckType(state, type);
        }

        Assert.Equal(
            state.Jobs.Values.Where(job => job.SubmitKey is not null).Select(job => (job.SubmitKey!.Value.Key, job.Id)).Order(), state.SubmitKeys.Open.Select(pair => (pair.Key.Key, pair.Value)).Order());
        CheckSessions(state);
        CheckAgenda(state);
        CheckDetections(state);
        CheckLanes(state);
        CheckStore(state, submitted);
    }

    public void CheckAllEnded(IReadOnlyList<JobId> submitted) =>
        Assert.All(submitted, id => Assert.True(Record(id)!.Job.IsTerminal, Text(Record(id)!.Job)));

    private static void CheckType(AdminState state, JobType type)
    {
        var jobs = state.Jobs.Values.Where(job => job.JobType == type.Name).ToList();
        JobCounts counted = new()
        {
            Queued = jobs.Count(job => job is { State: JobState.Pending, Phase: JobPhase.Queued }),
            Scheduled = jobs.Count(job => job.Phase == JobPhase.Scheduled),
            Backoff = jobs.Count(job => job.Phase == JobPhase.Backoff),
            Assigned = jobs.Count(job => job.State == JobState.Assigned),
            Running = jobs.Count(job => job.State == JobState.Running),
            Succeeded = type.Counts.Succeeded,
            Failed = type.Counts.Failed,
            Canceled = type.Counts.Canceled,
        };
        Assert.Equal(counted, type.Counts);
        Assert.Equal(jobs.Where(job => job is { State: JobState.Pending, Phase: JobPhase.Queued }).Select(Entry).Order().ToList(), type.Ready.ToList());
        Assert.Equal(jobs.Where(job => job is { State: JobState.Pending, Phase: JobPhase.Queued, IsAsked: true }).Select(Entry).Order().ToList(), type.Asked.ToList());
        Assert.Equal(jobs.Count(job => job.IsKeyless), type.KeylessOpen);
        Assert.Equal(jobs.Where(job => job.State == JobState.Pending && job.Phase != JobPhase.Queued).Select(job => job.Id).Order(), type.Later.Select(entry => entry.Job).Order());
        Assert.Equal(jobs.Where(job => job.IsActive).Select(job => job.Id).Order(), type.Active.Order());
        Assert.Equal(jobs.Select(job => (job.DedupeKey, job.Id)).Order(), type.Keys.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.True(type.Counts.Active <= type.Policy.GlobalConcurrency, $"{type.Name} runs {type.Counts.Active}");
        Assert.True(type.RecentCount == type.RecentEnded.Count() && type.RecentEnded.All(job => job.IsTerminal));

        static QueueEntry Entry(Job job) => new(job.Priority, job.DueAt, job.Id);
    }

    /// <summary>The one live lease of a job is with the session that holds it, and no session holds anything else.</summary>
    private static void CheckSessions(AdminState state)
    {
        var leases = state.Jobs.Values.Where(job => job.IsActive && job.Attempt!.GraceUntil is null)
            .Select(job => (job.Attempt!.Session, job.Attempt.RequestId, job.Id)).ToHashSet();
        Assert.True(leases.SetEquals(state.Sessions.Values.SelectMany(session => session.Held.Select(held => (session.Id, held.Key, held.Value)))));
        foreach (var session in state.Sessions.Values)
        {
            Assert.Equal(session.Id, state.Workers[session.Worker].Session);
            Assert.True(session.Held.Count <= ModelProcess.Slots, $"{session.Worker} holds {session.Held.Count}");
        }

        Assert.Equal(state.Sessions.Count, state.Workers.Values.Count(worker => worker.Session is not null));
    }

    /// <summary>Everything that can become due by itself is in the agenda, once, and nothing else is.</summary>
    private static void CheckAgenda(AdminState state)
    {
        var wakes = state.Jobs.Values.Where(job => job.WakeAt is not null).Select(job => new Appointment(job.WakeAt!.Value, AppointmentKind.JobDue, job.Id.Value))
            .Concat(state.Sessions.Values.Where(session => session.WakeAt is not null).Select(session => new Appointment(session.WakeAt!.Value, AppointmentKind.SessionDue, session.Id.ToString())))
            .Concat(state.JobTypes.Values.Where(type => type.WakeAt is not null).Select(type => new Appointment(type.WakeAt!.Value, AppointmentKind.JobTypeDue, type.Name)))
            .Concat(state.Detections.Values.Where(detection => detection.WakeAt is not null).Select(detection => new Appointment(detection.WakeAt!.Value, AppointmentKind.DetectionDeadline, detection.Id.Value)));
        Assert.Equal(wakes.Order().ToList(), state.Agenda.Where(at => at.Kind is not (AppointmentKind.LaneDue or AppointmentKind.LockDue)).ToList());
        Assert.All(state.Agenda.Where(at => at.Kind == AppointmentKind.LaneDue), at => Assert.Equal(at.At, state.Lanes.TurnOf(at.Subject).WakeAt));
        Assert.All(state.Agenda.Where(at => at.Kind == AppointmentKind.LockDue), at => Assert.Equal(at.At, state.Cluster.Lock.WakeAt));
        Assert.All(state.Jobs.Values, job => Assert.True(job is { State: JobState.Pending, Phase: JobPhase.Queued } || job.WakeAt is not null, $"nothing moves {Text(job)}"));
    }

    private static void CheckDetections(AdminState state)
    {
        foreach (var detection in state.Detections.Values)
        {
            Assert.Equal(state.Jobs.Values.Count(job => job.Detection == detection.Id), detection.Counts.Open);
            Assert.True(detection.IsOpen || detection.Counts.Open > 0, $"{detection.Id} never settles");
            Assert.True(!detection.IsOpen || state.JobTypes[detection.JobType].ActiveDetection == detection.Id);
            Assert.True(!detection.IsOpen || !detection.IsSent || state.Sessions.ContainsKey(detection.Session));
        }

        Assert.All(state.JobTypes.Values, type => Assert.True(type.ActiveDetection is null || state.Detections[type.ActiveDetection.Value].IsOpen));
        Assert.All(state.Sessions.Values, session => Assert.Equal(state.Detections.Values.Count(detection => detection.IsOpen && detection.Session == session.Id), session.HeldDetections));
    }

    /// <summary>Whoever works in a locked lane is counted as a holder, and the lock is wanted for as long.</summary>
    private static void CheckLanes(AdminState state)
    {
        var holders = state.JobTypes.Values.Where(type => Holds.NeedsLock(state, type))
            .Sum(type => type.Counts.Active + (type.ActiveDetection is { } id && state.Detections[id].IsSent ? 1 : 0));
        Assert.Equal(holders, state.Cluster.Lock.Holders);
        Assert.True(holders == 0 || state.Cluster.Lock.Phase is LockPhase.Taking or LockPhase.Held or LockPhase.Free, $"{holders} work while the lock is given back");
        Assert.All(state.Lanes.Turns.Values, turn => Assert.True(turn.JobType.Length == 0 || state.JobType(turn.JobType).Rules.Lane == turn.Lane));
    }

    private void CheckStore(AdminState state, IReadOnlyList<JobId> submitted)
    {
        var jobs = _jobs = Read();
        Assert.Empty(submitted.Except(jobs.Select(job => job.Id)));
        Assert.All(jobs.Where(job => job.IdempotencyKey.Length > 0).GroupBy(job => job.IdempotencyKey), twins => Assert.Single(twins));
        Assert.Equal(state.Jobs.Keys.Order(), jobs.Where(job => !job.IsTerminal).Select(job => job.Id).Order());
        foreach (var type in state.JobTypes.Values)
        {
            Assert.Equal(
                (Since((type.Name, JobState.Succeeded)), Since((type.Name, JobState.Failed)), Since((type.Name, JobState.Canceled))),
                (type.Counts.Succeeded, type.Counts.Failed, type.Counts.Canceled));
        }

        foreach (var job in jobs)
        {
            CheckAttempts(job);
            if (job.IsTerminal)
            {
                var end = (job.State, job.Reason, job.CompletedAt, job.Attempts);
                Assert.True(_ended.TryAdd(job.Id, end) || _ended[job.Id] == end, $"ended as {_ended[job.Id]}, now {Text(job)}");
            }
        }

        // What the next process would read is what this one knows.
        var loaded = stored();
        Assert.Equal(state.Jobs.Values.Select(Durable).Order(), loaded.OpenJobs.Select(Durable).Order());
        Assert.Equal(state.Workers.Values.Select(worker => (worker.Id, worker.Draining, worker.Generation)).Order(), loaded.Workers.Select(worker => (worker.Id, worker.Draining, worker.Generation)).Order());
        foreach (var type in loaded.JobTypes)
        {
            var live = state.JobTypes[type.Name];
            Assert.Equal(live.Config, type.Config);
            Assert.Equal(live.Schedule, type.Schedule ?? ScheduleRow.Empty);
        }

        Assert.Equal(
            state.Detections.Values.Where(detection => detection.Mode != DetectionMode.Test).Select(detection => (detection.Id.Value, detection.Status, detection.Counts.Open)).Order(),
            loaded.OpenDetections.Select(detection => (detection.Id.Value, detection.Status, detection.Counts.Open)).Order());
        Assert.Equal(state.LastDetectionSequence, loaded.Counters.GetValueOrDefault(Counters.DetectionSequence));
    }

    private void CheckAttempts(Job job)
    {
        var attempts = Record(job.Id)!.Attempts;
        Assert.Equal(job.IsActive ? 1 : 0, attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Open));
        Assert.Equal(job.Attempts, attempts.Count(attempt => !GivenBack.Contains(attempt.Outcome)));
        Assert.InRange(job.Attempts, 0, (job.RetryLimit ?? 1) + 1);
        Assert.True(job.State != JobState.Succeeded || _successes.Contains((job.Attempt!.RequestId, job.Attempt.Worker)), $"nobody reported the success of {Text(job)}");
    }

    private long Since((string, JobState State) key) =>
        _jobs.LongCount(job => job.JobType == key.Item1 && job.State == key.State) - _before.GetValueOrDefault(key);

    private List<Job> Read() =>
        [.. admin.Store.History.JobsAsync(new JobFilter { Limit = 500 }, CancellationToken.None).GetAwaiter().GetResult().Items];

    private JobRecord? Record(JobId id) => admin.Store.History.JobAsync(id, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>All that must survive. Progress is stored with the next transition only.</summary>
    private static string Durable(Job job) => string.Join(
        '|', job.Id, job.JobType, job.Origin, job.DedupeKey, job.Priority, job.Summary, job.CreatedAt, job.DueAt, job.ExpiresAt, job.Detection, job.SubmittedBy, job.State, job.Phase, job.Reason,
        job.Attempts, job.LostInARow, string.Join(',', job.RefusedBy), job.RetryLimit, job.AttemptTimeout, job.EstimatedRuntime, job.Deadline, job.RetryBackoff, job.IdempotencyKey, job.IdempotencyDigest, job.Attempt?.Number, job.Attempt?.RequestId, job.Attempt?.Worker,
        job.Attempt?.CanResume, job.Attempt?.SentAt, job.Attempt?.StartedAt, job.Attempt?.EndedAt, job.Attempt?.Outcome, job.Attempt?.Cancel, job.Attempt?.CancelReason);
}
