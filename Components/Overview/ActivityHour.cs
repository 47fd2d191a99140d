using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Overview;

/// <summary>Activities of the last hour by job type, of the newest thousand, which are at hand.</summary>
/// <param name="IsCut">There were more in the hour than are at hand.</param>
public sealed record ActivityHour(IReadOnlyDictionary<string, int> ByType, bool IsCut)
{
    public static readonly ActivityHour Empty = new(new Dictionary<string, int>(), false);

    private const int AtHand = 1_000;

    public static ActivityHour From(ReadModel model)
    {
        var since = model.At.AddHours(-1);
        var recent = model.Activities.TakeWhile(activity => activity.At >= since).ToList();
        return new ActivityHour(recent.GroupBy(activity => activity.JobType, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal), recent.Count >= AtHand);
    }

    public string Of(string jobType) => $"{Words.Number(ByType.GetValueOrDefault(jobType))}{(IsCut ? " +" : "")}";
}
