using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Alone in the process, because they look at its memory.</summary>
[CollectionDefinition(nameof(Hostile), DisableParallelization = true)]
public sealed class Hostile : ICollectionFixture<RunningAdmin>;

/// <summary>One worker does its worst; the admin answers, forgets the rubbish, and the worker beside it notices nothing.</summary>
[Collection(nameof(Hostile))]
public sealed class HostileTests(RunningAdmin admin)
{
    private const int Huge = 100 * 1024 * 1024;

    private const string Type = "hostile";

    public static TheoryData<string> HugeMessages => [.. Messages("", "", "", "").Keys];

    [Fact]
    public async Task AnythingButAHello_First_EndsTheStream()
    {
        foreach (var (kind, message) in Messages("r", "j", Type, "x").Where(pair => pair.Key != "hello"))
        {
            using var worker = new ScriptedWorker(admin.GrpcAddress, "w-wrong");
            await worker.SendAsync(message);
            Assert.Equal((kind, new Status(StatusCode.InvalidArgument, "first message must be hello")), (kind, await worker.EndAsync()));
        }

        Assert.False(admin.Admin.States.Current.Value.Workers.ContainsKey(new WorkerId("w-wrong")));
    }

    [Fact]
    public void LargeThings_AreFound_WhereTheyAre()
    {
        var state = Server.Core.Engine.AdminState.Empty with { Activities = [new Server.Core.Activities.Activity { Sequence = 1, At = default, Source = "admin", Message = new string('x', Huge) }] };
        Assert.Equal(["String in Activity.<Message>k__BackingField"], Reach.LargeThings(state));
    }

    [Theory]
    [MemberData(nameof(HugeMessages))]
    public async Task HugeText_IsNotKept(string kind)
    {
        await using var honest = await HonestWorker.ConnectAsync(admin, $"beside-{kind.Replace(' ', '-')}");
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-huge");
        await worker.HelloAsync(Type);
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault(Type)?.Executors.Length == 1, "the hostile worker is there");
        var detection = await admin.PostAsync($"/api/plugin/job-types/{Type}/detect?async=true", code: 202);
        var detect = (await worker.NextAsync(Body.RunDetectionRequest)).RequestId;
        await admin.PostAsync("/api/plugin/jobs/execute?async=true", $$$"""{"job":{"job_type":"{{{Type}}}"}}""", 202);
        var execute = (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest;
        var work = honest.WorkAsync(10);
        await SendHugeAsync(worker, kind, kind.StartsWith("detect", StringComparison.Ordinal) ? detect : execute.RequestId, execute.Job.JobId);

        // It was taken in, not just sent: what comes after it has its effect.
        await worker.SendAsync(new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat { Metadata = { ["after"] = kind } } });
        await admin.UntilAsync(state => state.Sessions.Values.Any(session => session.Worker.Value == "w-huge" && session.Heartbeat?.Metadata.GetValueOrDefault("after") == kind), "the stream goes on");
        await work;
        Assert.Empty(admin.LargeThings());
        foreach (var list in (string[])["activities", "workers", "jobs", "scheduler-status", $"operations/{detection.GetProperty("operation_id")}", $"jobs/{execute.Job.JobId}/detail"])
        {
            Assert.True((await admin.Http.GetStringAsync(new Uri($"/api/plugin/{list}", UriKind.Relative))).Length < 2_000_000, $"{list} stays small");
        }

        await admin.PostAsync($"/api/plugin/jobs/{execute.Job.JobId}/expire");
        await worker.HalfCloseAsync();
        await admin.UntilAsync(state => state.Workers[new WorkerId("w-huge")].Session is null && state.JobTypes[Type] is { ActiveDetection: null, Counts.Open: 0 }, "it leaves nothing behind");
    }

    [Fact]
    public async Task UnknownAndForeignJobs_ChangeNothing()
    {
        await using var honest = await HonestWorker.ConnectAsync(admin, "beside-unknown");
        using var owner = new ScriptedWorker(admin.GrpcAddress, "w-owner");
        await owner.HelloAsync("owned");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("owned"), "the type is offered");
        await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"owned","job_id":"owned-1"}}""", 202);
        var held = (await owner.NextAsync(Body.ExecuteJobRequest)).RequestId;
        using var liar = new ScriptedWorker(admin.GrpcAddress, "w-liar");
        await liar.HelloAsync("owned");
        var work = honest.WorkAsync(10);
        for (var n = 0; n < 10_000; n++)
        {
            await liar.SendAsync(new WorkerToAdminMessage { JobProgressUpdate = new JobProgressUpdate { RequestId = $"r{n}", JobId = $"unknown-{n}", JobType = "owned", ProgressPercent = double.NaN } });
        }

        await liar.SendAsync(new WorkerToAdminMessage { JobProgressUpdate = new JobProgressUpdate { RequestId = held, JobId = "owned-1", JobType = "owned", State = JobState.Running, ProgressPercent = 99 } });
        await liar.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = held, JobId = "owned-1", JobType = "owned", Success = true } });
        await liar.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = held, JobType = "owned", Success = true } });
        await admin.UntilAsync(state => state.Sessions.Values.Any(session => session.Worker.Value == "w-liar" && session.StaleReports == 10_002), "all reports were taken");
        await work;
        var job = await admin.GetAsync("/api/plugin/jobs/owned-1");
        Assert.Equal(("job_state_assigned", "w-owner", 0d), (job.GetProperty("state").GetString(), job.GetProperty("worker_id").GetString(), job.GetProperty("progress").GetDouble()));
        Assert.True(admin.Admin.States.Current.Value.Activities.Count(activity => activity is { Worker.Value: "w-liar", Stage: "stale_report" }) < 100, "a flood is told of, not repeated");
        await admin.GetAsync("/api/plugin/jobs/unknown-1", 404);
        await owner.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = held, JobId = "owned-1", JobType = "owned", Success = true } });
        await admin.UntilAsync(state => state.JobTypes["owned"].Counts.Succeeded == 1, "its owner completes it");
    }

    [Fact]
    public async Task WorkerThatNeverReads_IsClosed_AsASlowReader()
    {
        await using var honest = await HonestWorker.ConnectAsync(admin, "beside-deaf");
        using var deaf = new ScriptedWorker(admin.GrpcAddress, "w-deaf");
        await deaf.SendAsync(new WorkerToAdminMessage { Hello = new WorkerHello { WorkerId = "w-deaf", Metadata = { ["extensions"] = "ack" } } });
        var work = honest.WorkAsync(10);
        var before = Heap();
        try
        {
            // Every completion is acknowledged, so there is ever more to read.
            for (var n = 0; n < 1_000_000; n++)
            {
                await deaf.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = $"r{n}", JobId = new string('j', 200), Success = true } });
            }

            Assert.Fail("nobody stopped it");
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // The admin has closed the stream.
        }

        await admin.UntilAsync(state => state.Workers[new WorkerId("w-deaf")] is { Session: null } worker && worker.DisconnectReason.Contains("does not read", StringComparison.Ordinal), "its session is over");
        Assert.NotEqual(StatusCode.OK, (await deaf.EndAsync()).Code);
        await work;
        Assert.True(Heap() - before < Huge / 4, $"{(Heap() - before) / 1024 / 1024} MiB more than before");
    }

    [Fact]
    public async Task Flood_OfProgressAndHeartbeats_SlowsNobodyDown_AndIsConflated()
    {
        await using var honest = await HonestWorker.ConnectAsync(admin, "beside-flood");
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-flood");
        await worker.HelloAsync("flood");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("flood"), "the type is offered");
        await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"flood"}}""", 202);
        var job = await worker.NextAsync(Body.ExecuteJobRequest);
        var before = Heap();
        var work = honest.WorkAsync(20);
        for (var n = 1; n <= 50_000; n++)
        {
            await worker.SendAsync(new WorkerToAdminMessage { JobProgressUpdate = new JobProgressUpdate { RequestId = job.RequestId, JobId = job.ExecuteJobRequest.Job.JobId, JobType = "flood", State = JobState.Running, ProgressPercent = n / 500.0, Message = $"step {n}" } });
            await worker.SendAsync(new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat { ExecutionSlotsTotal = 4, ExecutionSlotsUsed = 1 } });
        }

        await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = job.RequestId, JobId = job.ExecuteJobRequest.Job.JobId, JobType = "flood", Success = true } });
        await admin.UntilAsync(state => state.JobTypes["flood"].Counts.Succeeded == 1, "the flood ran through and its job is done");
        await work;
        Assert.True(Heap() - before < Huge / 4, $"{(Heap() - before) / 1024 / 1024} MiB more than before");
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>In a frame of its own, so that nothing here keeps the text alive.</summary>
    private static async Task SendHugeAsync(ScriptedWorker worker, string kind, string request, string job) =>
        await worker.SendAsync(Messages(request, job, Type, new string('x', Huge))[kind]);

    /// <summary>Whoever does not hold a job writes nothing into its output, nor does a piece that is too large; both are told of, a flood is not.</summary>
    [Fact]
    public async Task OutputThatIsNotTaken_LeavesLines_ButNoneForEachPiece()
    {
        using var owner = new ScriptedWorker(admin.GrpcAddress, "w-writes");
        await owner.HelloAsync("written");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("written"), "the type is offered");
        await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"written","job_id":"written-1"}}""", 202);
        var held = (await owner.NextAsync(Body.ExecuteJobRequest)).RequestId;
        using var liar = new ScriptedWorker(admin.GrpcAddress, "w-scribbles");
        await liar.HelloAsync("written");
        for (var n = 0; n < 2_000; n++)
        {
            await liar.SendAsync(Piece(held, 6));
        }

        await owner.SendAsync(Piece(held, 32 * 1024));
        await owner.SendAsync(Piece(held, (32 * 1024) + 1));
        await admin.UntilAsync(state => Lines(state, "w-scribbles").Any(line => line.EndsWith("(1024 pieces so far)", StringComparison.Ordinal)), "the flood was taken");
        await admin.UntilAsync(state => Lines(state, "w-writes").Any(), "the large piece was refused");
        Assert.Equal(5 + 8, Lines(admin.Admin.States.Current.Value, "w-scribbles").Count());
        Assert.StartsWith("stale_report: output of w-scribbles was dropped: it does not hold the attempt", Lines(admin.Admin.States.Current.Value, "w-scribbles").First(), StringComparison.Ordinal);
        Assert.Equal("output_dropped: output of w-writes was dropped: a piece has 32769 bytes, at most 32768 are taken", Assert.Single(Lines(admin.Admin.States.Current.Value, "w-writes")));

        // The stream of whoever sent it goes on, and the output is that of the piece that was good.
        await owner.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = held, JobId = "written-1", JobType = "written", Success = true } });
        await admin.UntilAsync(state => state.JobTypes["written"].Counts.Succeeded == 1, "its owner completes it");
        Assert.Equal(32 * 1024, (await admin.Http.GetByteArrayAsync(new Uri("/api/plugin/jobs/written-1/log", UriKind.Relative))).Length);

        static WorkerToAdminMessage Piece(string request, int bytes) =>
            new() { JobLog = new JobLogChunk { RequestId = request, JobId = "written-1", Stream = LogStream.Stdout, Data = ByteString.CopyFrom(new byte[bytes]) } };
        static IEnumerable<string> Lines(Server.Core.Engine.AdminState state, string worker) =>
            state.Activities.Where(line => line.Worker?.Value == worker && line.Stage is "stale_report" or "output_dropped").Select(line => $"{line.Stage}: {line.Message}");
    }

    private static Dictionary<string, WorkerToAdminMessage> Messages(string request, string job, string type, string text) => new()
    {
        ["hello"] = new() { Hello = new WorkerHello { WorkerInstanceId = "i-1", WorkerVersion = text, Capabilities = { new JobTypeCapability { JobType = type, CanDetect = true, CanExecute = true } } } },
        ["heartbeat"] = new() { Heartbeat = new WorkerHeartbeat { RunningWork = { new RunningWork { WorkId = text } } } },
        ["acknowledge"] = new() { Acknowledge = new WorkerAcknowledge { RequestId = request, Accepted = true, Message = text } },
        ["descriptor"] = new() { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = "r", JobType = type, Success = true, JobTypeDescriptor = new JobTypeDescriptor { JobType = type, Description = text } } },
        ["schema error"] = new() { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = "r", JobType = text } },
        ["detection proposals"] = new() { DetectionProposals = new DetectionProposals { RequestId = request, Proposals = { new JobProposal { ProposalId = "p", Parameters = { ["v"] = Value(text) } } } } },
        ["detection complete"] = new() { DetectionComplete = new DetectionComplete { RequestId = request, ErrorMessage = text } },
        ["detection progress"] = new() { JobProgressUpdate = new JobProgressUpdate { RequestId = request, Message = text } },
        ["progress"] = new() { JobProgressUpdate = new JobProgressUpdate { RequestId = request, JobId = job, Message = text } },
        ["progress metrics"] = new() { JobProgressUpdate = new JobProgressUpdate { RequestId = request, JobId = job, Message = "m", Metrics = { ["v"] = Value(text) } } },
        ["progress activity"] = new() { JobProgressUpdate = new JobProgressUpdate { RequestId = request, JobId = job, Activities = { new ActivityEvent { Details = { ["v"] = Value(text) } } } } },
        ["progress of a job with an endless id"] = new() { JobProgressUpdate = new JobProgressUpdate { RequestId = "r", JobId = text } },
        ["completion"] = new() { JobCompleted = new JobCompleted { RequestId = request, JobId = job, Success = true, Result = new JobResult { Summary = "s", OutputValues = { ["v"] = Value(text) } } } },
        ["failure"] = new() { JobCompleted = new JobCompleted { RequestId = request, JobId = job, ErrorMessage = text } },
        ["log"] = new() { JobLog = new JobLogChunk { RequestId = request, JobId = job, Data = ByteString.CopyFromUtf8(text) } },
        ["observations"] = new() { Observations = new WorkerObservations { JobType = text } },
        ["envelope"] = new() { Heartbeat = new WorkerHeartbeat { Metadata = { [text] = "v" } } },
    };

    private static Wire.ConfigValue Value(string text) => new() { StringValue = text };
}
