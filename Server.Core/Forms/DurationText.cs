using System.Globalization;
using System.Text;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// Durations as people write them: <c>1h30m</c>, <c>90s</c>, <c>250ms</c>; a plain number means seconds.
/// Exact to the nanosecond and good for the wire's whole range, which <see cref="TimeSpan"/> is not.
/// </summary>
public static class DurationText
{
    /// <summary>The wire's own bound, about ten thousand years.</summary>
    public const long MaxSeconds = 315_576_000_000;

    private const long NanosPerSecond = 1_000_000_000;

    private static readonly (string Unit, long Nanos)[] Units =
    [
        ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1), ("min", 60 * NanosPerSecond),
        ("d", 86_400 * NanosPerSecond), ("h", 3_600 * NanosPerSecond), ("m", 60 * NanosPerSecond), ("s", NanosPerSecond),
    ];

    public static bool TryParse(string? text, out ConfigValue.Duration duration)
    {
        duration = new ConfigValue.Duration(0, 0);
        ReadOnlySpan<char> rest = (text ?? "").Trim();
        var negative = rest.StartsWith("-");
        if (negative)
            rest = rest[1..];
        if (rest.IsEmpty)
            return false;
        Int128 total = 0;
        for (var first = true; !rest.IsEmpty; first = false)
        {
            if (!TryTakeNumber(ref rest, out var whole, out var billionths))
                return false;
            rest = rest.TrimStart();
            if (!TryTakeUnit(ref rest, out var nanos))
            {
                // A number without a unit is seconds, but only when it stands alone.
                if (!rest.IsEmpty || !first)
                    return false;
                nanos = NanosPerSecond;
            }
            rest = rest.TrimStart();
            var fraction = (Int128)billionths * nanos;
            if (fraction % NanosPerSecond != 0)
                return false;
            total += ((Int128)whole * nanos) + (fraction / NanosPerSecond);
            if (total > (Int128)MaxSeconds * NanosPerSecond)
                return false;
        }
        if (negative)
            total = -total;
        duration = new ConfigValue.Duration((long)(total / NanosPerSecond), (int)(total % NanosPerSecond));
        return true;
    }

    /// <summary>The shortest exact text that <see cref="TryParse"/> reads back.</summary>
    public static string Format(ConfigValue.Duration duration)
    {
        if (duration is { Seconds: 0, Nanos: 0 })
            return "0s";
        var text = new StringBuilder(duration.Seconds < 0 || duration.Nanos < 0 ? "-" : "");
        AppendParts(text, duration, ["d", "h", "m", "s"], ["ms", "us", "ns"]);
        return text.ToString();
    }

    /// <summary>The echo beside an input: <c>1 h 30 min</c>.</summary>
    public static string Spoken(ConfigValue.Duration duration)
    {
        if (duration is { Seconds: 0, Nanos: 0 })
            return "0 s";
        var text = new StringBuilder(duration.Seconds < 0 || duration.Nanos < 0 ? "−" : "");
        AppendParts(text, duration, [" d ", " h ", " min ", " s"], [" ms", " µs", " ns"]);
        return text.ToString().TrimEnd();
    }

    /// <summary>As the wire's JSON writes it: seconds with 0, 3, 6 or 9 decimals.</summary>
    public static string Wire(ConfigValue.Duration duration)
    {
        var sign = duration.Seconds < 0 || duration.Nanos < 0 ? "-" : "";
        var seconds = Magnitude(duration.Seconds).ToString(CultureInfo.InvariantCulture);
        var nanos = Math.Abs((long)duration.Nanos);
        var fraction = nanos switch
        {
            0 => "",
            _ when nanos % 1_000_000 == 0 => $".{nanos / 1_000_000:D3}",
            _ when nanos % 1_000 == 0 => $".{nanos / 1_000:D6}",
            _ => $".{nanos:D9}",
        };
        return $"{sign}{seconds}{fraction}s";
    }

    private static void AppendParts(
        StringBuilder text, ConfigValue.Duration duration, string[] units, string[] smallUnits)
    {
        var seconds = Magnitude(duration.Seconds);
        var nanos = Math.Abs((long)duration.Nanos);
        ulong[] parts = [seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] > 0)
                text.Append(CultureInfo.InvariantCulture, $"{parts[i]}{units[i]}");
        }
        var rest = seconds % 60;
        if (nanos == 0)
        {
            if (rest > 0)
                text.Append(CultureInfo.InvariantCulture, $"{rest}{units[3]}");
        }
        else if (rest > 0 || seconds > 0)
        {
            text.Append($"{rest}.{nanos:D9}".TrimEnd('0')).Append(units[3]);
        }
        else
        {
            var (divisor, unit) = nanos % 1_000_000 == 0 ? (1_000_000, 0) : nanos % 1_000 == 0 ? (1_000, 1) : (1, 2);
            text.Append(CultureInfo.InvariantCulture, $"{nanos / divisor}{smallUnits[unit]}");
        }
    }

    private static ulong Magnitude(long value) => value < 0 ? (ulong)(-(Int128)value) : (ulong)value;

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out long whole, out long billionths)
    {
        billionths = 0;
        var digits = Digits(rest);
        var hasWhole = long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out whole);
        if (digits > 0 && !hasWhole)
            return false;
        rest = rest[digits..];
        if (rest.IsEmpty || rest[0] != '.')
            return hasWhole;
        rest = rest[1..];
        var decimals = Digits(rest);
        if (decimals is 0 or > 9)
            return false;
        billionths = long.Parse(rest[..decimals], NumberStyles.None, CultureInfo.InvariantCulture);
        for (var i = decimals; i < 9; i++)
            billionths *= 10;
        rest = rest[decimals..];
        return true;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out long nanos)
    {
        foreach (var (unit, size) in Units)
        {
            if (!rest.StartsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            rest = rest[unit.Length..];
            nanos = size;
            return true;
        }
        nanos = 0;
        return false;
    }
}
