using System.Globalization;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>The usual cron expressions in words; whatever is not usual stays as it is written.</summary>
public static class CronWords
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    public static string Of(string expression)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields is [var minute, var hour, var day, "*", var weekday] && Read(minute, hour, day, weekday) is { } words ? words : expression;
    }

    private static string? Read(string minute, string hour, string day, string weekday) => (minute, hour, day, weekday) switch
    {
        ("*", "*", "*", "*") => "every minute",
        (_, "*", "*", "*") when Step(minute, 60) is { } minutes => $"every {minutes} minutes",
        (_, "*", "*", "*") when Number(minute, 59) is { } at => $"every hour at :{at:00}",
        (_, _, "*", "*") when Step(hour, 24) is { } hours && Number(minute, 59) is { } at => $"every {hours} hours at :{at:00}",
        (_, _, "*", "*") when Time(minute, hour) is { } time => $"every day at {time}",
        (_, _, "*", _) when Time(minute, hour) is { } time && Weekdays(weekday) is { } weekdays => $"{weekdays} at {time}",
        (_, _, _, "*") when Time(minute, hour) is { } time && Number(day, 31) is > 0 and var of => $"on day {of} of each month at {time}",
        _ => null,
    };

    private static string? Time(string minute, string hour)
    {
        if (Number(minute, 59) is not { } minutes)
        {
            return null;
        }

        var hours = hour.Split(',').Select(part => Number(part, 23)).ToList();
        return hours.Contains(null) ? null : string.Join(", ", hours.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each:00}:{minutes:00}")));
    }

    /// <summary>Only steps that come out even: others begin anew with each hour or day.</summary>
    private static int? Step(string field, int of) => field.StartsWith("*/", StringComparison.Ordinal) && Number(field[2..], of - 1) is > 1 and var step && of % step == 0 ? step : null;

    private static string? Weekdays(string field)
    {
        var words = field.Split(',').Select(part => part.Split('-') switch
        {
            [var one] => Weekday(one),
            [var from, var to] => Weekday(from) is { } first && Weekday(to) is { } last ? $"{first}–{last}" : null,
            _ => null,
        }).ToList();
        return words.Contains(null) ? null : string.Join(", ", words);
    }

    private static string? Weekday(string text) => Number(text, 7) is { } number ? Days[number % 7] : Array.Find(Days, day => day.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static int? Number(string text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;
}
