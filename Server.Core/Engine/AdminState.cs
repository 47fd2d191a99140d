using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>
/// Everything that can still change, immutable. A job leaves it with the commit that ends it; the finished past is read
/// from the store.
/// </summary>
public sealed record AdminState
{
    public static readonly AdminState Empty = new();

    public ImmutableDictionary<WorkerId, Worker> Workers { get; init; } = ImmutableDictionary<WorkerId, Worker>.Empty;

    public ImmutableDictionary<SessionId, Session> Sessions { get; init; } = ImmutableDictionary<SessionId, Session>.Empty;

    public ImmutableSortedDictionary<string, JobType> JobTypes { get; init; } =
        ImmutableSortedDictionary.Create<string, JobType>(StringComparer.Ordinal);

    public ImmutableDictionary<JobId, Job> Jobs { get; init; } = ImmutableDictionary<JobId, Job>.Empty;

    /// <summary>Open detections, and ended ones whose jobs have not all ended.</summary>
    public ImmutableDictionary<RequestId, Detection> Detections { get; init; } = ImmutableDictionary<RequestId, Detection>.Empty;

    /// <summary>When something is due, earliest first.</summary>
    public ImmutableSortedSet<Appointment> Agenda { get; init; } = [];

    /// <summary>Newest last; at most 1,000.</summary>
    public ImmutableQueue<Activity> Activities { get; init; } = [];

    public int ActivityCount { get; init; }

    public long LastActivity { get; init; }

    public EndingLog Endings { get; init; } = EndingLog.Empty;

    /// <summary>Who was sent away lately, newest first; at most 20. Not stored.</summary>
    public ImmutableArray<RefusedHello> RefusedHellos { get; init; } = [];

    /// <summary>Failures people do not want to be shown, by fingerprint, and until when.</summary>
    public ImmutableDictionary<string, DateTimeOffset> Muted { get; init; } = ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>Idempotency keys.</summary>
    public SubmitKeys SubmitKeys { get; init; } = SubmitKeys.Empty;

    /// <summary>Groups with members that have not ended.</summary>
    public GroupIndex Groups { get; init; } = GroupIndex.Empty;

    /// <summary>How fast whoever submits. Not stored.</summary>
    public SubmitPace SubmitPace { get; init; } = SubmitPace.Empty;

    public long LastDetectionSequence { get; init; }

    public LaneBook Lanes { get; init; } = LaneBook.Empty;

    public ClusterState Cluster { get; init; } = ClusterState.None;

    /// <summary>The scheduler stands still for all job types; null = it runs.</summary>
    public SchedulerPause? Pause { get; init; }

    /// <summary>What people changed of what is kept; null: as the admin was started with.</summary>
    public RetentionLimits? Retention { get; init; }

    public RetentionChange? RetentionChange { get; init; }

    /// <summary>Bulk operations, newest first; the ended ones among them bounded.</summary>
    public ImmutableArray<BulkOperation> Operations { get; init; } = [];

    /// <summary>Saved views of the list of jobs, by name.</summary>
    public ImmutableSortedDictionary<string, SavedView> SavedViews { get; init; } = ImmutableSortedDictionary.Create<string, SavedView>(StringComparer.Ordinal);

    /// <summary>Schedules of jobs, and which of their jobs are open.</summary>
    public ScheduleBook Schedules { get; init; } = ScheduleBook.Empty;

    public StoreHealth Store { get; init; } = StoreHealth.Good;

    public RetentionLimits RetentionOf(AdminOptions options) => Retention ?? options.Retention;

    /// <summary>The job type, or a new one that nothing is known of yet.</summary>
    public JobType JobType(string name) => JobTypes.GetValueOrDefault(name) ?? new JobType { Name = name, Rules = Lanes.Settings.Of(name) };
}
