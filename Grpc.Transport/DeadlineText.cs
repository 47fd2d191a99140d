using System.Globalization;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>The coding of <c>grpc-timeout</c>: one to eight digits and a unit of <c>H M S m u n</c>.</summary>
public static class DeadlineText
{
    /// <summary>The longest timer that is set at once; a later deadline is approached in steps.</summary>
    public static readonly TimeSpan TimerCap = TimeSpan.FromDays(24);

    private const long MostDigits = 99_999_999;

    /// <summary>Time left → header value, rounded up to the finest unit that fits eight digits. Nothing left is written as <c>1n</c>.</summary>
    public static string Encode(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
        {
            return "1n";
        }

        (decimal Size, char Unit)[] units = [(0.01m, 'n'), (10, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'), (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H')];
        foreach (var (size, unit) in units)
        {
            var count = Math.Ceiling(left.Ticks / size);
            if (count <= MostDigits)
            {
                return ((long)count).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return MostDigits.ToString(CultureInfo.InvariantCulture) + 'H';
    }

    /// <summary>Header value → time left; false when it is not of the form.</summary>
    public static bool TryDecode(string text, out TimeSpan left)
    {
        left = TimeSpan.Zero;
        if (text.Length is < 2 or > 9 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var ticks = text[^1] switch
        {
            'H' => (decimal)count * TimeSpan.TicksPerHour,
            'M' => (decimal)count * TimeSpan.TicksPerMinute,
            'S' => (decimal)count * TimeSpan.TicksPerSecond,
            'm' => (decimal)count * TimeSpan.TicksPerMillisecond,
            'u' => count * 10m,
            'n' => count / 100m,
            _ => -1m,
        };
        if (ticks < 0)
        {
            return false;
        }

        left = ticks > TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : new TimeSpan((long)Math.Ceiling(ticks));
        return true;
    }
}
