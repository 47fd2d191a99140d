using System.Globalization;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Moments in words, in the zone that the person chose and that the words name.</summary>
public static class Moments
{
    private const string Day = "yyyy-MM-dd ";
    private const string Clock = "HH:mm:ss";

    /// <summary>As short as it is clear: no date for today, no zone for the person's own.</summary>
    public static string Short(DateTimeOffset at, DateTimeOffset now, TimeMode mode, TimeZoneInfo zone)
    {
        var (local, today) = (In(at, mode, zone), In(now, mode, zone));
        return (local.Date == today.Date ? "" : local.ToString(Day, CultureInfo.InvariantCulture)) + local.ToString(Clock, CultureInfo.InvariantCulture) + (mode == TimeMode.Utc ? " UTC" : "");
    }

    /// <summary>Complete: date, time, offset and the zone's name.</summary>
    public static string Full(DateTimeOffset at, TimeMode mode, TimeZoneInfo zone)
    {
        var local = In(at, mode, zone);
        var text = local.ToString(Day + Clock, CultureInfo.InvariantCulture);
        return mode == TimeMode.Utc || zone.Equals(TimeZoneInfo.Utc) ? $"{text} UTC" : string.Create(CultureInfo.InvariantCulture, $"{text} {local:zzz} {zone.Id}");
    }

    private static DateTimeOffset In(DateTimeOffset at, TimeMode mode, TimeZoneInfo zone) => mode == TimeMode.Utc ? at.ToUniversalTime() : TimeZoneInfo.ConvertTime(at, zone);
}
