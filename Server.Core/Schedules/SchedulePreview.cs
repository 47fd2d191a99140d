using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>An instant of a rule as people are shown it before they save it.</summary>
/// <param name="Local">As the clock of the rule's zone shows it, with its offset.</param>
/// <param name="Note">Why it is not where one expects it; empty: it is.</param>
public sealed record PlannedRun(DateTimeOffset At, string Local, string Note);

public static class SchedulePreview
{
    /// <summary>The next instants; refused by field when the rule is wrong.</summary>
    public static Reply<ImmutableArray<PlannedRun>> Of(ScheduleRule rule, DateTimeOffset after, int count)
    {
        if (ScheduleRules.Errors(rule).ToImmutableArray() is { Length: > 0 } errors)
        {
            return SubmitRules.Invalid(errors, "value");
        }

        var zone = rule is ScheduleRule.Cron cron ? TimeZoneInfo.FindSystemTimeZoneById(cron.Zone) : TimeZoneInfo.Utc;
        return ScheduleRules.Preview(rule, after, count)
            .Select(at => new PlannedRun(at, TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), ScheduleRules.NoteOn(rule, at)))
            .ToImmutableArray();
    }
}
