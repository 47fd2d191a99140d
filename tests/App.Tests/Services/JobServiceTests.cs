using System.Text.Json;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using CancelRequest = BlazorPluginAdmin.Wire.V1.CancelRequest;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class JobServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Submit_IsRun_AndGetShowsAllOfIt()
    {
        var submitted = await admin.SubmitAsync(new SubmitRequest
        {
            JobType = "told",
            ParametersJson = """{"says":"hello","times":"2","loud":"true","word":"hush"}""",
            Priority = 75,
            Summary = "says hello",
            Detail = "at length",
            Labels = { ["team"] = "a" },
            RequireLabels = { ["worker_id"] = "w-told" },
        });
        Assert.Equal(("told", "grpc", 75), (submitted.JobType, submitted.Origin, submitted.Priority));
        var ended = await admin.EndAsync(submitted.JobId);
        Assert.Equal((JobState.Succeeded, "w-told", "at length", "says hello"), (ended.State, ended.WorkerId, ended.Detail, ended.Summary));
        Assert.Equal((2L, true, "***"), (ended.Parameters["times"].Int64Value, ended.Parameters["loud"].BoolValue, ended.Parameters["word"].StringValue));
        var detail = (await admin.GetAsync($"/api/plugin/jobs/{submitted.JobId}/detail")).GetProperty("job").GetProperty("parameters");
        Assert.Equal("***", detail.GetProperty("word").GetProperty("string_value").GetString());
        Assert.Equal(("a", "w-told"), (ended.Labels["team"], ended.RequireLabels["worker_id"]));
        Assert.True(ended.Result.OutputValues["loud"].BoolValue);
        Assert.Equal((1, "succeeded"), (Assert.Single(ended.Attempts).Number, ended.Attempts[0].State));
        Assert.NotEmpty(ended.Activities);
        Assert.Equal((6, 0), (ended.Attempts[0].StdoutBytes, ended.Attempts[0].StderrBytes));
    }

    [Fact]
    public async Task Failure_HasItsExitCodeAndClass()
    {
        var ended = await admin.EndAsync((await admin.RunAsync("fail")).JobId);
        Assert.Equal((JobState.Failed, 42, "permanent", "told so"), (ended.State, ended.ExitCode, ended.ErrorClass, ended.ErrorMessage));
        var alone = (await admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = ended.JobId })).Job;
        var listed = (await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { JobIds = { ended.JobId } } })).Jobs;
        Assert.Equal(("permanent", "permanent"), (alone.ErrorClass, Assert.Single(listed).ErrorClass));
        var job = (await admin.GetAsync($"/api/plugin/jobs/{ended.JobId}/detail")).GetProperty("job");
        Assert.Equal(("permanent", 1L, ended.Version), (job.GetProperty("error_class").GetString(), job.GetProperty("generation").GetInt64(), job.GetProperty("version").GetInt64()));
        Assert.Equal(job.GetProperty("due_at").GetString(), job.GetProperty("not_before").GetString());
    }

    /// <summary>
    /// What a message says has the same name over REST, in lists as alone; only the progress has the one that existing clients know, and they
    /// know lists without labels.
    /// </summary>
    [Fact]
    public async Task JobThatWaits_HasOverRestWhatItHasOverGrpc()
    {
        var id = (await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Priority = 30, Labels = { ["team"] = "a" }, RequireLabels = { ["rack"] = "seven" }, AttemptTimeout = Seconds(9) })).JobId;
        var listed = (await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { JobIds = { id } } })).Jobs[0];
        var alone = (await admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = id, Include = { Include.Parameters } })).Job;
        var (restListed, restAlone) = ((await admin.GetAsync($"/api/plugin/jobs?q=id:{id}"))[0], await admin.GetAsync($"/api/plugin/jobs/{id}"));
        foreach (var (grpc, rest) in ((Wire.V1.Job, JsonElement)[])[(listed, restListed), (alone, restAlone)])
        {
            Assert.Empty(NotIn(rest, grpc).Except(ReferenceEquals(grpc, listed) ? ["labels"] : []));
            Assert.Empty(NotIn(rest.GetProperty("waiting"), grpc.Waiting));
            Assert.Equal(
                (30, grpc.QueuePosition, "seven"),
                (rest.GetProperty("effective_priority").GetInt32(), rest.GetProperty("queue_position").GetInt32(), rest.GetProperty("require_labels").GetProperty("rack").GetString()));
        }

        Assert.Equal("a", restAlone.GetProperty("labels").GetProperty("team").GetString());
        await admin.PostAsync($"/api/plugin/jobs/{id}/cancel");
    }

    [Fact]
    public async Task Attempts_AreNamedOverRestAsOverGrpc()
    {
        var ended = await admin.EndAsync((await admin.RunAsync("fail")).JobId);
        var rest = await admin.GetAsync($"/api/plugin/jobs/{ended.JobId}");
        Assert.Empty(NotIn(rest, ended).Except(["result", "activities"]));
        var attempt = Assert.Single(rest.GetProperty("attempts").EnumerateArray());
        Assert.Empty(NotIn(attempt, ended.Attempts[0]));
        Assert.Equal(
            ("failed", 1L, "told so", 42, "permanent"),
            (attempt.GetProperty("state").GetString(), attempt.GetProperty("generation").GetInt64(), attempt.GetProperty("error_message").GetString(), attempt.GetProperty("exit_code").GetInt32(), attempt.GetProperty("error_class").GetString()));
        Assert.Equal("permanent", ended.Attempts[0].ErrorClass);

        var open = await RunningAsync("wait");
        Assert.Equal("running", (await admin.GetAsync($"/api/plugin/jobs/{open}")).GetProperty("attempts")[0].GetProperty("state").GetString());
        admin.Handler.Go();
        await admin.EndAsync(open);
    }

    /// <summary>Clients share their door with workers, whose messages may be far larger.</summary>
    [Fact]
    public async Task MessageOfMoreThanFourMebibytes_IsRefused_WhateverItAsks()
    {
        var text = new string('x', (4 * 1024 * 1024) + 1);
        var (submitted, _) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = text });
        var (listed, detail) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { Text = text } });
        Assert.Equal((StatusCode.InvalidArgument, StatusCode.InvalidArgument), (submitted, listed));
        Assert.Contains("4 MiB", detail.Message, StringComparison.Ordinal);
    }

    /// <summary>A parameter as large as the stock worker takes.</summary>
    [Fact]
    public async Task ParameterOfAMebibyte_IsTakenOverRest()
    {
        var job = await admin.PostAsync("/api/plugin/jobs", $$$"""{"job_type":"told","parameters":{"says":"{{{new string('x', 1024 * 1024)}}}"}}""", 201);
        await admin.EndAsync(job.GetProperty("job_id").GetString()!);
    }

    /// <summary>However many wait: all of them are asked.</summary>
    [Fact]
    public async Task WaitingCodes_FindAllThatWaitForIt()
    {
        var template = new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["codes"] = "many" }, RequireLabels = { ["rack"] = "none" } };
        var group = (await admin.CallAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", new SubmitGroupRequest { Template = template, Parallel = 1_200 })).Group.GroupId;
        foreach (var (code, count) in ((string, long)[])[("labels", 1_200), ("paused", 0)])
        {
            var found = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { WaitingCodes = { code }, Labels = { ["codes"] = "many" } }, PageSize = 1, CountExactly = true });
            Assert.Equal(count, found.Total);
        }

        await admin.CallAsync<CancelGroupRequest, CancelGroupResponse>("JobService", "CancelGroup", new CancelGroupRequest { GroupId = group });
    }

    [Fact]
    public async Task BlockedCommand_NamesItsField_AndLeavesTheQueueAlone()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-policed");
        await worker.HelloAsync("policed");
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        var described = new WorkerSdk.DescriptorBuilder("policed", "Policed", "Runs commands.")
            .Admin(form => form.Section("policy", "Policy", "", policy => policy.List("blocked_commands", "Blocked", "", new[] { "reboot" })))
            .Worker(form => form.Section("job", "Job", "", job => job.Text("command", "Command", "").Required()))
            .Build();
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "policed", Success = true, JobTypeDescriptor = described } });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("policed") is { Descriptor: not null }, "the form is known");

        foreach (var command in (string[])["reboot", "/sbin/reboot"])
        {
            var refused = await admin.PostAsync("/api/plugin/jobs", $$$"""{"job_type":"policed","parameters":{"command":"{{{command}}}"}}""", 400);
            Assert.Equal(("command", "policy"), (refused.GetProperty("fields")[0].GetProperty("path").GetString(), refused.GetProperty("fields")[0].GetProperty("code").GetString()));
            await admin.PostAsync("/api/plugin/groups", $$$"""{"template":{"job_type":"policed","parameters":{"command":"{{{command}}}"}},"parallel":2}""", 400);
            var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "policed", ParametersJson = $$"""{"command":"{{command}}"}""" });
            Assert.Equal((StatusCode.InvalidArgument, "command"), (code, Assert.Single(detail.Fields).Field));
        }

        Assert.Equal(0, (await admin.GetAsync("/api/plugin/jobs?job_type=policed")).GetArrayLength());
    }

    [Fact]
    public async Task SameKey_IsTheSameJob_OtherParametersAreRefused()
    {
        var request = new SubmitRequest { JobType = "told", ParametersJson = """{"says":"once"}""", IdempotencyKey = "k-1" };
        var first = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        var second = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        Assert.Equal((false, true, first.Job.JobId), (first.Existing, second.Existing, second.Job.JobId));
        await admin.EndAsync(first.Job.JobId);
        Assert.True((await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request)).Existing);
        foreach (var (body, status) in (((string, int)[])[("once", 200), ("twice", 409)]))
        {
            using var sent = new HttpRequestMessage(HttpMethod.Post, "/api/plugin/jobs") { Content = new StringContent($$$"""{"job_type":"told","parameters":{"says":"{{{body}}}"}}""", System.Text.Encoding.UTF8, "application/json") };
            sent.Headers.Add("Idempotency-Key", "k-1");
            using var answer = await admin.Http.SendAsync(sent);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(status == (int)answer.StatusCode, text);
            Assert.Contains(first.Job.JobId, text, StringComparison.Ordinal);
        }

        request.ParametersJson = """{"says":"twice"}""";
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        Assert.Equal((StatusCode.AlreadyExists, first.Job.JobId), (code, detail.ExistingJobId));
    }

    /// <summary>The form of the type has changed, so that it would refuse what was accepted: by each way in the job of the key is the answer.</summary>
    [Fact]
    public async Task SameKey_IsTheSameJob_ThoughTheFormHasChangedSince()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-reformed");
        await worker.HelloAsync("reformed");
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        await DescribeAsync(1, job => job.Integer("count", "Count", "", 1));
        var request = new SubmitRequest { JobType = "reformed", ParametersJson = """{"count":3}""", IdempotencyKey = "reformed-1" };
        var group = new SubmitGroupRequest { Template = new SubmitRequest { JobType = "reformed", ParametersJson = """{"count":4}""" }, Parallel = 2, IdempotencyKey = "reformed-2" };
        var job = (await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request)).Job.JobId;
        var members = (await admin.CallAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", group)).Group;
        foreach (var (version, now) in ((int, Action<WorkerSdk.SectionBuilder>)[])[(2, form => form.Text("count", "Count", "")), (3, form => form.Map("count", "Count", "")), (4, form => form.Text("other", "Other", "").Required())])
        {
            await DescribeAsync(version, now);
            var again = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
            Assert.Equal((true, job), (again.Existing, again.Job.JobId));
            var grouped = await admin.CallAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", group);
            Assert.Equal((true, members.GroupId), (grouped.Existing, grouped.Group.GroupId));
            Assert.Contains(job, await PostAsync("jobs", "reformed-1", """{"job_type":"reformed","parameters":{ "count": 3 }}""", 200), StringComparison.Ordinal);
            Assert.Contains(members.GroupId, await PostAsync("groups", "reformed-2", """{"template":{"job_type":"reformed","parameters":{"count":4}},"parallel":2}""", 200), StringComparison.Ordinal);
        }

        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest(request) { IdempotencyKey = "" });
        Assert.Equal((StatusCode.InvalidArgument, 2), (code, detail.Fields.Count));
        await PostAsync("jobs", "reformed-1", """{"job_type":"reformed","parameters":{"count":5}}""", 409);

        async Task DescribeAsync(int version, Action<WorkerSdk.SectionBuilder> form)
        {
            var described = new WorkerSdk.DescriptorBuilder("reformed", "Reformed", "Changes.", version: (uint)version).Worker(worker => worker.Section("job", "Job", "", form)).Build();
            await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "reformed", Success = true, JobTypeDescriptor = described } });
            await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("reformed")?.Descriptor?.Version == version, "the form is known");
        }

        async Task<string> PostAsync(string path, string key, string body, int status)
        {
            using var sent = new HttpRequestMessage(HttpMethod.Post, $"/api/plugin/{path}") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
            sent.Headers.Add("Idempotency-Key", key);
            using var answer = await admin.Http.SendAsync(sent);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(status == (int)answer.StatusCode, text);
            return text;
        }
    }

    /// <summary>Nobody takes them: as many as the queue holds are accepted, each other one is told when to come back.</summary>
    [Fact]
    public async Task FullQueue_RefusesTheRestOfAFlood()
    {
        using (var worker = new ScriptedWorker(admin.GrpcAddress, "w-flooded"))
        {
            await worker.HelloAsync("flooded");
            var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
            await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "flooded", Success = true, JobTypeDescriptor = new JobTypeDescriptor { JobType = "flooded" } } });
            await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("flooded") is { Config: not null }, "there is a config");
        }

        using var limit = new StringContent("""{"queue_limit":100}""", System.Text.Encoding.UTF8, "application/json");
        using var saved = await admin.Http.PutAsync(new Uri("/api/plugin/job-types/flooded/dispatch", UriKind.Relative), limit);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        await admin.UntilAsync(state => state.JobTypes["flooded"].Executors.IsEmpty, "the worker is away");
        var answers = new System.Collections.Concurrent.ConcurrentBag<(StatusCode Code, bool SaysWhen)>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) =>
        {
            try
            {
                await admin.SubmitAsync(new SubmitRequest { JobType = "flooded" });
                answers.Add((StatusCode.OK, true));
            }
            catch (RpcException refused)
            {
                var detail = ErrorDetail.Parser.ParseFrom(refused.Trailers.Single(entry => entry.Key == "pluginadmin-error-bin").ValueBytes);
                answers.Add((refused.StatusCode, detail.RetryAfter is not null));
            }
        });
        Assert.Equal((100, 1_900), (answers.Count(answer => answer.Code == StatusCode.OK), answers.Count(answer => answer == (StatusCode.ResourceExhausted, true))));
    }

    [Fact]
    public async Task DryRun_CreatesNothing_AndAnImpossibleWorkerIsSaidAtOnce()
    {
        var answer = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["dry"] = "run" }, DryRun = true });
        Assert.Equal(("", ""), (answer.Job.JobId, answer.Job.DedupeKey));
        Assert.Empty((await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { Labels = { ["dry"] = "run" } } })).Jobs);
        var (code, _) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", RequireLabels = { ["rack"] = "none" }, RequireWorker = true });
        Assert.Equal(StatusCode.Unavailable, code);
    }

    [Fact]
    public async Task Retry_MakesANewJob_WithTheChangesThatWereAsked()
    {
        var failed = await admin.EndAsync((await admin.RunAsync("fail")).JobId);
        var again = await admin.CallAsync<RetryRequest, RetryResponse>("JobService", "Retry", new RetryRequest { JobId = failed.JobId, Parameters = { ["says"] = new ConfigValue { StringValue = "well" } }, Priority = 80 });
        Assert.Equal((failed.JobId, 80), (again.RetryOf, again.Job.Priority));
        var ended = await admin.EndAsync(again.Job.JobId);
        Assert.Equal((JobState.Succeeded, "well"), (ended.State, ended.Parameters["says"].StringValue));
    }

    [Fact]
    public async Task Submit_ThatTheFormRefuses_NamesEachField()
    {
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = """{"times":12}""" });
        Assert.Equal((StatusCode.InvalidArgument, "invalid"), (code, detail.Code));
        Assert.Equal(["says required", "times max"], detail.Fields.Select(field => $"{field.Field} {field.Rule}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"says":"a" """, "parameters_json")]
    [InlineData("[]", "parameters_json")]
    [InlineData("""{"says":"a","times":1.5}""", "times")]
    public async Task Submit_OfWhatCannotBeRead_NamesThePlace(string json, string field)
    {
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = json });
        Assert.Equal((StatusCode.InvalidArgument, field), (code, Assert.Single(detail.Fields).Field));
    }

    [Fact]
    public async Task List_IsFiltered_Paged_AndCountsExactly()
    {
        var ids = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            ids.Add((await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["list"] = "paged" } })).JobId);
        }

        foreach (var id in ids)
        {
            await admin.EndAsync(id);
        }

        var request = new ListRequest { Filter = new JobFilter { Labels = { ["list"] = "paged" } }, PageSize = 2, Ascending = true, CountExactly = true };
        var seen = new List<string>();
        do
        {
            var page = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", request);
            Assert.Equal((5, true), (page.Total, page.TotalIsExact));
            seen.AddRange(page.Jobs.Select(job => job.JobId));
            request.Cursor = page.NextCursor;
        }
        while (request.Cursor.Length > 0);

        Assert.Equal(ids, seen);
        var (code, detail) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest
        {
            Cursor = (await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { PageSize = 1 })).NextCursor,
            Filter = new JobFilter { States = { JobState.Failed } },
        });
        Assert.Equal((StatusCode.InvalidArgument, "cursor"), (code, Assert.Single(detail.Fields).Field));
    }

    [Fact]
    public async Task List_InAnUnknownOrder_IsRefused()
    {
        var (code, detail) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Order = (JobOrder)99 });
        Assert.Equal((StatusCode.InvalidArgument, "order"), (code, detail.Fields[0].Field));
    }

    [Theory]
    [InlineData(501)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task List_OfAPageThatIsNone_IsRefused(int size)
    {
        var (code, _) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { PageSize = size });
        Assert.Equal(StatusCode.InvalidArgument, code);
    }

    [Fact]
    public async Task Cancel_AsksTheWorker_ThenSaysThatItHasEnded()
    {
        var job = await admin.RunAsync("wait");
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(new Server.Core.Jobs.JobId(job.JobId)) is { State: Server.Core.Jobs.JobState.Running }, "it runs");
        var running = (await admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = job.JobId, Include = { Include.Attempts } })).Job;
        var instance = Assert.Single(running.Attempts).WorkerInstanceId;
        Assert.NotEqual("", instance);
        var canceled = await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = job.JobId, Reason = "enough" });
        Assert.Equal(CancelOutcome.Requested, canceled.Outcome);
        var ended = await admin.EndAsync(job.JobId);
        Assert.Equal((JobState.Canceled, instance), (ended.State, Assert.Single(ended.Attempts).WorkerInstanceId));
        Assert.Equal(instance, (await admin.GetAsync($"/api/plugin/jobs/{job.JobId}/detail")).GetProperty("job").GetProperty("attempts")[0].GetProperty("worker_instance_id").GetString());
        var (code, _) = await admin.RefusedAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = job.JobId });
        Assert.Equal(StatusCode.FailedPrecondition, code);
    }

    /// <summary>Whoever waits for a cancel is told what became of it: stopped, or done before it could be stopped.</summary>
    [Fact]
    public async Task Cancel_ThatIsWaitedFor_SaysThatTheWorkerWasFaster()
    {
        var first = await RunningAsync("deaf");
        var asked = admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = first, Wait = Seconds(60), Grace = Seconds(1_800) });
        await CancelingAsync(first);
        admin.Handler.Go();
        var answer = await asked;
        Assert.Equal((CancelOutcome.Succeeded, JobState.Succeeded), (answer.Outcome, answer.Job.State));

        var second = await RunningAsync("deaf");
        var waiting = admin.PostAsync($"/api/plugin/jobs/{second}/cancel?wait=60s", """{"reason":"enough","grace":"30m"}""");
        await CancelingAsync(second);
        Assert.Equal("already_requested", (await admin.PostAsync($"/api/plugin/jobs/{second}/cancel")).GetProperty("cancel_outcome").GetString());
        admin.Handler.Go();
        var done = await waiting;
        Assert.Equal(("succeeded", "job_state_succeeded"), (done.GetProperty("cancel_outcome").GetString(), done.GetProperty("state").GetString()));

        var third = await RunningAsync("wait");
        Assert.Equal(CancelOutcome.Canceled, (await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = third, Wait = Seconds(60) })).Outcome);
        var fourth = await RunningAsync("wait");
        Assert.Equal("canceled", (await admin.PostAsync($"/api/plugin/jobs/{fourth}/cancel?wait=1m")).GetProperty("cancel_outcome").GetString());

        Assert.Equal(StatusCode.InvalidArgument, (await admin.RefusedAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = third, Wait = Seconds(61) })).Code);
        await admin.PostAsync($"/api/plugin/jobs/{third}/cancel?wait=61s", "", 400);
        await admin.PostAsync($"/api/plugin/jobs/{third}/cancel?wait=1s", "", 409);

        Task CancelingAsync(string id) =>
            admin.UntilAsync(state => state.Jobs.GetValueOrDefault(new Server.Core.Jobs.JobId(id)) is { Phase: Server.Core.Jobs.JobPhase.Canceling }, "it is being cancelled");
    }

    [Fact]
    public async Task Cancel_WithAGrace_CanBeShortened_NotLengthened()
    {
        var job = await admin.RunAsync("deaf");
        var id = new Server.Core.Jobs.JobId(job.JobId);
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(id) is { State: Server.Core.Jobs.JobState.Running }, "it runs");
        var (code, detail) = await admin.RefusedAsync<CancelRequest, CancelResponse>("JobService", "Cancel", Cancel(3601));
        Assert.Equal((StatusCode.InvalidArgument, "grace"), (code, Assert.Single(detail.Fields).Field));

        Assert.Equal(CancelOutcome.Requested, (await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", Cancel(1800))).Outcome);
        var forced = admin.Admin.States.Current.Value.Jobs[id].Attempt!.ForcedAt;
        Assert.Equal(TimeSpan.FromMinutes(30), admin.Admin.States.Current.Value.Jobs[id].Attempt!.CancelGrace);
        Assert.Equal(CancelOutcome.AlreadyRequested, (await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", Cancel(3600))).Outcome);
        Assert.Equal(forced, admin.Admin.States.Current.Value.Jobs[id].Attempt!.ForcedAt);
        Assert.Equal(CancelOutcome.AlreadyRequested, (await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", Cancel(0))).Outcome);
        Assert.Equal(JobState.Canceled, (await admin.EndAsync(job.JobId)).State);
        admin.Handler.Go();

        CancelRequest Cancel(int seconds) => new() { JobId = job.JobId, Reason = "enough", Grace = new Google.Protobuf.WellKnownTypes.Duration { Seconds = seconds } };
    }

    [Fact]
    public async Task Release_RunsAQuarantinedJobAgain_AndNoOther()
    {
        var lost = await admin.LoseThreeWorkersAsync("given-up", await QueueAsync("given-up"));
        Assert.Equal((JobState.Failed, "worker_lost", "true"), (lost.State, lost.Reason, lost.Labels["quarantined"]));
        var released = (await admin.CallAsync<ReleaseRequest, ReleaseResponse>("JobService", "Release", new ReleaseRequest { JobId = lost.JobId })).Job;
        Assert.Equal((lost.JobId, JobState.Pending, false, "a"), (released.RetryOf, released.State, released.Labels.ContainsKey("quarantined"), released.Labels["team"]));
        var again = (await admin.CallAsync<RetryRequest, RetryResponse>("JobService", "Retry", new RetryRequest { JobId = lost.JobId })).Job;
        Assert.Equal(lost.JobId, again.RetryOf);

        foreach (var other in (string[])[released.JobId, (await admin.EndAsync((await admin.RunAsync("fail")).JobId)).JobId])
        {
            var (code, detail) = await admin.RefusedAsync<ReleaseRequest, ReleaseResponse>("JobService", "Release", new ReleaseRequest { JobId = other });
            Assert.Equal(StatusCode.FailedPrecondition, code);
            Assert.Contains("is not quarantined", detail.Message, StringComparison.Ordinal);
        }

        Assert.Equal(StatusCode.NotFound, (await admin.RefusedAsync<ReleaseRequest, ReleaseResponse>("JobService", "Release", new ReleaseRequest { JobId = "nope" })).Code);
        await admin.PostAsync($"/api/plugin/jobs/{released.JobId}/release", "", 409);
        await admin.PostAsync("/api/plugin/jobs/nope/release", "", 404);
        var third = await admin.PostAsync($"/api/plugin/jobs/{lost.JobId}/release", "", 201);
        Assert.Equal(lost.JobId, third.GetProperty("retry_of").GetString());

        async Task<string> QueueAsync(string type)
        {
            using (var worker = new ScriptedWorker(admin.GrpcAddress, "w-once"))
            {
                await worker.HelloAsync(type);
                await admin.UntilAsync(state => state.JobTypes.ContainsKey(type), "the type is known");
            }

            await admin.UntilAsync(state => state.JobTypes[type].Executors.IsEmpty, "the worker is away: with a job it would be the first of the lost");
            return (await admin.SubmitAsync(new SubmitRequest { JobType = type, Labels = { ["team"] = "a" }, RetryLimit = 9, RetryBackoff = new Google.Protobuf.WellKnownTypes.Duration { Nanos = 1_000_000 } })).JobId;
        }
    }

    /// <summary>A type that brings no forms: what the JSON shows is what its worker gets.</summary>
    [Fact]
    public async Task TypeWithoutForms_GetsTheKindsOfTheJson_ExactBeyondWhatADoubleHolds()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-formless");
        await worker.HelloAsync("formless");
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("formless") is { Executors.Length: > 0 }, "the worker is there");

        await admin.SubmitAsync(new SubmitRequest { JobType = "formless", ParametersJson = Formless.Parameters });
        var first = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        Formless.Check(first.ExecuteJobRequest.Job.Parameters);
        await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = first.RequestId, JobId = first.ExecuteJobRequest.Job.JobId, JobType = "formless", Success = true } });
        await admin.PostAsync("/api/plugin/jobs", $$"""{"job_type":"formless","parameters":{{Formless.Parameters}}}""", 201);
        Formless.Check((await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).ExecuteJobRequest.Job.Parameters);
    }

    [Fact]
    public async Task Waiting_SaysWhy_AndCanBeChanged()
    {
        var job = await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", RequireLabels = { ["rack"] = "none" } });
        var known = (await admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = job.JobId })).Job;
        Assert.Equal("labels", known.Waiting.Code);
        Assert.Contains("rack", known.Waiting.Text, StringComparison.Ordinal);
        Assert.Equal(("rack=none", "rack=none"), (known.Waiting.Subject, (await admin.GetAsync($"/api/plugin/jobs/{job.JobId}/detail")).GetProperty("waiting").GetProperty("subject").GetString()));
        Assert.Equal("rack=none", (await admin.GetAsync($"/api/plugin/jobs/{job.JobId}")).GetProperty("waiting").GetProperty("subject").GetString());
        Assert.True(known.QueuePosition >= 1);
        var changed = (await admin.CallAsync<UpdateRequest, UpdateResponse>("JobService", "Update", new UpdateRequest { JobId = job.JobId, Priority = 90, SetLabels = { ["a"] = "b" }, ExpectedVersion = known.Version })).Job;
        Assert.Equal((90, "b"), (changed.Priority, changed.Labels["a"]));
        var (code, _) = await admin.RefusedAsync<UpdateRequest, UpdateResponse>("JobService", "Update", new UpdateRequest { JobId = job.JobId, Priority = 91, ExpectedVersion = known.Version });
        Assert.Equal(StatusCode.Aborted, code);
        await admin.CallAsync<ExpireRequest, ExpireResponse>("JobService", "Expire", new ExpireRequest { JobId = job.JobId, Reason = "over" });
        Assert.Equal((JobState.Failed, "expired"), ((await admin.EndAsync(job.JobId)).State, (await admin.EndAsync(job.JobId)).Reason));
    }

    [Fact]
    public async Task UnknownWorker_IsNotFound_AndEchoedShort()
    {
        var (code, detail) = await admin.RefusedAsync<DrainRequest, DrainResponse>("WorkerService", "Drain", new DrainRequest { WorkerId = new string('w', 200) + "\u001b", Enabled = true });
        Assert.Equal((StatusCode.NotFound, $"worker {new string('w', 128)} is not known"), (code, detail.Message));
    }

    [Fact]
    public async Task UnknownJob_IsNotFound_AndEchoedWithoutItsControls()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = "no\u001b[31m such" + new string('x', 200) }));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.DoesNotContain("\u001b", refused.Status.Detail, StringComparison.Ordinal);
        Assert.True(refused.Status.Detail.Length < 200);
    }

    private static Google.Protobuf.WellKnownTypes.Duration Seconds(int seconds) => new() { Seconds = seconds };

    private async Task<string> RunningAsync(string says)
    {
        var id = (await admin.RunAsync(says)).JobId;
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(new Server.Core.Jobs.JobId(id)) is { State: Server.Core.Jobs.JobState.Running }, "it runs");
        return id;
    }

    /// <summary>What a message says and the object does not have.</summary>
    private static IEnumerable<string> NotIn(JsonElement rest, Google.Protobuf.IMessage grpc) =>
        App.Rest.WireJson.Node(grpc, whole: false).AsObject().Select(pair => pair.Key == "progress_percent" ? "progress" : pair.Key).Where(name => !rest.TryGetProperty(name, out _));
}
