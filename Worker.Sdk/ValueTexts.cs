using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Durations as people write them.</summary>
internal static partial class DurationText
{
    /// <summary>Some 29,000 years: sums of a few still fit.</summary>
    private const double Most = 900_000_000_000;

    /// <summary>Null: no number, or too many.</summary>
    public static TimeSpan? Seconds(double seconds) => Math.Abs(seconds) <= Most ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Seconds (<c>30</c>, <c>1.5</c>) or parts with units (<c>1h30m</c>, <c>250ms</c>); null: neither.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return Seconds(seconds);
        }

        if (Parts().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var total = match.Groups["count"].Captures.Zip(match.Groups["unit"].Captures, (count, unit) => double.Parse(count.ValueSpan, CultureInfo.InvariantCulture) * Factor(unit.Value)).Sum();
        return Seconds(match.Groups["sign"].Length > 0 ? -total : total);
    }

    public static string Of(Duration duration)
    {
        var sign = duration.Seconds < 0 || duration.Nanos < 0 ? "-" : "";
        var fraction = Math.Abs((long)duration.Nanos).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Int128.Abs(duration.Seconds)}{(fraction.Length > 0 ? "." : "")}{fraction}s");
    }

    private static double Factor(string unit) => unit switch
    {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => 0.001,
    };

    [GeneratedRegex(@"^\s*(?<sign>-?)(?:(?<count>[0-9]+(?:\.[0-9]+)?)(?<unit>ms|s|m|h|d))+\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}

/// <summary>
/// Doubles as the SDKs of all languages write them, by the rules of ECMAScript: the fewest digits that are this number, an exponent
/// only far from 1.
/// </summary>
internal static class NumberText
{
    /// <summary>Null: it is no number.</summary>
    public static string? Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return null;
        }

        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var dot = parts[0].IndexOf('.', StringComparison.Ordinal);
        var whole = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = whole.TrimStart('0');
        var point = (dot < 0 ? whole.Length : dot) - (whole.Length - digits.Length) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        digits = digits.TrimEnd('0');
        var text = point switch
        {
            _ when digits.Length == 0 => "0",
            <= 21 when point >= digits.Length => digits + new string('0', point - digits.Length),
            > 0 and <= 21 => $"{digits[..point]}.{digits[point..]}",
            > -6 and <= 0 => $"0.{new string('0', -point)}{digits}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{point - 1:+0;-0}"),
        };
        return value < 0 ? "-" + text : text;
    }
}
