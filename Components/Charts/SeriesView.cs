using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>Queue depth and throughput over a window, at most 180 steps of equal width, oldest first.</summary>
public sealed record SeriesView(ImmutableArray<Bucket> Steps, TimeSpan Width)
{
    private const int Most = 180;

    public static SeriesView From(TypeNumbers numbers, Window window)
    {
        var buckets = numbers.Buckets(window);
        var per = Math.Max(1, (buckets.Length + Most - 1) / Most);
        var width = window == Window.Quarter ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(per);
        var steps = ImmutableArray.CreateBuilder<Bucket>((buckets.Length / per) + 1);
        for (var n = 0; n < buckets.Length; n += per)
        {
            var step = buckets[n];
            foreach (var other in buckets[(n + 1)..Math.Min(n + per, buckets.Length)])
            {
                // The most that was there at once, and the sum of what ended.
                step = new Bucket(step.Start, Math.Max(step.Queued, other.Queued), Math.Max(step.Active, other.Active), step.Succeeded + other.Succeeded, step.Failed + other.Failed, step.Canceled + other.Canceled);
            }

            steps.Add(step);
        }

        return new SeriesView(steps.DrainToImmutable(), width);
    }

    public double Deepest => Plot.Ceiling(Steps.IsEmpty ? 0 : Steps.Max(step => Math.Max(step.Queued, step.Active)));

    /// <summary>Most that ended in one step.</summary>
    public double Busiest => Plot.Ceiling(Steps.IsEmpty ? 0 : Steps.Max(step => step.Ended));

    public int Succeeded => Steps.Sum(step => step.Succeeded);

    public int Failed => Steps.Sum(step => step.Failed);

    public int Canceled => Steps.Sum(step => step.Canceled);

    public string QueuedArea => Plot.Area(Steps.Select(step => (double)step.Queued).ToList(), Deepest);

    public string ActiveLine => Plot.Steps(Steps.Select(step => (double)step.Active).ToList(), Deepest);

    public string SucceededBars => Plot.Bars(new double[Steps.Length], Steps.Select(step => (double)step.Succeeded).ToList(), Busiest);

    public string FailedBars => Plot.Bars(Steps.Select(step => (double)step.Succeeded).ToList(), Steps.Select(step => (double)(step.Succeeded + step.Failed)).ToList(), Busiest);

    public string CanceledBars => Plot.Bars(Steps.Select(step => (double)(step.Succeeded + step.Failed)).ToList(), Steps.Select(step => (double)step.Ended).ToList(), Busiest);

    public string DepthRead => Steps.IsEmpty ? "" : Plot.Read(Steps[0].Start, Width, new PlotLine("queued", Steps.Select(step => (double)step.Queued)), new PlotLine("active", Steps.Select(step => (double)step.Active)));

    public string EndedRead => Steps.IsEmpty ? "" : Plot.Read(
        Steps[0].Start, Width, new PlotLine("succeeded", Steps.Select(step => (double)step.Succeeded)), new PlotLine("failed", Steps.Select(step => (double)step.Failed)), new PlotLine("canceled", Steps.Select(step => (double)step.Canceled)));

    public string DepthSummary(string of) => Steps.IsEmpty || !Steps[^1].IsKnown ? $"{of}: nothing is known yet"
        : $"{of}: at most {Words.Number(Steps[^1].Queued)} queued and {Words.Number(Steps[^1].Active)} active just now; at most {Words.Number(Steps.Max(step => step.Queued))} queued at once";

    public string EndedSummary(string of) => $"{of}: {Words.Number(Succeeded)} succeeded, {Words.Number(Failed)} failed, {Words.Number(Canceled)} canceled";
}
