using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>The Activity page in a real browser while the timeline grows by a thousand lines a second (Browser/timeline.mjs).</summary>
internal sealed class Timeline : IScenario
{
    private const int Jobs = 10;
    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(10);

    private sealed record Sample(double Minute, double AnswerMs, double HeapMegabytes, int Elements);

    public string Name => "timeline";

    public string What => $"a browser on Activity for {Watched.TotalMinutes:0} minutes, {Jobs * Chatter.PerSecond:#,0} new lines a second";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        await using var fleet = new Fleet(admin.Grpc, "chatter", 1, Jobs, () => new Chatter());
        await Fleet.ReadyAsync(admin, "chatter", 1);
        for (var n = 0; n < Jobs; n++)
        {
            using var answer = await admin.Http.PostAsJsonAsync("/api/plugin/jobs", new { job_type = "chatter", attempt_timeout = "1h" });
            answer.EnsureSuccessStatusCode();
        }

        var arguments = new[] { "Browser/timeline.mjs", admin.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), Watched.TotalMinutes.ToString(CultureInfo.InvariantCulture) };
        using var browser = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        var (watch, first) = (Stopwatch.StartNew(), await NewestAsync(admin));
        var samples = new List<(Sample Browser, double Resident)>();
        while (await browser.StandardOutput.ReadLineAsync() is { } line)
        {
            samples.Add((JsonSerializer.Deserialize<Sample>(line, JsonSerializerOptions.Web)!, admin.ResidentMegabytes));
        }

        var rate = (await NewestAsync(admin) - first) / watch.Elapsed.TotalSeconds;
        await browser.WaitForExitAsync();
        if (browser.ExitCode != 0 || rate < Jobs * Chatter.PerSecond * 0.95)
        {
            return browser.ExitCode != 0 ? $"the browser ended with {browser.ExitCode}" : $"only {rate:0} lines a second came";
        }

        var (began, ended) = (samples.Where(sample => sample.Browser.Minute is >= 1 and < 3).ToList(), samples.Where(sample => sample.Browser.Minute >= Watched.TotalMinutes - 2).ToList());
        results.Add(this, "one browser", "lines a second", rate, "/s");
        results.Add(this, "one browser", "click to its answer, longest", samples.Max(sample => sample.Browser.AnswerMs), "ms");
        results.Add(this, "one browser", "script memory of the page, 2nd and 3rd minute", began.Average(sample => sample.Browser.HeapMegabytes), "MB");
        results.Add(this, "one browser", "script memory of the page, last two minutes", ended.Average(sample => sample.Browser.HeapMegabytes), "MB");
        results.Add(this, "one browser", "elements of the page, most", samples.Max(sample => sample.Browser.Elements), "");
        results.Add(this, "one browser", "resident memory of the admin, 2nd and 3rd minute", began.Average(sample => sample.Resident), "MB");
        results.Add(this, "one browser", "resident memory of the admin, last two minutes", ended.Average(sample => sample.Resident), "MB");
        return null;
    }

    private static async Task<long> NewestAsync(AdminUnderTest admin) =>
        (await admin.Http.GetFromJsonAsync<JsonElement>("/api/plugin/activities?limit=1"))[0].GetProperty("sequence").GetInt64();
}
