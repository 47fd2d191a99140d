using System.Buffers;
using System.Globalization;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Durations as people write them: <c>30s</c>, <c>1h30m</c>, <c>250ms</c>; a bare number means seconds.</summary>
internal static class DurationText
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.");

    /// <summary>A duration of at most 100 years, not negative.</summary>
    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        var seconds = 0.0;
        for (var isFirst = true; isFirst || !rest.IsEmpty; isFirst = false)
        {
            var digits = rest.IndexOfAnyExcept(NumberSigns);
            var number = digits < 0 ? rest : rest[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                return false;
            rest = rest[number.Length..];
            var size = 0.0;
            foreach (var (unit, length) in Units)
            {
                if (rest.StartsWith(unit, StringComparison.Ordinal))
                {
                    size = length;
                    rest = rest[unit.Length..];
                    break;
                }
            }

            if (size == 0 && !(isFirst && rest.IsEmpty))
                return false;
            seconds += count * (size == 0 ? 1 : size);
        }

        if (seconds > 100 * 365 * 86_400.0)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>The two largest units that are not zero: <c>2 d 3 h</c>, <c>1.2 s</c>.</summary>
    public static string Write(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 0 } => "-" + Write(duration.Negate()),
        { TotalSeconds: < 1 } => $"{Math.Ceiling(duration.TotalMilliseconds)} ms",
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s"),
        { TotalMinutes: < 60 } => Two(duration.Minutes, "min", duration.Seconds, "s"),
        { TotalHours: < 24 } => Two(duration.Hours, "h", duration.Minutes, "min"),
        _ => Two((int)duration.TotalDays, "d", duration.Hours, "h"),
    };

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
