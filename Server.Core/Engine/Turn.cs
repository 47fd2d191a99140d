using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>
/// One round of the engine in the making: the state so far, what to persist and what to send once that is durable.
/// Transitions take a turn and change nothing else, so a step is a function of state, input and now. Engine thread only.
/// </summary>
public sealed class Turn(AdminState state, Now now, IdSource ids, AdminOptions options)
{
    private readonly List<Change> _changes = [];
    private readonly List<Effect> _effects = [];
    private readonly HashSet<string> _schedules = [];
    private readonly HashSet<RequestId> _detections = [];
    private readonly HashSet<ScheduleId> _jobSchedules = [];

    /// <summary>Where a turn stood before an input, to go back to when its step throws.</summary>
    public readonly record struct Mark(AdminState State, int Changes, int Effects);

    public AdminState State { get; private set; } = state;

    public Now Now { get; } = now;

    public IdSource Ids { get; } = ids;

    public AdminOptions Options { get; } = options;

    public IReadOnlyList<Effect> Effects => _effects;

    public Mark Here => new(State, _changes.Count, _effects.Count);

    public void BackTo(Mark mark)
    {
        State = mark.State;
        _changes.RemoveRange(mark.Changes, _changes.Count - mark.Changes);
        _effects.RemoveRange(mark.Effects, _effects.Count - mark.Effects);
    }

    public void Save(Change change) => _changes.Add(change);

    public void Send(SessionId session, Outbound message) => _effects.Add(new Effect.Send(session, message));

    public void Lock(bool wanted) => _effects.Add(new Effect.Lock(wanted));

    public void Close(SessionId session, SessionEndCode code, string text) =>
        _effects.Add(new Effect.Close(session, new SessionEnd(code, text)));

    /// <summary>Everything to persist; a row that changed often in this turn is written once, as it stands now.</summary>
    public List<Change> CollectChanges()
    {
        foreach (var name in _schedules)
        {
            if (State.JobTypes.TryGetValue(name, out var type))
            {
                _changes.Add(new Change.ScheduleSaved(name, type.Schedule));
            }
        }

        foreach (var id in _detections)
        {
            if (State.Detections.TryGetValue(id, out var detection))
            {
                _changes.Add(new Change.DetectionSaved(detection));
            }
        }

        foreach (var id in _jobSchedules)
        {
            if (State.Schedules.All.TryGetValue(id, out var schedule))
            {
                _changes.Add(new Change.JobScheduleSaved(schedule));
            }
        }

        _schedules.Clear();
        _detections.Clear();
        _jobSchedules.Clear();
        return ChangeList.Merged(_changes);
    }

    public void Log(Activity activity)
    {
        var sequence = State.LastActivity + 1;
        var kept = activity with { Sequence = sequence, At = activity.At == default ? Now.Wall : activity.At };
        State = ActivityLog.Append(State, kept);
        Save(new Change.ActivityAdded(kept));
    }

    public JobType JobType(string name) => State.JobType(name);

    public void Put(JobType type)
    {
        var before = State.JobTypes.GetValueOrDefault(type.Name);
        var wake = DetectionSchedule.NextWake(type, Now);
        var agenda = Moved(before?.WakeAt, wake, AppointmentKind.JobTypeDue, type.Name);
        State = State with { JobTypes = State.JobTypes.SetItem(type.Name, type with { WakeAt = wake }), Agenda = agenda };
    }

    public void Put(JobType type, Func<ScheduleRow, ScheduleRow> schedule)
    {
        Put(type with { Schedule = schedule(type.Schedule) });
        _schedules.Add(type.Name);
    }

    public void Put(Worker worker, bool save = true)
    {
        State = State with { Workers = State.Workers.SetItem(worker.Id, worker) };
        if (save)
        {
            Save(new Change.WorkerSaved(worker));
        }
    }

    public void Remove(Worker worker)
    {
        State = State with { Workers = State.Workers.Remove(worker.Id) };
        Save(new Change.WorkerForgotten(worker.Id));
    }

    public void Put(Session session)
    {
        var before = State.Sessions.GetValueOrDefault(session.Id);
        var wake = SessionDeadlines.Next(session, State.Workers[session.Worker].Health, Options, Now);

        // Every message moves the silence deadline; an appointment that is merely too early renews itself when it comes.
        if (before?.WakeAt is { } standing && wake >= standing && standing > Now.Stamp)
        {
            wake = standing;
        }

        var agenda = Moved(before?.WakeAt, wake, AppointmentKind.SessionDue, session.Id.ToString());
        State = State with { Sessions = State.Sessions.SetItem(session.Id, session with { WakeAt = wake }), Agenda = agenda };
    }

    public void Remove(Session session)
    {
        var agenda = Moved(session.WakeAt, null, AppointmentKind.SessionDue, session.Id.ToString());
        State = State with { Sessions = State.Sessions.Remove(session.Id), Agenda = agenda };
    }

    public void Put(Detection detection)
    {
        var before = State.Detections.GetValueOrDefault(detection.Id);
        var wake = DetectionTransitions.NextWake(detection, Now);
        var agenda = Moved(before?.WakeAt, wake, AppointmentKind.DetectionDeadline, detection.Id.Value);
        State = State with { Detections = State.Detections.SetItem(detection.Id, detection with { WakeAt = wake }), Agenda = agenda };
        if (detection.Mode != DetectionMode.Test)
        {
            _detections.Add(detection.Id);
        }
    }

    /// <summary>The detection and all its jobs have ended: it becomes part of its type's history.</summary>
    public void Settle(Detection detection)
    {
        var settled = detection with { SettledAt = Now.Wall, SeenKeys = [], Override = null };
        var agenda = Moved(detection.WakeAt, null, AppointmentKind.DetectionDeadline, detection.Id.Value);
        State = State with { Detections = State.Detections.Remove(detection.Id), Agenda = agenda };
        if (detection.Mode != DetectionMode.Test)
        {
            Save(new Change.DetectionSaved(settled));
        }

        var type = JobType(detection.JobType);
        Put(type with { RecentDetections = [settled, .. type.RecentDetections.Take(49)] });
    }

    public void Remove(JobType type)
    {
        var agenda = Moved(type.WakeAt, null, AppointmentKind.JobTypeDue, type.Name);
        State = State with { JobTypes = State.JobTypes.Remove(type.Name), Agenda = agenda, SubmitKeys = State.SubmitKeys.Without(job => job.JobType == type.Name) };
        _schedules.Remove(type.Name);
        Save(new Change.JobTypeForgotten(type.Name));
    }

    public void Put(BulkOperation operation, bool save = true)
    {
        var place = State.Operations.IndexOf(State.Operations.FirstOrDefault(known => known.Id == operation.Id)!);
        var all = place < 0 ? State.Operations.Insert(0, operation) : State.Operations.SetItem(place, operation);
        var ended = all.Where(known => !known.IsOpen).Skip(OperationTransitions.Kept).ToList();
        State = State with { Operations = all.RemoveRange(ended) };
        if (save)
        {
            Save(new Change.OperationSaved(operation));
        }

        foreach (var old in ended)
        {
            Save(new Change.OperationForgotten(old.Id));
        }
    }

    public void Put(ImmutableSortedDictionary<string, SavedView> views) => State = State with { SavedViews = views };

    public void Put(JobSchedule schedule, bool save = true)
    {
        var before = State.Schedules.All.GetValueOrDefault(schedule.Id);
        var wake = ScheduleRules.NextWake(schedule, !State.Schedules.OpenOf(schedule.Id).IsEmpty, State.Pause, Now);
        State = State with
        {
            Schedules = State.Schedules.With(schedule with { WakeAt = wake }),
            Agenda = Moved(before?.WakeAt, wake, AppointmentKind.ScheduleDue, schedule.Id.Value),
        };
        if (save)
        {
            _jobSchedules.Add(schedule.Id);
        }
    }

    public void Remove(JobSchedule schedule)
    {
        var agenda = Moved(schedule.WakeAt, null, AppointmentKind.ScheduleDue, schedule.Id.Value);
        State = State with { Schedules = State.Schedules.Without(schedule.Id), Agenda = agenda };
        _jobSchedules.Remove(schedule.Id);
        Save(new Change.JobScheduleForgotten(schedule.Id));
    }

    public void Put(LaneBook lanes) => State = State with { Lanes = lanes };

    public void Put(LaneTurn lane)
    {
        var before = State.Lanes.Turns.GetValueOrDefault(lane.Lane);
        var wake = LaneTransitions.NextWake(lane, Options, Now);
        State = State with
        {
            Lanes = State.Lanes with { Turns = State.Lanes.Turns.SetItem(lane.Lane, lane with { WakeAt = wake }) },
            Agenda = Moved(before?.WakeAt, wake, AppointmentKind.LaneDue, lane.Lane),
        };
    }

    public void Remove(LaneTurn lane) => State = State with
    {
        Lanes = State.Lanes with { Turns = State.Lanes.Turns.Remove(lane.Lane) },
        Agenda = Moved(lane.WakeAt, null, AppointmentKind.LaneDue, lane.Lane),
    };

    /// <summary>Null: the scheduler runs.</summary>
    public void Put(SchedulerPause? pause)
    {
        State = State with
        {
            Pause = pause,
            Agenda = Moved(StampOf(State.Pause), StampOf(pause), AppointmentKind.SchedulerDue, ""),
        };
        RearmSchedules();

        static TimeSpan? StampOf(SchedulerPause? pause) => pause?.WakeAt;
    }

    /// <summary>Null: as the admin was started with.</summary>
    public void Put(RetentionLimits? limits, RetentionChange change) => State = State with { Retention = limits, RetentionChange = change };

    public void Put(ClusterState cluster) => State = State with { Cluster = cluster };

    public void Put(ClusterLock cluster)
    {
        var wake = LockTransitions.NextWake(cluster);
        State = State with
        {
            Cluster = State.Cluster with { Lock = cluster with { WakeAt = wake } },
            Agenda = Moved(State.Cluster.Lock.WakeAt, wake, AppointmentKind.LockDue, ""),
        };
    }

    /// <summary>An appointment whose only purpose was a round at its time.</summary>
    public void Forget(Appointment came)
    {
        State = State with { Agenda = State.Agenda.Remove(came) };
        if (came.Kind == AppointmentKind.LaneDue)
        {
            // It may have come early: instants beyond the horizon are looked at again and again.
            Put(State.Lanes.TurnOf(came.Subject));
        }
    }

    /// <summary>A new version of a job, with all indexes that follow from it. Persisting is the caller's choice.</summary>
    public void Put(Job job) => State = JobIndex.Replace(State, job, Now);

    /// <summary>Jobs that were not there before, with their indexes.</summary>
    public void PutRange(IReadOnlyList<Job> jobs) => State = JobIndex.AddRange(State, jobs, Now);

    /// <summary>For whoever counts what happens.</summary>
    public void Note(Job job, Attempt? ended) => State = State with { Endings = State.Endings.With(Now.Wall, job, ended) };

    public void Put(SubmitPace pace) => State = ReferenceEquals(pace, State.SubmitPace) ? State : State with { SubmitPace = pace };

    public void Put(SubmitKeys keys) => State = State with { SubmitKeys = keys };

    public void Put(ImmutableArray<RefusedHello> refused) => State = State with { RefusedHellos = refused };

    /// <param name="until">Null: shown again.</param>
    public void Mute(string fingerprint, DateTimeOffset? until)
    {
        State = State with { Muted = until is { } at ? State.Muted.SetItem(fingerprint, at) : State.Muted.Remove(fingerprint) };
        Save(new Change.CounterSaved(Counters.Muted + fingerprint, until?.UtcTicks ?? 0));
    }

    public void CountDetectionSequence(long sequence)
    {
        State = State with { LastDetectionSequence = sequence };
        Save(new Change.CounterSaved(Counters.DetectionSequence, sequence));
    }

    /// <summary>Looked at too early: the appointment is made anew.</summary>
    public void Rearm(Job job) => State = JobIndex.Rearm(State, job, Now);

    /// <summary>After a jump of the wall clock: appointments that people's dates decide are made anew.</summary>
    public void Rearm()
    {
        foreach (var job in State.Jobs.Values.Where(job => job.State == JobState.Pending || job.Deadline is not null))
        {
            State = JobIndex.Rearm(State, job, Now);
        }

        foreach (var type in State.JobTypes.Values)
        {
            Put(type);
        }

        RearmSchedules();
    }

    public void Report(Views.StoreHealth health) => State = State with { Store = health };

    internal void Start(AdminState loaded) => State = loaded;

    private void RearmSchedules()
    {
        foreach (var schedule in State.Schedules.All.Values)
        {
            Put(schedule, save: false);
        }
    }

    private ImmutableSortedSet<Appointment> Moved(TimeSpan? from, TimeSpan? to, AppointmentKind kind, string subject)
    {
        if (from == to)
        {
            return State.Agenda;
        }

        var agenda = from is { } old ? State.Agenda.Remove(new Appointment(old, kind, subject)) : State.Agenda;
        return to is { } at ? agenda.Add(new Appointment(at, kind, subject)) : agenda;
    }
}

/// <summary>Numbers that survive a restart.</summary>
public static class Counters
{
    public const string DetectionSequence = "detection_sequence";
    public const string LastActivity = "last_activity";

    /// <summary>Before a fingerprint: until when it is muted, in ticks of UTC; 0 = not any more.</summary>
    public const string Muted = "muted:";
}
