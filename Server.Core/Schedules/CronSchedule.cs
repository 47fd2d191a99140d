using Quartz;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>A cron expression of five fields in a time zone. The only place that knows the cron library.</summary>
public static class CronSchedule
{
    /// <summary>Null: it can be used; else what is wrong.</summary>
    public static string? Problem(string cron, string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            return $"'{zone}' is not a time zone; give one like UTC or Europe/Berlin";
        }

        try
        {
            return Parsed(cron, zone).GetNextValidTimeAfter(DateTimeOffset.UnixEpoch.AddYears(50)) is null ? $"'{cron}' never comes" : null;
        }
        catch (FormatException exception)
        {
            return $"'{cron}' is not a cron expression of five fields (minute hour day month weekday): {exception.Message}";
        }
    }

    /// <summary>The first time after that instant. A time in a gap of the clock comes at its end, one in an overlap once.</summary>
    public static DateTimeOffset? NextAfter(string cron, string zone, DateTimeOffset after) => Parsed(cron, zone).GetNextValidTimeAfter(after)?.ToUniversalTime();

    private static CronExpression Parsed(string cron, string zone) => CronExpression.Parse(cron, CronFormat.Unix).WithTimeZone(TimeZoneInfo.FindSystemTimeZoneById(zone));
}
