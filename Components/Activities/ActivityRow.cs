using BlazorPluginAdmin.Server.Core.Activities;

namespace BlazorPluginAdmin.Components.Activities;

/// <summary>A line of the stream: a day, or something that happened, perhaps several times in a row.</summary>
/// <param name="Day">Set for the line above the first entry of a day.</param>
/// <param name="Newest">The newest of the repeats.</param>
/// <param name="Times">1 for what was said once.</param>
public sealed record ActivityRow(DateOnly? Day, Activity? Newest, int Times)
{
    /// <summary>For a list that keeps its rows: a repeat that grows stays the same row.</summary>
    public object Key => Day is { } day ? day : First;

    private long First { get; init; }

    /// <param name="activities">Newest first.</param>
    /// <param name="dayOf">The day in the person's zone.</param>
    public static List<ActivityRow> From(IReadOnlyList<Activity> activities, Func<DateTimeOffset, DateOnly> dayOf)
    {
        var rows = new List<ActivityRow>(activities.Count + 8);
        DateOnly? day = null;
        for (var n = 0; n < activities.Count; n++)
        {
            var activity = activities[n];
            if (dayOf(activity.At) is var its && its != day)
            {
                rows.Add(new ActivityRow(day = its, null, 0));
            }

            var times = 1;
            while (n + 1 < activities.Count && Repeats(activities[n + 1], activity) && dayOf(activities[n + 1].At) == day)
            {
                times++;
                n++;
            }

            rows.Add(new ActivityRow(null, activity, times) { First = activities[n].Sequence });
        }

        return rows;
    }

    /// <summary>The same said again: only number and time differ.</summary>
    private static bool Repeats(Activity one, Activity other) =>
        one.Message == other.Message && one.Stage == other.Stage && one.Source == other.Source && one.Severity == other.Severity
        && one.JobType == other.JobType && one.Job == other.Job && one.Worker == other.Worker && one.Request == other.Request && one.Actor == other.Actor
        && one.Details.Equals(other.Details);
}
