using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// What pages show: sorted and counted once per publish, sliced by every circuit. Arrays are never changed; one whose
/// source did not change is the same array as before, so a page can compare references.
/// </summary>
public sealed record ReadModel
{
    public static readonly ReadModel Empty = new();

    public DateTimeOffset At { get; init; }

    public Totals Totals { get; init; } = new();

    /// <summary>Weight descending, then name.</summary>
    public ImmutableArray<JobTypeView> JobTypes { get; init; } = [];

    /// <summary>Trouble first, then by id.</summary>
    public ImmutableArray<WorkerView> Workers { get; init; } = [];

    /// <summary>Assigned and Running, longest first; at most 1,000.</summary>
    public ImmutableArray<JobView> Active { get; init; } = [];

    /// <summary>Newest first, over all types; at most 200.</summary>
    public ImmutableArray<Job> RecentEnded { get; init; } = [];

    /// <summary>Those of all types, newest first; at most 50 of each.</summary>
    public ImmutableArray<Detection> Detections { get; init; } = [];

    /// <summary>What workers are labelled with, <c>key:value</c>, sorted; at most 100.</summary>
    public ImmutableArray<string> WorkerLabels { get; init; } = [];

    /// <summary>Versions that workers say, sorted; at most 100.</summary>
    public ImmutableArray<string> WorkerVersions { get; init; } = [];

    /// <summary>Newest first; at most 1,000.</summary>
    public ImmutableArray<Activity> Activities { get; init; } = [];

    /// <summary>Over all types.</summary>
    public TypeNumbers Numbers { get; init; } = TypeNumbers.Empty;

    public ActivityCounts ActivityCounts { get; init; } = ActivityCounts.Empty;

    /// <summary>By lane: what ended in it.</summary>
    public ImmutableSortedDictionary<string, TypeNumbers> LaneNumbers { get; init; } = ImmutableSortedDictionary.Create<string, TypeNumbers>(StringComparer.Ordinal);

    /// <summary>Connected or not, those with most to do first; at most 50.</summary>
    public ImmutableArray<WorkerView> Busiest { get; init; } = [];

    /// <summary>The latest first; at most 200.</summary>
    public ImmutableArray<FailureGroup> Failures { get; init; } = [];

    /// <summary>Who was sent away lately, newest first; at most 20.</summary>
    public ImmutableArray<RefusedHello> RefusedHellos { get; init; } = [];

    /// <summary>In the order of the settings.</summary>
    public ImmutableArray<LaneView> Lanes { get; init; } = [];

    /// <summary>The scheduler stands still for all job types; null = it runs.</summary>
    public SchedulerPause? Pause { get; init; }

    /// <summary>What is kept, and whether people changed it.</summary>
    public RetentionView Retention { get; init; } = RetentionView.Empty;

    /// <summary>Job types that people put away, by name.</summary>
    public ImmutableArray<ArchivedType> Archived { get; init; } = [];

    public HostHealth Host { get; init; } = HostHealth.Good;

    public ClusterState Cluster { get; init; } = ClusterState.None;

    /// <summary>Bulk operations, newest first; at most 60.</summary>
    public ImmutableArray<BulkOperation> Operations { get; init; } = [];

    /// <summary>Schedules of jobs, the next to run first, those that run no more last, then by name; at most 1,000.</summary>
    public ImmutableArray<ScheduleView> Schedules { get; init; } = [];

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, SavedView> SavedViews { get; init; } = ImmutableSortedDictionary<string, SavedView>.Empty;

    public StoreHealth Store { get; init; } = StoreHealth.Good;

    public LaneView? Lane(string name) => Lanes.FirstOrDefault(lane => lane.Name == name);

    public WorkerView? Worker(WorkerId id) => Workers.FirstOrDefault(view => view.Worker.Id == id);

    /// <summary>By id, else by name.</summary>
    public ScheduleView? Schedule(string idOrName) =>
        Schedules.FirstOrDefault(view => view.Schedule.Id.Value == idOrName) ?? Schedules.FirstOrDefault(view => view.Schedule.Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase));

    public JobTypeView? JobType(string name) => JobTypes.FirstOrDefault(type => type.Name == name);
}

/// <summary>The store takes commits, or says why not and since when.</summary>
public sealed record StoreHealth(bool Writable, string Problem, DateTimeOffset? Since)
{
    public static readonly StoreHealth Good = new(true, "", null);
}

/// <summary>What is kept just now.</summary>
/// <param name="IsChanged">People changed it; false: as the admin was started with.</param>
public sealed record RetentionView(RetentionLimits Limits, bool IsChanged)
{
    public static readonly RetentionView Empty = new(new AdminOptions().Retention, false);

    /// <summary>The last one that a person made; null while nobody has.</summary>
    public RetentionChange? LastChange { get; init; }
}

/// <summary>A job type that a person put away: nothing of it is lost, and a worker that offers it brings it back.</summary>
public sealed record ArchivedType(string Name, string DisplayName, string Icon, DateTimeOffset At);

public sealed record JobCounts
{
    /// <summary>Pending, due, not blocked.</summary>
    public int Queued { get; init; }

    public int Scheduled { get; init; }

    public int Backoff { get; init; }

    public int Blocked { get; init; }

    public int Assigned { get; init; }

    public int Running { get; init; }

    /// <summary>Ended since the process started.</summary>
    public long Succeeded { get; init; }

    public long Failed { get; init; }

    public long Canceled { get; init; }

    public int Active => Assigned + Running;

    public int Pending => Queued + Scheduled + Backoff + Blocked;

    public int Open => Pending + Active;
}

public sealed record Totals
{
    public int WorkersHealthy { get; init; }

    public int WorkersUnhealthy { get; init; }

    public int WorkersDraining { get; init; }

    public int WorkersDisconnected { get; init; }

    public JobCounts Jobs { get; init; } = new();

    public string NextDetectionJobType { get; init; } = "";

    public DateTimeOffset? NextDetectionAt { get; init; }
}

/// <summary>A job and, while it waits, why.</summary>
public sealed record JobView(Job Job, Waiting? Waiting, int? QueuePosition)
{
    /// <summary>What it has come to by waiting, 0–100; of a job that does not wait its own.</summary>
    public int Priority { get; init; } = Job.Priority;
}

/// <summary>Why a job is not running: a stable code, a sentence that names the blocker, since when, until when if known.</summary>
/// <param name="Subject">
/// The blocker alone, for programs: a group (<c>group_limit</c>), a lane (<c>lane_busy</c>, <c>cluster_lock</c>), the job that goes first (<c>queued</c>),
/// the labels nobody has (<c>labels</c>), who pauses (<c>maintenance</c>), another admin; else the one worker it is about, or the job type. Empty: there is none.
/// </param>
/// <param name="Since">
/// When this reason began to hold the job, as far as it can be told: when the blocker came, where the admin knows that, but never before the job itself
/// began to wait (<c>not_before</c>: was submitted; <c>backoff</c>: its attempt ended; else it became due). It is worked out when somebody looks.
/// Of slots, limits, groups and places in the queue (<c>no_free_slot</c>, <c>type_limit</c>, <c>worker_limit</c>, <c>group_limit</c>, <c>gate</c>,
/// <c>queued</c>) it is when the job became due: they are taken and left many times while it waits, and nobody keeps when each was last free.
/// </param>
public sealed record Waiting(string Code, string Text, DateTimeOffset Since, DateTimeOffset? Until, string Subject = "");

public sealed record JobTypeView
{
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public string Description { get; init; } = "";

    public string Icon { get; init; } = "";

    public int Weight { get; init; }

    public Descriptor? Descriptor { get; init; }

    /// <summary>The descriptor under which the config was last saved, or that a person has seen.</summary>
    public Descriptor? KnownForms { get; init; }

    /// <summary>When the descriptor came.</summary>
    public DateTimeOffset? DescribedAt { get; init; }

    /// <summary>How the forms changed since a person has seen them, what asks for a decision first.</summary>
    public ImmutableArray<SchemaChange> FormChanges { get; init; } = [];

    public ConfigDocument? Config { get; init; }

    public RuntimePolicy Policy { get; init; } = RuntimePolicy.Disabled;

    public DispatchSettings Dispatch { get; init; } = DispatchSettings.Default;

    public JobCounts Counts { get; init; } = new();

    public TypeRules Rules { get; init; } = TypeRules.Default;

    public Timetable Timetable { get; init; } = Timetable.None;

    /// <summary>Why its scheduled work does not start just now; null when nothing but workers and limits is in the way.</summary>
    public Hold? Hold { get; init; }

    /// <summary>idle, due, waiting_for_lock, waiting, detecting, executing, paused, disabled.</summary>
    public string Phase { get; init; } = "idle";

    public string Paused { get; init; } = "";

    public string PausedBy { get; init; } = "";

    public DateTimeOffset? PausedAt { get; init; }

    public DateTimeOffset? PausedUntil { get; init; }

    public bool IsPaused { get; init; }

    public bool DetectorAvailable { get; init; }

    public int ExecutorCount { get; init; }

    /// <summary>Jobs of it that may be at work at once: its limit, or what the workers that are there may take.</summary>
    public int EffectiveLimit { get; init; }

    /// <summary>Jobs of it that would start just now if enough of them waited.</summary>
    public int RoomNow { get; init; }

    /// <summary>Connected workers that offer it.</summary>
    public ImmutableArray<WorkerId> Workers { get; init; } = [];

    public bool CanDetect { get; init; }

    public DateTimeOffset? NextDetectionAt { get; init; }

    public WorkerId? Detector { get; init; }

    public DateTimeOffset? LastStartedAt { get; init; }

    public DateTimeOffset? LastCompletedAt { get; init; }

    /// <summary>success, error, timeout, skipped, or empty.</summary>
    public string LastStatus { get; init; } = "";

    /// <summary>The last run, with the jobs of its detection.</summary>
    public DateTimeOffset? LastRunStartedAt { get; init; }

    public DateTimeOffset? LastRunCompletedAt { get; init; }

    public string LastRunStatus { get; init; } = "";

    public int LastFound { get; init; }

    public string LastError { get; init; } = "";

    /// <summary>Newest first; open ones included; at most 50.</summary>
    public ImmutableArray<Detection> Detections { get; init; } = [];

    /// <summary>Active jobs, then waiting ones in dispatch order; at most 500.</summary>
    public ImmutableArray<JobView> Queue { get; init; } = [];

    /// <summary>Newest first; at most 100.</summary>
    public ImmutableArray<Job> RecentEnded { get; init; } = [];

    public TypeNumbers Numbers { get; init; } = TypeNumbers.Empty;

    /// <summary>When it was put together; what time alone changes is at most five seconds old.</summary>
    public DateTimeOffset LookedAt { get; init; }

    /// <summary>What became of what its detections found; null when none ran that could queue jobs.</summary>
    public Funnel? Funnel { get; init; }
}

/// <summary>A lane, who is in it and whose turn it is.</summary>
public sealed record LaneView(LaneRules Rules, LaneTurn Turn, ImmutableArray<string> JobTypes)
{
    public string Name => Rules.Name;

    /// <summary>Somebody changed it, or made it.</summary>
    public bool IsChanged { get; init; }

    public bool IsShipped { get; init; }
}

public sealed record WorkerView
{
    public required Worker Worker { get; init; }

    /// <summary>Null while disconnected.</summary>
    public Session? Session { get; init; }

    /// <summary>What it holds, longest first; of one that went away, what it may come back with.</summary>
    public ImmutableArray<Job> Running { get; init; } = [];

    public int ExecutionUsed { get; init; }

    public int ExecutionTotal { get; init; }

    public int DetectionUsed { get; init; }

    public int DetectionTotal { get; init; }

    /// <summary>How often it is expected to beat: as asked, or a foreign worker's own rhythm; null while disconnected.</summary>
    public TimeSpan? BeatEvery { get; init; }

    public WorkerNumbers Numbers { get; init; } = WorkerNumbers.Empty;
}
