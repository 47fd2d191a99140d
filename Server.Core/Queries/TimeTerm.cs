using System.Globalization;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>
/// A span of time as people write it: <c>&lt;1h</c> (younger), <c>&gt;2d</c> (older), <c>today</c>, <c>2026-01-02</c>, <c>&gt;=2026-01-02T10:00</c>,
/// <c>2026-01-02..2026-01-03</c> (both days). Dates without a zone are UTC.
/// </summary>
public static class TimeTerm
{
    private static readonly string[] Instants = ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>Null: not a span of time.</summary>
    public static TimeRange? Read(string text, DateTimeOffset now)
    {
        if (text.Split("..") is [var first, var last])
        {
            var (from, until) = (Point(first, now), Point(last, now));
            return (first.Length == 0 || from is not null) && (last.Length == 0 || until is not null) && text.Length > 2
                ? new TimeRange(from?.From, until?.Until)
                : null;
        }

        var sign = text.StartsWith(">=", StringComparison.Ordinal) || text.StartsWith("<=", StringComparison.Ordinal) ? text[..2]
            : text.StartsWith('<') || text.StartsWith('>') ? text[..1]
            : "";
        var value = text[sign.Length..];
        if (Age(value) is { } age)
        {
            return sign.StartsWith('<') ? new TimeRange(now - age, null) : sign.StartsWith('>') ? new TimeRange(null, now - age) : null;
        }

        return Point(value, now) is not { } point ? null : sign switch
        {
            "" => new TimeRange(point.From, point.Until),
            ">=" => new TimeRange(point.From, null),
            ">" => new TimeRange(point.Until, null),
            "<" => new TimeRange(null, point.From),
            _ => new TimeRange(null, point.Until),
        };
    }

    /// <summary>It ends before it begins, on whatever day it is read.</summary>
    public static bool IsReversed(string text) =>
        new[] { DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue.AddYears(-1000) }.All(now => Read(text, now) is { From: { } from, Until: { } until } && from >= until);

    /// <summary>As addresses write a span: each end an age (<c>1h</c>: an hour ago) or a date; empty is open. Null: one of them is neither.</summary>
    public static TimeRange? Between(string since, string until, DateTimeOffset now)
    {
        var (from, to) = (End(since, now), End(until, now));
        return (from is null && since.Length > 0) || (to is null && until.Length > 0) ? null : new TimeRange(from, to);
    }

    /// <summary><c>90s</c>, <c>5m</c>, <c>1h</c>, <c>2d</c>, <c>1w</c>; at most ten years.</summary>
    public static TimeSpan? Age(string text)
    {
        if (text.Length is < 2 or > 8 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        TimeSpan? span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            'w' => TimeSpan.FromDays(7L * number),
            _ => null,
        };
        return span <= TimeSpan.FromDays(3653) ? span : null;
    }

    private static DateTimeOffset? End(string text, DateTimeOffset now) => Age(text) is { } age ? now - age : Point(text, now)?.From;

    /// <summary>A day is as long as a day, an instant as short as a tick.</summary>
    private static (DateTimeOffset From, DateTimeOffset Until)? Point(string text, DateTimeOffset now)
    {
        if (text == "today" || text == "yesterday")
        {
            var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(text == "today" ? 0 : -1);
            return (day, day.AddDays(1));
        }

        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return date < DateTimeOffset.MaxValue.AddDays(-2) ? (date, date.AddDays(1)) : null;
        }

        return DateTimeOffset.TryParseExact(text, Instants, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            && instant < DateTimeOffset.MaxValue.AddDays(-2)
            ? (instant, instant.AddTicks(1))
            : null;
    }
}
