using System.Globalization;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>A weed admin: no extensions, its own habits.</summary>
internal static class GroupF
{
    [Case("F1", "nothing from field 100 on is ever sent, whatever the work", 75, Pace = Pace.Long)]
    public static async Task F1(CaseRun run)
    {
        var (admin, worker, stream) = await run.ConnectAsync(new JsonObject { ["execution_slots"] = 8 });
        var until = run.Clock.Now + TimeSpan.FromSeconds(60);
        for (var n = 0; run.Clock.Now < until; n++)
        {
            var id = n.ToString(CultureInfo.InvariantCulture);
            await stream.ExecuteAsync("e-" + id, "conf_echo", [.. Values.OfEveryKind]);
            await stream.ExecuteAsync("o-" + id, "conf_output", ("bytes", Values.Of(100_000L)), ("text", Values.Of("no newline")));
            await stream.ExecuteAsync("p-" + id, "conf_progress", ("ms", Values.Of(600L)));
            await stream.ExecuteAsync("t-" + id, "conf_throw");
            await stream.ExecuteAsync("s-" + id, "conf_sleep", ("ms", Values.Of(30_000L)));
            await stream.CancelAsync("c-" + id, "s-" + id);
            await stream.DetectAsync("d-" + id, detect => detect.MaxResults = 3);
            await stream.SendAsync(new AdminToWorkerMessage { RequestId = "q-" + id, RequestConfigSchema = new RequestConfigSchema { JobType = "conf_config" } });
            foreach (var request in (string[])["e-", "o-", "p-", "t-", "s-"])
            {
                await stream.CompletedAsync(request + id, 10);
            }

            await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-" + id, "detection_complete", 5);
            if (n == 3)
            {
                // A second session too: hello must claim nothing.
                stream.Drop();
                await worker.ClosedAsync(1, 3);
                stream = (await CaseRun.ConnectAsync(admin, worker, 2)).Stream;
            }

            await CaseClock.PauseAsync(1.5);
        }

        // The bytes are looked at after every case of this group; here they come from every kind of work.
        run.CheckMessages();
        Expect.True(admin.Streams.From().Sum(entry => entry.Item.Said.Count) > 200, "hundreds of messages to look at", admin.Streams.From().Sum(entry => entry.Item.Said.Count));
    }

    [Case("F2", "schema requests right after the hello are answered one by one", 20)]
    public static async Task F2(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address);
        var starting = worker.DoAsync("start", 15);
        var stream = await admin.StreamAsync(1);
        var hello = await stream.GreetAsync();
        foreach (var (capability, index) in hello.Capabilities.Select((capability, index) => (capability, index)))
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"schema-{1_790_000_000_000_000_000 + index}-{0xabcdef0123456700 + (ulong)index:x16}");
            await stream.SendAsync(new AdminToWorkerMessage { RequestId = id, RequestConfigSchema = new RequestConfigSchema { JobType = capability.JobType, ForceRefresh = true } });
            var answer = (await stream.FirstAsync(message => message.ConfigSchemaResponse?.RequestId == id, $"the descriptor of {capability.JobType}", 20)).ConfigSchemaResponse;
            Expect.True(answer.Success && answer.JobType == capability.JobType && answer.JobTypeDescriptor is { AdminRuntimeDefaults.Enabled: true }, "success with enabled runtime defaults", answer);
        }

        (await starting).Ok();
    }

    [Case("F3", "the request id is found in the envelope, in the body, or in both", 6)]
    public static async Task F3(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        foreach (var (envelope, body, expected) in ((string, string, string)[])[("env-1", "", "env-1"), ("", "body-2", "body-2"), ("both-3", "both-3", "both-3")])
        {
            await stream.SendAsync(new AdminToWorkerMessage
            {
                RequestId = envelope,
                ExecuteJobRequest = new ExecuteJobRequest { RequestId = body, Attempt = 1, Job = new JobSpec { JobId = "j-" + expected, JobType = "conf_echo" } },
            });
            Expect.True((await stream.CompletedAsync(expected, 2)).Success, $"the completion under {expected}", "it failed");
            await stream.SendAsync(new AdminToWorkerMessage
            {
                RequestId = envelope.Length > 0 ? "d" + envelope : "",
                RunDetectionRequest = new RunDetectionRequest { RequestId = body.Length > 0 ? "d" + body : "", JobType = "conf_detect", MaxResults = 1 },
            });
            await stream.FirstAsync(message => message.DetectionProposals?.RequestId == "d" + expected, $"proposals under d{expected}", 2);
            await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d" + expected, $"detection_complete under d{expected}", 2);
        }
    }

    [Case("F4", "stored values of other kinds, and missing ones, reach the handler as sane values", 5)]
    public static async Task F4(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        async Task<JobCompleted> Read(string id, params (string Name, ConfigValue Value)[] stored)
        {
            await stream.ExecuteAsync(id, "conf_config", execute =>
            {
                foreach (var (name, value) in stored)
                {
                    execute.WorkerConfigValues[name] = value;
                }
            });
            var completed = await stream.CompletedAsync(id, 2);
            Expect.True(completed.Success, "success whatever is stored", completed.ErrorMessage);
            return completed;
        }

        static void Are(JobCompleted completed, params (string Name, ConfigValue Value)[] expected)
        {
            foreach (var (name, value) in expected)
            {
                Expect.Equal(value, completed.Result.OutputValues.GetValueOrDefault(name), $"{name} to be");
            }
        }

        Are(
            await Read("r-none"),
            ("text", Values.Of("descriptor")), ("count", Values.Of(7L)), ("ratio", Values.Of(0.5)), ("flag", Values.Of(true)), ("pause_ms", Values.Of(30_000L)), ("names", Values.Of("a", "b")), ("late", Values.Of("later")));
        Are(
            await Read("r-other", ("text", Values.Of("x", "y")), ("count", Values.Of(5.0)), ("ratio", Values.Of(2L)), ("flag", Values.Of("false")), ("pause", Values.Of("45s")), ("names", Values.Of("p,q"))),
            ("text", Values.Of("x,y")), ("count", Values.Of(5L)), ("ratio", Values.Of(2.0)), ("flag", Values.Of(false)), ("pause_ms", Values.Of(45_000L)), ("names", Values.Of("p", "q")), ("late", Values.Of("later")));
        Are(await Read("r-numbers", ("count", Values.Of("12")), ("ratio", Values.Of("0.25")), ("pause", Values.Of(45L)), ("text", Values.Of(""))), ("count", Values.Of(12L)), ("ratio", Values.Of(0.25)), ("pause_ms", Values.Of(45_000L)), ("text", Values.Of("")));
        Are(await Read("r-plain", ("pause", Values.Of("45"))), ("pause_ms", Values.Of(45_000L)));
        Are(await Read("r-wrong", ("count", Values.Of("many")), ("ratio", Values.Of("a", "b"))), ("count", Values.Of(7L)), ("ratio", Values.Of(0.5)));
        Are(await Read("r-fraction", ("count", Values.Of(5.5))), ("count", Values.Of(7L)));
        var activities = stream.Said.From().Select(entry => entry.Item)
            .SelectMany(message => message.JobCompleted is { RequestId: "r-wrong" } completed ? completed.Activities : message.JobProgressUpdate is { RequestId: "r-wrong" } update ? update.Activities : [])
            .Select(activity => activity.Message).ToList();
        foreach (var name in (string[])["count", "ratio"])
        {
            Expect.Equal(1, activities.Count(message => message.Contains(name, StringComparison.Ordinal)), $"activities that tell of {name}:");
        }
    }

    [Case("F5", "the longest timeouts and a sequence of nanoseconds do no harm, to work that takes its time", 8)]
    public static async Task F5(CaseRun run)
    {
        // Our admin's timeout is the attempt's, a foreign one's is not: only with both does every timer of the worker see these numbers.
        await Task.WhenAll(ServeAsync(Personality.Weed), ServeAsync(Personality.Ours));

        async Task ServeAsync(Personality personality)
        {
            var admin = await run.AdminAsync(personality);
            var worker = await run.WorkerAsync(admin.Address);
            var stream = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
            var runtime = new AdminRuntimeConfig
            {
                Enabled = true,
                ExecutionTimeoutSeconds = int.MaxValue,
                DetectionTimeoutSeconds = int.MaxValue,
                JobTypeMaxRuntimeSeconds = int.MaxValue,
                DetectionIntervalMinutes = int.MaxValue,
                RetryBackoffSeconds = int.MaxValue,
            };

            // Long enough for a timer that has become none, or a negative one, to end it.
            await stream.ExecuteAsync("r-1", "conf_sleep", execute =>
            {
                execute.AdminRuntime = runtime;
                execute.Job.Parameters["ms"] = Values.Of(1000L);
            });
            foreach (var sequence in (long[])[1_790_000_000_123_456_789, long.MaxValue])
            {
                var request = string.Create(CultureInfo.InvariantCulture, $"d-{sequence}");
                await stream.DetectAsync(request, detect =>
                {
                    detect.AdminRuntime = runtime;
                    detect.DetectionSequence = sequence;
                    detect.WorkerConfigValues["delay_ms"] = Values.Of(50L);
                });
                var complete = (await stream.FirstAsync(message => message.DetectionComplete?.RequestId == request, "detection_complete", 3)).DetectionComplete;
                Expect.True(complete is { Success: true, TotalProposals: 10 }, "a detection of 10 proposals", complete);
                foreach (var proposal in stream.All(Body.DetectionProposals).Where(message => message.DetectionProposals.RequestId == request).SelectMany(message => message.DetectionProposals.Proposals))
                {
                    Expect.Equal(Values.Of(sequence), proposal.Parameters.GetValueOrDefault("sequence"), "detection_sequence in the handler");
                }
            }

            var completed = await stream.CompletedAsync("r-1", 3);
            Expect.True(completed.Success && completed.Result?.OutputValues.GetValueOrDefault("slept_ms")?.Int64Value >= 990, "the job to run for its second and succeed", completed);
            Expect.True(!worker.Events.From().Any(said => said.Item.IsHandler("canceled")), "no handler to be cancelled", "one");
            var complaints = worker.Events.From().Where(said => said.Item.Name == "log" && said.Item.Text("level") == "error").Select(said => said.Item.Text("text")).ToList();
            Expect.True(complaints.Count == 0 && worker.Closes().Count == 0 && admin.Streams.Count == 1, "no error in the log, and one session", string.Join("; ", complaints));
        }
    }

    [Case("F6", "a detection that is cancelled stops", 6)]
    public static async Task F6(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync();
        await stream.DetectAsync("d-1", detect =>
        {
            detect.WorkerConfigValues["count"] = Values.Of(1000L);
            detect.WorkerConfigValues["delay_ms"] = Values.Of(50L);
        });
        await worker.Events.AwaitAsync(said => said.IsHandler("begin", "d-1"), "the detection to begin", 2);
        await CaseClock.PauseAsync(0.5);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c-1", CancelRequest = new CancelRequest { TargetId = "d-1", TargetKind = WorkKind.Detection, Reason = "detection timeout" } });
        Expect.True((await stream.AcknowledgedAsync("c-1", 1)).Accepted, "the cancel to be accepted", "refused");
        await worker.Events.AwaitAsync(said => said.IsHandler("end", "d-1"), "the detection to end", 2);
        await stream.DetectAsync("d-2");
        Expect.True((await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-2", "the next detection to end", 3)).DetectionComplete.Success, "the next detection to succeed", "it failed");
        Expect.True(!stream.Said.From().Any(entry => entry.Item.DetectionComplete is { RequestId: "d-1", Success: true }), "no success of the cancelled detection", "one");
        Expect.Equal(0, worker.Closes().Count, "closed events");
    }

    [Case("F7", "two attempts of one job never overlap, and each is answered", 14)]
    public static async Task F7(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync();
        foreach (var (type, job) in ((string, string)[])[("conf_sleep", "obedient"), ("conf_stubborn", "stubborn")])
        {
            var (first, second) = (job + "-1", job + "-2");
            await stream.ExecuteAsync(first, type, execute => execute.Job.Parameters["ms"] = Values.Of(type == "conf_sleep" ? 60_000L : run.Busy(4)), job);
            await worker.Events.AwaitAsync(said => said.IsHandler("begin", first), "the first attempt to begin", 2);
            await stream.ExecuteAsync(
                second,
                type,
                execute =>
                {
                    execute.Attempt = 2;
                    execute.Job.Parameters["ms"] = Values.Of(500L);
                },
                job);
            await worker.Events.AwaitAsync(said => said.IsHandler("canceled", first), "the first attempt to be cancelled", 2);
            Expect.True((await stream.CompletedAsync(second, 8)).Success, "the second attempt to succeed", "it failed");
            await stream.CompletedAsync(first, 1);
            var (_, ended) = await worker.Events.AwaitAsync(said => said.IsHandler("end", first), "the first attempt to end", 1);
            var (_, begun) = await worker.Events.AwaitAsync(said => said.IsHandler("begin", second), "the second attempt to begin", 1);
            Expect.True(begun >= ended, $"attempt 2 of the {job} job to begin after attempt 1 ended", $"it began {(ended - begun).TotalMilliseconds:0} ms before");
        }
    }

    [Case("F8", "streams that end without a word, with UNKNOWN, with OK: RunForever dials again after 5 s", 20)]
    public static async Task F8(CaseRun run)
    {
        async Task Round(string how)
        {
            var admin = await run.AdminAsync();
            var worker = await run.WorkerAsync(admin.Address);
            if (how == "UNKNOWN")
            {
                var refused = worker.DoAsync("start");
                var unheard = await admin.StreamAsync(1);
                await unheard.HelloAsync();
                unheard.End(StatusCode.Unknown, "worker_id is required");
                (await worker.InTimeAsync(refused, "start", 2)).Failed("Rejected");
            }

            var at = admin.Streams.Count;
            var running = worker.DoAsync("run_forever");
            var stream = await admin.StreamAsync(at + 1);
            await stream.HelloAsync();
            TimeSpan from;
            if (how == "UNKNOWN")
            {
                from = run.Clock.Now;
                stream.End(StatusCode.Unknown, "worker_id is required");
            }
            else
            {
                await stream.GreetAsync();
                await stream.BeatAsync(_ => true, "a heartbeat", 5);
                from = run.Clock.Now;
                if (how == "OK")
                {
                    stream.End();
                }
                else
                {
                    stream.Drop();
                }

                var (closed, _) = await worker.ClosedAsync(1, 2);
                Expect.Equal("ConnectionLost", closed.Text("reason"), $"the reason of a stream that ended with {how}");
            }

            var (_, again) = await admin.Streams.AwaitAsync(_ => true, $"the worker to dial again after a stream that ended with {how}", 10, at + 1);
            Expect.Between(3.9, 6 + run.Clock.Patient(0.5).TotalSeconds, (again - from).TotalSeconds, $"the pause after a stream that ended with {how} (5 s, 20 % jitter)", "s");
            Expect.True(!running.IsCompleted, "run_forever to go on", "it returned");
        }

        await Task.WhenAll(Round("nothing"), Round("UNKNOWN"), Round("OK"));
    }

    [Case("F11", "three idle minutes on an admin that forbids pings less than 20 s apart", 200, Pace = Pace.Long)]
    public static async Task F11(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var relay = run.Relay(admin, shortestPause: TimeSpan.FromSeconds(20));
        var worker = await run.WorkerAsync(relay.Address);
        var stream = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
        await worker.Events.NeverAsync(said => said.Name == "closed", "the session to live through 180 idle seconds", 180);
        Expect.True(!relay.HasEndedForPings, "pings 20 s apart or more", string.Join(", ", relay.Pings.Select(at => FormattableString.Invariant($"{at.TotalSeconds:0.0} s"))));
        Expect.Equal(1, admin.Streams.Count, "streams");
        await stream.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-1", 3)).Success, "a job to run afterwards", "it failed");
    }

    [Case("F12", "a preview request is refused twice: by an acknowledge and by its own answer", 3)]
    public static async Task F12(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "p-1", RequestObjectPreview = new RequestObjectPreview { ObjectId = { "bucket", "table" }, RowLimit = 10 } });
        var refusal = await stream.AcknowledgedAsync("p-1", 1);
        Expect.True(!refusal.Accepted && refusal.Message == "unsupported request body", "a refusal 'unsupported request body'", refusal);
        var answer = (await stream.FirstAsync(message => message.ObjectPreviewResponse?.RequestId == "p-1", "an object_preview_response", 1)).ObjectPreviewResponse;
        Expect.True(!answer.Success && answer.ErrorMessage.Length > 0, "success=false with a text", answer);
    }

    [Case("F13", "sessions that are replaced at once: back-off to 30 s and a warning, no storm", 90, Pace = Pace.Long)]
    public static async Task F13(CaseRun run)
    {
        var admin = await run.AdminAsync();
        admin.OnStream = async stream =>
        {
            await stream.GreetAsync();
            await CaseClock.PauseAsync(1);
            stream.Drop();
        };
        var worker = await run.WorkerAsync(admin.Address);
        var running = worker.DoAsync("run_forever");
        await worker.ClosedAsync(3, 30);
        var (warned, _) = await worker.Events.AwaitAsync(said => said.Name == "log" && said.Text("text").Contains("another worker", StringComparison.Ordinal), "a warning 'another worker may use this id' after three quick losses", 2);
        Expect.True(warned.Text("text").Contains("may use this id", StringComparison.Ordinal), "the words 'another worker may use this id'", warned.Text("text"));

        // The third stream was dropped a second after it came.
        await admin.StreamAsync(4, 38);
        var streams = admin.Streams.From();
        Expect.Between(1 + 24, 1 + 36 + run.Clock.Patient(2).TotalSeconds, (streams[3].At - streams[2].At).TotalSeconds, "the pause (30 s, 20 % jitter) after the third session, which lasted 1 s,", "s");
        Expect.True(!running.IsCompleted, "run_forever to go on", "it returned");
    }

    [Case("F14", "what is left out is no obstacle", 3)]
    public static async Task F14(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        await stream.SendAsync(new AdminToWorkerMessage { ExecuteJobRequest = new ExecuteJobRequest { RequestId = "r-1", Job = new JobSpec { JobId = "j-1", JobType = "conf_config" } } });
        Expect.True((await stream.CompletedAsync("r-1", 2)).Success, "a job without priority, times, attempt, runtime and config to run", "it failed");
        await stream.SendAsync(new AdminToWorkerMessage { RunDetectionRequest = new RunDetectionRequest { RequestId = "d-1", JobType = "conf_detect" } });
        var complete = (await stream.FirstAsync(message => message.DetectionComplete is not null, "detection_complete", 2)).DetectionComplete;
        Expect.True(complete is { Success: true, TotalProposals: 10 }, "a detection without anything to find its 10 things", complete);
    }

    [Case("F15", "an admin that asks but never says hello has taken the worker when RegistrationTimeout is over", 12)]
    public static async Task F15(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address, new JsonObject { ["registration_timeout_ms"] = run.Busy(1.5) });
        var starting = worker.DoAsync("start", 15);
        var stream = await admin.StreamAsync(1);
        await stream.HelloAsync();
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "q-1", RequestConfigSchema = new RequestConfigSchema { JobType = "conf_echo" } });
        Expect.True((await stream.FirstAsync(message => message.ConfigSchemaResponse?.RequestId == "q-1", "a config_schema_response before any hello", 1)).ConfigSchemaResponse.Success, "the descriptor", "a refusal");
        Expect.True(!starting.IsCompleted, "Start to wait for the hello as long as it has time", "it ended before");
        (await starting).Ok();
        await stream.BeatAsync(_ => true, "a heartbeat", 2);
        await stream.ExecuteAsync("r-1", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-1", 2)).Success, "a job to run", "it failed");
        var state = await worker.StateAsync();
        Expect.Equal("Running", state.Text("state"), "the state");
        Expect.Equal(0, worker.Closes().Count, "closed events");
    }
}
