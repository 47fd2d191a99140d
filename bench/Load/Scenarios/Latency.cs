using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>From the instant a submission was due to the instant its handler began. Open loop: a late submission counts from when it should have been made.</summary>
internal sealed class Latency : IScenario
{
    private const int Workers = 20;
    private const int PerSecond = 1000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public string Name => "latency";

    public string What => $"{PerSecond} REST submissions a second for {Measured.TotalSeconds:0} s, {Workers} workers × 16 slots, after {WarmUp.TotalSeconds:0} s of warm-up";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        var executed = new ConcurrentDictionary<string, int>();
        var began = new ConcurrentDictionary<string, long>();
        await using var fleet = new Fleet(
            admin.Grpc, "load", Workers, 16, () => new Noop("noop", 0, executed, context => began.TryAdd(context.JobId, Stopwatch.GetTimestamp())));
        await Fleet.ReadyAsync(admin, "noop", Workers);

        // A moment in which nothing is taken would else be refused, and not be measured as late.
        await admin.WidenQueueAsync("noop");

        var jobs = (int)((WarmUp + Measured).TotalSeconds * PerSecond);
        var due = new long[jobs];
        var submissions = new List<Task>(jobs);
        var start = Stopwatch.GetTimestamp();
        for (var n = 0; n < jobs; n++)
        {
            due[n] = start + (Stopwatch.Frequency * n / PerSecond);
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due[n]) is { TotalMilliseconds: > 1 } early)
            {
                await Task.Delay(early, TimeProvider.System);
            }

            submissions.Add(SubmitAsync(admin, n));
        }

        await Task.WhenAll(submissions);
        await Wait.UntilAsync(() => Task.FromResult(executed.Count >= jobs));
        if (Noop.Verdict(executed, jobs) is { } problem)
        {
            return problem;
        }

        var skipped = (int)(WarmUp.TotalSeconds * PerSecond);
        var taken = Enumerable.Range(skipped, jobs - skipped).Select(n => Stopwatch.GetElapsedTime(due[n], began[Id(n)]).TotalMilliseconds).Order().ToList();
        var setting = $"{PerSecond} submissions/s";
        results.Add(this, setting, "due → handler began, p50", taken[taken.Count / 2], "ms");
        results.Add(this, setting, "due → handler began, p99", taken[taken.Count * 99 / 100], "ms");
        results.Add(this, setting, "due → handler began, longest", taken[^1], "ms");
        return null;
    }

    private static string Id(int n) => $"job-{n}";

    private static async Task SubmitAsync(AdminUnderTest admin, int n)
    {
        using var answer = await admin.Http.PostAsJsonAsync("/api/plugin/jobs/execute?async=true", new { job = new { job_id = Id(n), job_type = "noop" }, timeout_seconds = 600 });
        answer.EnsureSuccessStatusCode();
    }
}
