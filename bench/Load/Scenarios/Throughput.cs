using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>Propose, queue, dispatch, execute, complete: every step durable.</summary>
internal sealed class Throughput : IScenario
{
    private const int Workers = 20;
    private const int Slots = 16;
    private const int Jobs = 20_000;

    public string Name => "throughput";

    public string What => $"{Workers} workers × {Slots} slots propose and run {Jobs:#,0} no-op jobs; six runs, the first is discarded";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        var executed = new ConcurrentDictionary<string, int>();
        await using var fleet = new Fleet(admin.Grpc, "load", Workers, Slots, () => new Noop("noop", Jobs, executed));
        await Fleet.ReadyAsync(admin, "noop", Workers);
        await admin.WidenQueueAsync("noop");
        for (var run = 0; run < 6; run++)
        {
            executed.Clear();
            var cpu = admin.Cpu;
            var watch = Stopwatch.StartNew();
            var answer = await admin.Http.PostAsJsonAsync("/api/plugin/job-types/noop/run", new { timeout_seconds = 600 });
            var took = watch.Elapsed;
            var succeeded = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("success_count").GetInt32();
            if (Noop.Verdict(executed, Jobs) is { } problem)
            {
                return problem;
            }

            if (succeeded != Jobs)
            {
                return $"the admin counts {succeeded} successes";
            }

            if (run > 0)
            {
                var setting = $"{Workers} × {Slots} slots";
                results.Add(this, setting, "jobs end to end", Jobs / took.TotalSeconds, "/s");
                results.Add(this, setting, "processor time of the admin per job", (admin.Cpu - cpu).TotalMilliseconds / Jobs, "ms");
            }
        }

        return null;
    }
}
