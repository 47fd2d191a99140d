using System.Text.Json.Serialization;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>When the runs of a schedule are due.</summary>
[JsonDerivedType(typeof(Cron), "cron")]
[JsonDerivedType(typeof(Every), "every")]
[JsonDerivedType(typeof(Once), "once")]
public abstract record ScheduleRule
{
    private ScheduleRule() { }

    /// <summary>By the wall clock of a time zone; see <see cref="CronSchedule"/>.</summary>
    /// <param name="Expression">Five fields.</param>
    /// <param name="Zone">Like <c>Europe/Berlin</c>.</param>
    public sealed record Cron(string Expression, string Zone) : ScheduleRule;

    /// <summary>At the anchor and every interval after it. Not moved by how long a run takes or when it was late.</summary>
    /// <param name="Interval">Whole seconds, 1 s to 366 days.</param>
    /// <param name="Anchor">Null: the moment it is saved, so that the first run is one interval later.</param>
    public sealed record Every(TimeSpan Interval, DateTimeOffset? Anchor = null) : ScheduleRule;

    public sealed record Once(DateTimeOffset At) : ScheduleRule;
}
