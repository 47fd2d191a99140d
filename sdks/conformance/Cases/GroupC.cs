using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>Work and results when the stream drops, and the worker is stopped meanwhile.</summary>
internal static class GroupC
{
    [Case("C1", "with resume, work outlives the stream and is claimed", 25, Pace = Pace.Long)]
    public static async Task C1(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync();
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(run.Busy(5))), ("report_every_ms", Values.Of(400L)));
        var before = await ProgressAsync(stream, above: 0);
        stream.Drop();
        var (closed, _) = await worker.ClosedAsync(1, 3);
        Expect.Equal("ConnectionLost", closed.Text("reason"), "the reason");
        await CaseClock.PauseAsync(2);
        var second = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        var hello = await second.HelloAsync();
        Expect.True(
            hello.RunningWork is [{ WorkId: "job-r-1", RequestId: "r-1", Kind: WorkKind.Execution, JobType: "conf_sleep" }],
            "running_work in hello with the job and its request id", hello.RunningWork);

        // The first may have been reported while the stream was away; the one after it was not.
        await ProgressAsync(second, await ProgressAsync(second, before));
        Expect.True((await second.CompletedAsync("r-1", 16)).Success, "the job to succeed under its request id", "it failed");
        await second.Said.NeverAsync(message => message.JobCompleted is not null, "one completion only", 1, second.Said.Count);
        Expect.True(!worker.Events.From().Any(said => said.Item.IsHandler("canceled")), "the handler to be left alone", "it was cancelled");
    }

    [Case("C2", "work that did not come back in time is cancelled, and only reported late", 30, Pace = Pace.Long)]
    public static async Task C2(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync(new JsonObject { ["resume_window_ms"] = 15_000 });
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(60_000L)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin"), "the handler to begin", 3);
        var dropped = run.Clock.Now;
        stream.Drop();
        await worker.ClosedAsync(1, 3);
        var (_, canceled) = await worker.Events.AwaitAsync(said => said.IsHandler("canceled"), "the handler to be cancelled after the window", 18);
        Expect.Between(14.9, 15.5 + run.Clock.Patient(1).TotalSeconds, (canceled - dropped).TotalSeconds, "the cancel", "s after the loss");
        await CaseClock.PauseAsync(Math.Max(0, 20 - (run.Clock.Now - dropped).TotalSeconds));
        var second = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        Expect.True((await second.HelloAsync()).RunningWork.Count == 0, "nothing claimed in hello", await second.HelloAsync());
        await second.Said.NeverAsync(message => message.JobCompleted?.Success == true, "no success of the lost job", 1);
        var reports = second.All(Body.JobCompleted);
        Expect.True(reports.Count <= 1 && reports.All(message => message.JobCompleted.RequestId == "r-1"), "one late report at most, under the old request id", reports);
        Expect.True(
            reports.All(message => message.JobCompleted.Result is { } result && result.OutputValues.TryGetValue("late_report", out var mark) && mark.BoolValue),
            "the late report to be marked by the output late_report = true", reports);
    }

    [Case("C3", "without resume, work is cancelled at once and nothing is claimed", 6)]
    public static async Task C3(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync(change: hello => hello.Extensions.Remove("resume"));
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(60_000L)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin"), "the handler to begin", 3);
        stream.Drop();
        var (_, closed) = await worker.ClosedAsync(1, 3);
        var (_, canceled) = await worker.Events.AwaitAsync(said => said.IsHandler("canceled"), "the handler to be cancelled", 1);
        Expect.Between(-1, run.Clock.Patient(1).TotalSeconds, (canceled - closed).TotalSeconds, "the cancel", "s after the loss");
        var second = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        Expect.True((await second.HelloAsync()).RunningWork.Count == 0, "nothing claimed in hello", await second.HelloAsync());
    }

    [Case("C4", "with ack, a completion is sent again until it is acknowledged, then never", 12)]
    public static async Task C4(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync();
        stream.Acknowledges = false;
        foreach (var request in (string[])["r-1", "r-2"])
        {
            await stream.ExecuteAsync(request, "conf_echo", ("n", Values.Of(1L)));
            await stream.CompletedAsync(request, 3);
        }

        stream.Drop();
        await worker.ClosedAsync(1, 3);
        for (var number = 2; number <= 3; number++)
        {
            // Not acknowledged in the second session either; in the third it is.
            var starting = worker.DoAsync("start", 10);
            var again = await admin.StreamAsync(number);
            again.Acknowledges = number == 3;
            await again.GreetAsync();
            (await starting).Ok();
            foreach (var request in (string[])["r-1", "r-2"])
            {
                Expect.True((await again.CompletedAsync(request, 2)) is { Success: true, JobType: "conf_echo" }, "the same completion again", "another one");
            }

            Expect.Equal("r-1 r-2", string.Join(' ', again.All(Body.JobCompleted).Select(message => message.JobCompleted.RequestId)), "completions sent again, oldest first:");
            await again.SendAsync(new AdminToWorkerMessage { Ping = new Ping { Nonce = number } });
            await again.FirstAsync(message => message.Pong?.Nonce == number, "a pong, so that the acks before it were read", 2);
            again.Drop();
            await worker.ClosedAsync(number, 3);
        }

        var last = (await CaseRun.ConnectAsync(admin, worker, 4)).Stream;
        await last.Said.NeverAsync(message => message.JobCompleted is not null, "no completion after it was acknowledged", 2);
        Expect.Equal(2, worker.Events.From().Count(said => said.Item.IsHandler("begin")), "handlers that ran");
    }

    [Case("C5", "output arrives whole on both streams although the connection drops in the middle", 25, Pace = Pace.Alone)]
    public static async Task C5(CaseRun run)
    {
        const long bytes = 5 * 1024 * 1024;
        var admin = await run.AdminAsync(hasSmallWindow: true);
        var worker = await run.WorkerAsync(admin.Address);
        var first = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
        await first.ExecuteAsync("r-1", "conf_output", ("bytes", Values.Of(bytes)));
        await first.FirstAsync(message => message.JobLog is { Stream: LogStream.Stdout, Offset: > bytes / 5 }, "a fifth of the output", 10);
        first.Drop();
        await worker.ClosedAsync(1, 3);
        var second = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        Expect.True((await second.CompletedAsync("r-1", 15)).Success, "the job to succeed", "it failed");
        foreach (var (stream, modulus) in ((LogStream, int)[])[(LogStream.Stdout, 251), (LogStream.Stderr, 241)])
        {
            var arrived = Arrived(first, stream, modulus, 0, isFirst: true);
            arrived = Arrived(second, stream, modulus, arrived, isFirst: false);
            Expect.Equal(bytes, arrived, $"bytes of {stream} without a gap:");
        }
    }

    [Case("C6", "a worker that is stopped while the stream is away lets its job end, and brings the result to the admin once", 20, Pace = Pace.Long)]
    public static async Task C6(CaseRun run)
    {
        await Task.WhenAll(
            StoppedAsync(async worker => (await worker.DoAsync("stop", 30)).Ok(), exits: false),
            StoppedAsync(worker => worker.SignalAsync("TERM"), exits: true));

        async Task StoppedAsync(Func<WorkerProcess, Task> stop, bool exits)
        {
            var admin = await run.AdminAsync();
            var worker = await run.WorkerAsync(admin.Address);
            var running = worker.DoAsync("run_forever", new JsonObject { ["exit"] = exits });
            var stream = await admin.GreetAsync();
            await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(run.Busy(4))));
            await worker.Events.AwaitAsync(said => said.IsHandler("begin"), "the handler to begin", 3);
            stream.Drop();
            await worker.ClosedAsync(1, 3);

            // It dials, and nobody answers: the stop finds it without a session. What it dials then is the way home.
            await admin.StreamAsync(2);
            var stopping = stop(worker);
            var home = await admin.StreamAsync(3);
            await home.GreetAsync();
            var hello = await home.HelloAsync();
            Expect.True(hello.RunningWork is [{ WorkId: "job-r-1", RequestId: "r-1" }], "running_work in hello with the job that still runs", hello.RunningWork);
            await home.BeatAsync(beat => beat.Metadata.TryGetValue("draining", out var draining) && draining == "true", "a heartbeat that says draining", 3);
            await home.ExecuteAsync("r-2", "conf_echo");
            Expect.True(!(await home.AcknowledgedAsync("r-2", 2)).Accepted, "no new work to be taken", "it was");
            var completed = await home.CompletedAsync("r-1", 8);
            Expect.True(completed.Success && completed.Result?.OutputValues.ContainsKey("late_report") != true, "the job to succeed in time", completed);
            await stopping;
            if (exits)
            {
                Expect.Equal(0, await worker.ExitedAsync(5), "the exit code");
            }
            else
            {
                Expect.Equal("StopRequested", (await worker.InTimeAsync(running, "run_forever", 5)).Ok().Text("reason"), "the reason of run_forever");
            }

            Expect.True(!worker.Events.From().Any(said => said.Item.IsHandler("canceled")), "the handler to be left alone", "it was cancelled");
            Expect.Equal(1, admin.Streams.From().SelectMany(entry => entry.Item.All(Body.JobCompleted)).Count(), "completions");
        }
    }

    /// <summary>Where the output ends that arrived over this stream, continuing at that offset.</summary>
    private static long Arrived(AdminStream from, LogStream stream, int modulus, long end, bool isFirst)
    {
        var previous = -1L;
        foreach (var chunk in from.All(Body.JobLog).Select(message => message.JobLog).Where(chunk => chunk.Stream == stream))
        {
            Expect.True(chunk is { RequestId: "r-1", JobId: "job-r-1", Data.Length: > 0 and <= 32 * 1024 }, "chunks of 1 byte to 32 KiB of this attempt", $"{chunk.RequestId} {chunk.JobId} {chunk.Data.Length} bytes");
            if (previous < 0 && !isFirst)
            {
                Expect.True(chunk.Offset <= end, $"the first chunk after the reconnect to begin at {end} or before", chunk.Offset);
            }
            else
            {
                Expect.Equal(previous < 0 ? 0 : previous, chunk.Offset, $"the next offset of {stream}");
            }

            for (var at = 0; at < chunk.Data.Length; at++)
            {
                if (chunk.Data[at] != (byte)((chunk.Offset + at) % modulus))
                {
                    throw new CaseFailure($"byte {chunk.Offset + at} of {stream} as it was written", FormattableString.Invariant($"{chunk.Data[at]}"));
                }
            }

            previous = chunk.Offset + chunk.Data.Length;
            end = Math.Max(end, previous);
        }

        return end;
    }

    /// <summary>The first progress of the attempt beyond that percentage, with work still to do.</summary>
    private static async Task<double> ProgressAsync(AdminStream stream, double above) =>
        (await stream.FirstAsync(
            message => message.JobProgressUpdate is { RequestId: "r-1", ProgressPercent: < 100 } progress && progress.ProgressPercent > above,
            FormattableString.Invariant($"progress of the attempt above {above:0.#} % and below 100 %"), 4)).JobProgressUpdate.ProgressPercent;
}
