using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Lists narrowed to a lane.</summary>
public static class Lanes
{
    public static IEnumerable<JobTypeView> In(ReadModel model, string? lane) =>
        string.IsNullOrEmpty(lane) ? model.JobTypes : model.JobTypes.Where(type => type.Rules.Lane == lane);

    /// <summary>The job types a list is narrowed to; null when it is not, empty when nothing can be in it.</summary>
    public static IReadOnlyList<string>? Types(ReadModel model, string? jobType, string? lane)
    {
        if (string.IsNullOrEmpty(lane))
        {
            return string.IsNullOrEmpty(jobType) ? null : jobType.Split(',');
        }

        var inside = In(model, lane).Select(type => type.Name);
        return [.. string.IsNullOrEmpty(jobType) ? inside : inside.Intersect(jobType.Split(','), StringComparer.Ordinal)];
    }
}
