using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>Pauses a job type by hand, resumes it by hand or at the time that was given.</summary>
public static class PauseTransitions
{
    public static Reply<string> Pause(Turn turn, PauseJobType command)
    {
        if (!turn.State.JobTypes.TryGetValue(command.JobType, out var type))
        {
            return new Refusal(RefusalCode.NotFound, $"job type {command.JobType} is not known");
        }

        if (command is { Paused: true, Until: { } until } && until <= turn.Now.Wall)
        {
            return new Refusal(RefusalCode.Invalid, "the end of the pause is in the past");
        }

        if (!command.Paused && type.PausedByForm)
        {
            return new Refusal(RefusalCode.WrongState, $"{type.Name} is paused by its admin form; change dispatch_paused there");
        }

        if (SubmitRules.Reason(command.Reason) is { } odd)
        {
            return odd;
        }

        Set(turn, type, command.Paused, command.Reason, command.By, command.Until);
        return command.JobType;
    }

    /// <summary>A job type's appointment: the end of a pause, or the next detection.</summary>
    public static void Due(Turn turn, JobType type)
    {
        if (type.IsPaused && type.Schedule.PausedUntil <= turn.Now.Wall)
        {
            Set(turn, type, paused: false, "the pause is over", Actor.Scheduler, null);
            return;
        }

        DetectionStarts.Due(turn, type);
    }

    private static void Set(Turn turn, JobType type, bool paused, string reason, Actor by, DateTimeOffset? until)
    {
        turn.Put(type, schedule => schedule with
        {
            PausedAt = paused ? turn.Now.Wall : null,
            PausedBy = paused ? by.Name : "",
            PausedReason = paused ? reason : "",
            PausedUntil = paused ? until : null,
        });
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = by == Actor.Scheduler ? "admin_scheduler" : "person",
            Stage = paused ? "paused" : "resumed",
            Message = (paused ? $"{type.Name} paused" : $"{type.Name} resumed") + (reason.Length > 0 ? $": {reason}" : ""),
            JobType = type.Name,
            Actor = by.Name,
        });
    }
}
