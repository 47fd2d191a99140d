using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>One key is one job, through whichever door it comes, also when the admin was killed in between.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task OneKey_OverGrpcAndRest_IsOneJob_AlsoAfterAKill()
    {
        using var folder = new TemporaryFolder();
        using var admin = new AdminProcess(Path.Combine(folder.Path, "data"));
        await admin.StartAsync();
        var shell = new Shell($"127.0.0.1:{admin.GrpcPort}");
        using (StockWorker.Start($"127.0.0.1:{admin.GrpcPort}", Path.Combine(folder.Path, "worker")))
        {
            await KnownAsync(shell).InTimeAsync("the stock worker's forms are known");
        }

        using var http = new HttpClient { BaseAddress = new Uri(admin.Address) };
        var first = await shell.RunAsync("run", "--detach", "--key", "night-41", "--", "echo", "once");
        Assert.True(first.Code == 0, first.Error);
        var id = first.Output.Trim();
        Assert.Equal((HttpStatusCode.OK, id, true), await RestAsync("night-41", "once"));
        await admin.KillAsync();
        await admin.StartAsync();
        Assert.Equal((HttpStatusCode.OK, id, true), await RestAsync("night-41", "once"));
        var again = await shell.RunAsync("run", "--detach", "--key", "night-41", "--", "echo", "once");
        Assert.Equal((0, first.Output), (again.Code, again.Output));
        Assert.Equal($"{id} True\n", await PythonAsync("night-41"));
        Assert.Equal(HttpStatusCode.Conflict, (await RestAsync("night-41", "twice")).Code);

        // The other way round, too.
        var (code, other, existing) = await RestAsync("night-42", "once");
        Assert.Equal((HttpStatusCode.Created, false), (code, existing));
        var same = await shell.RunAsync("run", "--detach", "--key", "night-42", "--", "echo", "once");
        Assert.Equal((0, other), (same.Code, same.Output.Trim()));
        Assert.Contains("is there already", same.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await shell.RunAsync("list", "--all", "--json")).Lines.Count);

        // Of the admin it knows only the messages.
        async Task<string> PythonAsync(string key)
        {
            const string script = """
                import sys, grpc
                from plugin_worker.wire import job_service_pb2 as v1
                from plugin_worker.wire.job_service_pb2_grpc import JobServiceStub
                answer = JobServiceStub(grpc.insecure_channel(sys.argv[1])).Submit(v1.SubmitRequest(
                    job_type="command", parameters_json='{"command":"echo","args":["once"]}', idempotency_key=sys.argv[2]))
                print(answer.job.job_id, answer.existing)
                """;
            var start = new ProcessStartInfo("/usr/bin/python3", ["-c", script, $"127.0.0.1:{admin.GrpcPort}", key]) { RedirectStandardOutput = true };
            start.Environment["PYTHONPATH"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "sdks", "python"));
            start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
            using var python = Process.Start(start)!;
            return await python.StandardOutput.ReadToEndAsync().InTimeAsync("the answer in Python");
        }

        async Task<(HttpStatusCode Code, string Id, bool Existing)> RestAsync(string key, string word)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/plugin/jobs");
            request.Content = new StringContent($$$"""{"job_type":"command","parameters":{"command":"echo","args":["{{{word}}}"]}}""", Encoding.UTF8, "application/json");
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await http.SendAsync(request);
            var job = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            return answer.IsSuccessStatusCode
                ? (answer.StatusCode, job.GetProperty("job_id").GetString()!, job.GetProperty("existing").GetBoolean())
                : (answer.StatusCode, job.GetProperty("existing_job_id").GetString()!, false);
        }
    }

    private static async Task KnownAsync(Shell shell)
    {
        while ((await shell.RunAsync("describe-type", "command")).Code != 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
