using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>A part of the day in which nothing scheduled starts; it may cross midnight and then belongs to the day it begins on.</summary>
/// <param name="Days">Empty: every day.</param>
public sealed record QuietWindow(TimeOnly From, TimeOnly To, ImmutableArray<DayOfWeek> Days)
{
    public bool IsOn(DayOfWeek day) => Days.IsDefaultOrEmpty || Days.Contains(day);
}

/// <summary>
/// When a job type detects, beyond the interval its config has for all admins: a cron expression in place of the interval, and quiet
/// windows. Quiet means: no detection starts by itself and no job that detection found; what somebody asks for does.
/// </summary>
public sealed record Timetable
{
    public static readonly Timetable None = new();

    /// <summary>Five fields; empty: the interval of the config.</summary>
    public string Cron { get; init; } = "";

    public string TimeZone { get; init; } = "UTC";

    public ImmutableArray<QuietWindow> Quiet { get; init; } = [];

    public bool IsSame(Timetable other) => (Cron, TimeZone) == (other.Cron, other.TimeZone) && Quiet.Select(TimetableText.Write).SequenceEqual(other.Quiet.Select(TimetableText.Write));

    public DateTimeOffset NextAfter(DateTimeOffset start, TimeSpan interval) =>
        Cron.Length > 0 && CronSchedule.NextAfter(Cron, TimeZone, start) is { } next ? next : start + interval;

    /// <summary>The end of the quiet the instant lies in; null outside of all windows. Windows that follow each other are one.</summary>
    public DateTimeOffset? QuietUntil(DateTimeOffset instant)
    {
        DateTimeOffset? until = null;
        for (var n = 0; n <= Quiet.Length && EndOfWindowAt(until ?? instant) is { } end; n++)
        {
            until = end;
        }

        return until;
    }

    /// <summary>The begin of the quiet the instant lies in; null outside of all windows, and where they follow each other without an end.</summary>
    public DateTimeOffset? QuietSince(DateTimeOffset instant)
    {
        DateTimeOffset? since = EndOfWindowAt(instant) is null ? null : instant;
        for (var n = 0; n <= Quiet.Length && since is { } at; n++)
        {
            var before = Windows(at, before: 1, after: 0).Where(window => window.From < at && at <= window.To).Select(window => (DateTimeOffset?)window.From).Min();
            if (before is null)
            {
                return at;
            }

            since = before;
        }

        return null;
    }

    /// <summary>The next instant at which quiet begins or ends; null without windows.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset instant) => QuietUntil(instant) ?? Windows(instant, before: 0, after: 8)
        .Where(window => window.From > instant)
        .Select(window => (DateTimeOffset?)window.From)
        .Min();

    private DateTimeOffset? EndOfWindowAt(DateTimeOffset instant) => Windows(instant, before: 1, after: 0)
        .Where(window => window.From <= instant && instant < window.To)
        .Select(window => (DateTimeOffset?)window.To)
        .Max();

    /// <summary>All windows that begin within so many days around the instant.</summary>
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Windows(DateTimeOffset instant, int before, int after)
    {
        if (Quiet.IsDefaultOrEmpty)
        {
            yield break;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
        for (var day = today.AddDays(-before); day <= today.AddDays(after); day = day.AddDays(1))
        {
            foreach (var window in Quiet.Where(window => window.IsOn(day.DayOfWeek)))
            {
                yield return (At(zone, day, window.From), At(zone, window.To > window.From ? day : day.AddDays(1), window.To));
            }
        }
    }

    /// <summary>A wall time that the clock skips is taken at the end of the gap.</summary>
    private static DateTimeOffset At(TimeZoneInfo zone, DateOnly day, TimeOnly time)
    {
        var wall = day.ToDateTime(time);
        while (zone.IsInvalidTime(wall))
        {
            wall = wall.AddMinutes(15);
        }

        return new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime();
    }
}
