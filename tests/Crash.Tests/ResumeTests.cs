using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>A job that runs while the admin dies and comes back.</summary>
public sealed class ResumeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunningJob_SurvivesAKilledAdmin_RunsOnce_AndItsResultArrives(bool endsWhileTheAdminIsDead)
    {
        var folder = Directory.CreateTempSubdirectory("resume-").FullName;
        using var admin = new AdminProcess(folder);
        await admin.StartAsync();
        var handler = new Once();

        // The window is generous: here it is about the way back, not about how fast a busy machine restarts the admin.
        await using var worker = new PluginWorker(
            new WorkerOptions { Address = $"grpc://127.0.0.1:{admin.GrpcPort}", WorkerId = "w-1", ResumeWindow = AdminProcess.Patience, RegistrationTimeout = TimeSpan.FromMinutes(1) }, handler);
        using var stop = new CancellationTokenSource();
        var working = worker.RunForeverAsync(new RestartPolicy { LongestDelay = TimeSpan.FromSeconds(1) }, stop.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{admin.Port}") };
        await SubmittedAsync(http).InTimeAsync("the acknowledgement of the job", AdminProcess.Patience);
        await handler.Started.Task.InTimeAsync("the start of the job", AdminProcess.Patience);

        await admin.KillAsync();
        if (endsWhileTheAdminIsDead)
        {
            handler.Release.SetResult();
        }

        await admin.StartAsync();
        var back = await JobAsync(http, job => endsWhileTheAdminIsDead || (Text(job, "state") == "job_state_running" && worker.Session?.Generation > 1))
            .InTimeAsync("the worker's way back to its job", AdminProcess.Patience);
        Assert.Equal("resumed", Text(back, "job_id"));
        handler.Release.TrySetResult();

        var ended = await JobAsync(http, job => job.TryGetProperty("completed_at", out var at) && at.ValueKind == JsonValueKind.String).InTimeAsync("the end of the job", AdminProcess.Patience);
        Assert.Equal(("job_state_succeeded", "done once"), (Text(ended, "state"), Text(ended, "result_summary")));
        Assert.Equal(1, Assert.Single(ended.GetProperty("attempts").EnumerateArray()).GetProperty("number").GetInt32());
        Assert.Equal(1, handler.Runs);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working.InTimeAsync("the stop of the worker", AdminProcess.Patience));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task SubmittedAsync(HttpClient http)
    {
        using var body = new StringContent("""{"job":{"job_id":"resumed","job_type":"once"},"timeout_seconds":600}""", System.Text.Encoding.UTF8, "application/json");
        while ((await http.PostAsync(new Uri("/api/plugin/jobs/execute?async=true", UriKind.Relative), body)).StatusCode != System.Net.HttpStatusCode.Accepted)
        {
            // The worker has not said yet what it can do.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<JsonElement> JobAsync(HttpClient http, Func<JsonElement, bool> until)
    {
        while (true)
        {
            using var answer = await http.GetAsync(new Uri("/api/plugin/jobs/resumed/detail", UriKind.Relative));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            var detail = JsonSerializer.Deserialize<JsonElement>(text);
            var job = detail.TryGetProperty("job", out var inner) ? inner : detail;
            if (until(job))
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static string? Text(JsonElement job, string name) => job.TryGetProperty(name, out var value) ? value.GetString() : null;

    private sealed class Once : IJobHandler
    {
        private int _runs;

        public int Runs => _runs;

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("once", "Once")
            .Runtime(runtime => { runtime.Enabled = false; runtime.GlobalExecutionConcurrency = 1; runtime.PerWorkerExecutionConcurrency = 1; runtime.RetryLimit = 3; runtime.RetryBackoffSeconds = 1; runtime.ExecutionTimeoutSeconds = 600; })
            .Build();

        public bool CanDetect => false;

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            Interlocked.Increment(ref _runs);
            Started.TrySetResult();
            await Release.Task.WaitAsync(context.Canceled);
            return JobOutcome.Succeeded("done once");
        }
    }
}
