namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Time zones as browsers name them.</summary>
public static class Zones
{
    /// <param name="name">IANA name; whoever sends it may send anything.</param>
    /// <param name="offset">What the browser's clock is ahead of UTC, for a name that this machine does not know.</param>
    /// <returns>UTC when nothing is known.</returns>
    public static TimeZoneInfo Find(string name, TimeSpan? offset = null)
    {
        var isName = name.Length is > 0 and <= 64 && name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '+' or '-' or '/');
        return isName && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
            : isName && offset is { } ahead && ahead.Duration() <= TimeSpan.FromHours(14) ? TimeZoneInfo.CreateCustomTimeZone(name, ahead, name, name)
            : TimeZoneInfo.Utc;
    }
}
