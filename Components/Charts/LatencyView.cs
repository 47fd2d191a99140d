using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>A step of a picture of waiting or running times; without samples, nothing is drawn.</summary>
public readonly record struct LatencyStep(DateTimeOffset Start, int Samples, TimeSpan P50, TimeSpan P95);

/// <summary>How long jobs waited or ran, over a window; at most 144 steps.</summary>
public sealed record LatencyView(ImmutableArray<LatencyStep> Steps, TimeSpan Width, bool IsWait)
{
    private const int Most = 144;

    public static LatencyView From(TypeNumbers numbers, Window window, bool wait)
    {
        if (numbers.Minutes.IsEmpty)
        {
            return new LatencyView([], TimeSpan.FromMinutes(1), wait);
        }

        var minutes = (int)ChartWindows.Span(window).TotalMinutes;
        var per = (minutes + Most - 1) / Most;
        var newest = numbers.Minutes[^1].Start;
        var start = newest.AddMinutes(1 - minutes);
        var steps = ImmutableArray.CreateBuilder<LatencyStep>(minutes / per);
        var points = numbers.Latencies.AsSpan();
        for (var at = start; at <= newest; at = at.AddMinutes(per))
        {
            var within = new List<LatencyPoint>();
            foreach (var point in points)
            {
                if (point.Start >= at && point.Start < at.AddMinutes(per))
                {
                    within.Add(point);
                }
            }

            // Percentiles of several minutes cannot be had from those of each: the middle of the medians, the worst of the others.
            var medians = within.Select(point => wait ? point.WaitP50 : point.RunP50).Order().ToList();
            steps.Add(within.Count == 0 ? new LatencyStep(at, 0, default, default)
                : new LatencyStep(at, within.Sum(point => point.Samples), medians[(medians.Count - 1) / 2], within.Max(point => wait ? point.WaitP95 : point.RunP95)));
        }

        return new LatencyView(steps.DrainToImmutable(), TimeSpan.FromMinutes(per), wait);
    }

    /// <summary>In seconds.</summary>
    public double Longest => Steps.IsEmpty || Steps.All(step => step.Samples == 0) ? 1 : Scale(Steps.Max(step => step.P95.TotalSeconds));

    public bool IsEmpty => Steps.All(step => step.Samples == 0);

    public string P95Line => Plot.Steps(Steps.Select(step => step.Samples == 0 ? -1 : step.P95.TotalSeconds).ToList(), Longest);

    public string P50Line => Plot.Steps(Steps.Select(step => step.Samples == 0 ? -1 : step.P50.TotalSeconds).ToList(), Longest);

    public string Read => Steps.IsEmpty ? "" : Plot.Read(
        Steps[0].Start, Width,
        new PlotLine("s p50", Steps.Select(step => step.Samples == 0 ? -1 : step.P50.TotalSeconds)),
        new PlotLine("s p95", Steps.Select(step => step.Samples == 0 ? -1 : step.P95.TotalSeconds)));

    public string Summary(string of) => IsEmpty ? $"{of}: no job has ended"
        : $"{of}: {What} p95 at most {Words.Span(Steps.Max(step => step.P95))}, p50 lately {Words.Span(Steps.Last(step => step.Samples > 0).P50)}";

    private string What => IsWait ? "wait" : "run";

    /// <summary>Below a second, tenths: a scale in whole seconds would show nothing.</summary>
    private static double Scale(double seconds) => seconds >= 1 ? Plot.Ceiling(seconds) : Math.Max(0.01, Plot.Ceiling(seconds * 1000) / 1000);
}
