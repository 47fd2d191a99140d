using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The admin as a process of its own is killed while foreign workers work for it.</summary>
[Collection(nameof(PeerTests))]
public sealed class CrashTests(Peers peers)
{
    [Case(56)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task KilledAdmin_LosesNoJob_AndRunsNoneTwiceAtOnce(Kind kind)
    {
        var folder = Directory.CreateTempSubdirectory("killed-").FullName;
        using var admin = new AdminProcess(folder);
        await admin.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"{admin.Address}/api/plugin/") };
        var script = WorkerScript.For("vacuum") with
        {
            ExecuteSlots = 1,
            Rhythm = null,
            Descriptors = new Dictionary<string, JobTypeDescriptor>
            {
                ["vacuum"] = Build.Descriptor("vacuum", runtime => (runtime.GlobalExecutionConcurrency, runtime.PerWorkerExecutionConcurrency, runtime.RetryLimit, runtime.RetryBackoffSeconds) = (1, 1, 3, 1)),
            },
        };
        await using var worker = await ForeignWorker.StartAsync(peers, peers.Of(kind), kind, $"127.0.0.1:{admin.GrpcPort}", script);
        await worker.GreetedAsync();
        await RunAsync(http);
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId, [.. Keys.Select(key => Build.Proposal(key, key))]);
        var lost = await worker.NextJobAsync();
        await JobsAsync(http, jobs => jobs.Count == 4 && jobs.Any(job => Text(job, "state") == "job_state_running"));

        await admin.KillAsync();
        await worker.EndAsync();
        await admin.StartAsync();
        await worker.GreetedAsync();
        if (kind == Kind.Rust)
        {
            // It worked on all the while; what came of it is lost with its stream.
            await worker.SucceedAsync(lost);
        }

        // Twins are dropped also when nothing but the disk knows of the jobs.
        await RunAsync(http);
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId, [.. Keys.Select(key => Build.Proposal(key, key))]);
        var ran = new List<ExecuteJobRequest>();
        for (var n = 0; n < 4; n++)
        {
            var job = await worker.NextJobAsync();
            ran.Add(job);
            await worker.SucceedAsync(job);
        }

        var ended = await JobsAsync(http, jobs => jobs.All(job => Text(job, "state") == "job_state_succeeded"));
        Assert.Equal(4, ended.Count);
        Assert.Equal(Keys, ran.Select(job => job.Job.DedupeKey).Order());
        Assert.Equal(5, worker.Of(Body.ExecuteJobRequest).Count());
        Assert.Equal((lost.Job.JobId, 2), ran.Where(job => job.Attempt > 1).Select(job => (job.Job.JobId, job.Attempt)).Single());
        Directory.Delete(folder, recursive: true);
    }

    private static readonly string[] Keys = ["k1", "k2", "k3", "k4"];

    private static async Task RunAsync(HttpClient http)
    {
        while (true)
        {
            using var answer = await http.PostAsync(new Uri("job-types/vacuum/run?async=true", UriKind.Relative), null);
            if (answer.StatusCode == System.Net.HttpStatusCode.Accepted)
            {
                return;
            }

            // The worker's first heartbeat has not come yet.
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static Task<List<JsonElement>> JobsAsync(HttpClient http, Func<List<JsonElement>, bool> until)
    {
        return AskAsync().InTimeAsync("the jobs as wanted", AdminProcess.Patience);

        async Task<List<JsonElement>> AskAsync()
        {
            while (true)
            {
                using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri("jobs", UriKind.Relative)));
                List<JsonElement> jobs = [.. document.RootElement.EnumerateArray().Select(job => job.Clone())];
                if (until(jobs))
                {
                    return jobs;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static string? Text(JsonElement job, string name) => job.TryGetProperty(name, out var value) ? value.GetString() : null;
}
