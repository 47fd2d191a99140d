using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>A schedule of every second while the admin dies by SIGKILL: one job for every instant, none twice, none missing.</summary>
public sealed class ScheduleKillTests
{
    private const int Kills = 5;

    [Fact]
    public async Task EveryInstant_HasOneJob()
    {
        var folder = Directory.CreateTempSubdirectory("crash-").FullName;
        using var admin = new AdminProcess(folder);
        await admin.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(admin.Address), Timeout = TimeSpan.FromSeconds(30) };
        await DescribeAsync(admin, http);
        var body = new { name = "second", every = "1s", overlap = "allow", catch_up = "all", job = new { job_type = "ticked" } };
        using var saved = await http.PostAsJsonAsync(new Uri("/api/plugin/schedules", UriKind.Relative), body);
        var first = (await saved.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("next_at").GetDateTimeOffset();
        var random = new Random(20261129);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 2000)), TimeProvider.System);
            await admin.KillAsync();
            await admin.StartAsync();
        }

        using var paused = await http.PostAsync(new Uri("/api/plugin/schedules/second/pause", UriKind.Relative), null);
        var schedule = await paused.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var last = schedule.GetProperty("last_at").GetDateTimeOffset();
        var expected = Enumerable.Range(0, (int)(last - first).TotalSeconds + 1).Select(second => $"{schedule.GetProperty("schedule_id").GetString()}-{first.AddSeconds(second).UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        var jobs = await http.GetFromJsonAsync<JsonElement>(new Uri("/api/plugin/jobs?job_type=ticked&limit=500", UriKind.Relative));
        Assert.Equal(expected, jobs.EnumerateArray().Select(job => job.GetProperty("job_id").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal((0, 0), (schedule.GetProperty("missed").GetInt32(), schedule.GetProperty("skipped").GetInt32()));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A worker that comes, says what it could do, and goes: the jobs wait, so that they can be counted.</summary>
    private static async Task DescribeAsync(AdminProcess admin, HttpClient http)
    {
        await using var worker = new PluginWorker(new WorkerOptions { Address = $"grpc://127.0.0.1:{admin.GrpcPort}", WorkerId = "w-1", RegistrationTimeout = TimeSpan.FromMinutes(1) }, new Ticker());
        await worker.StartAsync();
        await KnownAsync().InTimeAsync("the job type becoming known", AdminProcess.Patience);
        await worker.StopAsync();

        async Task KnownAsync()
        {
            while ((await http.GetFromJsonAsync<JsonElement>(new Uri("/api/plugin/job-types/ticked/config", UriKind.Relative))).GetProperty("updated_by").GetString() != "plugin")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private sealed class Ticker : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("ticked", "Ticked").Build();

        public bool CanDetect => false;

        public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded("done"));
    }
}
