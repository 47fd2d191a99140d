using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>What schedules do by themselves: an instant comes, a job of theirs ends.</summary>
public static class ScheduleRuns
{
    /// <summary>On every job of a schedule: the name of the schedule.</summary>
    public const string Label = "schedule";

    private const int LongestText = 200;

    /// <summary>Its appointment has come; maybe too early, since instants beyond the horizon are looked at again and again.</summary>
    public static void Due(Turn turn, JobSchedule schedule)
    {
        var now = turn.Now.Wall;
        if (schedule.Pause is { } pause)
        {
            if (pause.Until <= now)
            {
                ScheduleTransitions.Resume(turn, schedule, pause.Until.Value, Actor.Scheduler);
            }
            else
            {
                turn.Put(schedule, save: false);
            }
        }
        else if (ScheduleRules.IsHeld(schedule, turn.State.Pause))
        {
            turn.Put(schedule, save: false);
        }
        else if (!schedule.Waiting.IsEmpty && turn.State.Schedules.OpenOf(schedule.Id).IsEmpty)
        {
            var instant = schedule.Waiting[0];
            turn.Put(schedule with { Waiting = schedule.Waiting.RemoveAt(0) });
            Start(turn, schedule.Id, instant);
        }
        else if (schedule.NextAt is { } next && ScheduleRules.StartOf(schedule, next) <= now)
        {
            Come(turn, schedule);
        }
        else
        {
            turn.Put(schedule, save: false);
        }
    }

    /// <summary>One of its jobs has ended: what waited for that starts with the next round.</summary>
    internal static void JobEnded(Turn turn, Job job)
    {
        if (ScheduleId.Of(job) is not { } id || turn.State.Schedules.All.GetValueOrDefault(id) is not { } schedule)
        {
            return;
        }

        var place = schedule.Runs.IndexOf(schedule.Runs.FirstOrDefault(run => run.Job == job.Id)!);
        if (place < 0)
        {
            turn.Put(schedule, save: false);
            return;
        }

        var outcome = job.State switch
        {
            JobState.Succeeded => ScheduleOutcome.Succeeded,
            JobState.Failed => ScheduleOutcome.Failed,
            _ => ScheduleOutcome.Canceled,
        };
        turn.Put(schedule with { Runs = schedule.Runs.SetItem(place, schedule.Runs[place] with { Outcome = outcome, Text = Short(job.Error) }) });
    }

    /// <summary>The same pipeline as any submission; what is refused has changed nothing.</summary>
    internal static Reply<Submission> Submit(Turn turn, JobSchedule schedule, Actor by, JobId id) => LostSecrets.Run(schedule.Spec.Template.Payload) is { } unreadable
        ? unreadable
        : JobRequests.Submit(turn, schedule.Spec.Template.Submission(by, turn.Now.Wall, id, schedule.Spec.Template.Labels.SetItem(Label, schedule.Name)));

    /// <summary>With that as the newest; the same without a job again and again is one line.</summary>
    internal static JobSchedule With(this JobSchedule schedule, ScheduledRun run)
    {
        var runs = schedule.Runs.RemoveAll(known => known.Outcome == ScheduleOutcome.Waiting && known.Instant == run.Instant);
        return schedule with
        {
            Runs = run.Job is null && runs is [{ Job: null } last, ..] && last.Outcome == run.Outcome && last.Text == run.Text && run.Outcome != ScheduleOutcome.Waiting
                ? runs.SetItem(0, run with { Times = last.Times + run.Times })
                : [run, .. runs.Take(JobSchedule.RunsKept - 1)],
        };
    }

    /// <summary>Nothing waits any more; what did is skipped.</summary>
    internal static JobSchedule WithoutWaiting(this JobSchedule schedule, string why) => schedule.Waiting.IsEmpty ? schedule : schedule with
    {
        Waiting = [],
        Skipped = schedule.Skipped + schedule.Waiting.Length,
        Runs = [.. schedule.Runs.Select(run => run.Outcome == ScheduleOutcome.Waiting ? run with { Outcome = ScheduleOutcome.Skipped, Text = why } : run)],
    };

    private static void Come(Turn turn, JobSchedule schedule)
    {
        var due = ScheduleRules.Due(schedule, turn.Now.Wall);
        turn.Put(schedule with { NextAt = due.Next, LastAt = due.Last, Missed = schedule.Missed + due.Missed });
        if (due.Missed > 0)
        {
            var text = due.Start.IsEmpty ? "nothing could start at that time" : "nothing could start at that time; later runs make up for it";
            Note(turn, schedule.Id, new ScheduledRun(due.Last, turn.Now.Wall, ScheduleOutcome.Missed, null, text) { Times = due.Missed });
        }

        foreach (var instant in due.Start)
        {
            Offer(turn, schedule.Id, instant);
        }
    }

    private static void Offer(Turn turn, ScheduleId id, DateTimeOffset instant)
    {
        var schedule = turn.State.Schedules.All[id];
        var open = turn.State.Schedules.OpenOf(id);
        if (open.IsEmpty && schedule.Waiting.IsEmpty)
        {
            Start(turn, id, instant);
            return;
        }

        var blocker = open.IsEmpty ? "" : open[0].Value;
        switch (schedule.Spec.Overlap)
        {
            case OverlapPolicy.Allow:
                Start(turn, id, instant);
                break;
            case OverlapPolicy.Queue when schedule.Waiting.Length < (schedule.Spec.CatchUp == CatchUpPolicy.All ? ScheduleRules.MostCaughtUp : 1):
                Wait(turn, schedule, instant, $"job {blocker} has not ended");
                break;
            case OverlapPolicy.Queue or OverlapPolicy.Skip:
                turn.Put(schedule with { Skipped = schedule.Skipped + 1 });
                Note(turn, id, new ScheduledRun(instant, turn.Now.Wall, ScheduleOutcome.Skipped, null, $"job {blocker} has not ended"));
                break;
            case OverlapPolicy.Cancel:
                Replace(turn, schedule, open, instant);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(id), schedule.Spec.Overlap, "unknown policy");
        }
    }

    private static void Replace(Turn turn, JobSchedule schedule, ImmutableSortedSet<JobId> open, DateTimeOffset instant)
    {
        // What waits is replaced as well: only the newest counts.
        turn.Put(schedule.WithoutWaiting("a later run took its place"));
        foreach (var job in open.Select(job => turn.State.Jobs[job]))
        {
            JobFlow.Apply(turn, job, new JobInput.Cancel($"the next run of schedule {schedule.Name} is due", Forced: false), by: Actor.Scheduler);
        }

        if (turn.State.Schedules.OpenOf(schedule.Id).IsEmpty)
        {
            Start(turn, schedule.Id, instant);
        }
        else
        {
            Wait(turn, turn.State.Schedules.All[schedule.Id], instant, $"job {open[0]} is being canceled");
        }
    }

    private static void Wait(Turn turn, JobSchedule schedule, DateTimeOffset instant, string why) =>
        turn.Put(schedule.With(new ScheduledRun(instant, turn.Now.Wall, ScheduleOutcome.Waiting, null, why)) with { Waiting = schedule.Waiting.Add(instant) });

    private static void Start(Turn turn, ScheduleId id, DateTimeOffset instant)
    {
        var schedule = turn.State.Schedules.All[id];
        var reply = Submit(turn, schedule, Actor.Scheduler with { Name = schedule.UpdatedBy }, id.RunAt(instant, schedule.Era));
        Note(turn, id, reply.IsAccepted
            ? new ScheduledRun(instant, turn.Now.Wall, ScheduleOutcome.Started, reply.Value.Job.Id, "")
            : new ScheduledRun(instant, turn.Now.Wall, ScheduleOutcome.Refused, null, Short(reply.Refusal.Text)));
    }

    /// <summary>Remembered, and on the timeline when it is trouble and not just the same again.</summary>
    private static void Note(Turn turn, ScheduleId id, ScheduledRun run)
    {
        var before = turn.State.Schedules.All[id];
        var after = before.With(run);
        turn.Put(after);
        if (run.Job is not null || (before.Last is { Job: null } last && last.Outcome == run.Outcome && last.Text == run.Text))
        {
            return;
        }

        var (what, severity) = run.Outcome switch
        {
            ScheduleOutcome.Refused => ("refused", ActivitySeverity.Warning),
            ScheduleOutcome.Missed => ("missed", ActivitySeverity.Warning),
            _ => ("skipped", ActivitySeverity.Normal),
        };
        ScheduleTransitions.Log(
            turn, before, Actor.Scheduler, what,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"schedule {before.Name}: {run.Times} {(run.Times == 1 ? "run" : "runs")} {what}: {run.Text}"), severity);
    }

    private static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
