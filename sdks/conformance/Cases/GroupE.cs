using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>Pressure: an admin that does not read, floods, large messages, silence.</summary>
internal static class GroupE
{
    [Case("E1", "an admin that stops reading costs little memory and no result", 40, Pace = Pace.Heavy)]
    public static async Task E1(CaseRun run)
    {
        const long mostGrowth = 64 * 1024;
        var (_, worker, stream) = await run.ConnectAsync();
        await stream.ExecuteAsync("r-warm", "conf_output", ("bytes", Values.Of(1024L * 1024)));
        await stream.CompletedAsync("r-warm", 10);
        var before = worker.Measure().Resident;
        stream.PauseReading();
        await stream.ExecuteAsync("r-1", "conf_output", ("bytes", Values.Of(32L * 1024 * 1024)), ("chunk", Values.Of(32L * 1024)));
        await stream.ExecuteAsync("r-2", "conf_progress", ("ms", Values.Of(9000L)));
        foreach (var request in (string[])["r-3", "r-4"])
        {
            await stream.ExecuteAsync(request, "conf_echo", ("blob", Values.Of(new byte[100 * 1024])));
        }

        var most = 0L;
        for (var tenth = 0; tenth < 100; tenth++)
        {
            await CaseClock.PauseAsync(0.1);
            most = Math.Max(most, worker.Measure().Resident);
        }

        stream.ResumeReading();
        foreach (var request in (string[])["r-1", "r-2", "r-3", "r-4"])
        {
            Expect.True((await stream.CompletedAsync(request, 20)).Success, $"the result of {request} to arrive", "it failed");
        }

        most = Math.Max(most, worker.Measure().Resident);
        Expect.True(most - before <= mostGrowth, $"at most {mostGrowth} KiB more than the {before} KiB before", most);
    }

    [Case("E2", "2,000 progress calls a second make 4 messages a second, the last one among them", 12, Pace = Pace.Alone)]
    public static async Task E2(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        await stream.ExecuteAsync("r-1", "conf_progress", ("per_second", Values.Of(2000L)), ("ms", Values.Of(3000L)));
        var completed = await stream.CompletedAsync("r-1", 8);
        Expect.True(completed.Success && (completed.Result?.OutputValues.GetValueOrDefault("calls")?.Int64Value ?? 0) > 1000 / run.Options.Patience, "success after thousands of calls", completed);
        var said = stream.Said.From().Where(entry => entry.Item.JobProgressUpdate is { RequestId: "r-1" }).ToList();

        // By the worker's clock: what the wire or the kit was late with is not the worker's doing.
        var times = said.ConvertAll(entry => entry.Item.SentAt.ToDateTimeOffset());
        var seconds = Math.Max(3, (times.LastOrDefault() - times.FirstOrDefault()).TotalSeconds);
        Expect.Between(2, (4 * seconds) + 2, said.Count, FormattableString.Invariant($"messages in {seconds:0.#} s"), "messages");
        for (var n = 0; n < said.Count; n++)
        {
            // The last one comes with the completion, so five may fall into a second.
            var inSecond = times.Skip(n).TakeWhile(time => time < times[n].AddSeconds(0.95)).Count();
            Expect.True(inSecond <= 5, "at most 4 messages a second, and the last", inSecond);
        }

        var updates = said.ConvertAll(entry => entry.Item.JobProgressUpdate);
        Expect.True(updates.TrueForAll(update => update is { State: JobState.Running, JobType: "conf_progress", JobId: "job-r-1", ProgressPercent: >= 0 and <= 100 }), "state RUNNING, job type, job id, percent 0 to 100 in each", updates.FirstOrDefault());
        Expect.True(updates.Zip(updates.Skip(1)).All(pair => pair.First.ProgressPercent <= pair.Second.ProgressPercent), "a percentage that never falls", updates.Select(update => update.ProgressPercent));
        Expect.True(updates[^1] is { ProgressPercent: 100, Message: "last" }, "the last call among the messages, before the completion", updates[^1]);
    }

    [Case("E3", "an 8 MiB config and a 40 MiB parameter are served, and the result is cut", 15, Pace = Pace.Heavy)]
    public static async Task E3(CaseRun run)
    {
        const int mebibyte = 1024 * 1024;
        var (_, _, stream) = await run.ConnectAsync();
        await stream.ExecuteAsync("r-1", "conf_echo", execute => execute.WorkerConfigValues["blob"] = Values.Of(new byte[8 * mebibyte]));
        Expect.True((await stream.CompletedAsync("r-1", 5)).Success, "a job with 8 MiB of config to run", "it failed");
        await stream.ExecuteAsync("r-2", "conf_echo", ("blob", Values.Of(new byte[40 * mebibyte])), ("n", Values.Of(5L)));
        var completed = await stream.CompletedAsync("r-2", 10);
        Expect.True(completed.Success, "a job with a parameter of 40 MiB to run", completed.ErrorMessage);
        Expect.True(completed.Result.CalculateSize() <= mebibyte + 4096, "a result of at most 1 MiB", completed.Result.CalculateSize());
        Expect.True(completed.Result.OutputValues.ContainsKey("blob_truncated"), "an output blob_truncated that says what was cut", completed.Result.OutputValues.Keys);
        Expect.Equal(Values.Of(5L), completed.Result.OutputValues.GetValueOrDefault("n"), "the small output beside it to be");
        await stream.ExecuteAsync("r-3", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-3", 3)).Success, "the next job to run", "it failed");
    }

    [Case("E5", "a result above the send limit fails that job and says so; the session lives", 8)]
    public static async Task E5(CaseRun run)
    {
        const int limit = 256 * 1024;
        var (admin, worker, stream) = await run.ConnectAsync(new JsonObject { ["send_limit"] = limit });
        await stream.ExecuteAsync("r-1", "conf_echo", ("blob", Values.Of(new byte[2 * limit])));
        var failed = await stream.CompletedAsync("r-1", 3);
        Expect.True(!failed.Success && failed.ErrorMessage.Contains(limit.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), "success=false with a text that names the limit", failed);
        await stream.ExecuteAsync("r-2", "conf_echo", ("blob", Values.Of(new byte[limit / 2])));
        Expect.True((await stream.CompletedAsync("r-2", 3)).Success, "the next job to succeed", "it failed");
        Expect.True(admin.Streams.Count == 1 && worker.Closes().Count == 0, "the session to live", worker.Closes().Count);
    }

    [Case("E6", "an admin that reads nothing while requests come: the session ends after 30 s, and the next one serves", 90, Pace = Pace.Long)]
    public static async Task E6(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync();
        stream.PauseReading();
        var unread = run.Clock.Now;

        // Far more answers than the window and the queue hold; a worker that waits with its reading leaves some of the requests on their way.
        var asking = AdminStream.OrLoseAsync(AskAsync());
        var (closed, at) = await worker.ClosedAsync(1, 60);
        Expect.Equal("ConnectionLost", closed.Text("reason"), "the reason");
        Expect.Between(25, 45 + run.Clock.Patient(5).TotalSeconds, (at - unread).TotalSeconds, "the end", "s after the last word was read");
        await asking;
        var again = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        await again.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await again.CompletedAsync("r-1", 3)).Success, "the next session to serve", "it does not");

        async Task AskAsync()
        {
            // Named in the answer, so that each has its size.
            var nobody = new string('x', 2000);
            for (var n = 0; n < 2000; n++)
            {
                await stream.SendAsync(new AdminToWorkerMessage { RequestId = $"q-{n}", RequestConfigSchema = new RequestConfigSchema { JobType = nobody } });
            }
        }
    }

    [Case("E7", "an admin that takes no proposals for 12 s, and then does, loses none, and the detection succeeds", 30, Pace = Pace.Long)]
    public static async Task E7(CaseRun run)
    {
        // Forty batches. Of these the window holds one or two, and what a transport keeps beyond that as many as make a megabyte.
        const int count = 20_000;
        var admin = await run.AdminAsync(hasSmallWindow: true);
        var worker = await run.WorkerAsync(admin.Address);
        var stream = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
        stream.PauseReading();
        await stream.DetectAsync("d-1", request => request.WorkerConfigValues["count"] = Values.Of((long)count));
        await worker.Events.NeverAsync(said => said.IsHandler("end", "d-1"), "the detector to be held up by an admin that takes nothing", 12);
        stream.ResumeReading();
        var complete = (await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-1", "detection_complete of request d-1", 15)).DetectionComplete;
        Expect.True(complete.Success, "the detection to succeed", complete);
        var ids = stream.All(Body.DetectionProposals).SelectMany(message => message.DetectionProposals.Proposals).Select(proposal => proposal.ProposalId).ToHashSet();
        Expect.Equal(count, ids.Count, "proposals that arrived");
    }

    [Case("E4", "a connection that answers nothing, not even pings: HeartbeatTimeout", 60, Pace = Pace.Long)]
    public static async Task E4(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var relay = run.Own(new Relay(admin.Port, run.Clock));
        var worker = await run.WorkerAsync(relay.Address, new JsonObject { ["keepalive_ms"] = 20_000 });
        await CaseRun.ConnectAsync(admin, worker, 1);
        relay.Freeze();
        var frozen = run.Clock.Now;

        // Three intervals of 10 s and 20 s for the ping; transports look at their clocks every few seconds.
        var (closed, at) = await worker.ClosedAsync(1, 58);
        Expect.Equal("HeartbeatTimeout", closed.Text("reason"), "the reason");
        Expect.Between(25, 50 + run.Clock.Patient(5).TotalSeconds, (at - frozen).TotalSeconds, "the end", "s after the silence began");
    }
}
