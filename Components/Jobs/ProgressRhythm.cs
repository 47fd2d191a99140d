using BlazorPluginAdmin.Server.Core.Activities;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>How often an attempt says something new, by what is remembered of it.</summary>
public static class ProgressRhythm
{
    /// <summary>Silence, in usual gaps, that is worth a word.</summary>
    public const int Patience = 3;

    /// <summary>Reports it takes to know a rhythm.</summary>
    private const int Reports = 4;

    /// <param name="said">When it reported, oldest first.</param>
    /// <returns>The median gap; null with too few reports.</returns>
    public static TimeSpan? UsualGap(IReadOnlyList<DateTimeOffset> said)
    {
        if (said.Count < Reports)
        {
            return null;
        }

        var gaps = said.Zip(said.Skip(1), (one, next) => next - one).Order().ToList();
        return gaps[gaps.Count / 2];
    }

    public static bool IsReport(Activity activity) => activity.Source == "worker_progress";
}
