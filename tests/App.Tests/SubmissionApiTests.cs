using System.Net;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Jobs over REST meet the form their type brought for them.</summary>
public sealed class SubmissionApiTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Fact]
    public async Task Execute_WithParametersTheFormRefuses_NamesEachField()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-form");
        await worker.HelloAsync("formed");
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        var hours = new ConfigField { Name = "hours", Label = "Hours", FieldType = ConfigFieldType.Int64, MaxValue = new ConfigValue { Int64Value = 24 } };
        var path = new ConfigField { Name = "path", Label = "Path", FieldType = ConfigFieldType.String, Required = true };
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = asked.RequestId,
                JobType = "formed",
                Success = true,
                JobTypeDescriptor = new JobTypeDescriptor
                {
                    JobType = "formed",
                    WorkerConfigForm = new ConfigForm { Sections = { new ConfigSection { SectionId = "job", Fields = { path, hours } } }, DefaultValues = { ["hours"] = new ConfigValue { Int64Value = 1 } } },
                },
            },
        });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("formed") is { Descriptor: not null }, "the form is known");

        var refused = await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"formed","parameters":{"hours":{"int64_value":"30"},"hour":{"int64_value":"3"}}}}""", 400);
        Assert.Equal("invalid", refused.GetProperty("code").GetString());
        Assert.Equal(
            ["hour unknown", "hours max", "path required"],
            refused.GetProperty("fields").EnumerateArray().Select(field => $"{field.GetProperty("path").GetString()} {field.GetProperty("code").GetString()}").Order(StringComparer.Ordinal));
        Assert.Contains("hours: 30 is above 24", refused.GetProperty("error").GetString(), StringComparison.Ordinal);

        await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"formed","parameters":{"path":{"string_value":"/a"}}}}""", 202);
        var job = (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest.Job;
        Assert.Equal((1L, "/a"), (job.Parameters["hours"].Int64Value, job.Parameters["path"].StringValue));
    }

    [Fact]
    public async Task Submit_AnswersWithTheJob_AndWithTheSameOneForTheSameKey()
    {
        using var worker = await ConnectAsync("w-submit", "submitted");
        const string Night = """
            {"job_type":"submitted","parameters":{"n":9007199254740993,"list":["a"]},"priority":"high","summary":"s","detail":"for the night","labels":{"a":"1"},"require_labels":{"worker_id":"w-submit"},
             "attempt_timeout":"90s","retry_backoff":2,"deadline":"2999-01-01T00:00:00Z"}
            """;
        using var first = await SendAsync(HttpMethod.Post, "/api/plugin/jobs", Night, "night-1");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var job = await JsonAsync(first);
        var id = job.GetProperty("job_id").GetString();
        Assert.Equal($"/api/plugin/jobs/{id}", first.Headers.Location!.OriginalString);
        Assert.Equal((75, "rest", "night-1", false), (job.GetProperty("priority").GetInt32(), job.GetProperty("origin").GetString(), job.GetProperty("idempotency_key").GetString(), job.GetProperty("existing").GetBoolean()));
        IsWhole(job, "9007199254740993");
        using var dry = await SendAsync(HttpMethod.Post, "/api/plugin/jobs", Night.Replace("{\"job_type", "{\"dry_run\":true,\"job_type", StringComparison.Ordinal), "night-0");
        IsWhole(await JsonAsync(dry), "9007199254740993");
        var message = await worker.NextAsync(Body.ExecuteJobRequest);
        var sent = message.ExecuteJobRequest;
        Assert.Equal((9007199254740993L, id), (sent.Job.Parameters["n"].Int64Value, sent.Job.JobId));

        var read = await admin.GetAsync($"/api/plugin/jobs/{id}");
        Assert.Equal(("1", "w-submit"), (read.GetProperty("labels").GetProperty("a").GetString(), read.GetProperty("require_labels").GetProperty("worker_id").GetString()));
        Assert.Equal(["list", "n"], read.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).Order());

        using var second = await SendAsync(HttpMethod.Post, "/api/plugin/jobs", Night, "night-1");
        var same = await JsonAsync(second);
        Assert.Equal((HttpStatusCode.OK, id), (second.StatusCode, same.GetProperty("job_id").GetString()));
        IsWhole(same, "9007199254740993");
        using var other = await SendAsync(HttpMethod.Post, "/api/plugin/jobs", """{"job_type":"submitted"}""", "night-1");
        Assert.Equal((HttpStatusCode.Conflict, id), (other.StatusCode, (await JsonAsync(other)).GetProperty("existing_job_id").GetString()));

        var waiting = admin.GetAsync($"/api/plugin/jobs/{id}?wait=60s");
        await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = message.RequestId, JobId = id, JobType = "submitted", Success = true } });
        Assert.Equal("job_state_succeeded", (await waiting).GetProperty("state").GetString(), ignoreCase: true);
        await admin.GetAsync($"/api/plugin/jobs/{id}?wait=61s", 400);
        Assert.Equal("job_state_pending", (await admin.GetAsync($"/api/plugin/jobs/{await LaterAsync()}?wait=0s")).GetProperty("state").GetString(), ignoreCase: true);

        var retried = await admin.PostAsync($"/api/plugin/jobs/{id}/retry", """{"parameters":{"n":1},"priority":10}""", 201);
        Assert.Equal((id, 10), (retried.GetProperty("retry_of").GetString(), retried.GetProperty("priority").GetInt32()));
        IsWhole(retried, "1");
        sent = (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest;
        Assert.Equal((1L, "a"), (sent.Job.Parameters["n"].Int64Value, sent.Job.Parameters["list"].StringList.Values[0]));
        await worker.SendAsync(new WorkerToAdminMessage { JobLog = new JobLogChunk { RequestId = worker.Seen.Last().RequestId, JobId = sent.Job.JobId, Stream = LogStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("four") } });
        await admin.UntilAsync(state => state.Jobs[new Server.Core.Jobs.JobId(sent.Job.JobId)].Attempt!.StartedAt is not null, "it has begun");
        var canceled = await admin.PostAsync($"/api/plugin/jobs/{sent.Job.JobId}/cancel", """{"reason":"enough"}""");
        IsWhole(canceled, "1");
        var attempt = Assert.Single(canceled.GetProperty("attempts").EnumerateArray());
        Assert.Equal(("enough", 4, 0, 0), (attempt.GetProperty("reason").GetString(), attempt.GetProperty("stdout_bytes").GetInt32(), attempt.GetProperty("stderr_bytes").GetInt32(), attempt.GetProperty("dropped_bytes").GetInt32()));

        static void IsWhole(JsonElement job, string n) => Assert.Equal(
            ("for the night", "1", "w-submit", n),
            (job.GetProperty("detail").GetString(), job.GetProperty("labels").GetProperty("a").GetString(), job.GetProperty("require_labels").GetProperty("worker_id").GetString(), job.GetProperty("parameters").GetProperty("n").GetProperty("int64_value").GetString()));
    }

    [Fact]
    public async Task Submit_WithWhatCannotBe_SaysWhichAndWhy()
    {
        using var worker = await ConnectAsync("w-wrong", "wrong");
        await admin.PostAsync("/api/plugin/jobs", "", 400);
        await admin.PostAsync("/api/plugin/jobs", """{"job_type":"wrong","prority":3}""", 400);
        await admin.PostAsync("/api/plugin/jobs", """{"job_type":"wrong","dry_run":true,"dry_run":false}""", 400);
        await admin.PostAsync("/api/plugin/jobs", """{"job_type":"wrong","parameters":{"n":1,"n":2}}""", 400);
        foreach (var (body, path) in ((string, string)[])
        [
            ("""{"job_type":"wrong","priority":"urgent"}""", "priority"), ("""{"job_type":"wrong","attempt_timeout":"soon"}""", "attempt_timeout"),
            ("""{"job_type":"wrong","parameters":[1]}""", "parameters"), ("""{"job_type":"worng"}""", "job_type"), ("""{"job_type":"wrong","expires_at":"2000-01-01T00:00:00Z"}""", "expires_at"),
        ])
        {
            var refused = await admin.PostAsync("/api/plugin/jobs", body, 400);
            Assert.Equal(path, refused.GetProperty("fields")[0].GetProperty("path").GetString());
        }

        Assert.True((await admin.PostAsync("/api/plugin/jobs", """{"job_type":"wrong","dry_run":true}""")).GetProperty("dry_run").GetBoolean());
        Assert.Equal("unavailable", (await admin.PostAsync("/api/plugin/jobs", """{"job_type":"wrong","require_worker":true,"require_labels":{"pool":"gpu"}}""", 503)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task WaitingJob_IsPatched_AnEndedOneNot()
    {
        using var worker = await ConnectAsync("w-later", "later");
        var id = await LaterAsync();
        using var patched = await SendAsync(HttpMethod.Patch, $"/api/plugin/jobs/{id}", """{"priority":"critical","labels":{"team":"a"}}""");
        Assert.Equal((HttpStatusCode.OK, 100), (patched.StatusCode, (await JsonAsync(patched)).GetProperty("priority").GetInt32()));
        await admin.PostAsync($"/api/plugin/jobs/{id}/retry", """{"now":false}""", 409);
        await admin.PostAsync($"/api/plugin/jobs/{id}/retry", "", 409);
        await admin.PostAsync($"/api/plugin/jobs/{id}/cancel");
        using var late = await SendAsync(HttpMethod.Patch, $"/api/plugin/jobs/{id}", """{"priority":1}""");
        Assert.Equal((HttpStatusCode.Conflict, $"job {id} has already ended (canceled)"), (late.StatusCode, (await JsonAsync(late)).GetProperty("error").GetString()));
        using var unknown = await SendAsync(HttpMethod.Patch, "/api/plugin/jobs/nope", """{"priority":1}""");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    /// <summary>Of two programs that change what they read, the later one learns of the other.</summary>
    [Fact]
    public async Task Patch_OfAnotherVersionThanTheOneRead_IsRefused_AndSaysWhichThereIs()
    {
        using var worker = await ConnectAsync("w-later", "later");
        var id = await LaterAsync();
        var path = $"/api/plugin/jobs/{id}";

        // As JavaScript and jq read numbers: what they cannot hold would never be the version again.
        var read = (long)(await admin.GetAsync(path)).GetProperty("version").GetDouble();
        Assert.InRange(read, 1, (1L << 53) - 1);
        using var first = await SendAsync(HttpMethod.Patch, path, $$"""{"priority":60,"expected_version":{{read}}}""");
        var changed = await JsonAsync(first);
        Assert.Equal((HttpStatusCode.OK, 60), (first.StatusCode, changed.GetProperty("priority").GetInt32()));
        var present = changed.GetProperty("version").GetInt64();
        Assert.True(present > read);

        using var second = await SendAsync(HttpMethod.Patch, path, $$"""{"priority":70,"expected_version":{{read}}}""");
        var refused = await JsonAsync(second);
        Assert.Equal((HttpStatusCode.Conflict, "conflict"), (second.StatusCode, refused.GetProperty("code").GetString()));
        Assert.Equal($"job {id} has version {present} by now, you changed version {read}; get it and apply your changes again", refused.GetProperty("error").GetString());
        Assert.Equal(60, (await admin.GetAsync(path)).GetProperty("priority").GetInt32());
        using var odd = await SendAsync(HttpMethod.Patch, path, """{"priority":70,"expected_version":"newest"}""");
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        Assert.Contains("$.expected_version", (await JsonAsync(odd)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_SaysHowLongTheWorkerHas()
    {
        using var worker = await ConnectAsync("w-grace", "graceful");
        var id = (await admin.PostAsync("/api/plugin/jobs", """{"job_type":"graceful"}""", 201)).GetProperty("job_id").GetString();
        await worker.NextAsync(Body.ExecuteJobRequest);
        foreach (var (body, says) in ((string, string)[])[("""{"grace":"2h"}""", "0 s to 1 h"), ("""{"grace":"-1s"}""", "grace"), ("""{"grace":"soon"}""", "a duration like 30s"), ("""{"grase":"1s"}""", "not JSON of the expected shape")])
        {
            Assert.Contains(says, (await admin.PostAsync($"/api/plugin/jobs/{id}/cancel", body, 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        await admin.PostAsync($"/api/plugin/jobs/{id}/cancel", """{"reason":"enough","grace":"45m"}""");
        Assert.Equal(("enough", false), ((await worker.NextAsync(Body.CancelRequest)).CancelRequest.Reason, worker.Seen.Last().CancelRequest.Force));
        Assert.Equal(TimeSpan.FromMinutes(45), admin.Admin.States.Current.Value.Jobs[new Server.Core.Jobs.JobId(id!)].Attempt!.CancelGrace);
        await admin.PostAsync($"/api/plugin/jobs/{id}/cancel", """{"grace":0}""");
        Assert.True((await worker.NextAsync(Body.CancelRequest)).CancelRequest.Force);
    }

    [Fact]
    public async Task Group_IsSubmittedReadAndCancelled_Whole()
    {
        using var worker = await ConnectAsync("w-group", "grouped");
        const string Group = """{"template":{"job_type":"grouped","parameters":{"text":"n ${index}"}},"parallel":3,"max_running":1,"fail_policy":"cancel_rest"}""";
        using var submitted = await SendAsync(HttpMethod.Post, "/api/plugin/groups", Group, "group-1");
        Assert.Equal(HttpStatusCode.Created, submitted.StatusCode);
        var id = (await JsonAsync(submitted)).GetProperty("group_id").GetString();
        Assert.Equal($"/api/plugin/groups/{id}", submitted.Headers.Location!.OriginalString);
        Assert.Equal("n 0", (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest.Job.Parameters["text"].StringValue);
        using var again = await SendAsync(HttpMethod.Post, "/api/plugin/groups", Group, "group-1");
        Assert.Equal((HttpStatusCode.OK, id), (again.StatusCode, (await JsonAsync(again)).GetProperty("group_id").GetString()));
        var group = await admin.GetAsync($"/api/plugin/groups/{id}");
        Assert.Equal(("running", 3, 2, 1, 3), (group.GetProperty("state").GetString(), group.GetProperty("total").GetInt32(), group.GetProperty("pending").GetInt32(), group.GetProperty("running").GetInt32(), group.GetProperty("job_ids").GetArrayLength()));
        Assert.Equal(2, (await admin.PostAsync($"/api/plugin/groups/{id}/cancel")).GetProperty("canceled").GetInt32());
        var alone = await admin.PostAsync($"/api/plugin/jobs/{group.GetProperty("job_ids")[2].GetString()}/retry", code: 201);
        Assert.False(alone.TryGetProperty("group_id", out _));
        Assert.False((await admin.GetAsync($"/api/plugin/jobs/{alone.GetProperty("job_id").GetString()}/detail")).GetProperty("job").TryGetProperty("labels", out _));
        await admin.GetAsync("/api/plugin/groups/nope", 404);
        await admin.PostAsync("/api/plugin/groups/nope/cancel", "", 404);
        await admin.PostAsync("/api/plugin/groups", """{"template":{"job_type":"grouped"},"parallel":0}""", 400);
    }

    [Fact]
    public async Task DispatchSettings_AreReadAndWritten_WithTheVersionOfTheConfig()
    {
        using var worker = await ConnectAsync("w-dispatch", "dispatched");
        var suggested = new ConfigForm
        {
            Sections = { new ConfigSection { SectionId = "s", Fields = { new ConfigField { Name = "dispatch_submit_burst", FieldType = ConfigFieldType.Int64 } } } },
            DefaultValues = { ["dispatch_submit_burst"] = new ConfigValue { Int64Value = 500 } },
        };
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "dispatched", Success = true, JobTypeDescriptor = new JobTypeDescriptor { JobType = "dispatched", AdminConfigForm = suggested } },
        });
        await admin.UntilAsync(state => state.JobTypes["dispatched"].Config is not null, "there is a config");
        const string Path = "/api/plugin/job-types/dispatched/dispatch";
        Assert.Equal("least_loaded", (await admin.GetAsync(Path)).GetProperty("strategy").GetString());
        using var saved = await SendAsync(HttpMethod.Put, Path, """{"strategy":"round_robin","queue_limit":3,"queue_ttl":"90m","require_labels":{"pool":"gpu"},"expected_version":1}""");
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        var settings = await admin.GetAsync(Path);
        Assert.Equal(
            ("round_robin", 3, "1h30m", "gpu", 2),
            (settings.GetProperty("strategy").GetString(), settings.GetProperty("queue_limit").GetInt32(), settings.GetProperty("queue_ttl").GetString(), settings.GetProperty("require_labels").GetProperty("pool").GetString(), settings.GetProperty("config_version").GetInt32()));
        Assert.Equal(500, settings.GetProperty("submit_burst").GetInt32());
        Assert.Equal(["saved", "default", "form"], ((string[])["queue_limit", "submit_rate", "submit_burst"]).Select(name => settings.GetProperty("sources").GetProperty(name).GetString()));
        foreach (var (body, status) in ((string, HttpStatusCode)[])[("""{"expected_version":1}""", HttpStatusCode.Conflict), ("""{"strategy":"best"}""", HttpStatusCode.BadRequest), ("""{"queue_limit":0}""", HttpStatusCode.BadRequest), ("""{"submit_burst":1}""", HttpStatusCode.BadRequest), ("""{"limit":1}""", HttpStatusCode.BadRequest), ("", HttpStatusCode.BadRequest)])
        {
            using var refused = await SendAsync(HttpMethod.Put, Path, body);
            Assert.Equal(status, refused.StatusCode);
        }

        await admin.GetAsync("/api/plugin/job-types/nope/dispatch", 404);
    }

    [Fact]
    public async Task WaitingJobs_SayWhy_AndSinceWhen_AlsoInLists()
    {
        var submitted = await SubmitLaterAsync();
        var id = submitted.GetProperty("job_id").GetString();
        using var patch = await SendAsync(HttpMethod.Patch, $"/api/plugin/jobs/{id}", """{"priority":50}""");
        var patched = await JsonAsync(patch);
        var listed = (await admin.GetAsync("/api/plugin/jobs?job_type=later&state=pending")).EnumerateArray().Single(job => job.GetProperty("job_id").GetString() == id);
        var alone = await admin.GetAsync($"/api/plugin/jobs/{id}");
        foreach (var job in (JsonElement[])[submitted, patched, listed, alone])
        {
            var waiting = job.GetProperty("waiting");
            Assert.Equal(("not_before", job.GetProperty("created_at").GetString()), (waiting.GetProperty("code").GetString(), waiting.GetProperty("since").GetString()));
            Assert.Equal(job.GetProperty("not_before").GetString(), waiting.GetProperty("until").GetString());
        }

        Assert.Equal(alone.GetProperty("waiting").GetRawText(), submitted.GetProperty("waiting").GetRawText());
    }

    [Theory]
    [InlineData("""{"job_type":"any","parameters":{"command":"\ud800"}}""", "surrogate")]
    [InlineData("""{"job_type":"any","parameters":{"\uDFFF":1}}""", "surrogate")]
    [InlineData("""{"job_type":"any","priority":"\ud800"}""", "surrogate")]
    [InlineData("""{"job_type":"any","summary":"\ud800"}""", "surrogate")]
    [InlineData("{\"job_type\":\"any\",\"summary\":\"\u00e9\"}", "UTF-8")]
    public async Task BodyThatIsNoText_IsRefused(string body, string why)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(body)) { Headers = { ContentType = new("application/json") } };
        using var refused = await admin.Http.PostAsync(new Uri("/api/plugin/jobs", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(why, (await JsonAsync(refused)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Wherever the admin runs.</summary>
    [Theory]
    [InlineData("2030-05-01T12:00:00", "2030-05-01T12:00:00Z")]
    [InlineData("2030-05-01T12:00:00+02:00", "2030-05-01T10:00:00Z")]
    [InlineData("2030-05-01T12:00:00Z", "2030-05-01T12:00:00Z")]
    public void InstantWithoutAnOffset_IsUtc(string written, string read) =>
        Assert.Equal($"\"{read}\"", JsonSerializer.Serialize(JsonSerializer.Deserialize<DateTimeOffset>($"\"{written}\"", Rest.WireJson.Options), Rest.WireJson.Options));

    private async Task<ScriptedWorker> ConnectAsync(string id, string type)
    {
        var worker = new ScriptedWorker(admin.GrpcAddress, id);
        await worker.HelloAsync(type);
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault(type) is { Executors.Length: > 0 }, "the worker is there");
        return worker;
    }

    private async Task<string> LaterAsync() => (await SubmitLaterAsync()).GetProperty("job_id").GetString()!;

    private async Task<JsonElement> SubmitLaterAsync()
    {
        if (!admin.Admin.States.Current.Value.JobTypes.ContainsKey("later"))
        {
            using var worker = await ConnectAsync("w-once", "later");
        }

        return await admin.PostAsync("/api/plugin/jobs", """{"job_type":"later","not_before":"NEXT"}""".Replace("NEXT", $"{TimeProvider.System.GetUtcNow().AddDays(1):O}", StringComparison.Ordinal), 201);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string key = "")
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (key.Length > 0)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await admin.Http.SendAsync(request);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}

/// <summary>Small pace, so that it is met.</summary>
public sealed class SubmitPaceApiTests(SlowAdmin admin) : IClassFixture<SlowAdmin>
{
    [Fact]
    public async Task WhoeverIsTooFast_IsTold_WhenToComeBack()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-pace");
        await worker.HelloAsync("paced");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("paced"), "the worker is there");
        await admin.PostAsync("/api/plugin/jobs", """{"job_type":"paced"}""", 201);
        using var content = new StringContent("""{"job_type":"paced"}""", System.Text.Encoding.UTF8, "application/json");
        using var refused = await admin.Http.PostAsync(new Uri("/api/plugin/jobs", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 1000);
    }
}

public sealed class SlowAdmin : RunningAdmin
{
    protected override Server.Core.AdminOptions Core => new() { SubmitRate = 0.001, SubmitBurst = 1 };
}
