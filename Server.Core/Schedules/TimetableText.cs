using System.Collections.Immutable;
using System.Globalization;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>Quiet windows as people write them: <c>22:00-06:00</c>, <c>00:00-24:00 sat sun</c>.</summary>
public static class TimetableText
{
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static string Day(DayOfWeek day) => Days[(int)day];

    public static string Write(QuietWindow window) =>
        $"{window.From:HH\\:mm}-{window.To:HH\\:mm}" + (window.Days.IsDefaultOrEmpty ? "" : $" {string.Join(' ', window.Days.Select(Day))}");

    /// <summary>Null: it cannot be read. 24:00 is midnight; from and to being the same means the whole day.</summary>
    public static QuietWindow? Window(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0 || words[0].Split('-') is not [var from, var to] || Time(from) is not { } start || Time(to) is not { } end)
        {
            return null;
        }

        var days = ImmutableArray.CreateBuilder<DayOfWeek>();
        foreach (var word in words.Skip(1))
        {
            var day = Array.IndexOf(Days, word.ToLowerInvariant());
            if (day < 0)
            {
                return null;
            }

            days.Add((DayOfWeek)day);
        }

        return new QuietWindow(start, end, [.. days.Distinct().Order()]);
    }

    private static TimeOnly? Time(string text) => text == "24:00" ? TimeOnly.MinValue
        : TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
