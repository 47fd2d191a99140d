using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>Schedules over both doors of the real admin, with a worker behind it.</summary>
public sealed class ScheduleServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Schedule_RunsByItself_AndIsSeenThroughBothDoors()
    {
        var saved = await SaveAsync(Spec("beat", new ScheduleRule { Every = new EveryRule { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) } }));
        Assert.Equal((1, "every 1s", 5), (saved.Schedule.Version, saved.Schedule.RuleText, saved.Schedule.Upcoming.Count));
        await admin.UntilAsync(state => state.Schedules.Find("beat")?.Runs.Any(run => run.Outcome == Server.Core.Schedules.ScheduleOutcome.Succeeded) == true, "a run has succeeded");

        var paused = (await CallAsync<PauseScheduleRequest, PauseScheduleResponse>("Pause", new PauseScheduleRequest { ScheduleId = "beat", Paused = true, Reason = "enough" })).Schedule;
        Assert.Equal(("paused", "enough"), (paused.Phase, paused.Pause.Reason));
        var run = paused.Runs.Last(known => known.JobId.Length > 0);
        var job = await admin.EndAsync(run.JobId);
        Assert.Equal((JobState.Succeeded, "schedule", "beat", $"{saved.Schedule.ScheduleId}-{run.Instant.ToDateTime():yyyyMMdd'T'HHmmss'Z'}"), (job.State, job.Origin, job.Labels["schedule"], job.JobId));

        var seen = await admin.GetAsync("/api/plugin/schedules/beat");
        Assert.Equal(("paused", "1s"), (seen.GetProperty("phase").GetString(), seen.GetProperty("spec").GetProperty("every").GetString()));
        await CallAsync<PauseScheduleRequest, PauseScheduleResponse>("Pause", new PauseScheduleRequest { ScheduleId = saved.Schedule.ScheduleId });
        var gone = (await CallAsync<DeleteScheduleRequest, DeleteScheduleResponse>("Delete", new DeleteScheduleRequest { ScheduleId = "beat" })).Schedule;
        Assert.Null(gone.Pause);
        var (code, _) = await RefusedAsync<GetScheduleRequest, GetScheduleResponse>("Get", new GetScheduleRequest { ScheduleId = "beat" });
        Assert.Equal(StatusCode.NotFound, code);
    }

    [Fact]
    public async Task Secret_IsMasked_AndStaysWhatItWas_WhenItIsSentBack()
    {
        var spec = Spec("secretive", new ScheduleRule { Cron = new CronRule { Expression = "0 0 1 1 *" } });
        spec.Job.ParametersJson = """{"says":"hi","word":"open sesame"}""";
        spec.Job.RequireLabels["rack"] = "r1";
        var saved = (await SaveAsync(spec)).Schedule;
        Assert.Equal(("***", "r1", "UTC"), (saved.Spec.Job.Parameters["word"].StringValue, saved.Spec.Job.RequireLabels["rack"], saved.Spec.Rule.Cron.Zone));
        Assert.DoesNotContain("sesame", (await admin.GetAsync("/api/plugin/schedules")).GetRawText(), StringComparison.Ordinal);

        // What REST shows may be changed and sent back as it is.
        var shown = JsonNode.Parse((await admin.GetAsync("/api/plugin/schedules/secretive")).GetProperty("spec").GetRawText())!;
        (shown["overlap"], shown["version"], shown["jitter"]) = ("queue", 1, "90s");
        var changed = await SendAsync(HttpMethod.Put, "/api/plugin/schedules/secretive", shown.ToJsonString(), HttpStatusCode.OK);
        Assert.Equal((2, "queue", "1m30s"), (changed.GetProperty("version").GetInt32(), changed.GetProperty("spec").GetProperty("overlap").GetString(), changed.GetProperty("spec").GetProperty("jitter").GetString()));
        var kept = admin.Admin.States.Current.Value.Schedules.Find("secretive")!.Spec.Template;
        Assert.Equal(("open sesame", "r1"), (((Server.Core.Forms.ConfigValue.Text)kept.Payload.Parameters["word"]).Value, kept.Labels["require.rack"]));
        await SendAsync(HttpMethod.Put, "/api/plugin/schedules/secretive", shown.ToJsonString(), HttpStatusCode.Conflict);
        var (code, _) = await RefusedAsync<SaveScheduleRequest, SaveScheduleResponse>("Save", new SaveScheduleRequest { Spec = spec, ScheduleId = "secretive", ExpectedVersion = 1 });
        Assert.Equal(StatusCode.Aborted, code);
    }

    [Fact]
    public async Task RunNow_AnswersWithTheJob()
    {
        await SaveAsync(Spec("manual", new ScheduleRule { Once = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse("2999-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)) }));
        var job = (await CallAsync<RunScheduleRequest, RunScheduleResponse>("RunNow", new RunScheduleRequest { ScheduleId = "manual" })).Job;
        Assert.Equal(JobState.Succeeded, (await admin.EndAsync(job.JobId)).State);
        var other = await admin.PostAsync("/api/plugin/schedules/manual/run", code: 201);
        Assert.Equal("schedule", other.GetProperty("origin").GetString());
        Assert.Equal(2, (await CallAsync<ListSchedulesRequest, ListSchedulesResponse>("List", new ListSchedulesRequest())).Schedules.Single(schedule => schedule.Spec.Name == "manual").Runs.Count);
    }

    [Fact]
    public async Task Rest_CreatesPausesAndDeletes()
    {
        const string Body = """{"name":"by rest","cron":"30 2 * * *","zone":"Europe/Berlin","catch_up":"all","queue_ttl":"10m","job":{"job_type":"told","parameters":{"says":"hi"},"priority":"high"}}""";
        var dry = await admin.PostAsync("/api/plugin/schedules", Body.Replace("{\"name\"", "{\"dry_run\":true,\"name\"", StringComparison.Ordinal));
        Assert.True(dry.GetProperty("dry_run").GetBoolean());
        var created = await SendAsync(HttpMethod.Post, "/api/plugin/schedules", Body, HttpStatusCode.Created);
        Assert.Equal(("all", "10m", 75), (created.GetProperty("spec").GetProperty("catch_up").GetString(), created.GetProperty("spec").GetProperty("queue_ttl").GetString(), created.GetProperty("spec").GetProperty("job").GetProperty("priority").GetInt32()));
        await SendAsync(HttpMethod.Post, "/api/plugin/schedules", Body, HttpStatusCode.Conflict);
        var id = created.GetProperty("schedule_id").GetString();
        Assert.Equal("later", (await admin.PostAsync("/api/plugin/schedules/by%20rest/pause", """{"reason":"later"}""")).GetProperty("pause").GetProperty("reason").GetString());
        Assert.Equal("idle", (await admin.PostAsync($"/api/plugin/schedules/{id}/resume")).GetProperty("phase").GetString());
        await admin.PostAsync($"/api/plugin/schedules/{id}/resume", code: 409);
        await SendAsync(HttpMethod.Delete, $"/api/plugin/schedules/{id}", "", HttpStatusCode.OK);
        await admin.GetAsync($"/api/plugin/schedules/{id}", 404);
    }

    [Theory]
    [InlineData("""{"name":"x","job":{"job_type":"told","parameters":{"says":"a"}}}""", "cron")]
    [InlineData("""{"name":"x","cron":"0 0 * * *","every":"5m","job":{"job_type":"told","parameters":{"says":"a"}}}""", "cron")]
    [InlineData("""{"name":"x","cron":"0 0 * * *","zone":"Mars","job":{"job_type":"told","parameters":{"says":"a"}}}""", "zone")]
    [InlineData("""{"name":"x","every":"soon","job":{"job_type":"told","parameters":{"says":"a"}}}""", "every")]
    [InlineData("""{"name":"x","every":"5m","overlap":"sometimes","job":{"job_type":"told","parameters":{"says":"a"}}}""", "overlap")]
    [InlineData("""{"name":"x","every":"5m","job":{"job_type":"told","parameters":{"says":"a"},"deadline":"2999-01-01T00:00:00Z"}}""", "job.deadline")]
    [InlineData("""{"name":"x","every":"5m","job":{"job_type":"told"}}""", "says")]
    public async Task WhatIsWrong_IsRefusedByField(string body, string field)
    {
        var refused = await admin.PostAsync("/api/plugin/schedules", body, 400);
        Assert.Equal(field, refused.GetProperty("fields")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Preview_ShowsTheNextRuns_AsTheClockShowsThem()
    {
        var after = Uri.EscapeDataString("2026-03-28T12:00:00Z");
        var shown = (await admin.GetAsync($"/api/plugin/schedules/preview?cron=30%202%20*%20*%20*&zone=Europe/Berlin&after={after}&count=2")).GetProperty("runs");
        Assert.Equal(["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"], shown.EnumerateArray().Select(run => run.GetProperty("local").GetString()));
        Assert.Equal(["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"], shown.EnumerateArray().Select(run => run.GetProperty("at").GetString()));
        Assert.Contains("skips", shown[0].GetProperty("note").GetString(), StringComparison.Ordinal);
        var same = await CallAsync<PreviewScheduleRequest, PreviewScheduleResponse>("Preview", new PreviewScheduleRequest
        {
            Rule = new ScheduleRule { Cron = new CronRule { Expression = "30 2 * * *", Zone = "Europe/Berlin" } },
            After = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 3, 28, 12, 0, 0, TimeSpan.Zero)),
        });
        Assert.Equal((5, "2026-03-29T03:00:00+02:00"), (same.Runs.Count, same.Runs[0].Local));
        var (code, detail) = await RefusedAsync<PreviewScheduleRequest, PreviewScheduleResponse>("Preview", new PreviewScheduleRequest { Rule = new ScheduleRule { Cron = new CronRule { Expression = "often" } } });
        Assert.Equal((StatusCode.InvalidArgument, "cron"), (code, detail.Fields[0].Field));
        await admin.GetAsync("/api/plugin/schedules/preview?cron=often", 400);
        foreach (var (query, what) in ((string, string)[])[("every=1h&count=many", "count is 1 to 100"), ("every=1h&count=0", "count is 1 to 100"), ("every=1h&after=soon", "after is an instant"), ("at=tomorrow", "at is an instant")])
        {
            Assert.Contains(what, (await admin.GetAsync($"/api/plugin/schedules/preview?{query}", 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    private static ScheduleSpec Spec(string name, ScheduleRule rule) => new() { Name = name, Rule = rule, Job = new SubmitRequest { JobType = "told", ParametersJson = """{"says":"hi"}""" } };

    private Task<SaveScheduleResponse> SaveAsync(ScheduleSpec spec) => CallAsync<SaveScheduleRequest, SaveScheduleResponse>("Save", new SaveScheduleRequest { Spec = spec });

    private Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>
        where TResponse : class, Google.Protobuf.IMessage<TResponse> => admin.CallAsync<TRequest, TResponse>("ScheduleService", method, request);

    private Task<(StatusCode Code, ErrorDetail Detail)> RefusedAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>
        where TResponse : class, Google.Protobuf.IMessage<TResponse> => admin.RefusedAsync<TRequest, TResponse>("ScheduleService", method, request);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string body, HttpStatusCode code)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body.Length > 0 ? new StringContent(body, System.Text.Encoding.UTF8, "application/json") : null };
        using var answer = await admin.Http.SendAsync(request);
        Assert.True(code == answer.StatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
