using System.Text;
using System.Text.Json;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary><c>figures.jsonl</c> → <c>report.md</c>: of each figure the newest commit's runs, median and range.</summary>
internal static class Report
{
    public static void Write(string folder)
    {
        var figures = File.ReadLines(Path.Combine(folder, ResultFile.FileName)).Select(line => JsonSerializer.Deserialize<Figure>(line)!).ToList();
        var text = new StringBuilder("# Figures\nMade from `figures.jsonl` by `bench/run.sh`; what is measured and how stands in `bench/README.md`.\n\n");
        text.Append("| scenario | setting | figure | median | range | aim | runs | commit | day |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (var group in figures.GroupBy(figure => (figure.Scenario, figure.Setting, figure.Name)))
        {
            var newest = group.MaxBy(figure => figure.At)!;
            var runs = group.Where(figure => figure.Machine.Commit == newest.Machine.Commit).ToList();
            var median = Figure.Median(runs);
            var aim = Aim.Of(newest) is { } held ? $"{held.Sign} {held.Value:#,0.##}, {(held.IsMetBy(median) ? "met" : "**missed**")}" : "";
            text.AppendLine(
                $"| {newest.Scenario} | {newest.Setting} | {newest.Name} | {median:#,0.##} {newest.Unit} | {runs.Min(figure => figure.Value):#,0.##}–{runs.Max(figure => figure.Value):#,0.##} | {aim} | {runs.Count} | {newest.Machine.Commit} | {newest.At:yyyy-MM-dd} |");
        }

        text.Append("\n## Machines\n| commit | processor | cores | memory | kernel | runtime | fsync p50, p99 | load average at the start |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var machine in figures.Select(figure => figure.Machine).Distinct().DistinctBy(machine => (machine.Commit, machine.Processor)))
        {
            text.AppendLine(
                $"| {machine.Commit} | {machine.Processor} | {machine.Cores} | {machine.MemoryGigabytes} GiB | {machine.Kernel} | {machine.Runtime} | {machine.FsyncP50} ms, {machine.FsyncP99} ms | {machine.LoadAverage} |");
        }

        File.WriteAllText(Path.Combine(folder, "report.md"), text.ToString());
    }
}
