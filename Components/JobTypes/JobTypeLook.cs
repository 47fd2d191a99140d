using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What pages say of a job type in a word or two.</summary>
public static class JobTypeLook
{
    /// <summary>How often it detects by itself: by its timetable's cron expression, which stands in place of the interval, else by that.</summary>
    public static string Pace(JobTypeView type) => type.Timetable is { Cron.Length: > 0 } timetable
        ? $"{CronWords.Of(timetable.Cron)}, {timetable.TimeZone}"
        : $"every {Words.Span(type.Policy.DetectionInterval)}";
}
