using System.Text;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>Long idleness, the environment of a pool, output and texts, handlers that live on.</summary>
internal static class GroupG
{
    [Case("G1", "a job runs after ten idle minutes", 630, Pace = Pace.Long, IsNightly = true)]
    public static async Task G1(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync();
        await worker.Events.NeverAsync(said => said.Name == "closed", "the session to live through ten idle minutes", 600);
        await stream.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-1", 5)).Success, "a job to run afterwards", "it failed");
        Expect.Equal(1, admin.Streams.Count, "streams");
    }

    [Case("G2", "environment, token exchange, SIGTERM during a job: result sent, exit 0", 15)]
    public static async Task G2(CaseRun run)
    {
        var admin = await run.AdminAsync();
        admin.Header = ("plugin-token", "bound-token");
        var worker = await run.WorkerAsync(null, environment: new Dictionary<string, string>
        {
            ["PLUGIN_ADMIN"] = admin.Address,
            ["PLUGIN_TOKEN"] = "one-time-token",
            ["PLUGIN_WORKER_ID"] = "pool-a-3",
            ["PLUGIN_POOL"] = "pool-a",
            ["PLUGIN_ORDINAL"] = "3",
            ["PLUGIN_LAUNCH"] = "launch-7f",
            ["PLUGIN_BUNDLE"] = "tidy",
            ["PLUGIN_BUNDLE_VERSION"] = "1.2.3",
        });
        _ = worker.DoAsync("run_forever", new JsonObject { ["exit"] = true });
        var first = await admin.StreamAsync(1);
        var hello = await first.GreetAsync();
        Expect.Equal("pool-a-3", hello.WorkerId, "worker_id from PLUGIN_WORKER_ID");
        Expect.Equal("Bearer one-time-token", first.RequestHeaders.Get("authorization"), "header authorization");
        foreach (var (name, value) in ((string, string)[])[("launch", "launch-7f"), ("pool", "pool-a"), ("ordinal", "3"), ("bundle", "tidy"), ("bundle_version", "1.2.3")])
        {
            Expect.Equal(value, hello.Metadata.TryGetValue(name, out var seen) ? seen : "", $"hello metadata {name}");
        }

        await first.BeatAsync(_ => true, "a heartbeat", 3);
        first.Drop();
        var second = await admin.GreetAsync(2);
        Expect.Equal("Bearer bound-token", second.RequestHeaders.Get("authorization"), "the token given in exchange, in the next session");
        await second.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(4000L)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin"), "the handler to begin", 3);
        await worker.SignalAsync("TERM");
        Expect.True((await second.CompletedAsync("r-1", 8)).Success, "the result of the running job", "it failed");
        Expect.Equal(0, await worker.ExitedAsync(5), "the exit code");
    }

    [Case("G3", "output without a newline arrives at once; a long error text is cut at 16 KiB", 8)]
    public static async Task G3(CaseRun run)
    {
        const string text = "no newline at the end: ä";
        var (_, _, stream) = await run.ConnectAsync();
        var hold = run.Busy(3);
        await stream.ExecuteAsync("r-1", "conf_output", ("text", Values.Of(text)), ("hold_ms", Values.Of(hold)));
        var (_, arrived) = await stream.Said.AwaitAsync(
            message => message.JobLog is { RequestId: "r-1", Stream: LogStream.Stdout, Offset: 0 } chunk && chunk.Data.ToString(Encoding.UTF8) == text, "the output while the handler still runs", 2);
        await stream.ExecuteAsync("r-2", "conf_throw", ("text", Values.Of("a long story: ")), ("size", Values.Of(100L * 1024)));
        var completed = await stream.CompletedAsync("r-2", 3);
        Expect.True(!completed.Success && completed.ErrorMessage.Contains("a long story: xxxx", StringComparison.Ordinal), "the beginning of the message", completed.ErrorMessage);
        Expect.Between(16_000, 16_384 + 16, completed.ErrorMessage.Length, "the length of the text (16 KiB)", "characters");
        await stream.ExecuteAsync("r-3", "conf_throw", ("text", Values.Of(new string('€', 20_000))));
        var foreign = (await stream.CompletedAsync("r-3", 3)).ErrorMessage;
        Expect.Between(16_384 - 3, 16_384, Encoding.UTF8.GetByteCount(foreign), "the length of the text (16 KiB)", "bytes");
        Expect.True(foreign.EndsWith('€'), "the text to end between two characters", $"{foreign[^3..]}");
        var (ended, at) = await stream.Said.AwaitAsync(message => message.JobCompleted?.RequestId == "r-1", "job_completed of request r-1", 5);
        Expect.True(ended.JobCompleted.Success, "the first job to succeed", "it failed");
        Expect.True((at - arrived).TotalMilliseconds >= hold / 3.0, "the output long before the completion", FormattableString.Invariant($"{(at - arrived).TotalSeconds:0.0} s before"));
    }

    [Case("G4", "each handler is constructed once, however often the stub starts", 12)]
    public static async Task G4(CaseRun run)
    {
        string[] handlers = ["conf_echo", "conf_sleep", "conf_detect"];
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address, new JsonObject { ["handlers"] = new JsonArray([.. handlers.Select(name => (JsonNode)name)]) });
        for (var round = 1; round <= 4; round++)
        {
            var stream = (await CaseRun.ConnectAsync(admin, worker, round)).Stream;
            await stream.ExecuteAsync($"r-{round}", "conf_echo");
            Expect.True((await stream.CompletedAsync($"r-{round}", 3)).Success, "a job to run", "it failed");
            (await worker.DoAsync("stop", 5)).Ok();
        }

        var constructed = (await worker.StateAsync()).Json["constructed"] as JsonObject ?? [];
        Expect.Equal(string.Join(' ', handlers.Order()), string.Join(' ', constructed.Select(pair => pair.Key).Order()), "handlers constructed");
        foreach (var (name, count) in constructed)
        {
            Expect.Equal(1, count!.GetValue<int>(), $"constructions of {name} after four starts:");
        }
    }
}
