using System.Text;
using BlazorPluginAdmin.Cli.Text;
using Spectre.Console;

namespace BlazorPluginAdmin.Cli.Output;

/// <summary>Rows for people: with lines and colours on a terminal, aligned text everywhere else.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>A cell for each column; its text is whatever workers said.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Visible.Line)]);

    public void Write(TextWriter writer, bool isRich)
    {
        if (isRich)
            Rich(writer);
        else
            Plain(writer);
    }

    private void Plain(TextWriter writer)
    {
        var widths = columns.Select((column, at) => Math.Max(column.Length, _rows.Count == 0 ? 0 : _rows.Max(row => row[at].Length))).ToArray();
        foreach (var row in _rows.Prepend([.. columns.Select(column => column.ToUpperInvariant())]))
        {
            var line = new StringBuilder();
            for (var at = 0; at < row.Length; at++)
                line.Append(at == row.Length - 1 ? row[at] : row[at].PadRight(widths[at] + 2));
            writer.WriteLine(line.ToString().TrimEnd());
        }
    }

    private void Rich(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.EightBit });
        console.Profile.Width = Console.WindowWidth > 0 ? Console.WindowWidth : 120;
        var table = new Spectre.Console.Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(column)}[/]"));
        foreach (var row in _rows)
            table.AddRow(row.Select(Coloured).ToArray());
        console.Write(table);
    }

    /// <summary>States carry their colour besides their word.</summary>
    private static string Coloured(string cell)
    {
        var colour = cell.Split(' ')[0] switch
        {
            "succeeded" or "healthy" => "green",
            "failed" or "lost" or "unhealthy" or "gone" => "red",
            "running" or "assigned" => "blue",
            "canceled" or "draining" => "yellow",
            _ => "",
        };
        return colour.Length > 0 ? $"[{colour}]{Markup.Escape(cell)}[/]" : Markup.Escape(cell);
    }
}
