using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>The guarantee under fire: the admin dies by SIGKILL again and again while jobs are submitted and run.</summary>
public sealed class KillTests
{
    private const int Jobs = 2000;
    private const int Kills = 20;
    private const int Clients = 4;

    private readonly ConcurrentBag<Run> _runs = [];
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
        await KnownAsync(http).InTimeAsync("the job type becoming known", AdminProcess.Patience);
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

        await submitting.InTimeAsync("the last acknowledgement", AdminProcess.Patience);
        var states = await SettledAsync(http).InTimeAsync("the end of every job", AdminProcess.Patience);

        // What was shown as ended has ended for good: nothing of it is undone, or run again, by one more kill.
        var runs = _runs.Count;
        await admin.KillAsync();
        await admin.StartAsync();
        Assert.Equal(states, await SettledAsync(http).InTimeAsync("the end of every job", AdminProcess.Patience));
        await stop.CancelAsync();
        await working.InTimeAsync("the stop of the workers", AdminProcess.Patience);
        recoveries.Sort();
        await Figures.WriteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"crash: kills {Kills}, acknowledged {_acknowledged.Count}, ended {states.Count}, runs {_runs.Count} (begun again {_runs.Count - _runs.DistinctBy(run => run.Job).Count()}), "
            + $"overlaps {Overlaps()}, port open again p50 {recoveries[Kills / 2]:0.00} s, max {recoveries[^1]:0.00} s"));
        Assert.Equal(Jobs, _acknowledged.Count);
        Assert.Equal(_acknowledged.Keys.Order(), states.Keys.Order());
        Assert.All(states, job => Assert.Equal("job_state_succeeded", job.Value));
        Assert.Equal(Jobs, _runs.Where(run => run.Finished).Select(run => run.Job).Distinct().Count());
        Assert.Equal(0, Overlaps());
        Assert.Equal(runs, _runs.Count);
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
        while ((await http.GetFromJsonAsync<JsonElement>(new Uri("/api/plugin/job-types/recorded/config", UriKind.Relative))).GetProperty("updated_by").GetString() != "plugin")
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

    /// <summary>Every job with its state, once all have ended.</summary>
    private static async Task<SortedDictionary<string, string>> SettledAsync(HttpClient http)
    {
        while (true)
        {
            var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var after = "";
            while (true)
            {
                using var answer = await http.GetAsync(new Uri($"/api/plugin/jobs?job_type=recorded&limit=500&after={after}", UriKind.Relative));
                foreach (var job in (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray())
                {
                    states[job.GetProperty("job_id").GetString()!] = job.GetProperty("state").GetString()!;
                }

                if (!answer.Headers.TryGetValues("X-Next-Cursor", out var next))
                {
                    break;
                }

                after = next.Single();
            }

            if (!states.Values.Any(state => state is "job_state_pending" or "job_state_assigned" or "job_state_running"))
            {
                return states;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    /// <summary>Pairs of runs of one job that were under way at the same time, on two workers or on one.</summary>
    private int Overlaps() => _runs
        .GroupBy(run => run.Job)
        .Sum(job => job.OrderBy(run => run.From).Zip(job.OrderBy(run => run.From).Skip(1)).Count(pair => pair.Second.From < pair.First.To));

    private sealed record Run(string Job, string Worker, long From, long To, bool Finished);

    /// <summary>Writes down when it worked on what, to the end or not.</summary>
    private sealed class Recorder(string worker, ConcurrentBag<Run> runs) : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("recorded", "Recorded")
            .Runtime(new AdminRuntimeDefaults { GlobalExecutionConcurrency = 64, PerWorkerExecutionConcurrency = 16, RetryLimit = 9, RetryBackoffSeconds = 1, ExecutionTimeoutSeconds = 120 })
            .Build();

        public bool CanDetect => false;

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            var from = Stopwatch.GetTimestamp();
            var finished = false;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, context.Canceled);
                finished = true;
                return JobOutcome.Succeeded("done");
            }
            finally
            {
                runs.Add(new Run(context.JobId, worker, from, Stopwatch.GetTimestamp(), finished));
            }
        }
    }
}
