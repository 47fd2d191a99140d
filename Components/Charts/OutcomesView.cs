using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>What became of jobs in spans of a window, few enough for a bar each, the newest ending now.</summary>
public static class OutcomesView
{
    public static ImmutableArray<Bucket> From(TypeNumbers numbers, Window window) =>
    [
        .. numbers.Buckets(window).ToArray().Chunk((int)(Width(window) / (window == Window.Quarter ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(1)))).Select(buckets => buckets.Aggregate((sum, bucket) => new Bucket(
            sum.Start, Math.Max(sum.Queued, bucket.Queued), Math.Max(sum.Active, bucket.Active), sum.Succeeded + bucket.Succeeded, sum.Failed + bucket.Failed, sum.Canceled + bucket.Canceled))),
    ];

    /// <summary>Of a bar.</summary>
    public static TimeSpan Width(Window window) => TimeSpan.FromMinutes(window switch
    {
        Window.Quarter => 1,
        Window.Hour => 5,
        Window.SixHours => 15,
        _ => 60,
    });

    /// <summary>Of a bar, after "per": "hour", "5 min".</summary>
    public static string Text(Window window) => window switch
    {
        Window.Quarter => "minute",
        Window.Day => "hour",
        _ => $"{Width(window).TotalMinutes:0} min",
    };
}
