using System.Globalization;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>The life of a stub: start, stop, loss, and start again.</summary>
internal static class GroupB
{
    private const int MostGrowth = 48 * 1024;

    [Case("B1", "1,000 rounds of start and stop on one object; threads, sockets, memory stay flat", 120, Pace = Pace.Heavy)]
    public static async Task B1(CaseRun run)
    {
        const int warm = 200, rounds = 1000;
        var admin = await run.AdminAsync();
        admin.OnStream = stream => stream.GreetOrLoseAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var from = run.Clock.Now;
        var before = worker.Measure();
        for (var round = 1; round <= rounds; round++)
        {
            var started = (await worker.DoAsync("start", 10)).Ok();
            Expect.Equal(round, started.Generation, "the generation of this round");
            (await worker.DoAsync("stop", 10)).Ok();
            if (round == warm)
            {
                before = worker.Measure();
            }
        }

        Expect.Between(0, run.Clock.Patient(120).TotalSeconds, (run.Clock.Now - from).TotalSeconds, "all rounds", "s");
        var after = worker.Measure();
        Expect.True(after.Threads <= before.Threads + 10, $"at most 10 threads more than the {before.Threads} after round {warm}", after.Threads);
        Expect.True(after.Sockets <= before.Sockets + 3, $"at most 3 sockets more than the {before.Sockets} after round {warm}", after.Sockets);
        Expect.True(after.Resident <= before.Resident + MostGrowth, $"at most {MostGrowth} KiB more than the {before.Resident} KiB after round {warm}", after.Resident);
        await worker.ClosedAsync(rounds, 5);
        var closes = worker.Closes();
        Expect.True(closes.Count == rounds && closes.All(close => close.Text("reason") == "StopRequested"), $"{rounds} closed events, all StopRequested", closes.Count);
        Expect.Equal("Stopped", (await worker.StateAsync()).Text("state"), "the state");
    }

    [Case("B2", "the admin process is killed: OnClose once, Start inside it, work goes on", 10)]
    public static async Task B2(CaseRun run)
    {
        var first = await AdminProcess.StartAsync(run);
        var second = await AdminProcess.StartAsync(run);

        // Tried in order at each start; the second is where the admin is after its restart.
        var worker = await run.WorkerAsync($"{first.Address},{second.Address}");
        (await worker.DoAsync("policy", 5, new JsonObject { ["on_close"] = new JsonArray("start") })).Ok();
        (await worker.DoAsync("start", 10)).Ok();
        var instance = (await first.AwaitAsync("hello", 5)).GetValue<string>();
        Expect.True((await first.AwaitAsync("completed", 5)).GetValue<bool>(), "the first job to succeed", "it failed");
        await first.KillAsync();
        var (closed, _) = await worker.ClosedAsync(1, 5);
        Expect.Equal("ConnectionLost", closed.Text("reason"), "the reason");
        var (did, _) = await worker.Events.AwaitAsync(said => said.Name == "did", "Start inside OnClose to return", 10);
        Expect.True(did.Bool("ok"), "Start inside OnClose to succeed", did.Json.ToJsonString());
        Expect.True((await second.AwaitAsync("hello", 5)).GetValue<string>() != instance, "a new worker_instance_id", instance);
        Expect.True((await second.AwaitAsync("completed", 5)).GetValue<bool>(), "a job on the restarted stub to succeed", "it failed");
        Expect.Equal(1, worker.Closes().Count, "closed events");
    }

    [Case("B3", "a stop is told from a loss: a callback that restarts leaves it down", 5)]
    public static async Task B3(CaseRun run)
    {
        var admin = await run.AdminAsync();
        admin.OnStream = stream => stream.GreetOrLoseAsync();
        var worker = await run.WorkerAsync(admin.Address);
        (await worker.DoAsync("policy", 5, new JsonObject { ["on_close"] = new JsonArray("restart") })).Ok();
        (await worker.DoAsync("start", 5)).Ok();
        (await worker.DoAsync("stop", 5)).Ok();
        var (closed, _) = await worker.ClosedAsync(1, 1);
        Expect.Equal("StopRequested", closed.Text("reason"), "the reason");
        var running = worker.DoAsync("run_forever");
        await admin.StreamAsync(2);
        await worker.Events.AwaitAsync(_ => true, "an event", 5);
        await worker.UntilAsync("Running", 2);
        (await worker.DoAsync("stop", 5)).Ok();
        Expect.Equal("StopRequested", (await worker.InTimeAsync(running, "run_forever", 5)).Ok().Reason, "the reason of run_forever");
        await admin.Streams.NeverAsync(_ => true, "no further stream after a stop", 2, from: 2);
        Expect.Equal("Stopped", (await worker.StateAsync()).Text("state"), "the state");
        (await worker.DoAsync("stop", 5)).Ok();
        Expect.Equal(2, worker.Closes().Count, "closed events");
    }

    [Case("B4", "the admin's shutdown lets a running job finish, and Run returns", 5)]
    public static async Task B4(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var running = worker.DoAsync("run");
        var stream = await admin.GreetAsync();
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(1000L)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin"), "the handler to begin", 2);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "s-1", Shutdown = new AdminShutdown { Reason = "upgrade", GracePeriodSeconds = (int)run.Clock.Patient(3).TotalSeconds } });
        Expect.True((await stream.CompletedAsync("r-1", 3)).Success, "the running job to be finished and told", "it failed");
        Expect.Equal("AdminShutdown", (await worker.InTimeAsync(running, "run", 4)).Ok().Reason, "the reason of run");
        var (closed, _) = await worker.ClosedAsync(1, 1);
        Expect.Equal("AdminShutdown", closed.Text("reason"), "the reason of OnClose");
    }

    [Case("B5", "an admin that never answers: Start fails with Timeout after 5 s", 7)]
    public static async Task B5(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await WarmAsync(run, admin, hasOwnTimeout: true);
        var from = run.Clock.Now;
        var starting = worker.DoAsync("start");
        await (await admin.StreamAsync(2)).HelloAsync();
        Expect.Equal("Starting", (await worker.StateAsync()).Text("state"), "the state meanwhile");
        (await worker.DoAsync("start", 2)).Failed("AlreadyStarted");
        (await worker.InTimeAsync(starting, "start", 8)).Failed("Timeout");
        Expect.Between(4.5, 5 + run.Clock.Patient(0.5).TotalSeconds, (run.Clock.Now - from).TotalSeconds, "the failure", "s after the start");
        Expect.Equal("Stopped", (await worker.StateAsync()).Text("state"), "the state afterwards");
        Expect.Equal(1, worker.Closes().Count, "closed events, all of sessions before");
        var again = worker.DoAsync("start");
        await admin.GreetAsync(3);
        (await worker.InTimeAsync(again, "start", 5)).Ok();
    }

    [Case("B6", "a connection that dies while Start waits: Unreachable at once", 8)]
    public static async Task B6(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await WarmAsync(run, admin, hasOwnTimeout: false);
        for (var round = 1; round <= 2; round++)
        {
            var starting = worker.DoAsync("start");
            var stream = await admin.StreamAsync(1 + round);
            await stream.HelloAsync();
            await CaseClock.PauseAsync(1);
            stream.Drop();

            // The first failure of a fresh process is slower than those that are measured. Neither waits for the timeout, which is longer.
            (await worker.InTimeAsync(starting, "start", round == 1 ? 3 : 0.5)).Failed("Unreachable");
        }

        Expect.Equal(1, worker.Closes().Count, "closed events, all of sessions before");
        await admin.DisposeAsync();
        (await worker.DoAsync("start", 3)).Failed("Unreachable");
        Expect.Equal("Stopped", (await worker.StateAsync()).Text("state"), "the state");
    }

    [Case("B7", "a rejected hello leaves the stub clean: no OnClose, the next Start succeeds", 8)]
    public static async Task B7(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        async Task<Answer> Refused(int number, Func<AdminStream, Task> refuse)
        {
            var starting = worker.DoAsync("start");
            var stream = await admin.StreamAsync(number);
            await stream.HelloAsync();
            await refuse(stream);
            return await worker.InTimeAsync(starting, "start", 3);
        }

        static Task Say(AdminStream stream, string text) => stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = text } });
        static Task End(AdminStream stream, StatusCode code)
        {
            stream.End(code, "go away");
            return Task.CompletedTask;
        }

        var soft = (await Refused(1, stream => Say(stream, "too many workers, try later"))).Failed("Rejected");
        Expect.True(!(soft.Json["permanent"]?.GetValue<bool>() ?? false) && soft.Text("text").Contains("too many workers", StringComparison.Ordinal), "a rejection that may pass, with the admin's text", soft.Json.ToJsonString());
        var hard = (await Refused(2, stream => Say(stream, "permanent: this id is banned"))).Failed("Rejected");
        Expect.True(hard.Json["permanent"]?.GetValue<bool>() ?? false, "a rejection for good", hard.Json.ToJsonString());
        foreach (var (number, code) in ((int, StatusCode)[])[(3, StatusCode.Unauthenticated), (4, StatusCode.PermissionDenied), (5, StatusCode.FailedPrecondition)])
        {
            var denied = (await Refused(number, stream => End(stream, code))).Failed("Rejected");
            Expect.True(denied.Json["permanent"]?.GetValue<bool>() ?? false, $"a rejection for good after {code}", denied.Json.ToJsonString());
        }

        (await Refused(6, stream => End(stream, StatusCode.InvalidArgument))).Failed("ProtocolError");
        var starting = worker.DoAsync("start");
        var accepted = await admin.GreetAsync(7);
        Expect.Equal(1, (await worker.InTimeAsync(starting, "start", 3)).Ok().Generation, "the generation of the first success");
        Expect.Equal(0, worker.Closes().Count, "closed events");
        await accepted.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await accepted.CompletedAsync("r-1", 2)).Success, "a job to run", "it failed");
    }

    [Case("B9", "Wait returns for its own session although the next one starts at once", 4)]
    public static async Task B9(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var idle = (await worker.DoAsync("wait", 2)).Ok();
        Expect.True(idle.Json["reason"] is null, "Wait to return at once before any session, without a reason", idle.Json.ToJsonString());
        var stream = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
        (await worker.DoAsync("policy", 5, new JsonObject { ["on_close"] = new JsonArray("start") })).Ok();
        var waiting = worker.DoAsync("wait");

        // Commands are begun in their order, so this answer comes after the call; nothing outside tells that it waits.
        await worker.StateAsync();
        await CaseClock.PauseAsync(0.5);
        Expect.True(!waiting.IsCompleted, "Wait to wait", "it returned");
        stream.End();
        await admin.GreetAsync(2);
        var ended = (await worker.InTimeAsync(waiting, "wait", 2)).Ok();
        Expect.Equal(1, ended.Generation, "the session Wait tells of");
        Expect.Equal("ConnectionLost", ended.Reason, "its reason");
        await worker.UntilAsync("Running", 2);
        Expect.Equal(2, (await worker.StateAsync()).Generation, "the session now");
    }

    [Case("B10", "Stop and Start inside OnClose work; an exception there is logged and harms nothing", 8)]
    public static async Task B10(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var stream = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
        (await worker.DoAsync("policy", 5, new JsonObject { ["on_close"] = new JsonArray("stop", "start") })).Ok();
        stream.End();
        foreach (var action in (string[])["stop", "start"])
        {
            // The admin has to greet before Start can return.
            _ = action == "start" ? await admin.GreetAsync(2) : null;
            var (did, _) = await worker.Events.AwaitAsync(said => said.Name == "did" && said.Text("do") == action, $"{action} inside OnClose to return", 5);
            Expect.True(did.Bool("ok"), $"{action} inside OnClose to succeed", did.Json.ToJsonString());
        }

        (await worker.DoAsync("policy", 5, new JsonObject { ["on_close"] = new JsonArray("throw") })).Ok();
        (await admin.StreamAsync(2)).End();
        await worker.ClosedAsync(2, 2);
        await worker.Events.AwaitAsync(said => said.Name == "log" && said.Text("text").Contains("thrown in OnClose", StringComparison.Ordinal), "a log line with the exception of OnClose", 2);
        (await worker.DoAsync("policy", 5, new JsonObject { ["on_close"] = new JsonArray() })).Ok();
        await worker.UntilAsync("Stopped", 2);
        var last = (await CaseRun.ConnectAsync(admin, worker, 3)).Stream;
        await last.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await last.CompletedAsync("r-1", 2)).Success, "a job to run afterwards", "it failed");
        (await worker.DoAsync("stop", 5)).Ok();
        await worker.ClosedAsync(3, 2);
        Expect.Equal("1 2 3", string.Join(' ', worker.Closes().Select(close => close.Number("generation"))), "closed events of the sessions");
    }

    [Case("B11", "the admin's interval and delay are taken over, and RunForever waits that long", 15)]
    public static async Task B11(CaseRun run)
    {
        // Without resume no work waits for its way back: nothing is a reason to dial sooner.
        var admin = await run.AdminAsync(Personality.Ours with { HeartbeatSeconds = 3, ReconnectSeconds = 7, Extensions = [] });
        admin.Header = ("plugin-admin-version", "9.9");
        var worker = await run.WorkerAsync(admin.Address, hasOwnTimeout: true);
        async Task Properties(string when, double beat, double delay, string version)
        {
            var state = await worker.StateAsync();
            Expect.Equal(5000, state.Number("registration_timeout_ms"), $"RegistrationTimeout {when}");
            Expect.Equal(beat, state.Number("heartbeat_interval_ms"), $"HeartbeatInterval {when}");
            Expect.Equal(delay, state.Number("reconnect_delay_ms"), $"ReconnectDelay {when}");
            Expect.Equal(version, state.Text("admin_version"), $"AdminVersion {when}");
        }

        await Properties("before", 10_000, 5000, "unknown");
        var running = worker.DoAsync("run_forever");
        var stream = await admin.GreetAsync();
        await worker.UntilAsync("Running", 3);
        await Properties("in the session", 3000, 7000, "9.9");
        var ended = run.Clock.Now;
        stream.End();
        await worker.ClosedAsync(1, 2);
        await Properties("after it", 3000, 7000, "9.9");
        var (_, again) = await admin.Streams.AwaitAsync(_ => true, "the worker to dial again", 10, from: 1);
        Expect.Between(5.6, 8.4 + run.Clock.Patient(0.5).TotalSeconds, (again - ended).TotalSeconds, "the pause (7 s, 20 % jitter)", "s");
        await Properties("while it starts again", 10_000, 5000, "unknown");
        Expect.True(!running.IsCompleted, "run_forever to go on", "it returned");
    }

    [Case("B12", "a newer session of the same id: Replaced, and RunForever stops", 8)]
    public static async Task B12(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        for (var round = 1; round <= 2; round++)
        {
            var running = worker.DoAsync("run_forever");
            var stream = await admin.GreetAsync(round);
            await worker.UntilAsync("Running", 3);
            if (round == 1)
            {
                await stream.SendAsync(new AdminToWorkerMessage { RequestId = "s-1", Shutdown = new AdminShutdown { Reason = "replaced" } });
            }
            else
            {
                stream.End(StatusCode.Aborted, "replaced by a newer session");
            }

            Expect.Equal("Replaced", (await worker.InTimeAsync(running, "run_forever", 5)).Ok().Reason, round == 1 ? "the reason after AdminShutdown 'replaced'" : "the reason after status ABORTED");
            Expect.Equal("Replaced", (await worker.ClosedAsync(round, 1)).Item.Text("reason"), "the reason of OnClose");
        }

        await admin.Streams.NeverAsync(_ => true, "no further stream", 1, from: 2);
    }

    [Case("B13", "a ready connection serves the first Start only; the second one dials", 6)]
    public static async Task B13(CaseRun run)
    {
        var ready = await run.AdminAsync();
        var dialled = await run.AdminAsync();
        var connection = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ready.Port}");
        var worker = await run.WorkerAsync(dialled.Address, new JsonObject { ["ready_connection"] = connection });
        await CaseRun.ConnectAsync(ready, worker, 1);
        (await worker.DoAsync("stop", 5)).Ok();
        await CaseRun.ConnectAsync(dialled, worker, 1);
        Expect.Equal(1, ready.Streams.Count, "streams over the ready connection");
        var bare = await run.WorkerAsync("", new JsonObject { ["ready_connection"] = connection });
        await CaseRun.ConnectAsync(ready, bare, 2);
        (await bare.DoAsync("stop", 5)).Ok();
        (await bare.DoAsync("start", 3)).Failed("Unreachable");
    }

    [Case("B14", "cancelling Run drains and stops; Run again works", 10)]
    public static async Task B14(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var (id, running) = worker.Send("run");
        var stream = await admin.GreetAsync();
        await worker.UntilAsync("Running", 3);
        (await worker.DoAsync("start", 2)).Failed("AlreadyStarted");
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(1500L)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin"), "the handler to begin", 2);
        (await worker.DoAsync("cancel", 2, new JsonObject { ["target"] = id })).Ok();
        Expect.True((await stream.CompletedAsync("r-1", 4)).Success, "the running job to be finished and told", "it failed");
        (await worker.InTimeAsync(running, "run", 5)).Failed("Canceled");
        Expect.Equal("StopRequested", (await worker.ClosedAsync(1, 2)).Item.Text("reason"), "the reason of OnClose");
        var again = worker.DoAsync("run");
        await admin.GreetAsync(2);
        await worker.UntilAsync("Running", 3);
        (await worker.DoAsync("stop", 5)).Ok();
        Expect.Equal("StopRequested", (await worker.InTimeAsync(again, "run", 3)).Ok().Reason, "the reason of the second Run");
    }

    [Case("B15", "a message that cannot be read: ProtocolError, RunForever stops, and the program lives", 10)]
    public static async Task B15(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var running = worker.DoAsync("run_forever");
        var stream = await admin.GreetAsync();
        await worker.UntilAsync("Running", 3);
        await stream.SendRawAsync([0xFF, 0xFF, 0xFF]);
        Expect.Equal("ProtocolError", (await worker.InTimeAsync(running, "run_forever", 5)).Ok().Reason, "the reason of run_forever");
        Expect.Equal("ProtocolError", (await worker.ClosedAsync(1, 1)).Item.Text("reason"), "the reason of OnClose");
        var last = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        await last.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await last.CompletedAsync("r-1", 2)).Success, "a job to run afterwards", "it failed");
    }

    [Case("B18", "a message above the receive limit: ProtocolError, RunForever stops, and the program lives", 10)]
    public static async Task B18(CaseRun run)
    {
        const int limit = 256 * 1024;
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address, new JsonObject { ["receive_limit"] = limit });
        var running = worker.DoAsync("run_forever");
        var stream = await admin.GreetAsync();
        await worker.UntilAsync("Running", 3);
        await stream.ExecuteAsync("r-1", "conf_echo", ("blob", Values.Of(new byte[limit / 2])));
        Expect.True((await stream.CompletedAsync("r-1", 2)).Success, "a job below the limit to run", "it failed");
        await AdminStream.OrLoseAsync(stream.ExecuteAsync("r-2", "conf_echo", ("blob", Values.Of(new byte[2 * limit]))));
        Expect.Equal("ProtocolError", (await worker.InTimeAsync(running, "run_forever", 5)).Ok().Reason, "the reason of run_forever");
        Expect.Equal("ProtocolError", (await worker.ClosedAsync(1, 1)).Item.Text("reason"), "the reason of OnClose");
        var last = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
        await last.ExecuteAsync("r-3", "conf_echo");
        Expect.True((await last.CompletedAsync("r-3", 2)).Success, "a job to run afterwards", "it failed");
        Expect.True(!worker.Events.From().Any(said => said.Item.IsHandler("begin", "r-2")), "the job that was too large not to run", "it ran");
    }

    [Case("B16", "a refusal for good in mid-session: Rejected, and RunForever stops", 12)]
    public static async Task B16(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var round = 0;
        foreach (var code in (StatusCode?[])[StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.FailedPrecondition, null])
        {
            round++;
            var how = code is null ? "a late hello that says permanent" : $"status {code}";
            var running = worker.DoAsync("run_forever");
            var stream = await admin.GreetAsync(round);
            await worker.UntilAsync("Running", 3);
            if (code is { } status)
            {
                stream.End(status, "go away");
            }
            else
            {
                await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = "permanent: this id is banned" } });
            }

            Expect.Equal("Rejected", (await worker.InTimeAsync(running, "run_forever", 3)).Ok().Reason, $"the reason after {how}");
            Expect.Equal("Rejected", (await worker.ClosedAsync(round, 1)).Item.Text("reason"), $"the reason of OnClose after {how}");
        }

        var leaving = await run.WorkerAsync(admin.Address);
        _ = leaving.DoAsync("run_forever", new JsonObject { ["exit"] = true });
        (await admin.GreetAsync(round + 1)).End(StatusCode.PermissionDenied, "go away");
        Expect.Equal(77, await leaving.ExitedAsync(5), "the exit code");
        await admin.Streams.NeverAsync(_ => true, "no further stream", 1, from: round + 1);
    }

    [Case("B17", "a stop in the pause of RunForever ends it", 6)]
    public static async Task B17(CaseRun run)
    {
        var admin = await run.AdminAsync(Personality.Ours with { ReconnectSeconds = 25, Extensions = [] });
        var worker = await run.WorkerAsync(admin.Address);
        var running = worker.DoAsync("run_forever");
        (await admin.GreetAsync()).End();
        await worker.ClosedAsync(1, 3);
        await worker.UntilAsync("Stopped", 2);
        await CaseClock.PauseAsync(0.3);
        Expect.True(!running.IsCompleted, "run_forever to pause", "it returned");
        (await worker.DoAsync("stop", 2)).Ok();
        Expect.Equal("StopRequested", (await worker.InTimeAsync(running, "run_forever", 1)).Ok().Reason, "the reason of run_forever");
        await admin.Streams.NeverAsync(_ => true, "no further stream", 1, from: 1);
        Expect.Equal(1, worker.Closes().Count, "closed events");
    }

    /// <summary>A worker that has had a session: the first calls of a fresh process are slower than those that are measured.</summary>
    private static async Task<WorkerProcess> WarmAsync(CaseRun run, ScriptedAdmin admin, bool hasOwnTimeout)
    {
        var worker = await run.WorkerAsync(admin.Address, hasOwnTimeout: hasOwnTimeout);
        await CaseRun.ConnectAsync(admin, worker, 1);
        (await worker.DoAsync("stop", 10)).Ok();
        await worker.ClosedAsync(1, 2);
        return worker;
    }
}
