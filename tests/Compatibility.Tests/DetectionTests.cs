using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Who is asked to detect, with what, and what becomes of the answers.</summary>
public sealed class DetectionTests(Peers peers) : AcceptanceTests(peers)
{
    [Case(16)]
    [Fact]
    public async Task FreestDetector_IsAsked_AndKept_UntilItsStreamEnds()
    {
        var small = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { DetectSlots = 1 });
        var large = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { DetectSlots = 3 });
        await FoundAsync(large, "vacuum");
        await large.BeatAsync(new JsonObject { ["detection_slots_used"] = 3 });
        await FoundAsync(large, "vacuum");
        await large.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(large) is null, "the detector is away");
        await FoundAsync(small, "vacuum");
    }

    [Case(17)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task DetectorThatFails_IsNotAskedNextTime(Kind kind)
    {
        var failing = await AnyAsync(kind);
        var other = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { DetectSlots = 1 });
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        var first = Admin.PostAsync("job-types/vacuum/detect", code: 500);
        var (broken, asked) = await ForeignWorker.EitherAsync(Body.RunDetectionRequest, failing, other);
        await broken.AnswerAsync(asked.RequestId, DetectionScript.Fails("no master"));
        Assert.Equal("detection failed for vacuum: no master", Text(await first, "error"));
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        await FoundAsync(broken == failing ? other : failing, "vacuum");
    }

    [Case(18)]
    [Theory]
    [InlineData("vacuum", false)]
    [InlineData("admin_script", true)]
    public async Task LastSuccessfulRun_IsTheLatestSuccess_OrForScriptsAlsoAnError(string type, bool errorsCount)
    {
        var worker = await GoAsync(type);
        Assert.Null((await FoundAsync(worker, type)).LastSuccessfulRun);
        var last = default(DateTimeOffset);
        foreach (var succeeds in (bool[])[false, true, true, false])
        {
            await Admin.PassAsync(TimeSpan.FromSeconds(20), worker);
            var id = $"j-{Admin.Clock.GetUtcNow().Ticks}";
            await Admin.SubmitAsync(type, id);
            var job = await worker.NextJobAsync();
            await (succeeds ? worker.SucceedAsync(job) : worker.FailAsync(job, "broke"));
            var ended = await JobAsync(id, succeeds ? "succeeded" : "failed");
            last = succeeds || errorsCount ? ended.GetProperty("completed_at").GetDateTimeOffset() : last;
            Assert.Equal(last == default ? null : last, (await FoundAsync(worker, type)).LastSuccessfulRun?.ToDateTimeOffset());
        }
    }

    [Case(19)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task Detect_AnswersWhatWasFound_ByWhom_AndItsLines(Kind kind)
    {
        var worker = await AnyAsync(kind);
        var detect = Admin.PostAsync("job-types/vacuum/detect", """{"max_results":9}""");
        var asked = await worker.NextAsync(Body.RunDetectionRequest);
        Assert.Equal((asked.RequestId, 9, "admin"), (asked.RunDetectionRequest.RequestId, asked.RunDetectionRequest.MaxResults, asked.RunDetectionRequest.ClusterContext.Metadata["source"]));
        Assert.Matches("^detect-[0-9]{19}-[0-9a-f]{16}$", asked.RequestId);
        await worker.ProposeAsync(asked.RequestId, Build.Proposal("one"));
        var answer = await detect;
        Assert.Equal((asked.RequestId, worker.Id, 1), (Text(answer, "request_id"), Text(answer, "detector_worker_id"), Number(answer, "count")));
        Assert.Equal(["requested", "proposals_batch", "completed"], Texts(answer.GetProperty("activities"), "stage"));
        Assert.All(answer.GetProperty("activities").EnumerateArray(), line => Assert.Equal(asked.RequestId, Text(line, "request_id")));
        Assert.Empty(Admin.State.Jobs);
    }

    [Case(20)]
    [Theory]
    [InlineData(Kind.Rust)]
    [InlineData(Kind.Go)]
    public async Task SilentDetector_IsCancelledAtTheTimeout_AndItsLateResultIgnored(Kind kind)
    {
        var worker = await ConnectAsync(kind, WorkerScript.For("vacuum") with { Stubborn = true });
        var detect = Admin.PostAsync("job-types/vacuum/detect", """{"timeout_seconds":1}""", 500);
        var asked = await worker.NextDetectionAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        var cancel = await worker.NextCancelAsync();
        Assert.Equal((asked.RequestId, WorkKind.Detection), (cancel.TargetId, cancel.TargetKind));
        Assert.Contains("deadline exceeded", Text(await detect, "error"), StringComparison.Ordinal);
        await worker.ProposeAsync(asked.RequestId, Build.Proposal("late"));
        await worker.SettleAsync();
        Assert.Empty(Admin.State.Jobs);
        Assert.Empty(Admin.State.Detections);
    }

    [Case(21)]
    [Fact]
    public async Task CallerThatHangsUp_ChangesNothing()
    {
        var worker = await GoAsync();
        using var hangUp = new CancellationTokenSource();
        var detect = Admin.PostAsync("job-types/vacuum/detect", hangUp: hangUp.Token);
        var asked = await worker.NextDetectionAsync();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detect);
        await worker.SettleAsync();
        await worker.ProposeAsync(asked.RequestId, Build.Proposal("one"));
        await EndedAsync(asked);
        Assert.Empty(worker.Of(Body.CancelRequest));
        Assert.Contains(await LinesAsync(), line => (Text(line, "request_id"), Text(line, "stage")) == (asked.RequestId, "completed"));
    }

    [Case(23)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task Batches_AlsoLargeOnes_AllBecomeJobs(Kind kind)
    {
        var worker = await AnyAsync(kind);
        var plan = new ConfigValue { BytesValue = ByteString.CopyFrom(new byte[64 * 1024]) };
        JobProposal[] Batch(string prefix, int count) => [.. Enumerable.Range(0, count).Select(n => new JobProposal { ProposalId = $"{prefix}{n}", Parameters = { ["task_params_pb"] = plan } })];
        await Admin.PostAsync("job-types/vacuum/run?async=true", "", 202);
        var asked = await worker.NextDetectionAsync();
        await worker.AnswerAsync(asked.RequestId, new DetectionScript([Batch("a", 2), Batch("b", 96), Batch("c", 2)]));
        await EndedAsync(asked);
        await Admin.UntilAsync(state => state.Jobs.Count == 100, "a hundred jobs");
        Assert.Equal(64 * 1024, (await worker.NextJobAsync()).Job.Parameters["task_params_pb"].BytesValue.Length);
    }

    [Case(24)]
    [Fact]
    public async Task Twins_OfOneRun_AreDropped_AndFoundAgainWhenTheirJobHasEnded()
    {
        var worker = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { ExecuteSlots = 8 });
        for (var run = 0; run < 2; run++)
        {
            var counts = Admin.PostAsync("job-types/vacuum/run");
            await worker.ProposeAsync(
                (await worker.NextDetectionAsync()).RequestId,
                Build.Proposal("p1", "d1"), Build.Proposal("p2", "d1"), Build.Proposal("p3", "d3"), Build.Proposal("p3"), Build.Proposal("p4"), Build.Proposal("p4"));
            for (var n = 0; n < 4; n++)
            {
                await worker.SucceedAsync(await worker.NextJobAsync());
            }

            var answer = await counts;
            Assert.Equal((6, 4, 4), (Number(answer, "detected_count"), Number(answer, "ready_to_execute_count"), Number(answer, "success_count")));
            await Admin.BeatAsync(worker);
        }
    }

    [Case(25)]
    [Fact]
    public async Task TwinsOfActiveJobs_AreSkipped_AndAWaitingOneTakesTheNewerContent()
    {
        var worker = await GoAsync("vacuum", "ec_balance");
        await Admin.SetRuntimeAsync("vacuum", ("per_worker_execution_concurrency", 1));
        await FoundAsync(worker, "vacuum", Build.Proposal("p1", "k1"), Build.Proposal("p4", "k4"));
        var first = await worker.NextJobAsync();
        Assert.Equal("k1", first.Job.DedupeKey);
        await Admin.SubmitAsync("vacuum", "job-2");
        var waiting = Assert.Single(Admin.State.Jobs.Values, job => job.DedupeKey == "k4");
        var run = Admin.PostAsync("job-types/vacuum/run");
        var asked = await worker.NextDetectionAsync();
        var newer = Build.Proposal("p4", "k4");
        newer.Parameters["volume"] = Build.Int(7);
        await worker.ProposeAsync(asked.RequestId, Build.Proposal("p1", "k1"), Build.Proposal("job-2"), newer, Build.Proposal("p3", "k3"), Build.Proposal("p1", "k1", "ec_balance"));
        await EndedAsync(asked);
        var shown = await JobAsync(waiting.Id.Value, "pending");
        Assert.Equal("7", Text(shown.GetProperty("parameters").GetProperty("volume"), "int64_value"));
        Assert.Equal(waiting.CreatedAt, shown.GetProperty("created_at").GetDateTimeOffset());
        await worker.SucceedAsync(first);
        for (var n = 0; n < 4; n++)
        {
            await worker.SucceedAsync(await worker.NextJobAsync());
        }

        var answer = await run;
        Assert.Equal((3, 2), (Number(answer, "skipped_active_count"), Number(answer, "ready_to_execute_count")));
    }

    [Case(26)]
    [Theory]
    [InlineData("vacuum", true)]
    [InlineData("my_type", false)]
    public async Task WaitingJob_ThatIsNoLongerProposed_IsSuperseded_WhereDetectorsSeeEverything(string type, bool superseded)
    {
        var worker = await GoAsync(type);
        await Admin.SetRuntimeAsync(type, ("per_worker_execution_concurrency", 1));
        await FoundAsync(worker, type, Build.Proposal("p1", "k1"), Build.Proposal("p9", "k9"));
        await worker.NextJobAsync();
        var waiting = Assert.Single(Admin.State.Jobs.Values, job => job.DedupeKey == "k9").Id.Value;
        await FoundAsync(worker, type, Build.Proposal("p1", "k1"));
        var job = await JobAsync(waiting, superseded ? "canceled" : "pending");
        Assert.Equal(superseded ? "superseded" : null, Text(job, "reason"));
    }

    [Case(27)]
    [Fact]
    public async Task JobIds_AreNew_WhateverTheProposalIsCalled()
    {
        var worker = await GoAsync();
        var ids = new HashSet<string> { "vacuum-2" };
        for (var run = 0; run < 2; run++)
        {
            await FoundAsync(worker, "vacuum", Build.Proposal("vacuum-2"));
            var job = await worker.NextJobAsync();
            Assert.True(ids.Add(job.Job.JobId));
            Assert.Matches("^vacuum-scheduled-[0-9]{19}-[0-9]+$", job.Job.JobId);
            await worker.SucceedAsync(job);
            await JobAsync(job.Job.JobId, "succeeded");
        }
    }

    [Fact]
    public async Task DetectorsOwnWords_AreOneLineEach_AndUnknownPriorityIsNormal()
    {
        var worker = await RustAsync();
        await FoundAsync(worker, "vacuum", Build.Proposal("one"));
        Assert.Equal(JobPriority.Normal, (await worker.NextJobAsync()).Job.Priority);
        var go = await GoAsync("ec_balance");
        await Admin.PostAsync("job-types/ec_balance/run?async=true", "", 202);
        var asked = await go.NextDetectionAsync();
        await go.AnswerAsync(asked.RequestId, new DetectionScript([], Progress: true));
        await EndedAsync(asked);
        var line = Assert.Single(await LinesAsync(), line => Text(line, "message") == "looking");
        Assert.Equal(("activity_source_detector", asked.RequestId, go.Id), (Text(line, "source"), Text(line, "request_id"), Text(line, "worker_id")));
    }

    [Fact]
    public async Task DetectorsStreamThatEnds_EndsTheDetectionAtOnce_AndNotItsOwnTimeout()
    {
        var worker = await GoAsync();
        var detect = Admin.PostAsync("job-types/vacuum/detect", code: 500);
        await worker.NextDetectionAsync();
        await worker.DropAsync();
        Assert.Equal("the detector's stream ended", Text(await detect, "error"));
    }

    [Fact]
    public async Task SecondDetection_QueuesInTheWorker_AndIsDoneAfterTheFirst()
    {
        var worker = await GoAsync("vacuum", "my_type");
        var first = Admin.PostAsync("job-types/vacuum/detect");
        var second = Admin.PostAsync("job-types/my_type/detect");
        var asked = new Dictionary<string, string>();
        for (var n = 0; n < 2; n++)
        {
            var request = await worker.NextDetectionAsync();
            asked[request.JobType] = request.RequestId;
        }

        await Admin.UntilAsync(_ => Admin.SessionOf(worker)!.Heartbeat is { RunningWork.Length: 2, DetectionSlotsUsed: 1 }, "a heartbeat with one running and one waiting detection");
        var running = Admin.SessionOf(worker)!.Heartbeat!.RunningWork.Single(work => work.Stage == "running").WorkId;
        var waiting = asked.Values.Single(id => id != running);
        await worker.ProposeAsync(running, Build.Proposal("a"));
        await Admin.UntilAsync(_ => Admin.SessionOf(worker)!.Heartbeat is { RunningWork: [{ Stage: "running" }] }, "the waiting one runs");
        await worker.ProposeAsync(waiting, Build.Proposal("b"));
        Assert.Equal([1, 1], (await Task.WhenAll(first, second)).Select(answer => Number(answer, "count")));
    }
}
