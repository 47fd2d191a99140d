using System.Text.Json;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>The acting routes with a worker behind them: codes, bodies, and what reaches the worker.</summary>
public sealed class RouteTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    private static readonly string[] DetectBody = ["job_type", "request_id", "detector_worker_id", "total_proposals", "count", "proposals", "activities"];

    [Fact]
    public async Task Detect_AnswersProposals_ByPriority_WithTheirTimes()
    {
        using var worker = await ConnectAsync("r-detect");
        var answer = admin.PostAsync("/api/plugin/job-types/r-detect/detect", """{"max_results":7,"cluster_context":{"filer_addresses":["f:1"],"metadata":{"source":"me"}}}""");
        var asked = await worker.NextAsync(Body.RunDetectionRequest);
        Assert.Equal((7, "f:1", "admin"), (asked.RunDetectionRequest.MaxResults, asked.RunDetectionRequest.ClusterContext.FilerAddresses[0], asked.RunDetectionRequest.ClusterContext.Metadata["source"]));
        await ProposeAsync(worker, asked.RequestId, new JobProposal { ProposalId = "b" }, new JobProposal { ProposalId = "a" }, new JobProposal { ProposalId = "c", Priority = JobPriority.High, NotBefore = new() { Seconds = 4_000_000_000 } });
        var body = await answer;
        Assert.Equal(DetectBody, Names(body));
        Assert.Equal((asked.RequestId, worker.Id, 3), (body.GetProperty("request_id").GetString(), body.GetProperty("detector_worker_id").GetString(), body.GetProperty("count").GetInt32()));
        Assert.Equal(["c", "a", "b"], body.GetProperty("proposals").EnumerateArray().Select(proposal => proposal.GetProperty("proposal_id").GetString()));
        Assert.Equal("2096-10-02T07:06:40Z", body.GetProperty("proposals")[0].GetProperty("not_before").GetString());
        Assert.Equal(["requested", "proposals_batch", "completed"], body.GetProperty("activities").EnumerateArray().Select(line => line.GetProperty("stage").GetString()));
    }

    [Fact]
    public async Task Detect_ThatFailsOrIsNotPossible_HasTheSameBody_AndAnError()
    {
        var none = await admin.PostAsync("/api/plugin/job-types/nobody-has-it/detect", code: 500);
        Assert.Equal([.. DetectBody, "error"], Names(none));
        Assert.StartsWith("no detector worker available", none.GetProperty("error").GetString(), StringComparison.Ordinal);
        using var worker = await ConnectAsync("r-silent");
        var answer = admin.PostAsync("/api/plugin/job-types/r-silent/detect", """{"timeout_seconds":0.2}""", 500);
        var asked = await worker.NextAsync(Body.RunDetectionRequest);
        var cancel = (await worker.NextAsync(Body.CancelRequest)).CancelRequest;
        Assert.Equal((asked.RequestId, WorkKind.Detection), (cancel.TargetId, cancel.TargetKind));
        var late = await answer;
        Assert.Equal([.. DetectBody, "error"], Names(late));
        Assert.Contains("deadline exceeded", late.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestDetection_QueuesNothing_AndLeavesTheScheduleAlone()
    {
        using var worker = await ConnectAsync("r-test");
        var answer = admin.PostAsync("/api/plugin/job-types/r-test/detect?test=true");
        await ProposeAsync(worker, (await worker.NextAsync(Body.RunDetectionRequest)).RequestId, new JobProposal { ProposalId = "p" });
        Assert.Equal("would_queue", (await answer).GetProperty("proposals")[0].GetProperty("outcome").GetString());
        Assert.Empty((await admin.GetAsync("/api/plugin/jobs?job_type=r-test")).EnumerateArray());
        Assert.Null(admin.Admin.States.Current.Value.JobTypes["r-test"].Schedule.LastStartedAt);
    }

    [Fact]
    public async Task Run_Blocks_UntilItsJobsEnded_AndCountsThem()
    {
        using var worker = await ConnectAsync("r-run");
        var answer = admin.PostAsync("/api/plugin/job-types/r-run/run");
        await ProposeAsync(worker, (await worker.NextAsync(Body.RunDetectionRequest)).RequestId, new JobProposal { ProposalId = "good" }, new JobProposal { ProposalId = "bad" }, new JobProposal { ProposalId = "good" });
        for (var n = 0; n < 2; n++)
        {
            var job = await worker.NextAsync(Body.ExecuteJobRequest);
            await CompleteAsync(worker, job, job.ExecuteJobRequest.Job.DedupeKey == "good" ? "" : "it broke");
        }

        var body = await answer;
        var counts = string.Join(' ', body.EnumerateObject().Where(property => property.Name.EndsWith("_count", StringComparison.Ordinal)).Select(property => $"{property.Name}={property.Value}"));
        Assert.Equal("detected_count=3 ready_to_execute_count=2 skipped_active_count=0 executed_count=2 success_count=1 error_count=1 canceled_count=0 pending_count=0", counts);
    }

    [Fact]
    public async Task Run_AtItsTimeout_SaysWhatIsDoneSoFar_AndGoesOn()
    {
        using var worker = await ConnectAsync("r-slow");
        var answer = admin.PostAsync("/api/plugin/job-types/r-slow/run", """{"timeout_seconds":5}""");
        await ProposeAsync(worker, (await worker.NextAsync(Body.RunDetectionRequest)).RequestId, new JobProposal { ProposalId = "slow" });
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        Assert.Equal(1, (await answer).GetProperty("pending_count").GetInt32());
        await CompleteAsync(worker, job, "");
        await admin.UntilAsync(state => state.JobTypes["r-slow"].Counts.Succeeded == 1, "the job of the run ends after its caller has gone");
    }

    [Fact]
    public async Task Execute_AnswersTheCompletion_OrTheErrorWithIt()
    {
        using var worker = await ConnectAsync("r-exec");
        var answer = admin.PostAsync("/api/plugin/jobs/execute", """{"job":{"jobId":"given-1","job_type":"r-exec","unknown":1,"parameters":{"n":{"int64_value":"9007199254740993"}}}}""");
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        Assert.Equal(("given-1", 9007199254740993), (job.ExecuteJobRequest.Job.JobId, job.ExecuteJobRequest.Job.Parameters["n"].Int64Value));
        await CompleteAsync(worker, job, "");
        var completion = await answer;
        string[] names = ["request_id", "job_id", "job_type", "success", "error_message", "result", "activities", "completed_at"];
        Assert.Equal(names.Order(StringComparer.Ordinal), Names(completion).Order(StringComparer.Ordinal));
        Assert.True(completion.GetProperty("success").GetBoolean());
        Assert.StartsWith("job given-1 exists", (await admin.PostAsync("/api/plugin/jobs/execute", """{"job":{"job_id":"given-1","job_type":"r-exec"}}""", 409)).GetProperty("error").GetString(), StringComparison.Ordinal);

        var failing = admin.PostAsync("/api/plugin/jobs/execute", """{"job":{"job_type":"r-exec"}}""", 500);
        await CompleteAsync(worker, await worker.NextAsync(Body.ExecuteJobRequest), "it broke");
        Assert.Equal("it broke", (await failing).GetProperty("error").GetString());
        Assert.Equal("it broke", (await failing).GetProperty("completion").GetProperty("error_message").GetString());
    }

    [Fact]
    public async Task Execute_AtItsTimeout_CancelsTheJob()
    {
        using var worker = await ConnectAsync("r-late");
        var answer = admin.PostAsync("/api/plugin/jobs/execute", """{"job":{"job_type":"r-late"},"timeout_seconds":0.2}""", 500);
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        var cancel = (await worker.NextAsync(Body.CancelRequest)).CancelRequest;
        Assert.Equal((job.RequestId, WorkKind.Execution), (cancel.TargetId, cancel.TargetKind));
        await answer;
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"job":{"job_type":""}}""")]
    [InlineData("""{"job":{"job_type":"nobody/has it"}}""")]
    [InlineData("""{"job":{"job_type":"nobody-has-it"}}""")]
    [InlineData("""{"job":{"job_type":"r-wrong","job_id":"a b"}}""")]
    [InlineData("""{"job":{"job_type":"r-wrong","parameters":7}}""")]
    [InlineData("""{"job":{"job_type":"r-wrong"},"cluster_context":{"filer_addresses":7}}""")]
    [InlineData("""{"job":""")]
    [InlineData("""[]""")]
    public async Task Execute_OfNonsense_Is400(string body) => await admin.PostAsync("/api/plugin/jobs/execute", body, 400);

    [Fact]
    public async Task Expire_IsAsItsClientsKnowIt()
    {
        using var worker = await ConnectAsync("r-expire");
        var id = await SubmitAsync("r-expire");
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        await admin.PostAsync("/api/plugin/jobs/%20/expire", code: 400);
        await admin.PostAsync($"/api/plugin/jobs/{id}/expire", "{", 400);
        Assert.Equal("job not found", (await admin.PostAsync("/api/plugin/jobs/none/expire", code: 404)).GetProperty("error").GetString());
        var expired = await admin.PostAsync($"/api/plugin/jobs/{id}/expire");
        Assert.Equal(["job_id", "expired", "job"], Names(expired));
        Assert.Equal(("job_state_failed", "job expired by admin request"), (expired.GetProperty("job").GetProperty("state").GetString(), expired.GetProperty("job").GetProperty("error_message").GetString()));
        Assert.Equal(job.RequestId, (await worker.NextAsync(Body.CancelRequest)).CancelRequest.TargetId);
        Assert.Equal("reason: NUL is no character of a text", (await admin.PostAsync($"/api/plugin/jobs/{id}/expire", """{"reason":"a\u0000"}""", 400)).GetProperty("error").GetString());
        Assert.Equal($$"""{"job_id":"{{id}}","expired":false,"message":"job is not active"}""", (await admin.PostAsync($"/api/plugin/jobs/{id}/expire")).GetRawText());
    }

    [Fact]
    public async Task Cancel_ClimbsTheLadder_ThenRetryMakesATwin()
    {
        using var worker = await ConnectAsync("r-cancel");
        var id = await SubmitAsync("r-cancel");
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        Assert.Equal("canceling", (await admin.PostAsync($"/api/plugin/jobs/{id}/cancel", """{"reason":"no more"}""")).GetProperty("phase").GetString());
        Assert.Equal("no more", (await worker.NextAsync(Body.CancelRequest)).CancelRequest.Reason);
        await CompleteAsync(worker, job, "context canceled");
        await admin.UntilAsync(state => !state.Jobs.Values.Any(open => open.Id.Value == id), "the job ends");
        var ended = await admin.GetAsync($"/api/plugin/jobs/{id}");
        Assert.Equal(("job_state_canceled", 0d, "no more"), (ended.GetProperty("state").GetString(), ended.GetProperty("progress").GetDouble(), ended.GetProperty("message").GetString()));
        await admin.PostAsync($"/api/plugin/jobs/{id}/cancel", code: 409);
        Assert.Equal(id, (await admin.PostAsync($"/api/plugin/jobs/{id}/retry", code: 201)).GetProperty("retry_of").GetString());
    }

    [Theory]
    [InlineData("detect", true)]
    [InlineData("run", true)]
    [InlineData("execute", false)]
    public async Task LongActions_AskedForInTheBackground_CanBeReadUntilDone(string action, bool detects)
    {
        var type = $"r-async-{action}";
        using var worker = await ConnectAsync(type);
        using var content = new StringContent(detects ? "{}" : $$$"""{"job":{"job_type":"{{{type}}}"}}""", System.Text.Encoding.UTF8, "application/json");
        using var accepted = await admin.Http.PostAsync(new Uri($"{(detects ? $"/api/plugin/job-types/{type}/{action}" : "/api/plugin/jobs/execute")}?async=true", UriKind.Relative), content);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, accepted.StatusCode);
        var operation = accepted.Headers.Location!.ToString();
        Assert.False((await admin.GetAsync(operation)).GetProperty("done").GetBoolean());
        if (detects)
        {
            await ProposeAsync(worker, (await worker.NextAsync(Body.RunDetectionRequest)).RequestId, new JobProposal { ProposalId = "p" });
        }

        if (action != "detect")
        {
            await CompleteAsync(worker, await worker.NextAsync(Body.ExecuteJobRequest), "");
        }

        await admin.UntilAsync(state => state.JobTypes[type] is { ActiveDetection: null, Counts.Open: 0 }, "nothing is open any more");
        Assert.True((await admin.GetAsync(operation)).GetProperty("done").GetBoolean());
        await admin.GetAsync("/api/plugin/operations/none", 404);
    }

    [Fact]
    public async Task Lists_FilterFirst_ThenLimit_AndTakeBothFormsOfAState()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-lists");
        await worker.HelloAsync("iceberg_maintenance", "r-list");
        await worker.NextAsync(Body.Hello);
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("r-list"), "the types are known");
        var older = await SubmitAsync("iceberg_maintenance");
        await worker.NextAsync(Body.ExecuteJobRequest);
        var newer = await SubmitAsync("r-list");
        await worker.NextAsync(Body.ExecuteJobRequest);
        await admin.ViewsAsync(model => model.JobType("iceberg_maintenance") is not null);
        Assert.Equal([older], await IdsAsync("lane=iceberg&limit=1"));
        Assert.Equal([newer], await IdsAsync("job_type=r-list&state=ASSIGNED"));
        Assert.Equal([newer], await IdsAsync("job_type=r-list&state=job_state_assigned&limit=500"));
        foreach (var limit in (string[])["0", "-3", "501", "abc", "5000000000"])
        {
            Assert.Equal("limit is 1 to 500; left out it is 200", (await admin.GetAsync($"/api/plugin/jobs?limit={limit}", 400)).GetProperty("error").GetString());
        }

        foreach (var (route, says) in ((string, string)[])
        [
            ("job-types/r-list/detections?limit=501", "limit is 1 to 500; left out it is 50"), ("job-types/r-list/detections?limit=0", "limit is 1 to 500; left out it is 50"),
            ("detections/none/proposals?limit=1001", "limit is 1 to 1000; left out it is 200"), ("detections/none/proposals?skip=-1", "skip is a number from 0 on; left out it is 0"),
            ($"jobs/{newer}/log?attempt=last", "attempt is a number from 0 on; left out it is 1"), ($"jobs/{newer}/log/search?attempt=-1&q=a", "attempt is a number from 0 on; left out it is 1"),
            ($"jobs/{newer}/log?stream=std", "stream is stdout, stderr or merged"), ($"jobs/{newer}/log/search?stream=std&q=a", "stream is stdout, stderr or merged"),
        ])
        {
            Assert.Equal(says, (await admin.GetAsync($"/api/plugin/{route}", 400)).GetProperty("error").GetString());
        }

        Assert.Equal("", await admin.Http.GetStringAsync(new Uri($"/api/plugin/jobs/{newer}/log?attempt=0", UriKind.Relative)));
        Assert.Empty((await admin.GetAsync("/api/plugin/job-types/r-list/detections?limit=500")).EnumerateArray());

        // Clients of another admin ask for as much as they like, and get as much as there may be.
        await admin.GetAsync("/api/plugin/activities?limit=100000");
        await admin.GetAsync($"/api/plugin/jobs/{newer}/detail?activity_limit=abc&related_limit=1000");

        Assert.Empty(await IdsAsync("job_type=r-list&state=job_state_unspecified"));
        Assert.Equal(
            "state is pending, assigned, running, succeeded, failed, canceled, with or without job_state_ before it; several are separated by commas",
            (await admin.GetAsync("/api/plugin/jobs?state=finished", 400)).GetProperty("error").GetString());

        // Numbers of theirs are running, 1 | 2; what was meant are both.
        Assert.Equal([newer], await IdsAsync("job_type=r-list&state=pending,assigned"));
        await admin.GetAsync("/api/plugin/jobs?state=3", 400);
        await admin.PostAsync("/api/plugin/jobs/bulk", """{"action":"cancel","filter":{"states":["pending,assigned"]},"dry_run":true}""", 400);
        Assert.Equal("order is updated, created, completed, queue; left out it is updated", (await admin.GetAsync("/api/plugin/jobs?order=newest", 400)).GetProperty("error").GetString());
        Assert.Empty(await IdsAsync("lane=unknown"));
        Assert.Equal("iceberg_maintenance", (await admin.GetAsync("/api/plugin/activities?lane=iceberg&limit=1"))[0].GetProperty("job_type").GetString());
        Assert.Equal(["now", "scheduler_tick_seconds"], Names((await admin.GetAsync("/api/plugin/scheduler-status?lane=unknown")).GetProperty("scheduler")));

        async Task<IEnumerable<string?>> IdsAsync(string query) =>
            (await admin.GetAsync($"/api/plugin/jobs?{query}")).EnumerateArray().Select(job => job.GetProperty("job_id").GetString()).ToList();
    }

    [Fact]
    public async Task Progress_IsTheSame_InListAndDetail()
    {
        using var worker = await ConnectAsync("r-progress");
        var id = await SubmitAsync("r-progress");
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        foreach (var percent in (double[])[10, 42])
        {
            await worker.SendAsync(new WorkerToAdminMessage { JobProgressUpdate = new JobProgressUpdate { RequestId = job.RequestId, JobId = id, JobType = "r-progress", State = JobState.Running, ProgressPercent = percent } });
        }

        await admin.UntilAsync(state => state.Jobs.Values.Any(open => open.Id.Value == id && open.Percent == 42), "the progress came");
        Assert.Equal(42, (await admin.GetAsync("/api/plugin/jobs?job_type=r-progress"))[0].GetProperty("progress").GetDouble());
        Assert.Equal(42, (await admin.GetAsync($"/api/plugin/jobs/{id}/detail")).GetProperty("job").GetProperty("progress").GetDouble());
    }

    [Fact]
    public async Task Schema_OnDemand_AsksTheWorker_AndHandsOnItsRefusal()
    {
        using var worker = await ConnectAsync("r-schema");
        var stored = await admin.PostAsync("/api/plugin/job-types/r-schema/schema");
        Assert.Equal("r-schema", stored.GetProperty("job_type").GetString());
        var refreshed = admin.PostAsync("/api/plugin/job-types/r-schema/schema?force_refresh=true", code: 500);
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "r-schema", ErrorMessage = "not today" } });
        Assert.Contains("not today", (await refreshed).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("no worker available for schema", (await admin.PostAsync("/api/plugin/job-types/nobody-has-it/schema", code: 500)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_IsSaved_FromEitherCase_AndChecked()
    {
        using var worker = await ConnectAsync("r-config");
        var unknown = await admin.GetAsync("/api/plugin/job-types/unknown/config");
        Assert.Equal(("unknown", "{}", "{}", 0), (unknown.GetProperty("job_type").GetString(), unknown.GetProperty("admin_config_values").GetRawText(), unknown.GetProperty("worker_config_values").GetRawText(), unknown.GetProperty("admin_runtime").GetProperty("retry_limit").GetInt32()));
        var saved = await PutAsync("r-config", """{"jobType":"other","workerConfigValues":{"n":{"int64Value":"5"}},"adminRuntime":{"enabled":false,"globalExecutionConcurrency":5},"whatever":1}""", 200);
        Assert.Equal(("r-config", "admin", "5", 5), (saved.GetProperty("job_type").GetString(), saved.GetProperty("updated_by").GetString(), saved.GetProperty("worker_config_values").GetProperty("n").GetProperty("int64_value").GetString(), saved.GetProperty("admin_runtime").GetProperty("global_execution_concurrency").GetInt32()));
        var refused = await PutAsync("r-config", """{"worker_config_values":{"n":{"int64_value":"11"}}}""", 400);
        Assert.Equal("n", refused.GetProperty("fields")[0].GetProperty("path").GetString());
        await PutAsync("r-config", "", 400);
        await PutAsync("r-config", "{", 400);
        await PutAsync("r-config", "[]", 400);
        await PutAsync("not%20a%20name", "{}", 400);
        Assert.Equal("5", (await admin.GetAsync("/api/plugin/job-types/r-config/config")).GetProperty("worker_config_values").GetProperty("n").GetProperty("int64_value").GetString());
    }

    [Fact]
    public async Task Observations_AreTheNewestOfEachObject_InPlainJson()
    {
        using var worker = await ConnectAsync("r-observe");
        foreach (var (at, fragments) in ((long, long)[])[(1_700_000_000, 3), (1_700_000_100, 16)])
        {
            await worker.SendAsync(new WorkerToAdminMessage
            {
                Observations = new WorkerObservations
                {
                    JobType = "r-observe",
                    Observations =
                    {
                        new ObjectObservation { Format = "LANCE" },
                        new ObjectObservation { ObjectId = { "bucket", "table" }, ObjectKind = "table", Format = "LANCE", ObservedAt = new() { Seconds = at }, Attributes = { ["fragments"] = new Wire.ConfigValue { Int64Value = fragments }, ["schema"] = new Wire.ConfigValue { StringValue = "a,b" } } },
                        new ObjectObservation { ObjectId = { $"other-{at}" }, Format = "csv", ObservedAt = new() { Seconds = at } },
                    },
                },
            });
        }

        // Heard after them, so they have been taken.
        await worker.SendAsync(new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat() });
        await admin.UntilAsync(state => state.Sessions.Values.Any(session => session is { Worker.Value: "w-r-observe", Heartbeat: not null }), "the heartbeat came");
        var seen = await admin.GetAsync("/api/plugin/observations?format=lance");
        Assert.Equal(
            """[{"object_id":["bucket","table"],"object_kind":"table","format":"LANCE","attributes":{"fragments":16,"schema":"a,b"},"job_type":"r-observe","worker_id":"w-r-observe","observed_at":"2023-11-14T22:15:00Z"}]""",
            seen.GetRawText());
        Assert.Equal(["bucket", "other-1700000100", "other-1700000000"], (await admin.GetAsync("/api/plugin/observations")).EnumerateArray().Select(item => item.GetProperty("object_id")[0].GetString()));
    }

    [Fact]
    public async Task Ping_AsksTheWorker_AndSaysWhyItCannot()
    {
        using var worker = await ConnectAsync("r-ping");
        Assert.True((await admin.PostAsync("/api/plugin/workers/w-r-ping/ping", code: 202)).GetProperty("asked").GetBoolean());
        Assert.Equal("r-ping", (await worker.NextAsync(Body.RequestConfigSchema)).RequestConfigSchema.JobType);
        await admin.PostAsync("/api/plugin/workers/nobody/ping", code: 404);
    }

    [Fact]
    public async Task JobId_OfThePageThatSubmits_IsRefused()
    {
        using var worker = await ConnectAsync("r-new");
        Assert.Contains("/jobs/new", (await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"r-new","job_id":"new"}}""", 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerObject_SaysWhatTheHeartbeatSaid()
    {
        using var worker = await ConnectAsync("r-beat");
        await worker.SendAsync(new WorkerToAdminMessage
        {
            Heartbeat = new WorkerHeartbeat
            {
                WorkerId = worker.Id,
                ExecutionSlotsTotal = 4,
                QueuedJobsByType = { ["r-beat"] = 2 },
                RunningWork = { new RunningWork { WorkId = "x", Kind = WorkKind.Execution, JobType = "r-beat", State = JobState.Running, ProgressPercent = 5, Stage = "copy" } },
            },
        });
        await admin.ViewsAsync(model => model.Workers.Any(view => view is { Worker.Id.Value: "w-r-beat", Session.Heartbeat: not null }));
        var beat = (await admin.GetAsync("/api/plugin/workers")).EnumerateArray().First(item => item.GetProperty("WorkerID").GetString() == "w-r-beat").GetProperty("Heartbeat");
        Assert.Equal(
            """{"worker_id":"w-r-beat","running_work":[{"work_id":"x","kind":2,"job_type":"r-beat","state":3,"progress_percent":5,"stage":"copy"}],"execution_slots_total":4,"queued_jobs_by_type":{"r-beat":2}}""",
            beat.GetRawText());
    }

    private async Task<ScriptedWorker> ConnectAsync(string type)
    {
        var worker = new ScriptedWorker(admin.GrpcAddress, $"w-{type}");
        await worker.HelloAsync(type);
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = asked.RequestId,
                JobType = type,
                Success = true,
                JobTypeDescriptor = new JobTypeDescriptor
                {
                    JobType = type,
                    WorkerConfigForm = new ConfigForm
                    {
                        Sections = { new ConfigSection { Fields = { new ConfigField { Name = "n", FieldType = ConfigFieldType.Int64, MaxValue = new Wire.ConfigValue { Int64Value = 10 } } } } },
                        DefaultValues = { ["n"] = new Wire.ConfigValue { Int64Value = 1 } },
                    },
                },
            },
        });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault(type) is { Descriptor: not null, Config: not null }, $"{type} is described");
        return worker;
    }

    private static async Task ProposeAsync(ScriptedWorker worker, string request, params JobProposal[] proposals)
    {
        await worker.SendAsync(new WorkerToAdminMessage { DetectionProposals = new DetectionProposals { RequestId = request, Proposals = { proposals } } });
        await worker.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = request, Success = true, TotalProposals = proposals.Length } });
    }

    private static ValueTask CompleteAsync(ScriptedWorker worker, AdminToWorkerMessage job, string error) => worker.SendAsync(new WorkerToAdminMessage
    {
        JobCompleted = new JobCompleted { RequestId = job.RequestId, JobId = job.ExecuteJobRequest.Job.JobId, JobType = job.ExecuteJobRequest.Job.JobType, Success = error.Length == 0, ErrorMessage = error },
    });

    private async Task<string> SubmitAsync(string type) =>
        (await admin.PostAsync("/api/plugin/jobs/execute?async=true", $$$"""{"job":{"job_type":"{{{type}}}"}}""", 202)).GetProperty("operation_id").GetString()!;

    private async Task<JsonElement> PutAsync(string type, string body, int code)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await admin.Http.PutAsync(new Uri($"/api/plugin/job-types/{type}/config", UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(code == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(property => property.Name);
}
