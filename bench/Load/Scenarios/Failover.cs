using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>A worker that cannot resume goes away in mid-job; the admin is killed in mid-job. How long until the job's state is right.</summary>
internal sealed class Failover : IScenario
{
    private const int Times = 20;

    public string Name => "failover";

    public string What => $"a foreign worker's connection breaks in mid-job, {Times} times; the admin is killed in mid-job and started again, {Times} times";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        var data = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            var admin = await AdminUnderTest.StartAsync(app, data);
            for (var n = 0; n < Times; n++)
            {
                var worker = await Foreign.ConnectAsync(admin.Grpc, $"lost-{n}", "held");
                var job = await HeldAsync(admin, worker);
                var watch = Stopwatch.GetTimestamp();
                await worker.DisposeAsync();
                await EndedAsync(admin, job);
                results.Add(this, "connection broken", "job's worker known as lost after", Stopwatch.GetElapsedTime(watch).TotalMilliseconds, "ms");
            }

            for (var n = 0; n < Times; n++)
            {
                await using var worker = await Foreign.ConnectAsync(admin.Grpc, $"orphan-{n}", "held");
                var job = await HeldAsync(admin, worker);
                await admin.KillAsync();
                var watch = Stopwatch.GetTimestamp();
                admin = await AdminUnderTest.StartAsync(app, data);
                await EndedAsync(admin, job);
                results.Add(this, "admin killed", "job's state right after the next start, from the start of the process", Stopwatch.GetElapsedTime(watch).TotalMilliseconds, "ms");
            }

            await admin.DisposeAsync();
            return null;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<string> HeldAsync(AdminUnderTest admin, Foreign worker)
    {
        await Wait.UntilAsync(async () => (await admin.Http.GetFromJsonAsync<JsonElement>("/api/plugin/scheduler-states?job_type=held")) is { ValueKind: JsonValueKind.Array } states
            && states.GetArrayLength() == 1 && states[0].GetProperty("executor_worker_count").GetInt32() == 1);
        (await admin.Http.PostAsJsonAsync("/api/plugin/jobs/execute?async=true", new { job = new { job_type = "held" }, timeout_seconds = 600 })).EnsureSuccessStatusCode();
        return await worker.JobAsync();
    }

    /// <summary>Without retries the job of a lost worker has failed.</summary>
    private static async Task EndedAsync(AdminUnderTest admin, string job)
    {
        while ((await admin.Http.GetFromJsonAsync<JsonElement>($"/api/plugin/jobs/{job}")).GetProperty("state").GetString() != "job_state_failed")
        {
            // As fast as the admin answers: what is measured is milliseconds.
        }
    }
}
