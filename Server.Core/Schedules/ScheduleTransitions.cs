using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>What people do to schedules: save, delete, pause, resume, run now.</summary>
public static class ScheduleTransitions
{
    private const int LongestReason = 500;

    public static Reply<SavedSchedule> Save(Turn turn, SaveSchedule command)
    {
        var book = turn.State.Schedules;
        var before = command.Id is { } id ? book.All.GetValueOrDefault(id) : null;
        if (command.Id is { } wanted && before is null)
        {
            return NotFound(wanted);
        }

        if (before is not null && command.ExpectedVersion is { } expected && expected != before.Version)
        {
            return new Refusal(RefusalCode.Conflict, $"{before.Name} was changed by {before.UpdatedBy} meanwhile and has version {before.Version}; look at it and save again");
        }

        if (before is null && book.All.Count >= ScheduleRules.Most)
        {
            return new Refusal(RefusalCode.Exhausted, $"there are {ScheduleRules.Most} schedules; delete one first");
        }

        var spec = ScheduleSpecs.Completed(turn, command.Spec, before);
        var verdict = ScheduleSpecs.Check(turn, spec, before, command.By);
        if (verdict.Refusal is { } refusal)
        {
            return refusal;
        }

        var now = turn.Now.Wall;
        var isNewRule = before is null || !before.Spec.Rule.Equals(spec.Rule);
        var schedule = (before ?? new JobSchedule
        {
            Id = ScheduleId.From(turn.Ids.Random()),
            Spec = spec,
            Version = 0,
            CreatedBy = command.By.Name,
            CreatedAt = now,
            UpdatedBy = command.By.Name,
            UpdatedAt = now,
        }) with
        {
            Spec = spec,
            Version = (before?.Version ?? 0) + 1,
            UpdatedBy = command.By.Name,
            UpdatedAt = now,
            NextAt = isNewRule ? NextAfter(spec.Rule, now, before?.LastAt) : before!.NextAt,
        };
        if (command.DryRun)
        {
            return new SavedSchedule(schedule, verdict.Warnings);
        }

        turn.Put(schedule);
        Log(turn, schedule, command.By, before is null ? "saved" : "changed", $"schedule {schedule.Name} {(before is null ? "saved" : "changed")}: {ScheduleRules.Text(spec.Rule)}");
        return new SavedSchedule(turn.State.Schedules.All[schedule.Id], verdict.Warnings);
    }

    public static Reply<JobSchedule> Delete(Turn turn, DeleteSchedule command)
    {
        if (turn.State.Schedules.All.GetValueOrDefault(command.Id) is not { } schedule)
        {
            return NotFound(command.Id);
        }

        turn.Remove(schedule);
        Log(turn, schedule, command.By, "deleted", $"schedule {schedule.Name} deleted");
        return schedule;
    }

    public static Reply<JobSchedule> Pause(Turn turn, PauseSchedule command)
    {
        if (turn.State.Schedules.All.GetValueOrDefault(command.Id) is not { } schedule)
        {
            return NotFound(command.Id);
        }

        if (command.Until <= turn.Now.Wall)
        {
            return new Refusal(RefusalCode.Invalid, "the end of the pause is in the past", [SubmitRules.Error("until", FieldErrorCodes.Min, "the end of the pause is in the past")]);
        }

        if (SubmitRules.Reason(command.Reason) is { } odd)
        {
            return odd;
        }

        if (command.Reason.Length > LongestReason)
        {
            return SubmitRules.Invalid([SubmitRules.Error("reason", FieldErrorCodes.MaxLength, $"a reason has at most {LongestReason} characters")], "value");
        }

        turn.Put(schedule.WithoutWaiting("it was paused") with { Pause = new SchedulePause(command.Reason, command.By.Name, turn.Now.Wall, command.Until) });
        Log(turn, schedule, command.By, "paused", $"schedule {schedule.Name} paused" + (command.Reason.Length > 0 ? $": {command.Reason}" : ""));
        return turn.State.Schedules.All[schedule.Id];
    }

    public static Reply<JobSchedule> Resume(Turn turn, ResumeSchedule command)
    {
        if (turn.State.Schedules.All.GetValueOrDefault(command.Id) is not { } schedule)
        {
            return NotFound(command.Id);
        }

        if (schedule.Pause is null)
        {
            return new Refusal(RefusalCode.WrongState, $"schedule {schedule.Name} is not paused");
        }

        if (ScheduleRules.Errors(schedule.Spec.Rule).FirstOrDefault() is { } error)
        {
            return new Refusal(RefusalCode.WrongState, error.Message, [error]);
        }

        Resume(turn, schedule, turn.Now.Wall, command.By);
        return turn.State.Schedules.All[schedule.Id];
    }

    public static Reply<Job> RunNow(Turn turn, RunScheduleNow command)
    {
        if (turn.State.Schedules.All.GetValueOrDefault(command.Id) is not { } schedule)
        {
            return NotFound(command.Id);
        }

        var reply = ScheduleRuns.Submit(turn, schedule, command.By, schedule.Id.RunNow(turn.Ids.Random()));
        if (reply.IsAccepted)
        {
            turn.Put(schedule.With(new ScheduledRun(turn.Now.Wall, turn.Now.Wall, ScheduleOutcome.Started, reply.Value.Job.Id, $"asked for by {command.By.Name}")));
        }

        return reply.Select(submission => submission.Job);
    }

    /// <summary>After a pause; instants up to its end are dropped.</summary>
    internal static void Resume(Turn turn, JobSchedule schedule, DateTimeOffset at, Actor by)
    {
        var next = NextAfter(schedule.Spec.Rule, at, schedule.LastAt);
        var resumed = schedule with { Pause = null, NextAt = next };
        turn.Put(next is null && schedule.NextAt is { } passed
            ? resumed.With(new ScheduledRun(passed, turn.Now.Wall, ScheduleOutcome.Missed, null, "it was paused at that time")) with { Missed = schedule.Missed + 1 }
            : resumed);
        Log(turn, schedule, by, "resumed", $"schedule {schedule.Name} resumed");
    }

    /// <summary>As stored; one whose rule this machine cannot follow, such as in a time zone it does not know, keeps still and says why.</summary>
    internal static void Restore(Turn turn, JobSchedule schedule)
    {
        if (schedule.Pause is null && ScheduleRules.Errors(schedule.Spec.Rule).FirstOrDefault() is { } error)
        {
            turn.Put(schedule with { Pause = new SchedulePause(error.Message, Actor.Scheduler.Name, turn.Now.Wall, null) });
            Log(turn, schedule, Actor.Scheduler, "paused", $"schedule {schedule.Name} paused: {error.Message}", ActivitySeverity.Warning);
        }
        else
        {
            turn.Put(schedule, save: false);
        }
    }

    /// <summary>
    /// The clock was set back by so much that it must have been wrong before: without this, schedules would keep still until the time
    /// it showed. Less than a day is left alone, so that nothing runs twice.
    /// </summary>
    internal static void ClockJumped(Turn turn, TimeSpan jump)
    {
        if (jump > TimeSpan.FromDays(-1))
        {
            return;
        }

        foreach (var schedule in turn.State.Schedules.All.Values)
        {
            if (ScheduleRules.NextAfter(schedule.Spec.Rule, turn.Now.Wall) is { } next && !(schedule.NextAt <= next))
            {
                // Instants it ran at may come again; their jobs must not be taken for the same.
                turn.Put(schedule with { NextAt = next, LastAt = null, Era = schedule.Era + (schedule.LastAt >= next ? 1 : 0) });
            }
        }
    }

    internal static void Log(Turn turn, JobSchedule schedule, Actor by, string what, string message, ActivitySeverity severity = ActivitySeverity.Normal, JobId? job = null) => turn.Log(new Activity
    {
        Sequence = 0,
        At = default,
        Source = by == Actor.Scheduler ? "admin_scheduler" : "person",
        Stage = $"schedule_{what}",
        Message = message,
        JobType = schedule.Spec.Template.JobType,
        Job = job,
        Severity = severity,
        Actor = by.Name,
    });

    /// <summary>An instant that was due once is never due again, whatever the clock says.</summary>
    private static DateTimeOffset? NextAfter(ScheduleRule rule, DateTimeOffset now, DateTimeOffset? last) => ScheduleRules.NextAfter(rule, last > now ? last.Value : now);

    private static Refusal NotFound(ScheduleId id) => new(RefusalCode.NotFound, $"schedule {(id.Value.Length <= 128 ? id.Value : id.Value[..128])} is not known");
}
