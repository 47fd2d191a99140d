using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>The protocol: hello, heartbeats, descriptors, detections, jobs, cancels.</summary>
internal static class GroupA
{
    private static readonly string[] JobTypes =
        ["conf_echo", "conf_sleep", "conf_stubborn", "conf_fail", "conf_throw", "conf_output", "conf_progress", "conf_detect", "conf_block", "conf_config"];

    private const string AtCapacity = "executor is at capacity";

    [Case("A1", "hello comes first and says who and what", 2)]
    public static async Task A1(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address, new JsonObject { ["detection_slots"] = 2, ["execution_slots"] = 3, ["token"] = "secret-1" });
        var starting = worker.DoAsync("start");
        var stream = await admin.StreamAsync(1);
        var (first, _) = await stream.Said.AwaitAsync(_ => true, "a first message before the admin says anything", 2);
        Expect.Equal(Body.Hello, first.BodyCase, "the first message");
        Expect.True(!starting.IsCompleted, "Start to wait for the admin's hello", "it ended before");
        var hello = first.Hello;
        await stream.GreetAsync();
        (await worker.InTimeAsync(starting, "start", 2)).Ok();
        Expect.Equal("conf-worker", hello.WorkerId, "hello.worker_id");
        Expect.Equal(hello.WorkerId, first.WorkerId, "the envelope's worker_id");
        Expect.True(hello.WorkerInstanceId.Length > 0, "a worker_instance_id", hello.WorkerInstanceId);
        Expect.Equal("plugin.v1", hello.ProtocolVersion, "protocol_version");
        Expect.Equal(string.Join(' ', JobTypes.Order()), string.Join(' ', hello.Capabilities.Select(capability => capability.JobType).Order()), "capabilities");
        foreach (var capability in hello.Capabilities)
        {
            var detects = capability.JobType == "conf_detect";
            Expect.True(capability.CanDetect == detects && capability.CanExecute != detects, $"{capability.JobType} to {(detects ? "detect only" : "execute only")}", capability);
            Expect.True(capability.DisplayName.Length > 0, "a display_name", capability);
            Expect.True(!detects || capability.MaxDetectionConcurrency == 2, "max_detection_concurrency 2", capability);
            Expect.True(detects || capability.MaxExecutionConcurrency == 3, "max_execution_concurrency 3", capability);
        }

        Expect.Equal("Bearer secret-1", stream.RequestHeaders.Get("authorization"), "header authorization");
        var extensions = hello.Metadata.TryGetValue("extensions", out var asked) ? asked.Split(',', StringSplitOptions.TrimEntries) : [];
        Expect.Equal("ack drain log ping resume", string.Join(' ', extensions.Order()), "hello metadata extensions");
        var state = await worker.StateAsync();
        Expect.Equal(hello.WorkerInstanceId, state.Text("instance_id"), "the state's instance_id");
    }

    [Case("A2", "heartbeats come at once, then every interval, with slots and running work", 15, Pace = Pace.Alone)]
    public static async Task A2(CaseRun run)
    {
        var admin = await run.AdminAsync();
        var worker = await run.WorkerAsync(admin.Address, new JsonObject { ["execution_slots"] = 2 });
        var starting = worker.DoAsync("start", 15);
        var stream = await admin.StreamAsync(1);
        await stream.GreetAsync(hello => hello.HeartbeatIntervalSeconds = 2);
        (await starting).Ok();
        var beats = new List<(WorkerHeartbeat Beat, TimeSpan At)>();
        var (_, greeted) = (await stream.Said.AwaitAsync(_ => true, "the hello", 1));
        for (var from = 0; beats.Count < 4;)
        {
            var (message, at) = await stream.Said.AwaitAsync(said => said.Heartbeat is not null, $"heartbeat {beats.Count + 1}", beats.Count == 0 ? 1 : 3, from);
            beats.Add((message.Heartbeat, at));
            from = stream.Said.IndexOf(message) + 1;
        }

        Expect.Between(0, run.Clock.Patient(1).TotalSeconds, (beats[0].At - greeted).TotalSeconds, "the first heartbeat", "s after the hello");
        for (var n = 1; n < beats.Count; n++)
        {
            // A beat that the machine made late comes closer to the next one; but none can come sooner after the hello than its intervals allow.
            Expect.Between(0, 2 + run.Clock.Patient(0.4).TotalSeconds, (beats[n].At - beats[n - 1].At).TotalSeconds, $"pause before heartbeat {n + 1}", "s");
            Expect.True((beats[n].At - greeted).TotalSeconds >= 1.6 * n, FormattableString.Invariant($"heartbeat {n + 1} at least {1.6 * n:0.#} s after the hello"), beats[n].At - greeted);
        }

        Expect.True(beats[0].Beat is { DetectionSlotsTotal: 1, ExecutionSlotsTotal: 2, DetectionSlotsUsed: 0, ExecutionSlotsUsed: 0 }, "slots 0/1 and 0/2", beats[0].Beat);
        await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(run.Busy(1.5))));
        var (began, _) = await stream.Said.AwaitAsync(message => message.Heartbeat is { ExecutionSlotsUsed: 1 }, "a heartbeat soon after work began, with one slot used", 1);
        var (busy, begun) = (began.Heartbeat, stream.Said.IndexOf(began));
        Expect.True(
            busy.RunningWork is [{ WorkId: "job-r-1", Kind: WorkKind.Execution, JobType: "conf_sleep", State: JobState.Running, RequestId: "r-1" }],
            "running_work with the job's id, its request id in field 100, state RUNNING", busy.RunningWork);
        await stream.CompletedAsync("r-1", 4);
        await stream.BeatAsync(beat => beat.ExecutionSlotsUsed == 0 && beat.RunningWork.Count == 0, "a heartbeat soon after work ended, with no slot used", 1, from: begun);
        await stream.DetectAsync("d-1", detect => detect.WorkerConfigValues["delay_ms"] = Values.Of(run.Busy(0.8) / 10));
        var looking = await stream.BeatAsync(beat => beat.DetectionSlotsUsed == 1, "a heartbeat with a detection slot used", 1);
        Expect.True(looking.RunningWork is [{ WorkId: "d-1", Kind: WorkKind.Detection }], "running_work with the detection's request id", looking.RunningWork);
    }

    [Case("A3", "schema requests are answered, unknown ones refused, descriptors are sound", 20)]
    public static async Task A3(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        async Task<ConfigSchemaResponse> Ask(Admin.AdminStream of, string id, string type)
        {
            await of.SendAsync(new AdminToWorkerMessage { RequestId = id, RequestConfigSchema = new RequestConfigSchema { JobType = type } });
            return (await of.FirstAsync(message => message.ConfigSchemaResponse?.RequestId == id, $"a config_schema_response for '{type}'", 2)).ConfigSchemaResponse;
        }

        var empty = await Ask(stream, "s-empty", "");
        Expect.True(!empty.Success && empty.ErrorMessage.Contains("job_type is required", StringComparison.Ordinal), "success=false, 'job_type is required' for an empty type with several handlers", empty);
        var unknown = await Ask(stream, "s-unknown", "nobody_has_this");
        Expect.True(!unknown.Success && unknown.ErrorMessage.Contains("conf_echo", StringComparison.Ordinal), "success=false naming the known types", unknown);
        foreach (var type in JobTypes)
        {
            var answer = await Ask(stream, "s-" + type, type);
            Expect.True(answer.Success && answer.JobType == type && answer.JobTypeDescriptor?.JobType == type, $"success and the descriptor of {type}", answer);
            Sound(answer.JobTypeDescriptor!);
        }

        var config = (await Ask(stream, "s-again", "conf_config")).JobTypeDescriptor.WorkerConfigForm;
        (string Name, ConfigFieldType Type, ConfigValue Value)[] declared =
        [
            ("text", ConfigFieldType.String, Values.Of("descriptor")), ("count", ConfigFieldType.Int64, Values.Of(7L)), ("ratio", ConfigFieldType.Double, Values.Of(0.5)),
            ("flag", ConfigFieldType.Bool, Values.Of(true)), ("pause", ConfigFieldType.Duration, Values.Of(TimeSpan.FromSeconds(30))), ("names", ConfigFieldType.List, Values.Of("a", "b")),
            ("late", ConfigFieldType.String, Values.Of("later")),
        ];
        foreach (var (name, type, value) in declared)
        {
            Expect.Equal(type, config.Sections.SelectMany(section => section.Fields).FirstOrDefault(field => field.Name == name)?.FieldType ?? ConfigFieldType.Unspecified, $"field type of {name}");
            Expect.Equal(value, config.DefaultValues.GetValueOrDefault(name), $"default of {name}");
        }

        var (_, _, lone) = await run.ConnectAsync(new JsonObject { ["handlers"] = new JsonArray("conf_echo") });
        var only = await Ask(lone, "s-lone", "");
        Expect.True(only.Success && only.JobTypeDescriptor?.JobType == "conf_echo", "the only handler's descriptor for an empty type", only);
    }

    [Case("A4", "proposals come in batches, no more than asked for", 10)]
    public static async Task A4(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        await stream.DetectAsync("d-1", detect =>
        {
            detect.MaxResults = 700;
            detect.DetectionSequence = 42;
            detect.WorkerConfigValues["count"] = Values.Of(1200L);
        });
        Expect.True((await stream.AcknowledgedAsync("d-1", 2)).Accepted, "the detection to be acknowledged", "refused");
        var (complete, batches) = await EndAsync("d-1", 10);
        Expect.True(stream.Said.From().Select(entry => entry.Item).First(message => message.Acknowledge?.RequestId == "d-1" || message.DetectionProposals is not null).Acknowledge is not null, "the acknowledge before the first batch", "a batch");

        // There is more than was asked for: the last batch says so too, as upstream's own workers do when they cut.
        Expect.True(batches.TrueForAll(batch => batch.HasMore), "has_more on all batches of a detection that was cut at its limit", batches.Select(batch => batch.HasMore));
        var proposals = batches.SelectMany(batch => batch.Proposals).ToList();
        Expect.Equal(string.Join(' ', Enumerable.Range(0, 700).Select(n => FormattableString.Invariant($"p-{n}"))), string.Join(' ', proposals.Select(proposal => proposal.ProposalId)), "the first 700 proposals in their order");
        Expect.True(complete is { Success: true, JobType: "conf_detect", TotalProposals: 700 }, "a successful completion with the total 700", complete);
        var third = proposals[2];
        Expect.True(third is { ProposalId: "p-2", DedupeKey: "key-2", JobType: "conf_detect", Summary: "proposal 2" } && Equals(third.Parameters.GetValueOrDefault("sequence"), Values.Of(42L)), "the third proposal as it was made", third);
        await stream.DetectAsync("d-all", detect => detect.WorkerConfigValues["count"] = Values.Of(1200L));
        var (whole, parts) = await EndAsync("d-all", 10);
        Expect.True(parts.Count >= 3 && parts.SkipLast(1).All(batch => batch.HasMore) && !parts[^1].HasMore, "three batches, with has_more on all but the last", parts.Select(batch => batch.HasMore));
        Expect.Equal(1200, parts.SelectMany(batch => batch.Proposals).Select(proposal => proposal.ProposalId).Distinct().Count(), "different proposals of a detection without a limit");
        Expect.Equal(1200, whole.TotalProposals, "the total of a detection without a limit");
        foreach (var (request, count) in ((string, long)[])[("d-few", 10), ("d-2", 0)])
        {
            await stream.DetectAsync(request, detect =>
            {
                detect.MaxResults = 700;
                detect.WorkerConfigValues["count"] = Values.Of(count);
            });
            var (few, batch) = await EndAsync(request, 5);
            Expect.True(few.Success && few.TotalProposals == count && batch.Sum(one => one.Proposals.Count) == count, $"success with the total {count}", few);
            Expect.True(!batch.Exists(one => one.HasMore), "no has_more below the limit", batch.Select(one => one.HasMore));
        }

        await stream.DetectAsync("d-3", detect => detect.JobType = "conf_echo");
        var refused = (await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-3", "detection_complete for a type that only executes", 2)).DetectionComplete;
        Expect.True(!refused.Success && refused.ErrorMessage.Length > 0, "success=false with a text", refused);

        async Task<(DetectionComplete Complete, List<DetectionProposals> Batches)> EndAsync(string request, double seconds)
        {
            var (end, _) = await stream.Said.AwaitAsync(message => message.DetectionComplete?.RequestId == request, $"detection_complete of {request}", seconds);
            var said = stream.Said.From().Select(entry => entry.Item).ToList();
            var batches = said.Select(message => message.DetectionProposals).OfType<DetectionProposals>().Where(batch => batch.RequestId == request).ToList();
            Expect.True(batches.TrueForAll(batch => batch.JobType == "conf_detect" && batch.Proposals.Count <= 500 && batch.CalculateSize() <= (1 << 20) + 4096), "batches of conf_detect, of at most 500 and 1 MiB", batches.Select(batch => batch.Proposals.Count));
            Expect.True(said.FindLastIndex(message => message.DetectionProposals?.RequestId == request) < said.IndexOf(end), "no proposals after their detection_complete", "some");
            return (end.DetectionComplete, batches);
        }
    }

    [Case("A5", "all twelve kinds of values come back as they were", 2)]
    public static async Task A5(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        await stream.ExecuteAsync("r-1", "conf_echo", [.. Values.OfEveryKind]);
        Expect.True((await stream.AcknowledgedAsync("r-1", 2)).Accepted, "the job to be acknowledged", "refused");
        var completed = await stream.CompletedAsync("r-1", 2);
        Expect.True(completed.Success, "success", completed);
        Expect.Equal("echoed", completed.Result?.Summary, "the summary");
        foreach (var (name, value) in Values.OfEveryKind)
        {
            Expect.Equal(value, completed.Result!.OutputValues.GetValueOrDefault(name), $"the output {name} to be");
        }
    }

    [Case("A6", "a failure and an exception are told, and the next job runs", 6)]
    public static async Task A6(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();
        await stream.ExecuteAsync("r-fail", "conf_fail", ("text", Values.Of("the disk is gone")));
        await stream.ExecuteAsync("r-permanent", "conf_fail", ("permanent", Values.Of(true)));
        await stream.ExecuteAsync("r-throw", "conf_throw", ("text", Values.Of("thrown on purpose")));
        foreach (var (id, text, type) in ((string, string, string)[])[("r-fail", "the disk is gone", "conf_fail"), ("r-permanent", "conf_fail", "conf_fail"), ("r-throw", "thrown on purpose", "conf_throw")])
        {
            var completed = await stream.CompletedAsync(id, 2);
            Expect.True(!completed.Success && completed.ErrorMessage.Contains(text, StringComparison.Ordinal), $"success=false with the text '{text}'", completed);
            Expect.Equal(type, completed.JobType, "job_type of the completion");
            Expect.Equal("job-" + id, completed.JobId, "job_id of the completion");
            Expect.True(completed.CompletedAt is not null, "completed_at to be set", completed);
        }

        Expect.Equal("permanent", (await stream.CompletedAsync("r-permanent", 1)).Result?.OutputValues.GetValueOrDefault("error_class")?.StringValue, "output error_class");
        await stream.ExecuteAsync("r-next", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-next", 2)).Success, "the next job to run", "it failed");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "r-nil", ExecuteJobRequest = new ExecuteJobRequest { RequestId = "r-nil" } });
        var nil = await stream.FirstAsync(message => message.JobCompleted?.RequestId == "r-nil" || message.Acknowledge is { RequestId: "r-nil", Accepted: false }, "a refusal of an execute request without a job", 2);
        Expect.True(nil.JobCompleted is null || !nil.JobCompleted.Success, "success=false without a job", nil);
    }

    [Case("A7", "a job without a free slot is refused in the exact words", 10)]
    public static async Task A7(CaseRun run)
    {
        foreach (var personality in (Admin.Personality[])[Admin.Personality.Ours, Admin.Personality.Weed])
        {
            var admin = await run.AdminAsync(personality);
            var worker = await run.WorkerAsync(admin.Address, new JsonObject { ["execution_slots"] = 2 });
            var stream = (await CaseRun.ConnectAsync(admin, worker, 1)).Stream;
            for (var n = 1; n <= 2; n++)
            {
                await stream.ExecuteAsync($"r-{n}", "conf_sleep", ("ms", Values.Of(run.Busy(2.5))));
                await worker.Events.AwaitAsync(said => said.IsHandler("begin", $"r-{n}"), $"handler {n} to begin", 2);
            }

            await stream.ExecuteAsync("r-3", "conf_sleep");
            if (personality.IsWeed)
            {
                var completed = await stream.CompletedAsync("r-3", 1);
                Expect.True(!completed.Success && completed.ErrorMessage == AtCapacity && completed.JobType == "conf_sleep", $"a failed completion '{AtCapacity}' for a weed admin", completed);
                Expect.True(!stream.All(Body.Acknowledge).Any(message => message.Acknowledge.RequestId == "r-3"), "no other word on it", "an acknowledge");
            }
            else
            {
                var refusal = await stream.AcknowledgedAsync("r-3", 1);
                Expect.True(!refusal.Accepted && refusal.Message == AtCapacity, $"a negative acknowledge '{AtCapacity}'", refusal);
                Expect.True(!stream.All(Body.JobCompleted).Any(message => message.JobCompleted.RequestId == "r-3"), "no completion of it", "a completion");
            }

            Expect.True((await stream.CompletedAsync("r-1", 6)).Success && (await stream.CompletedAsync("r-2", 6)).Success, "the first two to succeed", "they did not");
            await stream.ExecuteAsync("r-4", "conf_echo");
            Expect.True((await stream.CompletedAsync("r-4", 2)).Success, "a job right after a completion to find its slot free", "it did not");
        }
    }

    [Case("A8", "cancels are acknowledged and obeyed, by those they are meant for alone", 12)]
    public static async Task A8(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync();

        // It runs all the time: what is cancelled beside it, and cancels of nothing, are none of its business.
        var busy = run.Busy(3);
        await stream.ExecuteAsync("r-other", "conf_sleep", ("ms", Values.Of(busy)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin", "r-other"), "the handler to begin", 2);
        foreach (var (request, target) in ((string, string)[])[("r-1", "r-1"), ("r-2", "job-r-2")])
        {
            await stream.ExecuteAsync(request, "conf_sleep", ("ms", Values.Of(60_000L)));
            await worker.Events.AwaitAsync(said => said.IsHandler("begin", request), "the handler to begin", 2);
            await stream.CancelAsync("c-" + request, target);
            await CanceledAsync(request);
            var completed = await stream.CompletedAsync(request, 1);
            Expect.Equal("conf_sleep", completed.JobType, "job_type of the completion");
            Expect.Equal("job-" + request, completed.JobId, "job_id of the completion");
            Expect.True(!completed.Success && IsCanceled(completed.ErrorMessage), "a failed completion that says 'context canceled'", completed);
        }

        await stream.DetectAsync("d-1", detect =>
        {
            detect.WorkerConfigValues["count"] = Values.Of(1000L);
            detect.WorkerConfigValues["delay_ms"] = Values.Of(60L);
        });
        await worker.Events.AwaitAsync(said => said.IsHandler("begin", "d-1"), "the detection to begin", 2);
        await stream.CancelAsync("c-d-1", "d-1");
        await CanceledAsync("d-1");
        var detection = (await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-1", "the end of the detection", 2)).DetectionComplete;
        Expect.True(!detection.Success && IsCanceled(detection.ErrorMessage), "a failed detection that says 'context canceled'", detection);

        await stream.CancelAsync("c-unknown", "nobody");
        var unknown = await stream.AcknowledgedAsync("c-unknown", 1);
        Expect.True(!unknown.Accepted && unknown.Message == "cancel target not found", "a refusal 'cancel target not found'", unknown);
        await stream.CancelAsync("c-empty", "");
        var empty = await stream.AcknowledgedAsync("c-empty", 1);
        Expect.True(!empty.Accepted && empty.Message == "cancel target is required", "a refusal 'cancel target is required'", empty);
        await stream.CancelAsync("c-ended", "r-1");
        Expect.True(!(await stream.AcknowledgedAsync("c-ended", 1)).Accepted, "the cancel of a job that has ended to be refused", "accepted");

        var (other, _) = await stream.Said.AwaitAsync(message => message.JobCompleted?.RequestId == "r-other", "the job beside them to end", (busy / 1000.0) + 1);
        Expect.True(other.JobCompleted.Success, "the job beside them to succeed", other.JobCompleted);
        await stream.BeatAsync(beat => beat is { ExecutionSlotsUsed: 0, DetectionSlotsUsed: 0, RunningWork.Count: 0 }, "a heartbeat without any work", 1, stream.Said.IndexOf(other));
        foreach (var request in (string[])["r-1", "r-2", "r-other"])
        {
            Expect.Equal(1, stream.All(Body.JobCompleted).Count(message => message.JobCompleted.RequestId == request), $"completions of {request}");
        }

        static bool IsCanceled(string text) => text.Contains("context canceled", StringComparison.Ordinal);

        async Task CanceledAsync(string request)
        {
            var (answer, _) = await stream.Said.AwaitAsync(message => message.Acknowledge?.RequestId == "c-" + request, $"an acknowledge of the cancel of {request}", 1);
            Expect.True(answer.Acknowledge.Accepted && answer.Acknowledge.Message == "cancel request accepted", "'cancel request accepted'", answer.Acknowledge);
            await worker.Events.AwaitAsync(said => said.IsHandler("canceled", request), $"the handler of {request} to be told", 1);
            await worker.Events.AwaitAsync(said => said.IsHandler("end", request), $"the handler of {request} to end", 1);
            Expect.True(!stream.Said.From().TakeWhile(entry => entry.Item != answer).Any(entry => entry.Item.JobCompleted?.RequestId == request || entry.Item.DetectionComplete?.RequestId == request), "the acknowledge before the end of what was cancelled", "the end");
        }
    }

    [Case("A9", "a handler that ignores a forced cancel keeps its slot until it returns, and reports once at most", 15)]
    public static async Task A9(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync(new JsonObject { ["execution_slots"] = 1 });
        var busy = run.Busy(4);
        var soonest = run.Clock.Now + TimeSpan.FromMilliseconds(busy);
        await stream.ExecuteAsync("r-1", "conf_stubborn", ("ms", Values.Of(busy)));
        await worker.Events.AwaitAsync(said => said.IsHandler("begin", "r-1"), "the handler to begin", 2);
        await stream.CancelAsync("c-1", "r-1", force: true);
        Expect.True((await stream.AcknowledgedAsync("c-1", 1)).Accepted, "the cancel to be accepted", "refused");
        await worker.Events.AwaitAsync(said => said.IsHandler("canceled", "r-1"), "the handler to be told of the cancel", 1);
        await stream.ExecuteAsync("r-2", "conf_echo");
        var (refusal, _) = await stream.Said.AwaitAsync(message => message.Acknowledge?.RequestId == "r-2", "an acknowledge of request r-2", 1);
        Expect.True(!refusal.Acknowledge.Accepted, "another job to be refused while the handler runs", "it was accepted");
        await worker.Events.AwaitAsync(said => said.IsHandler("end", "r-1"), "the handler to return", 6);

        // The handler cannot return sooner than its time after the request, and what follows the refusal was said while it ran.
        var (free, at) = await stream.Said.AwaitAsync(message => message.Heartbeat is { ExecutionSlotsUsed: 0 }, "a heartbeat with the slot free after the handler returned", 2, stream.Said.IndexOf(refusal));
        Expect.True(at >= soonest, "the slot to be counted as used until the handler returns", free);
        await stream.ExecuteAsync("r-3", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-3", 2)).Success, "the next job to run", "it failed");
        var completions = stream.All(Body.JobCompleted).Where(message => message.JobCompleted.RequestId == "r-1").ToList();
        Expect.True(completions.Count <= 1 && completions.TrueForAll(message => !message.JobCompleted.Success), "no success of the forced job, and no second completion", completions);
    }

    [Case("A10", "what is unknown is refused or passed over, and the session lives", 5)]
    public static async Task A10(CaseRun run)
    {
        var (_, _, stream) = await run.ConnectAsync();

        // Field 50, a message with one text: a body of another time.
        await stream.SendAsync(AdminToWorkerMessage.Parser.ParseFrom([0x0A, 0x03, (byte)'u', (byte)'-', (byte)'1', 0x92, 0x03, 0x03, 0x0A, 0x01, (byte)'x']));
        var refusal = await stream.AcknowledgedAsync("u-1", 1);
        Expect.True(!refusal.Accepted && refusal.Message == "unsupported request body", "a refusal 'unsupported request body'", refusal);
        var execute = new ExecuteJobRequest { RequestId = "r-1", Job = new JobSpec { JobId = "j-1", JobType = "conf_echo", Priority = (JobPriority)99 } };
        execute.Job.Parameters["n"] = Values.Of(1L);
        var strange = execute.ToByteArray().Concat((byte[])[0xC2, 0x3E, 0x02, 0xAB, 0xCD, 0xC8, 0x3E, 0x07]).ToArray();
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "r-1", ExecuteJobRequest = ExecuteJobRequest.Parser.ParseFrom(strange) });
        Expect.True((await stream.CompletedAsync("r-1", 1)).Success, "a job with unknown fields and an unknown priority to run", "it failed");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c-1", CancelRequest = new CancelRequest { TargetId = "x", TargetKind = (WorkKind)77 } });
        Expect.True(!(await stream.AcknowledgedAsync("c-1", 1)).Accepted, "an answer to a cancel of an unknown kind", "accepted");
        await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = true } });
        await stream.ExecuteAsync("r-2", "conf_echo");
        Expect.True((await stream.CompletedAsync("r-2", 1)).Success, "the session to live on after a second hello", "it does not");
    }

    [Case("A11", "a request that comes twice is acknowledged twice and done once", 8)]
    public static async Task A11(CaseRun run)
    {
        var (_, worker, stream) = await run.ConnectAsync();
        foreach (var _ in (int[])[1, 2])
        {
            await stream.ExecuteAsync("r-1", "conf_sleep", ("ms", Values.Of(run.Busy(1.5))));
            await stream.DetectAsync("d-1", request => request.WorkerConfigValues["delay_ms"] = Values.Of(run.Busy(1) / 10));
        }

        Expect.True((await stream.CompletedAsync("r-1", 4)).Success, "the job to succeed", "it failed");
        var ended = await stream.FirstAsync(message => message.DetectionComplete?.RequestId == "d-1", "the end of the detection", 4);
        Expect.True(ended.DetectionComplete is { Success: true, TotalProposals: 10 }, "a detection of 10 proposals", ended.DetectionComplete);
        await stream.Said.NeverAsync(message => message.JobCompleted is not null || message.DetectionComplete is not null, "no second end", 1, stream.Said.Count);
        foreach (var request in (string[])["r-1", "d-1"])
        {
            var answers = stream.All(Body.Acknowledge).Where(message => message.Acknowledge.RequestId == request).ToList();
            Expect.True(answers.Count == 2 && answers.TrueForAll(message => message.Acknowledge.Accepted), $"two acknowledges of {request}", answers);
            Expect.Equal(1, worker.Events.From().Count(said => said.Item.IsHandler("begin", request)), $"handlers that ran for {request}");
        }

        Expect.Equal(1, stream.All(Body.JobCompleted).Count, "completions");
        Expect.Equal(10, stream.All(Body.DetectionProposals).Sum(message => message.DetectionProposals.Proposals.Count), "proposals");
    }

    /// <summary>What an admin needs of a descriptor.</summary>
    private static void Sound(JobTypeDescriptor descriptor)
    {
        Expect.True(descriptor.DisplayName.Length > 0 && descriptor.DescriptorVersion > 0, "a display_name and a version", descriptor);
        Expect.True(descriptor.AdminRuntimeDefaults is { Enabled: true }, "admin_runtime_defaults with enabled", descriptor.AdminRuntimeDefaults);
        foreach (var form in ((ConfigForm?[])[descriptor.AdminConfigForm, descriptor.WorkerConfigForm]).OfType<ConfigForm>())
        {
            var fields = form.Sections.SelectMany(section => section.Fields).ToList();
            Expect.Equal(fields.Count, fields.Select(field => field.Name).Distinct().Count(), "different field names");
            foreach (var field in fields)
            {
                Expect.True(field.Name.Length > 0 && field.FieldType != ConfigFieldType.Unspecified, "a name and a field_type", field);
                if (form.DefaultValues.TryGetValue(field.Name, out var value))
                {
                    Expect.True(Fits(field.FieldType, value.KindCase), $"a default of the kind of {field.FieldType} for {field.Name}", value);
                }
            }
        }
    }

    private static bool Fits(ConfigFieldType type, ConfigValue.KindOneofCase kind) => type switch
    {
        ConfigFieldType.Bool => kind == ConfigValue.KindOneofCase.BoolValue,
        ConfigFieldType.Int64 => kind == ConfigValue.KindOneofCase.Int64Value,
        ConfigFieldType.Double => kind == ConfigValue.KindOneofCase.DoubleValue,
        ConfigFieldType.String or ConfigFieldType.Enum => kind == ConfigValue.KindOneofCase.StringValue,
        ConfigFieldType.Bytes => kind == ConfigValue.KindOneofCase.BytesValue,
        ConfigFieldType.Duration => kind == ConfigValue.KindOneofCase.DurationValue,
        ConfigFieldType.List => kind is ConfigValue.KindOneofCase.StringList or ConfigValue.KindOneofCase.Int64List or ConfigValue.KindOneofCase.DoubleList or ConfigValue.KindOneofCase.BoolList or ConfigValue.KindOneofCase.ListValue,
        ConfigFieldType.Object => kind == ConfigValue.KindOneofCase.MapValue,
        _ => false,
    };
}
