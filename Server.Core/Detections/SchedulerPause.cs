using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>
/// The scheduler stands still: no detection starts by itself and no job that detection found. What somebody asks for runs, unless
/// everything is held; what runs goes on in any case.
/// </summary>
/// <param name="Until">When it goes on by itself; null = when somebody says so.</param>
public sealed record SchedulerPause(DateTimeOffset At, string By, string Reason, DateTimeOffset? Until)
{
    /// <summary>Maintenance: jobs and detections that somebody asks for wait too.</summary>
    public bool HoldsEverything { get; init; }

    /// <summary>Only these job types; empty: all.</summary>
    public ImmutableArray<string> JobTypes { get; init; } = [];

    /// <summary>Stamp of its appointment. Not stored.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan? WakeAt { get; init; }

    public bool Covers(string jobType) => JobTypes.IsEmpty || JobTypes.Contains(jobType);
}

/// <summary>The row that says whether the scheduler runs.</summary>
internal sealed record StoredPause(SchedulerPause? Pause);

/// <summary>Pauses the scheduler, or lets it go on. Holding everything asks for a reason: it is shown to all whose jobs wait.</summary>
/// <param name="JobTypes">Only these; default or empty: all.</param>
public sealed record PauseScheduler(Actor By, bool Paused, string Reason, DateTimeOffset? Until, bool HoldsEverything = false, ImmutableArray<string> JobTypes = default) : Command<string>(By, Permission.SystemControl)
{
    /// <summary>What puts this pause back as it is.</summary>
    public static PauseScheduler Again(Actor by, SchedulerPause pause) => new(by, true, pause.Reason, pause.Until, pause.HoldsEverything, pause.JobTypes);
}

/// <summary>Running ⇄ paused, by hand or at the time that was given.</summary>
public static class SchedulerPauses
{
    public static Reply<string> Pause(Turn turn, PauseScheduler command)
    {
        if (command is { Paused: true, Until: { } until } && until <= turn.Now.Wall)
        {
            return new Refusal(RefusalCode.Invalid, "the end of the pause is in the past");
        }

        if (SubmitRules.Reason(command.Reason) is { } odd)
        {
            return odd;
        }

        if (command is { Paused: true, HoldsEverything: true } && string.IsNullOrWhiteSpace(command.Reason))
        {
            return new Refusal(RefusalCode.Invalid, "maintenance needs a reason: it is shown to all whose jobs wait");
        }

        ImmutableArray<string> types = command.JobTypes.IsDefault ? [] : [.. command.JobTypes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (types.FirstOrDefault(name => !turn.State.JobTypes.ContainsKey(name)) is { } unknown)
        {
            return new Refusal(RefusalCode.NotFound, $"job type {unknown} is not known");
        }

        Set(
            turn,
            command.Paused ? new SchedulerPause(turn.Now.Wall, command.By.Name, command.Reason, command.Until) { HoldsEverything = command.HoldsEverything, JobTypes = types } : null,
            command.By,
            command.Reason);
        return command.Paused ? "paused" : "running";
    }

    /// <summary>Its end has come, or came early because far instants are looked at again and again.</summary>
    public static void Due(Turn turn)
    {
        if (turn.State.Pause?.Until <= turn.Now.Wall)
        {
            Set(turn, null, Actor.Scheduler, "the pause is over");
        }
        else
        {
            Restore(turn, turn.State.Pause);
        }
    }

    /// <summary>As it was stored, with an appointment of this process.</summary>
    public static void Restore(Turn turn, SchedulerPause? pause) =>
        turn.Put(pause is null ? null : pause with { WakeAt = pause.Until is { } until ? JobDeadlines.StampOf(until, turn.Now) : null });

    private static void Set(Turn turn, SchedulerPause? pause, Actor by, string reason)
    {
        var before = turn.State.Pause;
        Restore(turn, pause);
        turn.Save(new Change.SchedulerSaved(pause));
        var what = (pause ?? before) is { HoldsEverything: true } ? pause is null ? "maintenance ended" : "maintenance began" : pause is null ? "scheduler resumed" : "scheduler paused";
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = by == Actor.Scheduler ? "admin_scheduler" : "person",
            Stage = pause is null ? "resumed" : "paused",
            Message = what + (pause is { JobTypes.IsEmpty: false } ? $" for {string.Join(", ", pause.JobTypes)}" : "") + (reason.Length > 0 ? $": {reason}" : ""),
            Actor = by.Name,
        });
    }
}
