using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>The cells of one worker that look alike, as one path: a row is 10 high, a cell 1 wide.</summary>
/// <param name="Shade">0 idle, 1–4 quarters of its slots, 5 draining, -1 not connected, if only for a part of the time.</param>
public readonly record struct HeatPath(int Shade, string Path);

/// <param name="Summary">The row in words.</param>
/// <param name="Read">What hover and focus read.</param>
public sealed record HeatRow(WorkerId Worker, string Name, ImmutableArray<HeatPath> Paths, string Now, string Summary, string Read);

/// <summary>Load of workers over time, from the read model's busiest.</summary>
public sealed record HeatView(ImmutableArray<HeatRow> Rows, int Cells, int More)
{
    public static HeatView From(ImmutableArray<WorkerView> busiest, int known, Window window, int most)
    {
        var cells = Math.Min(WorkerNumbers.Cells, (int)(ChartWindows.Span(window) / WorkerNumbers.CellWidth));
        var shown = busiest.Take(most).ToList();
        return new HeatView([.. shown.Select(view => Row(view, cells))], cells, known - shown.Count);
    }

    /// <summary>Times in which its load was the same, newest first; of times nobody looked at there is none.</summary>
    public static IEnumerable<(DateTimeOffset From, DateTimeOffset To, string Text)> Stretches(WorkerView view, int cells)
    {
        var load = view.Numbers.Load.TakeLast(cells).ToList();
        var end = view.Numbers.NewestCell + WorkerNumbers.CellWidth;
        for (var last = load.Count - 1; last >= 0;)
        {
            var first = last;
            while (first > 0 && load[first - 1] == load[last])
            {
                first--;
            }

            if (load[last] != LoadCell.Unknown)
            {
                yield return (end - (WorkerNumbers.CellWidth * (load.Count - first)), end - (WorkerNumbers.CellWidth * (load.Count - 1 - last)), Said(load[last]));
            }

            last = first - 1;
        }
    }

    private static string Said(LoadCell cell) =>
        !cell.IsConnected ? "not connected" : string.Create(CultureInfo.InvariantCulture, $"{cell.Percent} %{(cell.Draining ? ", draining" : "")}{(cell.Broke ? ", away in between" : "")}");

    private static HeatRow Row(WorkerView view, int cells)
    {
        var load = view.Numbers.Load.TakeLast(cells).ToList();
        var now = view.Session is null ? "gone" : $"{Words.Number(view.ExecutionUsed)} / {Words.Number(view.ExecutionTotal)}";
        var connected = load.Where(cell => cell.IsConnected).ToList();
        var gaps = load.Zip(load.Skip(1)).Count(pair => pair.First.IsConnected && (pair.Second == LoadCell.Gone || pair.Second.Broke));
        var summary = $"{Words.Visible(view.Worker.Id.Value)}: {(view.Session is null ? "not connected" : $"{now} slots in use{(view.Worker.Draining ? ", draining" : "")}")}"
            + (connected.Count == 0 ? "" : $"; {Words.OfHundred(connected.Average(cell => cell.Percent))} on average")
            + (gaps == 0 ? "" : $"; {Words.Count(gaps, "gap")}");
        var start = view.Numbers.NewestCell - (WorkerNumbers.CellWidth * (load.Count - 1));
        return new HeatRow(
            view.Worker.Id, Words.Visible(view.Worker.Id.Value),
            [.. load.Select((cell, n) => (Shade: ShadeOf(cell), N: n)).Where(cell => cell.Shade > -2).GroupBy(cell => cell.Shade, cell => cell.N).OrderBy(group => group.Key).Select(group => new HeatPath(group.Key, PathOf(group)))],
            now, summary, load.Count == 0 ? "" : Plot.Read(start, WorkerNumbers.CellWidth, new PlotLine("% load", load.Select(cell => (double)cell.Percent))));
    }

    private static int ShadeOf(LoadCell cell) => cell == LoadCell.Unknown ? -2 : !cell.IsConnected || cell.Broke ? -1 : cell.Draining ? 5 : (cell.Percent + 24) / 25;

    /// <summary>Neighbours become one rectangle.</summary>
    private static string PathOf(IEnumerable<int> ascending)
    {
        var path = new StringBuilder();
        var (from, to) = (-1, -1);
        foreach (var n in ascending.Append(int.MaxValue))
        {
            if (n == to)
            {
                to++;
                continue;
            }

            if (from >= 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"M{from} 0H{to}V10H{from}Z");
            }

            (from, to) = (n, n == int.MaxValue ? 0 : n + 1);
        }

        return path.ToString();
    }
}
