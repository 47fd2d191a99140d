using System.Text;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Architecture.Tests;

/// <summary>Writes docs/state-machines.md from the transition table.</summary>
internal static class StateMachines
{
    public static string Write()
    {
        var text = new StringBuilder("# State machines\n\nWritten from the transition tables by `tests/Architecture.Tests`; a test fails when it is stale.\n\n## Job\n\n");
        text.Append("Succeeded, Failed and Canceled are terminal and reject every input. A pair that is not listed is rejected and changes nothing.\n\n| state | input | next |\n|---|---|---|\n");
        foreach (var cell in JobTransitions.Table.OrderBy(cell => cell.State).ThenBy(cell => cell.Input.Name, StringComparer.Ordinal))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {cell.State} | {cell.Input.Name} | {cell.Next} |\n");
        }

        return text.ToString();
    }
}

/// <summary>The tables of docs/protocol.md.</summary>
internal static class WireContract
{
    public static IEnumerable<(string Message, int Number, string Field)> Read(string path)
    {
        var message = "";
        var found = 0;
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                message = line[4..].Trim();
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && line.Split('|', StringSplitOptions.TrimEntries) is [_, var number, var field, ..] && int.TryParse(number, out var value))
            {
                found++;
                yield return (message, value, field);
            }
        }

        Assert.True(found > 200, $"only {found} fields are listed in {path}");
    }
}
