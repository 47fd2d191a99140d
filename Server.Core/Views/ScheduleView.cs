using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>A schedule of jobs as people see it.</summary>
/// <param name="Open">Its jobs that have not ended.</param>
public sealed record ScheduleView(JobSchedule Schedule, ImmutableArray<JobId> Open)
{
    /// <summary>Instants of <see cref="Upcoming"/>.</summary>
    public const int Shown = 5;

    /// <summary>When it starts a job next by itself, with its jitter; null: paused, held, or no instant is left.</summary>
    public DateTimeOffset? NextStart { get; init; }

    /// <summary>The next instants of its rule, without jitter, also of one that is paused; at most 5.</summary>
    public ImmutableArray<DateTimeOffset> Upcoming { get; init; } = [];

    /// <summary>A pause of the scheduler holds it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>paused, held, running, waiting (a run waits for an open job), done (no instant is left), idle.</summary>
    public string Phase => Schedule.Pause is not null ? "paused"
        : IsHeld ? "held"
        : !Schedule.Waiting.IsEmpty ? "waiting"
        : !Open.IsEmpty ? "running"
        : Schedule.NextAt is null ? "done"
        : "idle";

    /// <summary>The next to run first, those that run no more last; then by name. Views whose schedule did not change are taken over.</summary>
    public static ImmutableArray<ScheduleView> All(ScheduleBook book, SchedulerPause? pause, ImmutableArray<ScheduleView> before)
    {
        var known = before.ToDictionary(view => view.Schedule.Id);
        return
        [
            .. book.All.Values
                .Select(schedule => From(schedule, book.OpenOf(schedule.Id), pause, known.GetValueOrDefault(schedule.Id)))
                .OrderBy(view => view.NextStart ?? DateTimeOffset.MaxValue)
                .ThenBy(view => view.Schedule.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>One, as the engine has it just now.</summary>
    public static ScheduleView One(JobSchedule schedule, AdminState state) => From(schedule, state.Schedules.OpenOf(schedule.Id), state.Pause, null);

    private static ScheduleView From(JobSchedule schedule, ImmutableSortedSet<JobId> open, SchedulerPause? pause, ScheduleView? before)
    {
        var isHeld = ScheduleRules.IsHeld(schedule, pause);
        if (before is not null && ReferenceEquals(before.Schedule, schedule) && before.IsHeld == isHeld && open.SetEquals(before.Open))
        {
            return before;
        }

        var waits = schedule.Pause is not null || isHeld;
        return new ScheduleView(schedule, [.. open])
        {
            IsHeld = isHeld,
            NextStart = waits || schedule.NextAt is not { } next ? null : ScheduleRules.StartOf(schedule, next),
            Upcoming = schedule.NextAt is { } first ? [first, .. ScheduleRules.After(schedule.Spec.Rule, first).Take(Shown - 1)] : [],
        };
    }
}
