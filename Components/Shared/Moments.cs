using System.Globalization;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Moments in words, in the zone that the person chose and that the words name.</summary>
public static class Moments
{
    private const string Day = "yyyy-MM-dd ";
    private const string Clock = "HH:mm:ss";

    /// <summary>As short as it is clear: no date for today, and no zone for today in the person's own.</summary>
    public static string Short(DateTimeOffset at, DateTimeOffset now, TimeMode mode, TimeZoneInfo zone)
    {
        var (local, today) = (In(at, mode, zone), In(now, mode, zone));
        var isToday = local.Date == today.Date;
        return (isToday ? "" : local.ToString(Day, CultureInfo.InvariantCulture)) + local.ToString(Clock, CultureInfo.InvariantCulture)
            + (mode == TimeMode.Utc ? " UTC" : isToday ? "" : IsUtc(mode, zone) ? " UTC" : local.ToString(" zzz", CultureInfo.InvariantCulture));
    }

    /// <summary>Complete: date, time, offset and the zone's name.</summary>
    public static string Full(DateTimeOffset at, TimeMode mode, TimeZoneInfo zone)
    {
        var local = In(at, mode, zone);
        var text = local.ToString(Day + Clock, CultureInfo.InvariantCulture);
        return IsUtc(mode, zone) ? $"{text} UTC" : string.Create(CultureInfo.InvariantCulture, $"{text} {local:zzz} {zone.Id}");
    }

    private static bool IsUtc(TimeMode mode, TimeZoneInfo zone) => mode == TimeMode.Utc || zone.Equals(TimeZoneInfo.Utc);

    private static DateTimeOffset In(DateTimeOffset at, TimeMode mode, TimeZoneInfo zone) => mode == TimeMode.Utc ? at.ToUniversalTime() : TimeZoneInfo.ConvertTime(at, zone);
}
