using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>An admin that dies amid a hundred running jobs and comes back: each of them runs once, and its result arrives.</summary>
public sealed class HundredJobsTests
{
    private const int Count = 100;

    [Fact]
    public async Task HundredRunningJobs_SurviveAKilledAdmin_AndEachResultArrivesOnce()
    {
        var folder = Directory.CreateTempSubdirectory("hundred-").FullName;
        using var admin = new AdminProcess(folder);
        await admin.StartAsync();
        var handler = new Gated();

        // The window is generous: here it is about the way back, not about how fast a busy machine restarts the admin.
        await using var worker = new PluginWorker(
            new WorkerOptions { Address = $"grpc://127.0.0.1:{admin.GrpcPort}", WorkerId = "w-1", ExecutionSlots = Count, ResumeWindow = AdminProcess.Patience, RegistrationTimeout = TimeSpan.FromMinutes(1) }, handler);
        using var stop = new CancellationTokenSource();
        var working = worker.RunForeverAsync(new RestartPolicy { LongestDelay = TimeSpan.FromSeconds(1) }, stop.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{admin.Port}") };
        for (var n = 0; n < Count; n++)
        {
            await SubmitAsync(http, $"job-{n}").InTimeAsync($"the acknowledgement of job {n}", AdminProcess.Patience);
        }

        await handler.AllBegun.Task.InTimeAsync("the start of all jobs", AdminProcess.Patience);
        await admin.KillAsync();

        // Half of them end while nobody is there to hear of it.
        handler.Release(half: true);
        await admin.StartAsync();
        handler.Release(half: false);
        for (var n = 0; n < Count; n++)
        {
            var job = await EndedAsync(http, $"job-{n}").InTimeAsync($"the end of job {n}", AdminProcess.Patience);
            Assert.True(job.GetProperty("state").GetString() == "job_state_succeeded", job.ToString());
            Assert.Equal(($"job-{n} is done", 1), (job.GetProperty("result_summary").GetString(), job.GetProperty("attempts").GetArrayLength()));
        }

        Assert.Equal(Count, handler.Runs.Count);
        Assert.All(handler.Runs, pair => Assert.Equal(1, pair.Value));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working.InTimeAsync("the stop of the worker", AdminProcess.Patience));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task SubmitAsync(HttpClient http, string id)
    {
        while ((await http.PostAsJsonAsync(
            new Uri("/api/plugin/jobs/execute?async=true", UriKind.Relative), new { job = new { job_id = id, job_type = "gated" }, timeout_seconds = 600 })).StatusCode != System.Net.HttpStatusCode.Accepted)
        {
            // The worker has not said yet what it can do, or jobs are submitted faster than is allowed.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<JsonElement> EndedAsync(HttpClient http, string id)
    {
        while (true)
        {
            var detail = await http.GetFromJsonAsync<JsonElement>(new Uri($"/api/plugin/jobs/{id}/detail", UriKind.Relative));
            var job = detail.TryGetProperty("job", out var inner) ? inner : detail;
            if (job.TryGetProperty("completed_at", out var at) && at.ValueKind == JsonValueKind.String)
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Counts its runs; each waits until its half is released.</summary>
    private sealed class Gated : IJobHandler
    {
        private readonly TaskCompletionSource[] _gates = [New(), New()];
        private int _begun;

        public ConcurrentDictionary<string, int> Runs { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource AllBegun { get; } = New();

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("gated", "Gated")
            .Runtime(runtime => { runtime.GlobalExecutionConcurrency = Count; runtime.PerWorkerExecutionConcurrency = Count; }).Build();

        public bool CanDetect => false;

        public void Release(bool half) => _gates[half ? 0 : 1].SetResult();

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            Runs.AddOrUpdate(context.JobId, 1, (_, runs) => runs + 1);
            if (Interlocked.Increment(ref _begun) == Count)
            {
                AllBegun.SetResult();
            }

            await _gates[context.JobId[^1] % 2].Task.WaitAsync(context.Canceled);
            return JobOutcome.Succeeded($"{context.JobId} is done");
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
