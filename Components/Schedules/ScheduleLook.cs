using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>Schedules in colours, symbols and words.</summary>
public static class ScheduleLook
{
    public static readonly IReadOnlyList<(OverlapPolicy Policy, string Text, string Help)> Overlaps =
    [
        (OverlapPolicy.Skip, "skip the run", "The run does not take place, and is counted."), (OverlapPolicy.Queue, "wait for it to end", "One run waits until the open job has ended; more are skipped."),
        (OverlapPolicy.Allow, "run beside it", "Any number of its jobs may be open at once."), (OverlapPolicy.Cancel, "cancel it, then run", "The open job is canceled; the run starts once it has ended."),
    ];

    public static readonly IReadOnlyList<(CatchUpPolicy Policy, string Text, string Help)> CatchUps =
    [
        (CatchUpPolicy.Once, "run once for all of them", "After a time without the admin or a pause of the scheduler, one run makes up for all that were missed."),
        (CatchUpPolicy.None, "drop them", "What was missed is counted and not made up for."),
        (CatchUpPolicy.All, "run each of them", $"Oldest first; of more than {ScheduleRules.MostCaughtUp} the newest {ScheduleRules.MostCaughtUp}."),
    ];

    public static (string Style, string Icon, string Text) Phase(ScheduleView view) => view.Phase switch
    {
        "paused" => ("uneasy", "pause", "Paused"),
        "held" => ("uneasy", "hand", "Held"),
        "waiting" => ("waiting", "hourglass", "Waiting"),
        "running" => ("running", "play", "Running"),
        "done" => ("canceled", "slash", "No further run"),
        _ => ("waiting", "clock", "Scheduled"),
    };

    public static (string Style, string Icon, string Text) Outcome(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.Started => ("running", "play", "Started"),
        ScheduleOutcome.Succeeded => ("succeeded", "check", "Succeeded"),
        ScheduleOutcome.Failed => ("failed", "cross", "Failed"),
        ScheduleOutcome.Canceled => ("canceled", "slash", "Canceled"),
        ScheduleOutcome.Skipped => ("canceled", "stack", "Skipped"),
        ScheduleOutcome.Missed => ("uneasy", "clock", "Missed"),
        ScheduleOutcome.Refused => ("failed", "stop", "Refused"),
        ScheduleOutcome.Waiting => ("waiting", "hourglass", "Waiting"),
        ScheduleOutcome.None => ("waiting", "clock", "None yet"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "unknown outcome"),
    };

    /// <summary>When it runs, in words, with the zone.</summary>
    public static string Rule(ScheduleRule rule) => rule switch
    {
        ScheduleRule.Cron cron => $"{CronWords.Of(cron.Expression)}, {cron.Zone}",
        ScheduleRule.Every every => $"every {Words.Span(every.Interval)}",
        ScheduleRule.Once => "once",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.GetType().Name, "unknown rule"),
    };

    public static string Overlap(OverlapPolicy policy) => Overlaps.First(each => each.Policy == policy).Text;

    public static string CatchUp(CatchUpPolicy policy) => CatchUps.First(each => each.Policy == policy).Text;
}
