using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.JobTypes;

/// <summary>A named capability with its contract, config, schedule and queue.</summary>
public sealed record JobType
{
    public required string Name { get; init; }

    public Descriptor? Descriptor { get; init; }

    /// <summary>The descriptor under which the config was last saved, or that a person has seen; null = not known.</summary>
    public Descriptor? KnownForms { get; init; }

    /// <summary>When its descriptor came.</summary>
    public DateTimeOffset? DescribedAt { get; init; }

    /// <summary>Whose descriptor it is; the worker may have left since. Of an imported one who imported it.</summary>
    public WorkerId? DescribedBy { get; init; }

    public ConfigDocument? Config { get; init; }

    public RuntimePolicy Policy { get; init; } = RuntimePolicy.Disabled;

    public ScheduleRow Schedule { get; init; } = ScheduleRow.Empty;

    public TypeRules Rules { get; init; } = TypeRules.Default;

    /// <summary>What counts, by the config and by fields of the form; worked out when either changes.</summary>
    public DispatchSettings Dispatch { get; init; } = DispatchSettings.Default;

    public BalanceMemory Balance { get; init; } = BalanceMemory.Empty;

    public Timetable Timetable => Schedule.Timetable ?? Timetable.None;

    /// <summary>When the detection after one that starts at that instant is due.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset start) => Timetable.NextAfter(start, Policy.DetectionInterval);

    /// <summary>By its field <c>dispatch_paused</c>; worked out as <see cref="Dispatch"/> is.</summary>
    public bool PausedByForm { get; init; }

    public bool IsPaused => PausedByForm || Schedule.PausedAt is not null;

    /// <summary>Empty: nobody.</summary>
    public string PausedBy => PausedByForm ? "its admin form" : Schedule.PausedBy;

    /// <summary>The open detection that holds the detector role.</summary>
    public RequestId? ActiveDetection { get; init; }

    /// <summary>Detectors that are still to be asked, one after the other; null: none. Not stored: a restart begins with a new round.</summary>
    public DetectionRound? Round { get; init; }

    /// <summary>Prefers this worker for the next detection; cleared when it failed or left.</summary>
    public WorkerId? Detector { get; init; }

    /// <summary>Detections in a row that ended because the detector or the admin went away.</summary>
    public int Interruptions { get; init; }

    /// <summary>A detection is due and starts as soon as a detector is there and nothing holds it back.</summary>
    public bool IsDue { get; init; }

    /// <summary>Stamp of its appointment in the agenda.</summary>
    public TimeSpan? WakeAt { get; init; }

    /// <summary>Live sessions that can execute it, and those that can detect for it.</summary>
    public ImmutableArray<SessionId> Executors { get; init; } = [];

    public ImmutableArray<SessionId> Detectors { get; init; } = [];

    /// <summary>Due jobs in dispatch order.</summary>
    public ImmutableSortedSet<QueueEntry> Ready { get; init; } = [];

    /// <summary>Those of <see cref="Ready"/> that somebody asked for: they pass by the turns of a lane.</summary>
    public ImmutableSortedSet<QueueEntry> Asked { get; init; } = [];

    /// <summary>Waiting jobs that are not due yet, earliest first.</summary>
    public ImmutableSortedSet<QueueEntry> Later { get; init; } = [];

    /// <summary>Assigned and Running.</summary>
    public ImmutableHashSet<JobId> Active { get; init; } = [];

    /// <summary>Open jobs by dedupe key.</summary>
    public ImmutableDictionary<string, JobId> Keys { get; init; } = ImmutableDictionary.Create<string, JobId>(StringComparer.Ordinal);

    /// <summary>Open jobs that detection found without a dedupe key.</summary>
    public int KeylessOpen { get; init; }

    public JobCounts Counts { get; init; } = new();

    /// <summary>Ended jobs, newest last; at most 100.</summary>
    public ImmutableQueue<Job> RecentEnded { get; init; } = [];

    public int RecentCount { get; init; }

    /// <summary>Ended detections, newest first; at most 50.</summary>
    public ImmutableArray<Detection> RecentDetections { get; init; } = [];
}
