using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>
/// A cron expression of five fields in a time zone. The only place that knows the cron library. A time that the clock skips comes at
/// the end of the gap. A time that the clock repeats comes once, at the first, when the expression names hours; with <c>*</c> for the
/// hour it comes as often as the clock shows it.
/// </summary>
public static partial class CronSchedule
{
    private const int LongestExpression = 200;
    private const string Shape = "is not a cron expression of five fields (minute hour day month weekday)";

    /// <summary>The highest number of each field; the library itself looks at weekdays.</summary>
    private static readonly int[] Highest = [59, 23, 31, 12];

    /// <summary>Null: it can be used; else what is wrong.</summary>
    public static string? Problem(string cron, string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            return $"'{zone}' is not a time zone; give one like UTC or Europe/Berlin";
        }

        if (cron.Length > LongestExpression)
        {
            return $"a cron expression has at most {LongestExpression} characters";
        }

        if (Beyond(cron) is { } beyond)
        {
            return $"'{cron}' {Shape}: {beyond}";
        }

        try
        {
            return NextAfter(cron, zone, DateTimeOffset.UnixEpoch.AddYears(50)) is null ? $"'{cron}' never comes" : null;
        }
        catch (FormatException exception)
        {
            // The library speaks of its own classes there.
            var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            return $"'{cron}' {Shape}: {(fields == 5 ? exception.Message : $"it has {fields}")}";
        }
    }

    /// <summary>The first time after that instant.</summary>
    public static DateTimeOffset? NextAfter(string cron, string zone, DateTimeOffset after)
    {
        foreach (var next in After(cron, zone, after))
        {
            return next;
        }

        return null;
    }

    /// <summary>All times after that instant, in order. Lazy, and without end for most expressions. None in a zone this machine does not know.</summary>
    public static IEnumerable<DateTimeOffset> After(string cron, string zone, DateTimeOffset after)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var clock))
        {
            yield break;
        }

        var expression = CronExpression.Parse(cron, CronFormat.Unix).WithTimeZone(clock);
        var namesHours = NamesHours(cron);
        for (var last = after; expression.GetNextValidTimeAfter(last)?.ToUniversalTime() is { } next; last = next)
        {
            if (namesHours ? !IsRepeated(clock, next) : !IsMoved(cron, clock, next))
            {
                yield return next;
            }
        }
    }

    /// <summary>Not what the expression says: the time it says is skipped by the clock of the zone, which goes on at this one.</summary>
    public static bool IsMoved(string cron, TimeZoneInfo zone, DateTimeOffset instant)
    {
        var shown = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
        if (!zone.IsInvalidTime(shown.AddMinutes(-1)))
        {
            return false;
        }

        // The same expression on a clock without gaps says whether it would be there anyway.
        var plain = new DateTimeOffset(shown, TimeSpan.Zero);
        return CronExpression.Parse(cron, CronFormat.Unix).WithTimeZone(TimeZoneInfo.Utc).GetNextValidTimeAfter(plain.AddSeconds(-1)) != plain;
    }

    /// <summary>The wall clock of the zone showed this time before: it was set back since.</summary>
    public static bool IsRepeated(TimeZoneInfo zone, DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return zone.IsAmbiguousTime(local) && local.Offset == zone.GetAmbiguousTimeOffsets(local).Min();
    }

    public static bool NamesHours(string cron) => Fields(cron) is not [_, "*", ..];

    /// <summary>A number that its field does not have. To the library 98 and 99 are words of its own for "none" and "every", so that it takes them everywhere.</summary>
    private static string? Beyond(string cron) => Fields(cron).Zip(Highest).Select(field => Number().Matches(field.First)
            .Select(number => number.Value)
            .Where(number => !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > field.Second)
            .Select(number => $"{number} is above {field.Second}")
            .FirstOrDefault()).FirstOrDefault(problem => problem is not null);

    private static string[] Fields(string cron) => cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Not the step behind a slash.</summary>
    [GeneratedRegex(@"(?<![/\d])\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
