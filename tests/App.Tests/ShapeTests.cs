using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>An admin whose job types detect as soon as they can, worked by the recorded worker until all it could do is done.</summary>
public sealed class WorkedAdmin : RunningAdmin, IAsyncLifetime
{
    private RecordedWorker? _worker;

    protected override AdminOptions Core => new() { FirstDetectionDelay = TimeSpan.FromMilliseconds(1) };

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _worker = new RecordedWorker(GrpcAddress);
        await UntilAsync(
            state => state.JobTypes.Values.Sum(type => type.Counts.Succeeded) == 8
                && state.JobTypes.Values.Count(type => type.Schedule.LastStatus == "success") == 6
                && state.Jobs.Values.Any(job => job is { State: JobState.Running, Percent: 70 }),
            "seven vacuum jobs and a script are done, a move stands at 70 %");
        await ViewsAsync(model => model.Totals.Jobs is { Succeeded: 8, Running: 1 });
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _worker!.DisposeAsync();
        await DisposeAsync();
    }
}

/// <summary>Answers route by route against those of the admin whose clients are to find themselves at home here.</summary>
public sealed class ShapeTests(WorkedAdmin admin) : IClassFixture<WorkedAdmin>
{
    /// <summary>What we say besides.</summary>
    private static readonly HashSet<string> Additions =
    [
        .. ((string[])["phase", "reason", "origin", "priority", "due_at", "expires_at", "detection_id", "retry_of", "group_id", "group_index", "idempotency_key", "deadline", "submitted_by", "started_at", "exit_code", "error_class", "generation", "version", "not_before", "attempt_timeout", "retry_limit", "config_version", "effective_priority", "queue_position", "require_labels", "waiting", "waiting.code", "waiting.text", "waiting.subject", "waiting.since", "waiting.until", "waiting.expected_start_in"]).Select(key => $"$[].{key}"),
        "$[].serialise", "$[].cluster_lock", "$[].turn", "$[].waiting_reason",
        "$[].sequence", "$[].actor", "$[].Health", "$[].Draining", "$[].Conflict",
        // The recorded job that never ends is there only here.
        "$[].status.in_process_jobs", "$[].status.current_job_type", "$[].status.last_iteration_had_jobs",
        "$.scheduler.in_process_jobs", "$.scheduler.current_job_type", "$.scheduler.last_iteration_had_jobs",
        "$[].Heartbeat.running_work",
    ];

    private static readonly string[] Known =
    [
        // Only an admin that takes cluster locks can say when.
        "$.lock.last_acquired_at is missing", "$.lock.last_released_at is missing",
        // Theirs looks around at times; ours knows when it has nothing to do.
        "$[].status.next_detection_at is missing sometimes, theirs is always there",
        "$[].status.last_iteration_done_at is missing sometimes, theirs is always there",
        // A type that is disabled or failed last has no detector of its own.
        "$[].detector_worker_id is missing sometimes, theirs is always there",
    ];

    public static TheoryData<string, string> Routes => new()
    {
        { "status", "status" }, { "lanes", "lanes" }, { "workers", "workers" }, { "job-types", "job-types" }, { "jobs?state=succeeded", "jobs" }, { "jobs?job_type=vacuum", "jobs" },
        { "activities", "activities" }, { "scheduler-states", "scheduler-states" }, { "scheduler-status", "scheduler-status" }, { "observations", "observations" },
        { "job-types/vacuum/runs", "vacuum-runs" }, { "job-types/admin_script/runs", "admin_script-runs" }, { "job-types/ec_balance/runs", "ec_balance-runs" },
    };

    public static TheoryData<string> JobTypes => [.. RecordedStream.Descriptors.Keys];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Answer_HasTheKeysAndKinds_ExistingClientsKnow(string route, string fixture)
    {
        var ours = await admin.GetAsync($"/api/plugin/{route}");
        var theirs = Captured(fixture);
        var misses = JsonShape.Of(WithoutDetails(ours)).Misses(JsonShape.Of(WithoutDetails(theirs)), Additions);
        Assert.Empty(misses.Except(Known));
    }

    [Theory]
    [MemberData(nameof(JobTypes))]
    public async Task Descriptor_IsWord_ForWord(string type) =>
        Assert.True(JsonElement.DeepEquals(Captured($"{type}-descriptor"), await admin.GetAsync($"/api/plugin/job-types/{type}/descriptor")), "the descriptors differ");

    [Theory]
    [MemberData(nameof(JobTypes))]
    public async Task FirstConfig_IsTheirs_ButForItsTime(string type)
    {
        var theirs = JsonNode.Parse(Captured($"{type}-config").GetRawText())!.AsObject();
        var ours = JsonNode.Parse((await admin.GetAsync($"/api/plugin/job-types/{type}/config")).GetRawText())!.AsObject();
        Assert.Equal(theirs["updated_at"]!.GetValueKind(), ours["updated_at"]!.GetValueKind());
        foreach (var config in (JsonObject[])[theirs, ours])
        {
            config.Remove("updated_at");
            if (type == "admin_script")
            {
                // Theirs came from the scripts of a master, not from the descriptor.
                config.Remove("updated_by");
                ((JsonObject)config["admin_config_values"]!).Remove("script");
            }
        }

        Assert.True(JsonNode.DeepEquals(theirs, ours), $"theirs {theirs.ToJsonString()}\nours {ours.ToJsonString()}");
    }

    [Fact]
    public async Task JobTypes_HaveTheirOrderAndWeights() =>
        Assert.Equal(
            Captured("job-types").EnumerateArray().Select(type => type.GetRawText()),
            (await admin.GetAsync("/api/plugin/job-types")).EnumerateArray().Select(type => type.GetRawText()));

    [Fact]
    public async Task Worker_HasItsCapabilities_WordForWord()
    {
        var ours = (await admin.GetAsync("/api/plugin/workers"))[0].GetProperty("Capabilities");
        Assert.True(JsonElement.DeepEquals(Captured("workers")[0].GetProperty("Capabilities"), ours), ours.GetRawText());
    }

    [Fact]
    public async Task Lanes_HoldTheSameTypes()
    {
        var ours = (await admin.GetAsync("/api/plugin/lanes")).EnumerateArray().ToDictionary(lane => lane.GetProperty("lane").GetString()!, Content);
        Assert.Equal("61 ", ours["general"]);
        Assert.All(Captured("lanes").EnumerateArray(), lane => Assert.Equal(Content(lane), ours[lane.GetProperty("lane").GetString()!]));

        static string Content(JsonElement lane) =>
            $"{lane.GetProperty("idle_sleep_sec")} {string.Join(',', lane.GetProperty("job_types").EnumerateArray().Select(type => type.GetString()).Order(StringComparer.Ordinal))}";
    }

    [Fact]
    public async Task SchedulerStates_AreResolved_AsTheirs()
    {
        string[] numbers =
        [
            "enabled", "lane", "detection_interval_minutes", "detection_timeout_seconds", "execution_timeout_seconds", "job_type_max_runtime_seconds", "max_jobs_per_detection",
            "global_execution_concurrency", "per_worker_execution_concurrency", "retry_limit", "retry_backoff_seconds", "detector_available", "executor_worker_count",
        ];
        string Line(JsonElement state) =>
            $"{state.GetProperty("job_type")}: {string.Join(' ', numbers.Select(name => state.TryGetProperty(name, out var value) ? $"{name}={value}" : $"no {name}"))}";
        Assert.Equal(
            Captured("scheduler-states").EnumerateArray().Select(Line), (await admin.GetAsync("/api/plugin/scheduler-states")).EnumerateArray().Select(Line));
    }

    [Fact]
    public async Task JobDetail_HasAllItsParts()
    {
        var id = (await admin.GetAsync("/api/plugin/jobs?job_type=vacuum&limit=1"))[0].GetProperty("job_id").GetString();
        var detail = await admin.GetAsync($"/api/plugin/jobs/{id}/detail?related_limit=3");
        Assert.Equal(["job", "run_record", "activities", "related_jobs", "last_updated"], detail.EnumerateObject().Select(property => property.Name));
        Assert.Equal("9", new string([.. detail.GetProperty("job").GetProperty("parameters").GetProperty("volume_id").GetProperty("int64_value").GetString()!.Select(digit => char.IsDigit(digit) ? '9' : digit)]));
        Assert.Equal(3, detail.GetProperty("related_jobs").GetArrayLength());
        Assert.All(detail.GetProperty("related_jobs").EnumerateArray(), job => Assert.False(job.TryGetProperty("parameters", out _)));
        var times = detail.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("sequence").GetInt64()).ToList();
        Assert.Equal(times.Order(), times);
        Assert.EndsWith("Z", detail.GetProperty("last_updated").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_AreEnvelopes_FromWorkers_AndPlain_FromTheAdmin()
    {
        var activities = (await admin.GetAsync("/api/plugin/activities?job_type=vacuum&limit=5000")).EnumerateArray().ToList();
        JsonElement Details(string source, string stage) =>
            activities.First(line => line.GetProperty("source").GetString() == source && line.TryGetProperty("stage", out var its) && its.GetString() == stage).GetProperty("details");
        Assert.Equal("7", Details("activity_source_detector", "decision_summary").GetProperty("selected_tasks").GetProperty("int64_value").GetString());
        Assert.False(Details("detector", "proposals_batch").GetProperty("has_more").GetBoolean());
        Assert.Equal(7, Details("detector", "proposals_batch").GetProperty("batch_size").GetInt32());
        Assert.Equal(200, Details("detector", "requested").GetProperty("max_results").GetInt32());
        Assert.Equal("""{"success":true,"total_proposals":7}""", Details("detector", "completed").GetRawText());
    }

    private static JsonElement Captured(string name) => JsonDocument.Parse(File.ReadAllText(RecordedStream.Fixture($"{name}.json"))).RootElement;

    /// <summary>Details differ from line to line; they have a test of their own.</summary>
    private static JsonElement WithoutDetails(JsonElement answer)
    {
        var node = JsonNode.Parse(answer.GetRawText());
        foreach (var item in node is JsonArray array ? array.OfType<JsonObject>() : [])
        {
            item.Remove("details");
        }

        return JsonSerializer.SerializeToElement(node);
    }
}
