using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>The extensions ping and drain.</summary>
internal static class GroupD
{
    [Case("D1", "100 pings are answered with their nonces", 15)]
    public static async Task D1(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        for (var n = 0; n < 100; n++)
        {
            await PingAsync(stream, long.MaxValue - n);
            await PongAsync(stream, long.MaxValue - n, 1);
        }

        Expect.Equal(100, stream.All(WorkerToAdminMessage.BodyOneofCase.Pong).Count, "pongs");
    }

    [Case("D2", "a blocked loop is silent, and answers afterwards; heartbeats go on", 12)]
    public static async Task D2(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync(change: hello => hello.HeartbeatIntervalSeconds = 1);
        await stream.ExecuteAsync("r-0", "conf_echo");
        await stream.CompletedAsync("r-0", 3);
        var busy = run.Busy(4);
        await stream.ExecuteAsync("r-1", "conf_block", ("ms", Values.Of(busy)));
        if (!worker.BlocksLoop)
        {
            await worker.Events.AwaitAsync(said => said.IsHandler("begin", "r-1"), "the handler to begin", 2);
            await PingAsync(stream, 7);
            await PongAsync(stream, 7, 1);
            Expect.True(!stream.Said.From().Any(entry => entry.Item.JobCompleted?.RequestId == "r-1"), "a pong while the handler blocks", "it was over");
        }
        else
        {
            var from = stream.Said.Count;
            await PingAsync(stream, 7);
            await stream.Said.NeverAsync(message => message.Pong is not null, "no pong while the loop is blocked", 2.5, from);
            if (!worker.HasSingleLoop)
            {
                await stream.BeatAsync(_ => true, "a heartbeat while the loop is blocked", 1, from);
            }

            await PongAsync(stream, 7, busy / 1000.0);
            await stream.BeatAsync(_ => true, "a heartbeat soon after", 2, stream.Said.Count - 1);
        }

        Expect.True((await stream.CompletedAsync("r-1", 5)).Success, "the job to succeed", "it failed");
    }

    [Case("D3", "drain refuses new work, shows in heartbeats, and can be undone", 8)]
    public static async Task D3(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync(change: hello => hello.HeartbeatIntervalSeconds = 1);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "drain-1", Drain = new Drain { Enabled = true, Reason = "update" } });
        await stream.BeatAsync(IsDraining, "a heartbeat with metadata draining=true", 2);
        await stream.ExecuteAsync("r-1", "conf_echo");
        var refusal = await stream.AcknowledgedAsync("r-1", 2);
        Expect.True(!refusal.Accepted && refusal.Message == "executor is at capacity", "a refusal 'executor is at capacity'", refusal);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "drain-2", Drain = new Drain { Enabled = false } });
        await stream.BeatAsync(beat => !IsDraining(beat), "a heartbeat without draining", 2, stream.Said.Count);
        await stream.ExecuteAsync("r-2", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-2", 2)).Success, "a job to be taken again", "it failed");
    }

    [Case("D4", "drain refuses detections and newer attempts too; what runs goes on", 10)]
    public static async Task D4(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync(change: hello => hello.HeartbeatIntervalSeconds = 1);
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(2500L)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin", "r-1"), "the handler to begin", 2);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "drain-1", Drain = new Drain { Enabled = true, Reason = "update" } });
        await stream.BeatAsync(IsDraining, "a heartbeat with metadata draining=true", 2);
        await stream.DetectAsync("d-1");
        var refused = await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-1", "the end of the detection", 2);
        Expect.True(refused.DetectionComplete is { Success: false, ErrorMessage.Length: > 0 }, "a failure with a text", refused.DetectionComplete);
        Expect.True(!stream.Said.From().Any(entry => entry.Item.DetectionProposals is not null), "no proposals while draining", "there were some");
        await stream.ExecuteAsync("r-2", "conf_echo", job: "job-r-1");
        Expect.True(!(await stream.AcknowledgedAsync("r-2", 2)).Accepted, "a newer attempt of the running job to be refused", "it was accepted");
        Expect.True((await stream.CompletedAsync("r-1", 5)).Success, "the running attempt to go on", "it did not");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "drain-2", Drain = new Drain { Enabled = false } });
        await stream.DetectAsync("d-2");
        var taken = await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-2", "the end of the next detection", 3);
        Expect.True(taken.DetectionComplete is { Success: true, TotalProposals: 10 }, "detections to be taken again", taken.DetectionComplete);
    }

    [Case("D5", "a drain that was taken back while the stream was away is over", 8)]
    public static async Task D5(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync(change: hello => hello.HeartbeatIntervalSeconds = 1);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "drain-1", Drain = new Drain { Enabled = true, Reason = "update" } });
        await stream.BeatAsync(IsDraining, "a heartbeat with metadata draining=true", 2);
        stream.Drop();
        await worker.ClosedAsync(1, 3);

        // An admin that still wants it says so again.
        var second = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        Expect.True(!IsDraining(await second.BeatAsync(_ => true, "a heartbeat", 2)), "a heartbeat without draining", "it has it");
        await second.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await second.CompletedAsync("r-1", 2)).Success, "a job to be taken again", "it was not");
    }

    private static bool IsDraining(WorkerHeartbeat beat) => beat.Metadata.TryGetValue("draining", out var value) && value == "true";

    private static Task PingAsync(AdminStream stream, long nonce) => stream.SendAsync(new AdminToWorkerMessage { RequestId = "ping", Ping = new Ping { Nonce = nonce } });

    private static Task<WorkerToAdminMessage> PongAsync(AdminStream stream, long nonce, double seconds) =>
        stream.FirstAsync(message => message.Pong?.Nonce == nonce, FormattableString.Invariant($"a pong with the nonce {nonce}"), seconds);
}
