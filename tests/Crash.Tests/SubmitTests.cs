using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>What a client was told is so: an acknowledged job is there after any death of the admin, and its key brings no second one.</summary>
public sealed class SubmitTests
{
    private const int Jobs = 10_000;
    private const int Clients = 8;

    private static readonly GrpcMethod<SubmitRequest, SubmitResponse> Submit =
        GrpcMethod.From<SubmitRequest, SubmitResponse>(JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService"), "Submit");

    private readonly Runs _runs = new();
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private readonly TaskCompletionSource _third = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _twoThirds = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _existing;

    [Fact]
    public async Task TenThousandJobsOfEightClients_OverTwoKills_EndOnceEach()
    {
        var folder = Directory.CreateTempSubdirectory("submit-").FullName;
        using var admin = new AdminProcess(folder) { More = ["--submit-rate", "1000000"] };
        await admin.StartAsync();
        await using var one = Recorded.Worker("w-1", admin.GrpcPort, _runs);
        await using var two = Recorded.Worker("w-2", admin.GrpcPort, _runs);
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(Recorded.ForeverAsync(one, stop.Token), Recorded.ForeverAsync(two, stop.Token));
        using var http = new HttpClient { BaseAddress = new Uri(admin.Address), Timeout = TimeSpan.FromSeconds(30) };
        await Recorded.KnownAsync(http).InTimeAsync("the job type becoming known", AdminProcess.Patience);
        using var settings = await http.PutAsJsonAsync(new Uri($"/api/plugin/job-types/{Recorded.JobType}/dispatch", UriKind.Relative), new { submit_rate = 100_000, submit_burst = 1_000_000, queue_limit = 1_000_000 });
        settings.EnsureSuccessStatusCode();

        var submitting = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SubmitAsync(admin.GrpcPort, client)));
        foreach (var reached in (Task[])[_third.Task, _twoThirds.Task])
        {
            await reached.InTimeAsync("the next third of the acknowledgements", AdminProcess.Patience);
            await admin.KillAsync();
            await admin.StartAsync();
        }

        await submitting.InTimeAsync("the last acknowledgement", AdminProcess.Patience);
        var states = await Recorded.SettledAsync(http).InTimeAsync("the end of every job", AdminProcess.Patience);
        await stop.CancelAsync();
        await working.InTimeAsync("the stop of the workers", AdminProcess.Patience);
        await Figures.WriteAsync($"submit: clients {Clients}, kills 2, acknowledged {_acknowledged.Count} (by a second call {_existing}), ended {states.Count}, begun again {_runs.Again}, overlaps {_runs.Overlaps}");

        Assert.Equal(Jobs, _acknowledged.Count);
        Assert.Equal(_acknowledged.Values.Order(StringComparer.Ordinal), states.Keys);
        Assert.All(states.Values, state => Assert.Equal("job_state_succeeded", state));
        Assert.Equal(Jobs, _runs.Finished);
        Assert.Equal(0, _runs.Overlaps);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>One client, one connection: the next job once the last is acknowledged. No answer means: the same key again.</summary>
    private async Task SubmitAsync(int port, int client)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        for (var n = client; n < Jobs; n += Clients)
        {
            var key = n.ToString(CultureInfo.InvariantCulture);
            while (!_acknowledged.ContainsKey(key))
            {
                try
                {
                    var answer = await channel.UnaryAsync(Submit, new SubmitRequest { JobType = Recorded.JobType, IdempotencyKey = key });
                    Count(key, answer);
                }
                catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
                {
                    // It is dead, or not up again yet.
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                }
            }
        }
    }

    private void Count(string key, SubmitResponse answer)
    {
        _acknowledged[key] = answer.Job.JobId;
        Interlocked.Add(ref _existing, answer.Existing ? 1 : 0);
        if (_acknowledged.Count >= Jobs / 3)
        {
            _third.TrySetResult();
        }

        if (_acknowledged.Count >= Jobs * 2 / 3)
        {
            _twoThirds.TrySetResult();
        }
    }
}
