using System.Runtime.CompilerServices;
using System.Text;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>docs/pluginctl.md says what --help says.</summary>
public class DocumentTests
{
    private const string Marker = "## Verbs\n";

    private static readonly string[][] Verbs =
    [
        ["run"], ["status"], ["list"], ["logs"], ["cancel"], ["retry"], ["groups", "status"], ["groups", "cancel"],
        ["schedules", "list"], ["schedules", "show"], ["schedules", "add"], ["schedules", "pause"], ["schedules", "resume"], ["schedules", "run"], ["schedules", "delete"], ["schedules", "next"], ["watch"],
        ["describe-type"], ["config", "get"], ["config", "set"], ["config", "diff"], ["detect"], ["workers"], ["workers", "drain"], ["new-worker"], ["completion"],
    ];

    [Fact]
    public async Task Document_IsFresh()
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "docs", "pluginctl.md"));
        var there = await File.ReadAllTextAsync(path);
        var fresh = new StringBuilder(there[..(there.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)]);
        foreach (var verb in Verbs)
        {
            var help = await new Shell("").RunAsync([.. verb, "--help"]);
            Assert.Equal(0, help.Code);
            fresh.Append($"\n### {string.Join(' ', verb)}\n```\n{Own(help.Output)}```\n");
        }

        if (Environment.GetEnvironmentVariable("WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, fresh.ToString());
        Assert.True(await File.ReadAllTextAsync(path) == fresh.ToString(), "docs/pluginctl.md is stale; write it with: WRITE_DOCS=1 dotnet test tests/Cli.Tests");
    }

    /// <summary>Without the options of every verb, which stand at the top of the document.</summary>
    private static string Own(string help)
    {
        var lines = help.TrimEnd().Split('\n').Select(line => line.TrimEnd());
        return string.Concat(lines.Where(line => !Common.Any(option => line.StartsWith($"  {option}", StringComparison.Ordinal))).Select(line => $"{line}\n"));
    }

    private static readonly string[] Common = ["--address ", "--token-file ", "--config ", "--profile ", "--json ", "-q, ", "--call-timeout ", "--no-color ", "-h, "];

    private static string Here([CallerFilePath] string path = "") => path;
}
