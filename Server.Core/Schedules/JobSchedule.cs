using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>What becomes of a run that is due while a job of the same schedule has not ended.</summary>
public enum OverlapPolicy
{
    /// <summary>It does not take place.</summary>
    Skip = 0,

    /// <summary>It waits until the others have ended. One waits, or as many as are caught up; more are skipped.</summary>
    Queue = 1,

    /// <summary>It starts beside them.</summary>
    Allow = 2,

    /// <summary>They are cancelled, and it starts once they have ended.</summary>
    Cancel = 3,
}

/// <summary>What becomes of instants that passed while nothing could start: the admin was down, the clock jumped, the scheduler was paused.</summary>
public enum CatchUpPolicy
{
    /// <summary>One run for all of them.</summary>
    Once = 0,

    /// <summary>They are dropped.</summary>
    None = 1,

    /// <summary>A run each, oldest first; of more than 100 the newest 100.</summary>
    All = 2,
}

/// <summary>What came of an instant.</summary>
public enum ScheduleOutcome
{
    None = 0,

    /// <summary>Its job has not ended.</summary>
    Started = 1,
    Succeeded = 2,
    Failed = 3,
    Canceled = 4,

    /// <summary>Another job of the schedule had not ended.</summary>
    Skipped = 5,

    /// <summary>It passed while nothing could start.</summary>
    Missed = 6,

    /// <summary>The submission was refused.</summary>
    Refused = 7,

    /// <summary>It waits for another job of the schedule to end.</summary>
    Waiting = 8,
}

/// <summary>Nothing starts by itself; instants that pass meanwhile are dropped.</summary>
/// <param name="Until">When it goes on by itself; null: when somebody says so.</param>
public sealed record SchedulePause(string Reason, string By, DateTimeOffset At, DateTimeOffset? Until);

/// <summary>An instant of a schedule that has come, and what came of it.</summary>
/// <param name="Instant">As scheduled, without jitter; of a run that a person asked for, when.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Job">Null: no job was made.</param>
/// <param name="Text">In words; of a failed job its error.</param>
public sealed record ScheduledRun(DateTimeOffset Instant, DateTimeOffset At, ScheduleOutcome Outcome, JobId? Job, string Text)
{
    /// <summary>How many instants in a row came to the same.</summary>
    public int Times { get; init; } = 1;
}

/// <summary>What people write of a schedule.</summary>
/// <param name="Name">1–64 characters, unique whatever their case.</param>
public sealed record ScheduleSpec(string Name, ScheduleRule Rule, JobTemplate Template)
{
    public OverlapPolicy Overlap { get; init; }

    public CatchUpPolicy CatchUp { get; init; }

    /// <summary>0 to 1 h: a run starts up to so much later than its instant, but never later than the next instant. The same instant always by the same.</summary>
    public TimeSpan Jitter { get; init; }
}

/// <summary>
/// A submission that is made again and again, or once, at its time. Idle ⇄ paused; it never ends by itself, one whose rule has no
/// further instant just stays. <see cref="NextAt"/> moves in the commit that creates the job of an instant, so that none runs twice.
/// </summary>
public sealed record JobSchedule
{
    /// <summary>Runs that are remembered.</summary>
    public const int RunsKept = 20;

    public required ScheduleId Id { get; init; }

    public required ScheduleSpec Spec { get; init; }

    /// <summary>From 1; each save of the spec is a version.</summary>
    public long Version { get; init; } = 1;

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who saved it last: its jobs are submitted in this name.</summary>
    public required string UpdatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Null: it runs.</summary>
    public SchedulePause? Pause { get; init; }

    /// <summary>The next instant of the rule that nothing has come of yet, without jitter; null: there is none.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The last instant that was due, whatever came of it; null: none yet.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Instants that wait for open jobs to end, oldest first.</summary>
    public ImmutableArray<DateTimeOffset> Waiting { get; init; } = [];

    /// <summary>What came of the latest instants, newest first; at most 20.</summary>
    public ImmutableArray<ScheduledRun> Runs { get; init; } = [];

    /// <summary>Instants that did not take place because another job had not ended.</summary>
    public long Skipped { get; init; }

    /// <summary>Instants that passed while nothing could start and got no run of their own; of one gap at most 1,000 are counted.</summary>
    public long Missed { get; init; }

    /// <summary>See <see cref="ScheduleId.RunAt"/>.</summary>
    public int Era { get; init; }

    /// <summary>Stamp of its appointment. Not stored.</summary>
    [JsonIgnore]
    public TimeSpan? WakeAt { get; init; }

    [JsonIgnore]
    public string Name => Spec.Name;

    /// <summary>The latest; null: none yet.</summary>
    [JsonIgnore]
    public ScheduledRun? Last => Runs.IsDefaultOrEmpty ? null : Runs[0];
}
