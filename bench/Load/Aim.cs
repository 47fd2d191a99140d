using System.IO.Enumeration;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>What figures are held to: the median of the runs. <c>*</c> in a name stands for any text.</summary>
/// <param name="Sign">≤ or ≥.</param>
internal sealed record Aim(string Scenario, string Setting, string Name, char Sign, double Value)
{
    /// <summary>A scenario that names a figure anew takes its aim along: under --strict an aim without a figure is missed.</summary>
    private static readonly Aim[] All =
    [
        // The bars of the guarantee: rates, dispatch, recovery, start, memory of streams and of a large installation.
        new("submit", "gRPC, one connection, 64 at once", "acknowledged", '≥', 5000),
        new("submit", "REST, 32 at once", "acknowledged", '≥', 1000),
        new("throughput", "*", "jobs end to end", '≥', 3000),
        new("latency", "*", "due → handler began, p50", '≤', 5),
        new("latency", "*", "due → handler began, p99", '≤', 25),
        new("idle", "*", "resident memory over an admin with one worker", '≤', 100),
        new("failover", "connection broken", "*", '≤', 200),
        new("failover", "admin killed", "*", '≤', 5000),
        new("start", "100,000 *", "start", '≤', 2000),
        new("capacity", "*", "resident memory*", '≤', 1000),

        // The latency budget of the dashboard, and what one may cost.
        new("lists", "*", "first page, *, p95", '≤', 200),
        new("lists", "*", "search, *, p95", '≤', 500),
        new("watched", "*", "processor time of the admin for the dashboards", '≤', 100),
        new("watched", "*", "resident memory a dashboard, nothing going on", '≤', 1),
        new("watched", "*", "resident memory a dashboard adds to the load, its garbage included", '≤', 1),
        new("pages", "*", "first visit, transferred before usable", '≤', 300),
        new("pages", "*", "first list page, p50", '≤', 80),
        new("pages", "*", "first list page, p95", '≤', 200),
        new("pages", "*", "text search, p50", '≤', 150),
        new("pages", "*", "text search, p95", '≤', 500),
        new("pages", "*", "open a job over the list, p50", '≤', 60),
        new("pages", "*", "open a job over the list, p95", '≤', 200),
        new("pages", "*", "palette, from a key to the job it finds, p95", '≤', 50),
        new("pages", "*", "action, to its visible answer, p50", '≤', 50),
        new("pages", "*", "action, to its visible answer, p95", '≤', 150),
        new("pages", "*", "committed, to the frame that shows it, p50", '≤', 150),
        new("pages", "*", "committed, to the frame that shows it, p95", '≤', 400),
        new("pages", "*", "log line written, to the frame that shows it, p50", '≤', 300),
        new("pages", "*", "log line written, to the frame that shows it, p95", '≤', 1000),

        // What a person notices of output and of the tool.
        new("output", "*", "written, stored and followed", '≥', 50),
        new("pluginctl", "*", "run true, p95", '≤', 300),
    ];

    public static Aim? Of(Figure figure) => All.FirstOrDefault(aim => aim.Covers(figure));

    public bool IsMetBy(double value) => Sign == '≤' ? value <= Value : value >= Value;

    /// <summary>A sentence for each aim of the scenario that these figures of it miss, or do not have.</summary>
    public static IEnumerable<string> Missed(string scenario, IReadOnlyCollection<Figure> figures) =>
        from aim in All
        where aim.Scenario == scenario
        from sentence in aim.Missed(figures.Where(aim.Covers))
        select sentence;

    private IEnumerable<string> Missed(IEnumerable<Figure> figures)
    {
        var groups = figures.GroupBy(figure => (figure.Setting, figure.Name, figure.Unit)).ToList();
        return groups.Count == 0
            ? [$"{Scenario}, {Name}: not measured, aim {Sign} {Value:#,0.##}"]
            : from runs in groups
              let median = Figure.Median(runs)
              where !IsMetBy(median)
              select $"{Scenario}, {runs.Key.Setting}, {runs.Key.Name}: {median:#,0.##} {runs.Key.Unit}, aim {Sign} {Value:#,0.##}";
    }

    private bool Covers(Figure figure) => figure.Scenario == Scenario
        && FileSystemName.MatchesSimpleExpression(Setting, figure.Setting, ignoreCase: false)
        && FileSystemName.MatchesSimpleExpression(Name, figure.Name, ignoreCase: false);
}
