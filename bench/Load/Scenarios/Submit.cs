using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>How many submissions a second are acknowledged, each of them durable by then. Nobody runs the jobs.</summary>
internal sealed class Submit : IScenario
{
    private const int Jobs = 20_000;
    private const int Runs = 6;

    public string Name => "submit";

    public string What => $"{Jobs:#,0} submissions over one gRPC connection and as single REST calls, so many at once; {Runs} runs each, the first is discarded";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app, more: ["--submit-rate", "1000000"]);

        // A worker says what the type is, and goes.
        await using (var fleet = new Fleet(admin.Grpc, "load", 1, 1, () => new Noop("noop", 0, [])))
        {
            await Fleet.ReadyAsync(admin, "noop", 1);
        }

        using var settings = await admin.Http.PutAsJsonAsync("/api/plugin/job-types/noop/dispatch", new { submit_rate = 100_000, submit_burst = 1_000_000, queue_limit = 1_000_000 });
        settings.EnsureSuccessStatusCode();
        using var channel = GrpcChannel.ForAddress($"http://{admin.Grpc}");
        return await MeasureAsync(admin, results, "gRPC, one connection", 1, () => GrpcAsync(channel))
            ?? await MeasureAsync(admin, results, "gRPC, one connection", 64, () => GrpcAsync(channel))
            ?? await MeasureAsync(admin, results, "REST", 32, () => RestAsync(admin));
    }

    private async Task<string?> MeasureAsync(AdminUnderTest admin, ResultFile results, string way, int atOnce, Func<Task<string>> submit)
    {
        var jobs = atOnce == 1 ? Jobs / 10 : Jobs;
        for (var run = 0; run < Runs; run++)
        {
            var ids = new ConcurrentDictionary<string, bool>();
            var left = jobs;
            var cpu = admin.Cpu;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    ids[await submit()] = true;
                }
            }));
            var took = watch.Elapsed;
            if (ids.Count != jobs)
            {
                return $"{ids.Count} different jobs of {jobs} submissions";
            }

            if (run > 0)
            {
                var setting = $"{way}, {atOnce} at once";
                results.Add(this, setting, "acknowledged", jobs / took.TotalSeconds, "/s");
                results.Add(this, setting, "processor time of the admin per submission", (admin.Cpu - cpu).TotalMilliseconds / jobs, "ms");
            }
        }

        return null;
    }

    private static async Task<string> GrpcAsync(GrpcChannel channel) => (await channel.UnaryAsync(Clients.Submit, new SubmitRequest { JobType = "noop" })).Job.JobId;

    private static async Task<string> RestAsync(AdminUnderTest admin)
    {
        using var answer = await admin.Http.PostAsJsonAsync("/api/plugin/jobs", new { job_type = "noop" });
        answer.EnsureSuccessStatusCode();
        return answer.Headers.Location!.OriginalString;
    }
}
