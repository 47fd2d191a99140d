using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>Gives a job type a timetable; <see cref="Timetable.None"/> takes it away.</summary>
/// <param name="Expected">The one that was read; null: the last writer wins.</param>
public sealed record SetTimetable(Actor By, string JobType, Timetable Timetable, Timetable? Expected = null) : Command<Timetable>(By, Permission.ConfigEdit);

public static class TimetableTransitions
{
    private const int MostWindows = 50;

    public static Reply<Timetable> Set(Turn turn, SetTimetable command)
    {
        if (!turn.State.JobTypes.TryGetValue(command.JobType, out var type))
        {
            return new Refusal(RefusalCode.NotFound, $"job type {command.JobType} is not known");
        }

        if (command.Expected?.IsSame(type.Timetable) == false)
        {
            return new Refusal(RefusalCode.Conflict, $"the timetable of {command.JobType} was saved by somebody else meanwhile; look at it and save again");
        }

        var table = command.Timetable;
        if (CronSchedule.Problem(table.Cron.Length > 0 ? table.Cron : "0 0 * * *", table.TimeZone) is { } problem)
        {
            return new Refusal(RefusalCode.Invalid, problem);
        }

        if (table.Quiet.Length > MostWindows)
        {
            return new Refusal(RefusalCode.Invalid, $"at most {MostWindows} quiet windows");
        }

        // The next detection follows the new timetable at once, but does not start under the eyes of who changes it.
        var now = turn.Now.Wall;
        var soonest = now + turn.Options.FirstDetectionDelay;
        var next = type.Schedule.NextAt is null ? (DateTimeOffset?)null
            : table.Cron.Length > 0 ? table.NextAfter(now, type.Policy.DetectionInterval)
            : table.NextAfter(type.Schedule.LastStartedAt ?? now, type.Policy.DetectionInterval);
        turn.Put(type with { IsDue = false }, schedule => schedule with
        {
            Timetable = table == Timetable.None ? null : table,
            NextAt = next < soonest ? soonest : next,
        });
        turn.Log(new Activity { Sequence = 0, At = default, Source = "person", Stage = "timetable", Message = $"timetable of {type.Name}: {Words(table)}", JobType = type.Name, Actor = command.By.Name });
        return table;
    }

    private static string Words(Timetable table) =>
        (table.Cron.Length > 0 ? $"detects at '{table.Cron}' ({table.TimeZone})" : "detects by its interval")
        + (table.Quiet.IsEmpty ? "" : $", quiet {string.Join(", ", table.Quiet.Select(window => $"{window.From:HH\\:mm}–{window.To:HH\\:mm}"))}");
}
