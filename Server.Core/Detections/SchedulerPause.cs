using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>
/// The scheduler stands still for all job types: no detection starts by itself and no job that detection found. What somebody asks for
/// runs, and what runs goes on.
/// </summary>
/// <param name="Until">When it goes on by itself; null = when somebody says so.</param>
public sealed record SchedulerPause(DateTimeOffset At, string By, string Reason, DateTimeOffset? Until)
{
    /// <summary>Stamp of its appointment. Not stored.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan? WakeAt { get; init; }
}

/// <summary>The row that says whether the scheduler runs.</summary>
internal sealed record StoredPause(SchedulerPause? Pause);

/// <summary>Pauses the scheduler, or lets it go on.</summary>
public sealed record PauseScheduler(Actor By, bool Paused, string Reason, DateTimeOffset? Until) : Command<string>(By);

/// <summary>Running ⇄ paused, by hand or at the time that was given.</summary>
public static class SchedulerPauses
{
    public static Reply<string> Pause(Turn turn, PauseScheduler command)
    {
        if (command is { Paused: true, Until: { } until } && until <= turn.Now.Wall)
        {
            return new Refusal(RefusalCode.Invalid, "the end of the pause is in the past");
        }

        Set(turn, command.Paused ? new SchedulerPause(turn.Now.Wall, command.By.Name, command.Reason, command.Until) : null, command.By, command.Reason);
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
        Restore(turn, pause);
        turn.Save(new Change.SchedulerSaved(pause));
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = by == Actor.Scheduler ? "admin_scheduler" : "person",
            Stage = pause is null ? "resumed" : "paused",
            Message = (pause is null ? "scheduler resumed" : "scheduler paused") + (reason.Length > 0 ? $": {reason}" : ""),
            Actor = by.Name,
        });
    }
}
