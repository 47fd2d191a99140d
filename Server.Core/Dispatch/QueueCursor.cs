using System.Globalization;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>A place in the list of jobs that wait, and the instant the list stands for.</summary>
internal readonly record struct QueueCursor(DateTimeOffset At, bool Ascending, HeadEntry Place)
{
    private const char Letter = 'q';

    /// <summary>Where the filter's page begins, or ends; null: at the start.</summary>
    /// <exception cref="FormatException">Not a cursor of this list.</exception>
    public static QueueCursor? Of(JobFilter filter) => filter.Start is not { } text ? null
        : Parse(text) is { } cursor && cursor.Ascending == filter.Ascending ? cursor
        : throw new FormatException($"'{text}' is not a cursor of this list");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Letter}{(Ascending ? "a" : "")}{At.UtcTicks}.{Place.Gained}.{Place.DueAt.UtcTicks}~{Place.Job.Value}");

    private static QueueCursor? Parse(string text)
    {
        var ascending = text.Length > 1 && text[1] == 'a';
        var parts = text[(ascending ? 2 : 1)..].Split('~', 2);
        return text[0] == Letter && parts.Length == 2
            && parts[0].Split('.') is [var at, var gained, var due]
            && Instant(at) is { } when && Instant(due) is { } dueAt
            && Int128.TryParse(gained, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var points)
            ? new QueueCursor(when, ascending, new HeadEntry(points, dueAt, new JobId(parts[1])))
            : null;
    }

    private static DateTimeOffset? Instant(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
}
