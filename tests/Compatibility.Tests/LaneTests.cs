using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>What may run beside what, and when detections come by themselves.</summary>
public sealed class LaneTests(Peers peers) : AcceptanceTests(peers)
{
    private static WorkerScript Enabled(Action<AdminRuntimeDefaults>? change, params string[] types) => WorkerScript.For(types) with
    {
        DetectSlots = 8,
        ExecuteSlots = 32,
        Descriptors = types.ToDictionary(type => type, type => Build.Descriptor(type, runtime =>
        {
            runtime.Enabled = true;
            change?.Invoke(runtime);
        })),
    };

    [Case(28)]
    [Fact]
    public async Task DetectionIsSkipped_WhileEnoughJobsWait()
    {
        var worker = await ConnectAsync(Kind.Go, Enabled(
            runtime => (runtime.GlobalExecutionConcurrency, runtime.PerWorkerExecutionConcurrency, runtime.ExecutionTimeoutSeconds) = (1, 1, 86_400), "my_type"));
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        var asked = await worker.NextDetectionAsync();
        await worker.ProposeAsync(asked.RequestId, [.. Enumerable.Range(0, 9).Select(n => Build.Proposal($"p{n}"))]);
        await EndedAsync(asked);
        await worker.NextJobAsync();
        await Admin.PassAsync(TimeSpan.FromHours(1), worker);
        var state = (await Admin.GetAsync("scheduler-states", states => Text(states[0], "last_run_status") == "skipped"))[0];
        Assert.Equal("skipped", Text(state, "last_run_status"));
        Assert.Contains(await LinesAsync("job_type=my_type"), line => Text(line, "stage") == "skipped_waiting_backlog");
        Assert.Single(worker.Of(Body.RunDetectionRequest));
    }

    [Case(29)]
    [Fact]
    public async Task SchedulerStatus_ShowsWhatIsGoingOn_AndWhatWasFound()
    {
        var worker = await GoAsync();
        await Admin.PostAsync("job-types/vacuum/run?async=true", "", 202);
        var asked = await worker.NextDetectionAsync();
        foreach (var path in (string[])["scheduler-status?lane=default", "scheduler-status"])
        {
            await Admin.GetAsync(path, status => (Text(status.GetProperty("scheduler"), "current_job_type"), Text(status.GetProperty("scheduler"), "current_phase")) == ("vacuum", "detecting"));
        }

        await worker.ProposeAsync(asked.RequestId, Build.Proposal("a"), Build.Proposal("b"), Build.Proposal("c"));
        var status = await Admin.GetAsync("scheduler-status", status => status.GetProperty("scheduler").GetProperty("job_types")[0].TryGetProperty("last_detected_count", out _));
        var type = status.GetProperty("scheduler").GetProperty("job_types")[0];
        Assert.Equal((3, "vacuum"), (Number(type, "last_detected_count"), Text(type, "job_type")));
        Assert.Equal(Admin.Clock.GetUtcNow(), type.GetProperty("last_detected_at").GetDateTimeOffset());
    }

    [Case(30)]
    [Fact]
    public async Task NextDetection_OfOneLane_IsNotTouchedByAnother()
    {
        var daily = await ConnectAsync(Kind.Go, Enabled(runtime => runtime.DetectionIntervalMinutes = 24 * 60, "s3_lifecycle") with
        {
            Detections = new Dictionary<string, DetectionScript> { ["s3_lifecycle"] = DetectionScript.Finds() },
        });
        var worker = await ConnectAsync(Kind.Go, Enabled(runtime => runtime.DetectionIntervalMinutes = 1, "vacuum"));
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        await EndedAsync(await daily.NextDetectionAsync());
        var next = Admin.State.JobTypes["s3_lifecycle"].Schedule.NextAt;
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId, Build.Proposal("busy"));
        await worker.NextJobAsync();
        await Admin.PassAsync(TimeSpan.FromMinutes(1), worker, daily);
        await worker.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is null, "the worker of the other lane is away");
        await Admin.PassAsync(TimeSpan.FromMinutes(10), daily);
        await daily.SettleAsync();
        Assert.Equal(next, Admin.State.JobTypes["s3_lifecycle"].Schedule.NextAt);
        Assert.Single(daily.Of(Body.RunDetectionRequest));
    }

    [Case(31)]
    [Fact]
    public async Task Lanes_HaveTheirTypes_AndUnknownOnesTheirOwn()
    {
        string[] locked = ["vacuum", "volume_balance", "ec_balance", "erasure_coding", "admin_script"];
        string[] others = ["iceberg_maintenance", "s3_lifecycle", "lance_compact", "lance_optimize_indices", "lance_cleanup_versions", "my_type"];
        await GoAsync([.. locked, .. others]);
        var lanes = (await Admin.GetAsync("lanes", lanes => lanes.EnumerateArray().Sum(lane => lane.GetProperty("job_types").GetArrayLength()) == 11)).EnumerateArray().ToDictionary(lane => Text(lane, "lane")!);
        Assert.Equal(locked.Order(), lanes["default"].GetProperty("job_types").EnumerateArray().Select(one => one.GetString()!).Order());
        Assert.Equal(["iceberg_maintenance"], lanes["iceberg"].GetProperty("job_types").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(["s3_lifecycle"], lanes["lifecycle"].GetProperty("job_types").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(3, lanes["lance"].GetProperty("job_types").GetArrayLength());
        Assert.Equal(["my_type"], lanes["general"].GetProperty("job_types").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal([("default", 61, true), ("general", 61, false), ("iceberg", 61, false), ("lance", 61, false), ("lifecycle", 300, false)],
            lanes.Values.Select(lane => (Text(lane, "lane")!, Number(lane, "idle_sleep_sec"), lane.GetProperty("cluster_lock").GetBoolean())).OrderBy(lane => lane.Item1, StringComparer.Ordinal));
    }

    [Case(33)]
    [Fact]
    public async Task JobWithoutAKey_HoldsTheNextDetectionBack_AndHugeTimeoutsAreNone()
    {
        var worker = await ConnectAsync(Kind.Go, Enabled(
            runtime => (runtime.DetectionIntervalMinutes, runtime.DetectionTimeoutSeconds, runtime.ExecutionTimeoutSeconds) = (1, int.MaxValue, int.MaxValue), "s3_lifecycle"));
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        var asked = await worker.NextDetectionAsync();
        Assert.Equal(int.MaxValue, asked.AdminRuntime.DetectionTimeoutSeconds);
        await worker.ProposeAsync(asked.RequestId, Build.Proposal(""));
        var job = await worker.NextJobAsync();
        await Admin.PassAsync(TimeSpan.FromHours(2), worker);
        await worker.SettleAsync();
        Assert.Single(worker.Of(Body.RunDetectionRequest));
        Assert.Empty(worker.Of(Body.CancelRequest));
        await worker.SucceedAsync(job);
        await worker.NextDetectionAsync();
    }

    [Case(34)]
    [Fact]
    public async Task DetectionOfASerialisedLane_StartsAfterTheTurnOfAnother()
    {
        var worker = await ConnectAsync(Kind.Go, Enabled(null, "vacuum"));
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId, Build.Proposal("a"), Build.Proposal("b"));
        var (first, second) = (await worker.NextJobAsync(), await worker.NextJobAsync());
        var coder = await ConnectAsync(Kind.Go, Enabled(null, "erasure_coding"));
        await Admin.PassAsync(TimeSpan.FromSeconds(20), worker, coder);
        await worker.SucceedAsync(first);
        await JobAsync(first.Job.JobId, "succeeded");
        await coder.SettleAsync();
        Assert.Empty(coder.Of(Body.RunDetectionRequest));
        await worker.SucceedAsync(second);
        Assert.Equal("erasure_coding", (await coder.NextDetectionAsync()).JobType);
    }

    [Fact]
    public async Task UnknownType_DoesNotWaitForTheSerialisedLane_AndFirstDetectionsComeSoon()
    {
        var worker = await ConnectAsync(Kind.Go, Enabled(null, "vacuum"));
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId, Build.Proposal("long"));
        await worker.NextJobAsync();
        var other = await ConnectAsync(Kind.Rust, Enabled(null, "my_type") with { ExecuteSlots = 1 });
        await Admin.PassAsync(TimeSpan.FromSeconds(9), worker, other);
        Assert.Equal("my_type", (await other.NextDetectionAsync()).JobType);
    }

    [Case(46)]
    [Fact]
    public async Task AdminScriptByHand_RunsAlone()
    {
        var worker = await GoAsync("admin_script", "vacuum");
        await Admin.SubmitAsync("admin_script", "script");
        var script = await worker.NextJobAsync();
        var detect = Admin.PostAsync("job-types/vacuum/detect");
        await Admin.SubmitAsync("vacuum", "vacuum-1");
        await worker.SettleAsync();
        Assert.Empty(worker.Of(Body.RunDetectionRequest));
        Assert.Single(worker.Of(Body.ExecuteJobRequest));
        await worker.SucceedAsync(script);
        var asked = await worker.NextDetectionAsync();
        await worker.ProposeAsync(asked.RequestId);
        Assert.Equal(0, Number(await detect, "count"));
        Assert.Equal("vacuum-1", (await worker.NextJobAsync()).Job.JobId);
    }

    [Case(47)]
    [Fact]
    public async Task RunWindowThatCloses_LetsStartedJobsEnd_AndKeepsTheRestForTheNextTurn()
    {
        var worker = await ConnectAsync(Kind.Go, Enabled(runtime => (runtime.JobTypeMaxRuntimeSeconds, runtime.GlobalExecutionConcurrency) = (1, 1), "vacuum"));
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId, Build.Proposal("a"), Build.Proposal("b"));
        var first = await worker.NextJobAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(3), worker);
        Assert.Empty(worker.Of(Body.CancelRequest));
        await worker.SucceedAsync(first);
        await JobAsync(first.Job.JobId, "succeeded");
        await Admin.PassAsync(TimeSpan.FromSeconds(1), worker);
        var second = await worker.NextJobAsync();
        Assert.NotEqual(first.Job.JobId, second.Job.JobId);
        Assert.Equal((1, first.Job.JobType), (second.Attempt, second.Job.JobType));
    }

    [Case(61)]
    [Theory]
    [InlineData(100, 10, 1, 3, "100", "10")]
    [InlineData(100, 10, 2, 4, "50", "5")]
    [InlineData(100, 10, 10, 4, "25", "2")]
    [InlineData(100, 1, 10, 4, "25", "1")]
    [InlineData(100, 0, 10, 4, "25", null)]
    [InlineData(0, 10, 10, 4, null, null)]
    public async Task ClusterWideRate_IsSharedAmongTheExecutors(int rate, int burst, int most, int executors, string? share, string? burstShare)
    {
        var workers = new List<ForeignWorker>();
        for (var n = 0; n < executors; n++)
        {
            workers.Add(await GoAsync("s3_lifecycle", "my_type"));
        }

        var values = $$"""{"cluster_deletes_per_second":{"int64_value":"{{rate}}"},"cluster_deletes_burst":{"double_value":{{burst}} } }""";
        foreach (var type in (string[])["s3_lifecycle", "my_type"])
        {
            await Admin.PutAsync($"job-types/{type}/config", $$"""{"admin_runtime":{"max_jobs_per_detection":{{most}}},"admin_config_values":{{values}}}""");
            await Admin.SubmitAsync(type, type);
            var (_, message) = await ForeignWorker.EitherAsync(Body.ExecuteJobRequest, [.. workers]);
            var metadata = message.ExecuteJobRequest.ClusterContext.Metadata;
            Assert.Equal("admin", metadata["source"]);
            Assert.Equal(type == "s3_lifecycle" ? (share, burstShare) : (null, null), (metadata.GetValueOrDefault("s3_lifecycle.deletes_per_second"), metadata.GetValueOrDefault("s3_lifecycle.deletes_burst")));
        }
    }
}
