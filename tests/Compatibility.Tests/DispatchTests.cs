using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Which worker gets a job, when, and how many at once.</summary>
public sealed class DispatchTests(Peers peers) : AcceptanceTests(peers)
{
    [Case(35)]
    [Fact]
    public async Task PerWorkerLimit_SpreadsJobs_AndHoldsTheThirdUntilACompletion()
    {
        var one = await GoAsync();
        var other = await GoAsync();
        await Admin.SetRuntimeAsync("vacuum", ("per_worker_execution_concurrency", 1));
        await FoundAsync(await DetectorAsync(one, other), "vacuum", Build.Proposal("a"), Build.Proposal("b"), Build.Proposal("c"));
        var first = await one.NextJobAsync();
        await other.NextJobAsync();
        await one.SettleAsync();
        await other.SettleAsync();
        Assert.Equal((1, 1), (one.Of(Body.ExecuteJobRequest).Count(), other.Of(Body.ExecuteJobRequest).Count()));
        await one.SucceedAsync(first);
        await one.NextJobAsync();
    }

    [Case(36)]
    [Fact]
    public async Task FreerWorker_GetsTheJob_AndTiesRotate()
    {
        var busy = await GoAsync();
        var free = await GoAsync();
        await busy.BeatAsync(new JsonObject { ["execution_slots_used"] = 3 });
        await Admin.UntilAsync(_ => Admin.SessionOf(busy)!.Heartbeat!.ExecutionSlotsUsed == 3, "the busy heartbeat");
        await Admin.SubmitAsync("vacuum", "j-0");
        await free.SucceedAsync(await free.NextJobAsync());
        await JobAsync("j-0", "succeeded");
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        await Admin.BeatAsync(busy);
        await Admin.BeatAsync(free);
        var got = new List<string>();
        for (var n = 1; n <= 4; n++)
        {
            await Admin.SubmitAsync("vacuum", $"j-{n}");
            await JobAsync($"j-{n}", job => Text(job, "worker_id") is { Length: > 0 });
            var worker = Text((await Admin.GetAsync($"jobs/j-{n}")), "worker_id") == busy.Id ? busy : free;
            got.Add(worker.Id);
            await worker.SucceedAsync(await worker.NextJobAsync());
            await JobAsync($"j-{n}", "succeeded");
            await Admin.PassAsync(TimeSpan.FromSeconds(1));
            await Admin.BeatAsync(worker);
        }

        Assert.Equal([got[0], got[1], got[0], got[1]], got);
        Assert.NotEqual(got[0], got[1]);
    }

    [Case(37)]
    [Fact]
    public async Task OwnJobsInHeartbeats_AreCountedOnce()
    {
        var worker = await GoAsync();
        await FoundAsync(worker, "vacuum", [.. Enumerable.Range(0, 8).Select(n => Build.Proposal($"p{n}"))]);
        for (var n = 0; n < 4; n++)
        {
            await worker.NextJobAsync();
            await Admin.BeatAsync(worker);
        }

        await worker.SettleAsync();
        Assert.Equal(4, worker.Of(Body.ExecuteJobRequest).Count());
        Assert.Equal(4, Admin.State.Jobs.Values.Count(job => job.State == Server.Core.Jobs.JobState.Running));
    }

    [Case(38)]
    [Fact]
    public async Task AtCapacity_GivesTheAttemptBack_AndTheJobRunsLater()
    {
        var worker = await GoAsync();
        await worker.ScriptAsync(new JsonObject { ["full"] = true });
        await Admin.SubmitAsync("vacuum", "j-1");
        var refused = await worker.NextJobAsync();
        var job = await JobAsync("j-1", "pending");
        Assert.Equal(("queued", 1), (Text(job, "stage"), refused.Attempt));
        Assert.False(job.TryGetProperty("error_message", out _));
        Assert.Empty((await Admin.GetAsync("job-types/vacuum/runs")).GetProperty("error_runs").EnumerateArray());
        await worker.ScriptAsync(new JsonObject { ["full"] = false });
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        var again = await worker.NextJobAsync();
        Assert.Equal((1, "j-1"), (again.Attempt, again.Job.JobId));
        Assert.NotEqual(refused.RequestId, again.RequestId);
        await worker.SucceedAsync(again);
        Assert.Equal(1, Number(await JobAsync("j-1", "succeeded"), "attempt"));
        var runs = await Admin.GetAsync("job-types/vacuum/runs");
        Assert.Equal((1, 0), (runs.GetProperty("successful_runs").GetArrayLength(), runs.GetProperty("error_runs").GetArrayLength()));
    }

    [Fact]
    public async Task SlotOfACompletedJob_IsNotFilled_BeforeTheWorkerHasFreedIt()
    {
        var worker = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { ExecuteSlots = 1 });
        for (var n = 0; n < 5; n++)
        {
            await Admin.SubmitAsync("vacuum", $"j-{n}");
        }

        for (var n = 0; n < 5; n++)
        {
            await worker.SucceedAsync(await worker.NextJobAsync());
            await JobAsync($"j-{n}", "succeeded");
        }

        Assert.Equal(5, worker.Of(Body.ExecuteJobRequest).Count());
        Assert.DoesNotContain(await LinesAsync(), line => Text(line, "message")!.Contains("at capacity", StringComparison.Ordinal));
    }

    [Case(39)]
    [Fact]
    public async Task JobWithoutExecutor_WaitsWithAReason_AndGoesToTheFirstOne()
    {
        var detector = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { Capabilities = [new() { JobType = "vacuum", CanDetect = true }] });
        await FoundAsync(detector, "vacuum", Build.Proposal("one"));
        var waiting = Assert.Single((await Admin.GetAsync("jobs?state=pending")).EnumerateArray());
        Assert.Equal(("job_state_pending", "queued", "waiting for available executor"), (Text(waiting, "state"), Text(waiting, "stage"), Text(waiting, "message")));
        var executor = await GoAsync();
        await executor.SucceedAsync(await executor.NextJobAsync());
        await JobAsync(Text(waiting, "job_id")!, "succeeded");
        await executor.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(executor) is null, "the executor is away");
        await FoundAsync(detector, "vacuum", Build.Proposal("two"));
        await Admin.StopAsync();
        await detector.EndAsync();
    }

    [Case(44)]
    [Fact]
    public async Task AssignedJob_IsInProcess()
    {
        var worker = await GoAsync();
        await Admin.SubmitAsync("vacuum", "j-1");
        await worker.NextJobAsync();
        var status = await Admin.GetAsync("scheduler-status?lane=default", status => status.GetProperty("scheduler").TryGetProperty("in_process_jobs", out var jobs) && jobs.GetArrayLength() == 1);
        var job = status.GetProperty("scheduler").GetProperty("in_process_jobs")[0];
        Assert.Equal(("j-1", "vacuum", worker.Id), (Text(job, "job_id"), Text(job, "job_type"), Text(job, "worker_id")));
    }

    [Case(48)]
    [Theory]
    [InlineData("600", 5, 10)]
    [InlineData("9000000000", 470, 480)]
    [InlineData("-1", 0, 1.5)]
    public async Task Estimate_LengthensTheTimeout_UpToEightHours(string estimate, double stillFineMinutes, double overMinutes)
    {
        var worker = await GoAsync();
        var proposal = Build.Proposal("one");
        proposal.Parameters["estimated_runtime_seconds"] = Build.Int(long.Parse(estimate, System.Globalization.CultureInfo.InvariantCulture));
        await FoundAsync(worker, "vacuum", proposal);
        var job = await worker.NextJobAsync();
        await JobAsync(job.Job.JobId, "running");
        await Admin.PassAsync(TimeSpan.FromMinutes(stillFineMinutes), worker);
        await worker.SettleAsync();
        Assert.Empty(worker.Of(Body.CancelRequest));
        await Admin.PassAsync(TimeSpan.FromMinutes(overMinutes - stillFineMinutes), worker);
        Assert.Equal(job.RequestId, (await worker.NextCancelAsync()).TargetId);
    }

    [Case(57)]
    [Fact]
    public async Task Priority_NotBefore_AndExpiry_AreHonoured()
    {
        var worker = await ConnectAsync(Kind.Go, WorkerScript.For("my_type") with { ExecuteSlots = 1 });
        await Admin.SubmitAsync("my_type", "busy");
        var busy = await worker.NextJobAsync();
        await Admin.SubmitAsync("my_type", "low", ""","priority":"JOB_PRIORITY_LOW" """);
        await Admin.SubmitAsync("my_type", "critical", ""","priority":"JOB_PRIORITY_CRITICAL" """);
        var later = Build.Proposal("later", "later");
        later.NotBefore = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Admin.Clock.GetUtcNow().AddHours(1));
        var brief = Build.Proposal("brief", "brief");
        brief.ExpiresAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Admin.Clock.GetUtcNow().AddSeconds(30));
        await FoundAsync(worker, "my_type", later, brief);
        await Admin.PassAsync(TimeSpan.FromSeconds(30), worker);
        var jobs = (await Admin.GetAsync("jobs")).EnumerateArray().ToDictionary(job => Text(job, "dedupe_key") ?? Text(job, "job_id")!);
        Assert.Equal(("job_state_failed", "expired"), EndOf(jobs["brief"]));
        Assert.Equal("scheduled", Text(jobs["later"], "phase"));
        await worker.SucceedAsync(busy);
        var next = await worker.NextJobAsync();
        Assert.Equal(("critical", JobPriority.Critical), (next.Job.JobId, next.Job.Priority));
        await worker.SucceedAsync(next);
        Assert.Equal("low", (await worker.NextJobAsync()).Job.JobId);
    }
}
