using System.Globalization;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Instants as people write them: RFC 3339, a date, or a duration counted from now.</summary>
internal static class InstantText
{
    /// <summary>A duration means so long from now.</summary>
    public static bool TryReadAhead(string text, DateTimeOffset now, out DateTimeOffset instant) => TryRead(text, now, 1, out instant);

    /// <summary>A duration means so long ago.</summary>
    public static bool TryReadBack(string text, DateTimeOffset now, out DateTimeOffset instant) => TryRead(text, now, -1, out instant);

    private static bool TryRead(string text, DateTimeOffset now, int direction, out DateTimeOffset instant)
    {
        instant = now;
        if (!DurationText.TryRead(text, out var duration))
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
        instant = now + (direction * duration);
        return true;
    }
}
