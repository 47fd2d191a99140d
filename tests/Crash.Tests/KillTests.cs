using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using Xunit.Abstractions;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>The guarantee under fire: the admin dies by SIGKILL again and again while jobs are submitted and run.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Jobs = 2000;
    private const int Kills = 20;
    private const int Clients = 4;

    private readonly ConcurrentBag<(string Job, string Worker, long From, long To)> _runs = [];
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();

    [Fact]
    public async Task EveryAcknowledgedJob_EndsOnce_AndNeverRunsTwiceAtOnce()
    {
        var folder = Directory.CreateTempSubdirectory("crash-").FullName;
        using var admin = new AdminProcess(folder);
        await admin.StartAsync();
        await using var one = Worker("w-1", admin.GrpcPort);
        await using var two = Worker("w-2", admin.GrpcPort);
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(ForeverAsync(one, stop.Token), ForeverAsync(two, stop.Token));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{admin.Port}"), Timeout = TimeSpan.FromSeconds(10) };
        await KnownAsync(http);
        var submitting = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SubmitAsync(http, client)));
        var random = new Random(20261124);
        var recoveries = new List<double>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 1200)), TimeProvider.System);
            await admin.KillAsync();
            var watch = Stopwatch.StartNew();
            await admin.StartAsync();
            recoveries.Add(watch.Elapsed.TotalSeconds);
        }

        await submitting;
        var states = await SettledAsync(http);
        await stop.CancelAsync();
        await working;
        var overlaps = Overlaps();
        recoveries.Sort();
        output.WriteLine(
            $"kills {Kills}, acknowledged {_acknowledged.Count}, ended {states.Values.Sum()}, runs {_runs.Count} (re-run {_runs.Count - _runs.DistinctBy(run => run.Job).Count()}), "
            + $"overlaps {overlaps}, port open again p50 {recoveries[Kills / 2]:0.00} s, max {recoveries[^1]:0.00} s");
        Assert.Equal(Jobs, _acknowledged.Count);
        Assert.Equal(Jobs, states.GetValueOrDefault("job_state_succeeded"));
        Assert.Equal(Jobs, _runs.Select(run => run.Job).Distinct().Count());
        Assert.Equal(0, overlaps);
        Directory.Delete(folder, recursive: true);
    }

    private PluginWorker Worker(string id, int port) => new(
        new WorkerOptions { Address = $"grpc://127.0.0.1:{port}", WorkerId = id, ExecutionSlots = 16 }, new Recorder(id, _runs));

    private static async Task ForeverAsync(PluginWorker worker, CancellationToken stop)
    {
        try
        {
            await worker.RunForeverAsync(new RestartPolicy { LongestDelay = TimeSpan.FromSeconds(1) }, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private static async Task KnownAsync(HttpClient http)
    {
        while (!(await http.GetStringAsync(new Uri("/api/plugin/job-types/recorded/config", UriKind.Relative))).Contains("\"updated_by\": \"plugin\"", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Each job is offered under its own id until the admin says that it has it; no answer means: ask again.</summary>
    private async Task SubmitAsync(HttpClient http, int client)
    {
        for (var n = client; n < Jobs; n += Clients)
        {
            var id = $"crash-{n}";
            while (!_acknowledged.ContainsKey(id))
            {
                try
                {
                    var response = await http.PostAsJsonAsync(
                        new Uri("/api/plugin/jobs/execute?async=true", UriKind.Relative), new { job = new { job_id = id, job_type = "recorded" }, timeout_seconds = 120 });
                    if (response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.Conflict)
                    {
                        _acknowledged[id] = true;
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }
    }

    private static async Task<Dictionary<string, int>> SettledAsync(HttpClient http)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (true)
        {
            var states = new Dictionary<string, int>(StringComparer.Ordinal);
            var after = "";
            while (true)
            {
                var page = await http.GetFromJsonAsync<JsonElement>(new Uri($"/api/plugin/jobs?job_type=recorded&limit=500&after={Uri.EscapeDataString(after)}", UriKind.Relative), limit.Token);
                foreach (var job in page.EnumerateArray())
                {
                    var state = job.GetProperty("state").GetString()!;
                    states[state] = states.GetValueOrDefault(state) + 1;
                }

                if (page.GetArrayLength() < 500)
                {
                    break;
                }

                var last = page[499];
                after = $"{last.GetProperty("updated_at").GetDateTimeOffset().UtcTicks}~{last.GetProperty("job_id").GetString()}";
            }

            if (!states.Keys.Any(state => state is "job_state_pending" or "job_state_assigned" or "job_state_running"))
            {
                return states;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }
    }

    private int Overlaps() => _runs
        .GroupBy(run => run.Job)
        .Sum(job => job.SelectMany(one => job.Where(other => other.Worker != one.Worker && other.From < one.To && one.From < other.To)).Count());

    /// <summary>Writes down when it worked on what.</summary>
    private sealed class Recorder(string worker, ConcurrentBag<(string, string, long, long)> runs) : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("recorded", "Recorded")
            .Runtime(new AdminRuntimeDefaults { GlobalExecutionConcurrency = 64, PerWorkerExecutionConcurrency = 16, RetryLimit = 9, RetryBackoffSeconds = 1, ExecutionTimeoutSeconds = 120 })
            .Build();

        public bool CanDetect => false;

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            var from = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, context.Canceled);
            runs.Add((context.JobId, worker, from, Stopwatch.GetTimestamp()));
            return JobOutcome.Succeeded("done");
        }
    }
}
