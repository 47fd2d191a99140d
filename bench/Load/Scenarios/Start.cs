using System.Collections.Concurrent;
using System.Net.Http.Json;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>How long a start takes with a full store: once with all jobs waiting, once with all jobs ended.</summary>
internal sealed class Start : IScenario
{
    private const int Jobs = Flood.Proposals;

    public string Name => "start";

    public string What => $"process start until both ports are open, with {Jobs:#,0} stored jobs";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        var data = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            var executed = new ConcurrentDictionary<string, int>();
            await using (var admin = await AdminUnderTest.StartAsync(app, data))
            {
                results.Add(this, "empty store", "start", admin.StartedIn.TotalMilliseconds, "ms");
                await using var detector = new Fleet(admin.Grpc, "detector", 1, 1, () => new Detector());
                await Fleet.ReadyAsync(admin, "noop", 1);
                await admin.WidenQueueAsync("noop");
                await admin.Http.PostAsJsonAsync("/api/plugin/job-types/noop/run?async=true", new { timeout_seconds = 600 });
                await Wait.UntilAsync(async () => await admin.MetricAsync("pluginadmin_jobs", "\"noop\"") >= Jobs);
            }

            await MeasureAsync($"{Jobs:#,0} waiting jobs");
            await using (var admin = await AdminUnderTest.StartAsync(app, data))
            {
                await using var fleet = new Fleet(admin.Grpc, "load", 8, 16, () => new Noop("noop", 0, executed));
                await Wait.UntilAsync(async () => await admin.MetricAsync("pluginadmin_jobs", "\"noop\"") == 0);
            }

            if (Noop.Verdict(executed, Jobs) is { } problem)
            {
                return problem;
            }

            await MeasureAsync($"{Jobs:#,0} ended jobs");
            return null;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        async Task MeasureAsync(string setting)
        {
            for (var run = 0; run < 5; run++)
            {
                await using var admin = await AdminUnderTest.StartAsync(app, data);
                results.Add(this, setting, "start", admin.StartedIn.TotalMilliseconds, "ms");
                results.Add(this, setting, "processor time of the start", admin.StartCpu.TotalMilliseconds, "ms");
            }
        }
    }
}
