using System.Diagnostics;
using System.Text.Json;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>What a person waits for in a real browser, over a store with a million jobs (Browser/measure.mjs).</summary>
internal sealed class Pages : IScenario
{
    private const int Rounds = 40;

    private sealed record Line(string Name, double[] Values, string Unit);

    public string Name => "pages";

    public string What => $"a browser over {StoredJobs.Count:#,0} stored jobs, {Rounds} rounds";

    public Task<string?> RunAsync(string app, ResultFile results) => StoredJobs.UnderAdminAsync(app, searchable: true, admin => MeasureAsync(admin, results));

    private async Task<string?> MeasureAsync(AdminUnderTest admin, ResultFile results)
    {
        await using var fleet = new Fleet(admin.Grpc, "talker", 1, 4, () => new Talker());
        await Fleet.ReadyAsync(admin, "probe", 1);
        using var browser = Process.Start(new ProcessStartInfo("node", ["Browser/measure.mjs", admin.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), $"{Rounds}"]) { RedirectStandardOutput = true })!;
        while (await browser.StandardOutput.ReadLineAsync() is { } text)
        {
            var line = JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web)!;
            var values = line.Values.Order().ToArray();
            if (values.Length == 1)
            {
                results.Add(this, "one browser", line.Name, values[0], line.Unit);
                continue;
            }

            results.Add(this, "one browser", $"{line.Name}, p50", values[values.Length / 2], line.Unit);
            results.Add(this, "one browser", $"{line.Name}, p95", values[values.Length * 95 / 100], line.Unit);
        }

        await browser.WaitForExitAsync();
        return browser.ExitCode == 0 ? null : $"the browser ended with {browser.ExitCode}";
    }
}
