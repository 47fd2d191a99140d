using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>State → what pages show. Parts whose source is the same as at the last publish are taken over as they are. Publisher's thread only.</summary>
/// <param name="options">What the engine judges workers by.</param>
public sealed class ReadModelBuilder(AdminOptions? options = null)
{
    private const int QueueShown = Needs.Looked;
    private const int ActiveShown = 1000;
    private const int EndedShown = 200;

    private const int BusiestShown = 50;
    private const int WordsOffered = 100;

    private readonly AdminOptions _options = options ?? new AdminOptions();
    private readonly NumbersBook _numbers = new();
    private AdminState _state = AdminState.Empty;
    private ReadModel _model = ReadModel.Empty;
    private int _looked;
    private DateTimeOffset _cell;

    /// <summary>When it began to count; what ended before comes from the store.</summary>
    public DateTimeOffset? StartedAt => _numbers.StartedAt;

    /// <summary>The oldest activity that it counted; those before come from the store.</summary>
    public long FirstActivity => _numbers.FirstActivity;

    public ReadModel Build(AdminState state, Now now, HostHealth? host = null)
    {
        _numbers.Take(state, now.Wall);
        if (++_looked % 600 == 0)
        {
            _numbers.Keep(state);
        }

        var types = JobTypes(state, now);
        var totals = Totals(state, types);
        var workers = Workers(state, now);
        var numbers = _numbers.All(totals.Jobs, now.Wall);
        var model = new ReadModel
        {
            At = now.Wall,
            Totals = totals,
            JobTypes = types,
            Workers = workers,
            Busiest = workers == _model.Workers ? _model.Busiest : Busiest(workers),
            Active = ReferenceEquals(state.Jobs, _state.Jobs) ? _model.Active : Active(state),
            RecentEnded = ReferenceEquals(state.JobTypes, _state.JobTypes) ? _model.RecentEnded : RecentEnded(types),
            Detections = Detections(types),
            WorkerLabels = ReferenceEquals(state.Workers, _state.Workers) ? _model.WorkerLabels
                : Sorted(state.Workers.Values.SelectMany(worker => worker.Labels).Where(label => label.Key != "worker_id").Select(label => $"{label.Key}:{label.Value}"), _model.WorkerLabels),
            WorkerVersions = ReferenceEquals(state.Workers, _state.Workers) ? _model.WorkerVersions
                : Sorted(state.Workers.Values.Select(worker => worker.WorkerVersion).Where(version => version.Length > 0), _model.WorkerVersions),
            Activities = ReferenceEquals(state.Activities, _state.Activities) ? _model.Activities : [.. state.Activities.Reverse()],
            Numbers = numbers,
            ActivityCounts = _numbers.Activities(now.Wall),
            LaneNumbers = LaneNumbers(state, types, now),
            Failures = _numbers.Failures(state, now.Wall),
            RefusedHellos = state.RefusedHellos,
            Lanes = Lanes(state, types),
            Pause = state.Pause,
            Retention = new RetentionView(state.RetentionOf(_options), state.Retention is not null) { LastChange = state.RetentionChange },
            Archived = ReferenceEquals(state.JobTypes, _state.JobTypes) ? _model.Archived : Archived(state),
            Host = host ?? HostHealth.Good,
            Cluster = state.Cluster,
            Store = state.Store,
            Operations = state.Operations,
            Schedules = ReferenceEquals(state.Schedules, _state.Schedules) && ReferenceEquals(state.Pause, _state.Pause) ? _model.Schedules : ScheduleView.All(state.Schedules, state.Pause, _model.Schedules),
            SavedViews = state.SavedViews,
        };
        (_state, _model) = (state, model);
        return model;
    }

    /// <summary>What the store remembers of the time before this process; see <see cref="NumbersBook"/>.</summary>
    public void Refill(IReadOnlyList<Job> newestFirst, DateTimeOffset since, Now now) => _numbers.Refill(newestFirst, since, now.Wall, name => _state.JobType(name).Rules.Lane);

    /// <summary>What the store knows of activities before <see cref="FirstActivity"/>.</summary>
    public void Refill(IEnumerable<ActivityTally> activities, DateTimeOffset since) => _numbers.Refill(activities, since);

    private ImmutableArray<JobTypeView> JobTypes(AdminState state, Now now)
    {
        var known = _model.JobTypes.ToDictionary(view => view.Name, StringComparer.Ordinal);
        var unchanged = ReferenceEquals(state.Jobs, _state.Jobs) && ReferenceEquals(state.Lanes, _state.Lanes) && ReferenceEquals(state.Cluster, _state.Cluster) && ReferenceEquals(state.Pause, _state.Pause) && ReferenceEquals(state.Workers, _state.Workers)
            && ReferenceEquals(state.Detections, _state.Detections);
        ImmutableArray<JobTypeView> types =
        [
            .. state.JobTypes.Values
                .Where(type => type.Schedule.ArchivedAt is null)
                .Select(type => View(state, type, known.GetValueOrDefault(type.Name), unchanged && ReferenceEquals(type, _state.JobTypes.GetValueOrDefault(type.Name)), now))
                .OrderByDescending(view => view.Weight)
                .ThenBy(view => view.Name, StringComparer.Ordinal),
        ];
        return types.Length == _model.JobTypes.Length && types.Zip(_model.JobTypes).All(pair => ReferenceEquals(pair.First, pair.Second)) ? _model.JobTypes : types;
    }

    private JobTypeView View(AdminState state, JobType type, JobTypeView? before, bool unchanged, Now now)
    {
        var numbers = _numbers.Type(type.Name, type.Counts, now.Wall);
        return !unchanged || before is null || now.Wall - before.LookedAt >= TypeBook.Fast ? View(state, type, before, now) with { Numbers = numbers, LookedAt = now.Wall }
            : ReferenceEquals(before.Numbers, numbers) ? before
            : before with { Numbers = numbers };
    }

    private JobTypeView View(AdminState state, JobType type, JobTypeView? before, Now now)
    {
        var workers = type.Executors.Union(type.Detectors).Select(id => state.Sessions[id].Worker).Order().ToImmutableArray();
        var offers = workers.Select(id => state.Workers[id].Capabilities[type.Name]).ToList();
        var named = offers.Where(offer => offer.DisplayName.Length > 0).OrderByDescending(offer => offer.Weight).FirstOrDefault();
        var same = ReferenceEquals(type, _state.JobTypes.GetValueOrDefault(type.Name)) ? before : null;
        return new JobTypeView
        {
            Name = type.Name,
            DisplayName = Or(type.Descriptor?.DisplayName, Or(named?.DisplayName, type.Name)),
            Description = Or(type.Descriptor?.Description, named?.Description ?? ""),
            Icon = type.Descriptor?.Icon ?? "",
            Weight = offers.Select(offer => offer.Weight).DefaultIfEmpty(type.Schedule.Weight).Max(),
            Descriptor = type.Descriptor,
            KnownForms = type.KnownForms,
            DescribedAt = type.DescribedAt,
            FormChanges = before is not null && ReferenceEquals(before.KnownForms, type.KnownForms) && ReferenceEquals(before.Descriptor, type.Descriptor) && ReferenceEquals(before.Config, type.Config)
                ? before.FormChanges
                : SchemaChanges.Between(type.KnownForms, type.Descriptor, type.Config),
            Config = type.Config,
            Policy = type.Policy,
            Dispatch = type.Dispatch,
            Counts = type.Counts,
            Rules = type.Rules,
            Timetable = type.Timetable,
            Hold = HoldOf(state, type, now),
            Phase = PhaseOf(state, type, now),
            IsPaused = type.IsPaused,
            Paused = type.Schedule.PausedReason,
            PausedBy = type.PausedBy,
            PausedAt = type.Schedule.PausedAt,
            PausedUntil = type.Schedule.PausedUntil,
            DetectorAvailable = type.Detectors.Length > 0,
            ExecutorCount = type.Executors.Length,
            EffectiveLimit = DispatchPlanner.EffectiveLimit(state, type),
            RoomNow = DispatchPlanner.RoomNow(state, type, now),
            Workers = workers,
            CanDetect = type.Detectors.Length > 0 || type.Schedule.Detects,
            NextDetectionAt = DetectionSchedule.IsScheduled(type) && !type.IsPaused ? type.Schedule.NextAt : null,
            Detector = type.ActiveDetection is { } active ? state.Detections[active].Worker : type.Detector,
            LastStartedAt = type.Schedule.LastStartedAt,
            LastCompletedAt = type.Schedule.LastCompletedAt,
            LastStatus = type.Schedule.LastStatus,
            LastRunStartedAt = type.Schedule.LastRunStartedAt,
            LastRunCompletedAt = type.Schedule.LastRunCompletedAt,
            LastRunStatus = type.Schedule.LastRunStatus,
            LastFound = type.Schedule.LastFound,
            LastError = type.Schedule.LastError,
            Detections = Detections(state, type),
            Queue = Queue(state, type, now),
            RecentEnded = same?.RecentEnded ?? [.. type.RecentEnded.Reverse()],
            Funnel = Funnel.From(Detections(state, type), now.Wall),
        };
    }

    /// <summary>Only while it would do something if it could.</summary>
    private static Hold? HoldOf(AdminState state, JobType type, Now now) =>
        type.IsPaused ? null
        : type.ActiveDetection is { } id && !state.Detections[id].IsSent ? DetectionStarts.HoldOn(state, state.Detections[id], now)
        : type.IsDue ? Holds.OnDetection(state, type, scheduled: true, now)
        : type.Counts.Queued == 0 ? null
        : type.Ready.Count > type.Asked.Count ? Holds.OnDetectedJobs(state, type, now) : Holds.OnAskedJobs(state, type);

    private ImmutableArray<ArchivedType> Archived(AdminState state)
    {
        ImmutableArray<ArchivedType> archived =
        [
            .. state.JobTypes.Values
                .Where(type => type.Schedule.ArchivedAt is not null)
                .Select(type => new ArchivedType(type.Name, Or(type.Descriptor?.DisplayName, type.Name), type.Descriptor?.Icon ?? "", type.Schedule.ArchivedAt!.Value)),
        ];
        return archived.SequenceEqual(_model.Archived) ? _model.Archived : archived;
    }

    private ImmutableSortedDictionary<string, TypeNumbers> LaneNumbers(AdminState state, ImmutableArray<JobTypeView> types, Now now)
    {
        var numbers = _model.LaneNumbers;
        foreach (var lane in state.Lanes.Settings.Lanes)
        {
            var counts = types.Where(type => type.Rules.Lane == lane.Name).Aggregate(new JobCounts(), (sum, type) => sum with { Queued = sum.Queued + type.Counts.Queued, Assigned = sum.Assigned + type.Counts.Active });
            var fresh = _numbers.Lane(lane.Name, counts, now.Wall);
            numbers = ReferenceEquals(numbers.GetValueOrDefault(lane.Name), fresh) ? numbers : numbers.SetItem(lane.Name, fresh);
        }

        return numbers;
    }

    private ImmutableArray<LaneView> Lanes(AdminState state, ImmutableArray<JobTypeView> types)
    {
        if (ReferenceEquals(state.Lanes, _state.Lanes) && types.Length == _model.JobTypes.Length)
        {
            return _model.Lanes;
        }

        var settings = state.Lanes.Settings;
        return
        [
            .. settings.Lanes.Select(lane => new LaneView(
                lane,
                state.Lanes.TurnOf(lane.Name),
                [.. settings.Types.Where(pair => pair.Value.Lane == lane.Name).Select(pair => pair.Key).Union(types.Where(type => type.Rules.Lane == lane.Name).Select(type => type.Name)).Order(StringComparer.Ordinal)])
            { IsChanged = state.Lanes.Changes.Lanes.ContainsKey(lane.Name), IsShipped = state.Lanes.Shipped.Find(lane.Name) is not null }),
        ];
    }

    private static string PhaseOf(AdminState state, JobType type, Now now) =>
        type.ActiveDetection is { } id ? state.Detections[id] is { IsSent: false, Stage.Length: > 0 } held ? held.Stage : "detecting"
        : type.IsPaused ? "paused"
        : type.Counts.Active > 0 ? "executing"
        : !type.Policy.Enabled && type.Detectors.Length > 0 ? "disabled"
        : type.Schedule.NextAt <= now.Wall && DetectionSchedule.IsScheduled(type) ? "due"
        : "idle";

    private static ImmutableArray<Detection> Detections(AdminState state, JobType type)
    {
        var open = state.Detections.Values.Where(detection => detection.JobType == type.Name).OrderByDescending(detection => detection.StartedAt).ToList();
        return open.Count == 0 ? type.RecentDetections : [.. open.Concat(type.RecentDetections).Take(50)];
    }

    private static ImmutableArray<JobView> Queue(AdminState state, JobType type, Now now)
    {
        var queue = ImmutableArray.CreateBuilder<JobView>();
        foreach (var job in type.Active.Select(id => state.Jobs[id]).OrderBy(job => job.Attempt!.SentAt).ThenBy(job => job.Id))
        {
            queue.Add(new JobView(job, null, null));
        }

        var position = 1;
        var reasons = new WaitingReasons(state, now);
        foreach (var entry in type.Ready.Take(QueueShown))
        {
            var job = state.Jobs[entry.Job];
            var waiting = reasons.Of(job);
            queue.Add(new JobView(job, waiting, position++) { Priority = Ageing.Effective(job, type.Dispatch.AgeingPerMinute, now.Wall) });
        }

        foreach (var entry in type.Later.Take(QueueShown - Math.Min(QueueShown, position - 1)))
        {
            var job = state.Jobs[entry.Job];
            queue.Add(new JobView(job, WaitingReason.For(state, type, job, now), null));
        }

        return queue.ToImmutable();
    }

    private ImmutableArray<Detection> Detections(ImmutableArray<JobTypeView> types)
    {
        var known = types.SelectMany(type => type.Detections);
        return known.SequenceEqual(_model.JobTypes.SelectMany(type => type.Detections), ReferenceEqualityComparer.Instance) ? _model.Detections : [.. known.OrderByDescending(detection => detection.StartedAt)];
    }

    /// <summary>Each once, as many as are offered to choose from; the same array while they are the same.</summary>
    private static ImmutableArray<string> Sorted(IEnumerable<string> words, ImmutableArray<string> before)
    {
        ImmutableArray<string> sorted = [.. words.Distinct().Order(StringComparer.Ordinal).Take(WordsOffered)];
        return sorted.SequenceEqual(before) ? before : sorted;
    }

    private static ImmutableArray<JobView> Active(AdminState state) =>
    [
        .. state.JobTypes.Values
            .SelectMany(type => type.Active)
            .Select(id => state.Jobs[id])
            .OrderBy(job => job.Attempt!.SentAt)
            .ThenBy(job => job.Id)
            .Take(ActiveShown)
            .Select(job => new JobView(job, null, null)),
    ];

    private static ImmutableArray<Job> RecentEnded(ImmutableArray<JobTypeView> types) =>
        [.. types.SelectMany(type => type.RecentEnded).OrderByDescending(job => job.CompletedAt).Take(EndedShown)];

    private ImmutableArray<WorkerView> Workers(AdminState state, Now now)
    {
        var cell = now.Wall.AddTicks(-(now.Wall.UtcTicks % WorkerNumbers.CellWidth.Ticks));
        if (cell == _cell && ReferenceEquals(state.Workers, _state.Workers) && ReferenceEquals(state.Sessions, _state.Sessions) && ReferenceEquals(state.Jobs, _state.Jobs))
        {
            return _model.Workers;
        }

        _cell = cell;
        var awaited = state.JobTypes.Values.SelectMany(type => type.Active).Select(id => state.Jobs[id]).Where(job => job.Phase == JobPhase.Reconnecting).ToLookup(job => job.Attempt!.Worker);
        return
        [
            .. state.Workers.Values
                .Select(worker => View(state, worker, awaited))
                .Select(view => view with { Numbers = _numbers.Worker(view, now.Wall) })
                .OrderByDescending(Trouble)
                .ThenBy(view => view.Worker.Id),
        ];
    }

    /// <summary>Those at work on most, then those that were busiest of late, then those that had something to do at all.</summary>
    private static ImmutableArray<WorkerView> Busiest(ImmutableArray<WorkerView> workers) =>
    [
        .. workers
            .Select(view => (View: view, Mean: view.Numbers.Mean(60)))
            .OrderByDescending(pair => pair.View.Running.Length)
            .ThenByDescending(pair => pair.Mean)
            .ThenByDescending(pair => pair.View.Session is not null)
            .ThenBy(pair => pair.View.Worker.Id)
            .Take(BusiestShown)
            .Select(pair => pair.View),
    ];

    /// <summary>Who is gone with work at hand is missed; who is gone without is not.</summary>
    private static int Trouble(WorkerView view) => view.Worker switch
    {
        { Conflict: not null } => 5,
        { Health: WorkerHealth.Disconnected } when !view.Running.IsEmpty => 4,
        { Health: WorkerHealth.Unhealthy } => 3,
        { IgnoresCancel: true } => 2,
        { Health: WorkerHealth.Disconnected } => -1,
        { Draining: true } => 1,
        _ => 0,
    };

    /// <param name="awaited">Jobs whose worker went away and may come back with them.</param>
    private WorkerView View(AdminState state, Worker worker, ILookup<WorkerId, Job> awaited)
    {
        if (worker.Session is not { } id || !state.Sessions.TryGetValue(id, out var session))
        {
            return new WorkerView { Worker = worker, Running = worker.Session is null && awaited.Contains(worker.Id) ? [.. awaited[worker.Id].OrderBy(job => job.Attempt!.SentAt)] : [] };
        }

        return new WorkerView
        {
            Worker = worker,
            Session = session,
            BeatEvery = SessionDeadlines.Interval(session, _options),
            Running = [.. session.Held.Values.Select(job => state.Jobs.GetValueOrDefault(job)).OfType<Job>().OrderBy(job => job.Attempt!.SentAt)],
            ExecutionUsed = session.Held.Count + session.ForeignExecutions,
            ExecutionTotal = DispatchPlanner.TotalSlots(session, worker),
            DetectionUsed = Math.Max(session.HeldDetections, session.Heartbeat?.DetectionSlotsUsed ?? 0),
            DetectionTotal = session.Heartbeat is { DetectionSlotsTotal: > 0 } beat
                ? beat.DetectionSlotsTotal
                : worker.Capabilities.Values.Where(capability => capability.CanDetect).Select(capability => Math.Max(1, capability.MaxDetections)).DefaultIfEmpty(0).Max(),
        };
    }

    private static Totals Totals(AdminState state, ImmutableArray<JobTypeView> types)
    {
        var jobs = new JobCounts();
        JobTypeView? next = null;
        foreach (var type in types)
        {
            var counts = type.Counts;
            jobs = new JobCounts
            {
                Queued = jobs.Queued + counts.Queued,
                Scheduled = jobs.Scheduled + counts.Scheduled,
                Backoff = jobs.Backoff + counts.Backoff,
                Blocked = jobs.Blocked + counts.Blocked,
                Assigned = jobs.Assigned + counts.Assigned,
                Running = jobs.Running + counts.Running,
                Succeeded = jobs.Succeeded + counts.Succeeded,
                Failed = jobs.Failed + counts.Failed,
                Canceled = jobs.Canceled + counts.Canceled,
            };
            if (type.NextDetectionAt is { } at && (next is null || at < next.NextDetectionAt))
            {
                next = type;
            }
        }

        var workers = state.Workers.Values.ToList();
        return new Totals
        {
            WorkersHealthy = workers.Count(worker => worker is { Health: WorkerHealth.Healthy, Draining: false }),
            WorkersUnhealthy = workers.Count(worker => worker.Health == WorkerHealth.Unhealthy),
            WorkersDraining = workers.Count(worker => worker is { Draining: true, Health: not WorkerHealth.Disconnected }),
            WorkersDisconnected = workers.Count(worker => worker.Health == WorkerHealth.Disconnected),
            Jobs = jobs,
            NextDetectionJobType = next?.Name ?? "",
            NextDetectionAt = next?.NextDetectionAt,
        };
    }

    private static string Or(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;
}
