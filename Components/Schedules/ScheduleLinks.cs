using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>Addresses of schedules and of their jobs.</summary>
public static class ScheduleLinks
{
    /// <summary>The label that jobs of a schedule have; its value is the schedule's name.</summary>
    public const string Label = "schedule";

    public static string To(JobSchedule schedule) => $"schedules/{Uri.EscapeDataString(schedule.Id.Value)}";

    /// <param name="and">More of the query.</param>
    public static string Jobs(JobSchedule schedule, string and = "") => JobQueries.To($"label.{Label}:{JobQueries.Word(schedule.Name)}{(and.Length > 0 ? $" {and}" : "")}");
}
