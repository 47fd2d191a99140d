using System.Text.Json;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>One figure of one run, as it is kept: a JSON line.</summary>
internal sealed record Figure(DateTimeOffset At, string Scenario, string Setting, string Name, double Value, string Unit, Machine Machine)
{
    public static double Median(IEnumerable<Figure> runs)
    {
        var values = runs.Select(figure => figure.Value).Order().ToList();
        return values[values.Count / 2];
    }
}

/// <summary>Appends figures to <c>figures.jsonl</c>, from which the report is made.</summary>
internal sealed class ResultFile(string folder, Machine machine)
{
    public const string FileName = "figures.jsonl";

    private readonly List<Figure> _added = [];

    /// <summary>Those of this run.</summary>
    public IReadOnlyCollection<Figure> Added => _added;

    public void Add(IScenario scenario, string setting, string name, double value, string unit)
    {
        var figure = new Figure(TimeProvider.System.GetUtcNow(), scenario.Name, setting, name, Math.Round(value, 2), unit, machine);
        _added.Add(figure);
        File.AppendAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(figure) + "\n");
        Console.WriteLine($"{setting}: {name} {figure.Value} {unit}");
    }
}
