using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>One detector brings very many proposals. Meanwhile pages and other workers must not notice.</summary>
internal sealed class Flood(string name, int bytes) : IScenario
{
    public const int Proposals = 100_000;

    public string Name => name;

    public string What => $"a detection with {Proposals:#,0} proposals{Size}; meanwhile pages are asked for and jobs of another worker go through";

    private string Size => bytes == 0 ? "" : $" with {bytes / 1024} KiB of parameters each";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        var executed = new ConcurrentDictionary<string, int>();
        await using var detector = new Fleet(admin.Grpc, "detector", 1, 1, () => new Detector("flood", bytes));
        await using var other = new Fleet(admin.Grpc, "other", 1, 16, () => new Noop("noop", 0, executed));
        await Fleet.ReadyAsync(admin, "flood", 2);
        await Fleet.ReadyAsync(admin, "noop", 2);
        await admin.WidenQueueAsync("flood");
        var setting = $"{Proposals:#,0} proposals{Size}";
        async Task PulseAsync() => (await admin.Http.PostAsJsonAsync("/api/plugin/jobs/execute", new { job = new { job_type = "noop" } })).EnsureSuccessStatusCode();
        async Task LookAsync() => await admin.Http.GetStringAsync("/api/plugin/scheduler-status");
        for (var n = 0; n < 200; n++)
        {
            await PulseAsync();
            await LookAsync();
        }

        Probe page, pulse;
        var watch = Stopwatch.StartNew();
        await using (page = new Probe(TimeSpan.FromMilliseconds(20), LookAsync))
        await using (pulse = new Probe(TimeSpan.FromMilliseconds(20), PulseAsync))
        {
            await admin.Http.PostAsJsonAsync("/api/plugin/job-types/flood/run?async=true", new { timeout_seconds = 600 });
            await Wait.UntilAsync(async () => await admin.MetricAsync("pluginadmin_jobs", "\"flood\"") >= Proposals);
            results.Add(this, setting, "taken in", Proposals / watch.Elapsed.TotalSeconds, "/s");
        }

        results.Add(this, setting, "longest answer of the status route", page.Longest, "ms");
        results.Add(this, setting, "longest way of another worker's job, submitted to completed", pulse.Longest, "ms");
        results.Add(this, setting, "resident memory afterwards", admin.ResidentMegabytes, "MB");
        return null;
    }
}
