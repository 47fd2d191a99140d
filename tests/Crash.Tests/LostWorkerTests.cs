using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>A worker dies by SIGKILL in the middle of a command.</summary>
public sealed class LostWorkerTests
{
    [Fact]
    public async Task KilledWorker_LeavesNoProcess_AndItsJobGoesToAnother()
    {
        var folder = Directory.CreateTempSubdirectory("lost-worker-").FullName;
        using var admin = new AdminProcess(Path.Combine(folder, "data"));
        await admin.StartAsync();
        var address = $"127.0.0.1:{admin.GrpcPort}";
        using var http = new HttpClient { BaseAddress = new Uri(admin.Address) };
        using var one = StockWorker.Start(address, Path.Combine(folder, "one"), "one");
        using var two = StockWorker.Start(address, Path.Combine(folder, "two"), "two");
        await UntilAsync(http, "/api/plugin/workers", workers => Executors(workers) == 2, "both workers being there");

        // The command tells its process and those of its children: one of its group, one in a session of its own, one there without
        // the job's variables, and one whose parent is gone. The second attempt only ends.
        string Child(string how) => $"{how} sh -c 'echo $$ >> {folder}/pids; exec sleep 1000' &";
        var script = $"if [ $JOB_ATTEMPT -gt 1 ]; then exit 0; fi; echo $$ >> {folder}/pids; {Child("")} {Child("setsid")} {Child("env -i setsid")} ( {Child("setsid")} ); wait";
        using var answer = await http.PostAsJsonAsync(
            new Uri("/api/plugin/jobs", UriKind.Relative),
            new { job_type = "command", parameters = new { command = "/bin/sh", args = new[] { "-c", script } }, retry_limit = 1, retry_backoff = "1s" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var job = $"/api/plugin/jobs/{(await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job_id").GetString()}";
        var running = await UntilAsync(http, job, _ => Pids(folder).Length == 5, "the start of the command");
        var first = running.GetProperty("worker_id").GetString();
        var (dies, lives, state) = first == "one" ? (one, "two", "one") : (two, "one", "two");
        var pids = Pids(folder);
        Assert.NotEmpty(Directory.GetDirectories(Path.Combine(folder, state, "work")));

        await dies.KillAsync();

        var ended = await UntilAsync(http, job, view => view.GetProperty("state").GetString() == "job_state_succeeded", "the second attempt");
        Assert.Equal((2, lives), (ended.GetProperty("attempt").GetInt32(), ended.GetProperty("worker_id").GetString()));
        await GoneAsync(pids).InTimeAsync("the end of what the killed worker had started");

        // The worker comes back and clears up what it left.
        using var again = StockWorker.Start(address, Path.Combine(folder, state), state);
        await UntilAsync(http, "/api/plugin/workers", workers => Executors(workers) == 2, "the worker's return");
        Assert.Empty(Directory.GetDirectories(Path.Combine(folder, state, "work")));
        var attempts = (await http.GetFromJsonAsync<JsonElement>(new Uri($"{job}/detail", UriKind.Relative))).GetProperty("job").GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([first, lives], attempts.Select(attempt => attempt.GetProperty("worker_id").GetString()));
        Assert.Equal("worker_lost", attempts[0].GetProperty("state").GetString());
    }

    private static int Executors(JsonElement workers) => workers.EnumerateArray().Count(worker => worker.ToString().Contains("\"command\"", StringComparison.Ordinal));

    private static int[] Pids(string folder) => Path.Combine(folder, "pids") is var file && File.Exists(file)
        ? [.. File.ReadAllLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture))]
        : [];

    private static async Task GoneAsync(int[] pids)
    {
        while (pids.Any(pid => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task<JsonElement> UntilAsync(HttpClient http, string path, Func<JsonElement, bool> reached, string what)
    {
        return await AskAsync().InTimeAsync(what, AdminProcess.Patience);

        async Task<JsonElement> AskAsync()
        {
            while (true)
            {
                var view = await http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));
                if (reached(view))
                {
                    return view;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
