using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>A fact to persist. A commit applies a list of them, in order, all or none.</summary>
public abstract record Change
{
    private Change() { }

    /// <summary>False: may wait for the next commit that has to be made anyway.</summary>
    public virtual bool IsUrgent => true;

    /// <summary>The job's row, inserted or replaced; payload and result only when they are new.</summary>
    public sealed record JobSaved(Job Job, JobPayload? Payload, JobResult? Result) : Change;

    /// <summary>The attempt's row, by job and request id.</summary>
    public sealed record AttemptSaved(JobId Job, Attempt Attempt) : Change;

    public sealed record WorkerSaved(Worker Worker) : Change;

    public sealed record WorkerForgotten(WorkerId Worker) : Change;

    /// <summary>An ended job with everything kept of it.</summary>
    public sealed record JobForgotten(JobId Job) : Change;

    /// <summary>A job type with its ended jobs; the timeline stays.</summary>
    public sealed record JobTypeForgotten(string JobType) : Change;

    public sealed record DescriptorSaved(Descriptor Descriptor, DateTimeOffset At, WorkerId From) : Change;

    /// <summary>The forms that a config was saved under, or that a person has seen.</summary>
    public sealed record FormsKnown(Descriptor Forms) : Change;

    public sealed record ConfigSaved(ConfigDocument Config) : Change;

    public sealed record ScheduleSaved(string JobType, ScheduleRow Schedule) : Change;

    /// <summary>A schedule of jobs, inserted or replaced.</summary>
    public sealed record JobScheduleSaved(JobSchedule Schedule) : Change;

    public sealed record JobScheduleForgotten(ScheduleId Schedule) : Change;

    public sealed record DetectionSaved(Detection Detection) : Change;

    public sealed record ProposalsSaved(RequestId Detection, ImmutableArray<ProposalTrace> Proposals) : Change;

    public sealed record ActivityAdded(Activity Activity) : Change
    {
        public override bool IsUrgent => false;
    }

    public sealed record LanesSaved(LaneChanges Lanes) : Change;

    public sealed record SchedulerSaved(SchedulerPause? Pause) : Change;

    /// <summary>Null: as the admin is started with.</summary>
    public sealed record RetentionSaved(RetentionLimits? Limits, RetentionChange? Change = null) : Change;

    public sealed record ClusterSaved(ClusterSettings Cluster) : Change;

    public sealed record OperationSaved(BulkOperation Operation) : Change;

    public sealed record OperationForgotten(string Operation) : Change;

    public sealed record SavedViewsSaved(ImmutableSortedDictionary<string, SavedView> Views) : Change;

    /// <summary>A number that must survive a restart, such as the last detection sequence.</summary>
    public sealed record CounterSaved(string Name, long Value, bool Urgent = true) : Change
    {
        public override bool IsUrgent => Urgent;
    }

    /// <summary>Deletes a bounded number of rows that nobody keeps any more.</summary>
    public sealed record Pruned(RetentionLimits Limits, DateTimeOffset Now) : Change;
}

/// <summary>What a job type's schedule must remember across restarts.</summary>
public sealed record ScheduleRow(
    DateTimeOffset? NextAt,
    DateTimeOffset? LastStartedAt,
    DateTimeOffset? LastCompletedAt,
    string LastStatus,
    int LastFound,
    string LastError,
    DateTimeOffset? LastSuccessAt,
    string PausedReason,
    string PausedBy,
    DateTimeOffset? PausedAt,
    DateTimeOffset? PausedUntil)
{
    public static readonly ScheduleRow Empty = new(null, null, null, "", 0, "", null, "", "", null, null);

    /// <summary>When a job of the type last failed for good.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Null: by the interval of the config, at any time of the day.</summary>
    public Timetable? Timetable { get; init; }

    /// <summary>Put away by a person: not listed until a worker offers it again.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The last run: from the start of a detection until its jobs had ended, or its window was over.</summary>
    public DateTimeOffset? LastRunStartedAt { get; init; }

    public DateTimeOffset? LastRunCompletedAt { get; init; }

    /// <summary>success, error, timeout, skipped, or empty.</summary>
    public string LastRunStatus { get; init; } = "";

    /// <summary>As the workers offered it that were there last; while some are there, they say themselves.</summary>
    public int Weight { get; init; }

    /// <summary>A worker that is known could detect for it when one last came with it.</summary>
    public bool Detects { get; init; }
}

/// <summary>What is kept: by age and count, but never fewer than the last ten successes and ten errors of a job type.</summary>
public sealed record RetentionLimits(TimeSpan Jobs, int Activities, int DetectionsPerJobType, int ConfigVersions, int RunsKept = 10)
{
    /// <summary>Rows of a kind that one prune may delete.</summary>
    public const int Batch = 1000;

    /// <summary>Jobs that were submitted under a key stay this long after their end, so that the key does not bring a second one.</summary>
    public static readonly TimeSpan KeysKept = TimeSpan.FromHours(24);
}

/// <summary>Who last changed what is kept, when, and what was kept before.</summary>
public sealed record RetentionChange(DateTimeOffset At, string By, RetentionLimits Before);
