using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>The guarantee under fire: the admin dies by SIGKILL again and again while jobs are submitted and run.</summary>
public sealed class KillTests
{
    private const int Jobs = 2000;
    private const int Kills = 20;
    private const int Clients = 4;

    private readonly Runs _runs = new();
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();

    [Fact]
    public async Task EveryAcknowledgedJob_EndsOnce_AndNeverRunsTwiceAtOnce()
    {
        var folder = Directory.CreateTempSubdirectory("crash-").FullName;
        using var admin = new AdminProcess(folder);
        await admin.StartAsync();
        await using var one = Recorded.Worker("w-1", admin.GrpcPort, _runs);
        await using var two = Recorded.Worker("w-2", admin.GrpcPort, _runs);
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(Recorded.ForeverAsync(one, stop.Token), Recorded.ForeverAsync(two, stop.Token));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{admin.Port}"), Timeout = AdminProcess.Patience };
        await Recorded.KnownAsync(http).InTimeAsync("the job type becoming known", AdminProcess.Patience);
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
        var states = await Recorded.SettledAsync(http).InTimeAsync("the end of every job", AdminProcess.Patience);

        // What was shown as ended has ended for good: nothing of it is undone, or run again, by one more kill.
        var runs = _runs.Count;
        await admin.KillAsync();
        await admin.StartAsync();
        Assert.Equal(states, await Recorded.SettledAsync(http).InTimeAsync("the end of every job", AdminProcess.Patience));
        await stop.CancelAsync();
        await working.InTimeAsync("the stop of the workers", AdminProcess.Patience);
        recoveries.Sort();
        await Figures.WriteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"crash: kills {Kills}, acknowledged {_acknowledged.Count}, ended {states.Count}, runs {_runs.Count} (begun again {_runs.Again}), "
            + $"overlaps {_runs.Overlaps}, port open again p50 {recoveries[Kills / 2]:0.00} s, max {recoveries[^1]:0.00} s"));
        Assert.Equal(Jobs, _acknowledged.Count);
        Assert.Equal(_acknowledged.Keys.Order(), states.Keys.Order());
        Assert.All(states, job => Assert.Equal("job_state_succeeded", job.Value));
        Assert.Equal(Jobs, _runs.Finished);
        Assert.Equal(0, _runs.Overlaps);
        Assert.Equal(runs, _runs.Count);
        Directory.Delete(folder, recursive: true);
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
}
