using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>What a session serves: schemas, detections, jobs.</summary>
public sealed class WorkTests : SdkTest
{
    [Fact]
    public async Task AllKindsOfValues_ComeBackAsTheyWent()
    {
        var (_, stream) = await ConnectAsync(new Echo());
        ConfigValue[] kinds =
        [
            new() { BoolValue = true }, new() { Int64Value = long.MinValue }, new() { DoubleValue = 0.1 }, new() { StringValue = "ä\0" }, new() { BytesValue = ByteString.CopyFrom(0, 255) },
            new() { DurationValue = new Google.Protobuf.WellKnownTypes.Duration { Seconds = 2147483647, Nanos = 5 } }, new() { StringList = new StringList { Values = { "a", "" } } },
            new() { Int64List = new Int64List { Values = { 1, long.MaxValue } } }, new() { DoubleList = new DoubleList { Values = { 1.5 } } }, new() { BoolList = new BoolList { Values = { true, false } } },
            new() { ListValue = new ValueList { Values = { new ConfigValue { Int64Value = 1 } } } }, new() { MapValue = new ValueMap { Fields = { ["k"] = new ConfigValue { StringValue = "v" } } } },
        ];
        await stream.ExecuteAsync("r", "j", "echo", request =>
        {
            for (var n = 0; n < kinds.Length; n++)
            {
                request.Job.Parameters[$"k{n}"] = kinds[n];
            }
        });
        Assert.True((await stream.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "r")).Acknowledge.Accepted);
        var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(("r", "j", "echo", true), (completed.RequestId, completed.JobId, completed.JobType, completed.Success));
        for (var n = 0; n < kinds.Length; n++)
        {
            Assert.Equal(kinds[n], completed.Result.OutputValues[$"k{n}"]);
        }
    }

    [Fact]
    public async Task Exception_IsAFailure_TheNextJobRuns()
    {
        var (_, stream) = await ConnectAsync(new Echo());
        await stream.ExecuteAsync("r1", "j1", "echo", request => request.Job.Parameters["throw"] = new ConfigValue { BoolValue = true });
        Assert.Equal("InvalidOperationException: as you wish", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        await stream.ExecuteAsync("r2", "j2", "echo");
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
    }

    /// <summary>A detector brings more than the admin takes just then; what else the worker has to say is not lost over it.</summary>
    [Fact]
    public async Task SlowAdmin_HoldsTheDetectorBack_NeverTheStream()
    {
        var handler = new Parcels();
        var (_, stream) = await ConnectAsync(handler);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = new RunDetectionRequest { RequestId = "d", JobType = "parcels" } });
        for (var n = 0; n < 400; n++)
        {
            await stream.SendAsync(new AdminToWorkerMessage { RequestId = $"s{n}", RequestConfigSchema = new RequestConfigSchema { JobType = "parcels" } });
        }

        var (proposals, schemas) = (0, 0);
        while (schemas < 400 || proposals < Parcels.Many)
        {
            var message = await stream.NextAsync();
            proposals += message.DetectionProposals?.Proposals.Count ?? 0;
            schemas += message.ConfigSchemaResponse is null ? 0 : 1;
            Assert.InRange(handler.Proposed - proposals, 0, 20);
            Assert.True(message.DetectionComplete is null || proposals == Parcels.Many, "the end came before the last proposals");
        }
    }

    [Theory]
    [InlineData("ack", true)]
    [InlineData("", false)]
    public async Task NoFreeSlot_IsSaidInTheFormOfTheAdmin(string extensions, bool byAck)
    {
        var handler = new Blocking();
        var (_, stream) = await ConnectAsync(handler, extensions, slots: 1);
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await stream.ExecuteAsync("r2", "j2", "blocking");
        if (byAck)
        {
            var ack = (await stream.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "r2")).Acknowledge;
            Assert.Equal((false, "executor is at capacity"), (ack.Accepted, ack.Message));
        }
        else
        {
            Assert.Equal(("r2", "executor is at capacity"), ((await stream.NextAsync(Body.JobCompleted)).JobCompleted is { } completed ? (completed.RequestId, completed.ErrorMessage) : default));
        }
    }

    [Fact]
    public async Task WhatThisWorkerCannotRun_IsRefusedUnstarted()
    {
        var (_, stream) = await ConnectAsync(new Choosy());
        await stream.ExecuteAsync("r1", "j1", "choosy");
        var ack = (await stream.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "r1")).Acknowledge;
        Assert.Equal((false, "not here"), (ack.Accepted, ack.Message));
    }

    [Fact]
    public async Task Timeout_OfAHandlerThatBlocks_IsSaid()
    {
        using var handler = new Stuck();
        var worker = Worker(handler, options => options with { CancelGrace = TimeSpan.FromMilliseconds(50) });
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r1", "j1", "stuck", Within(seconds: 1));
        Assert.Equal("timeout", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
    }

    [Theory]
    [InlineData("r1", true, "cancel request accepted")]
    [InlineData("j1", true, "cancel request accepted")]
    [InlineData("nobody", false, "cancel target not found")]
    [InlineData("", false, "cancel target is required")]
    public async Task Cancel_FindsItsTarget(string target, bool accepted, string text)
    {
        var handler = new Blocking();
        var (_, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c", CancelRequest = new CancelRequest { TargetId = target } });
        var ack = (await stream.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "c")).Acknowledge;
        Assert.Equal((accepted, text), (ack.Accepted, ack.Message));
        if (accepted)
        {
            Assert.Equal("context canceled", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        }
    }

    [Fact]
    public async Task CancelOfAJob_IsThatOfAllItsAttempts()
    {
        var handler = new Blocking(stubborn: true);
        var (_, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        for (var n = 2; n <= 8; n++)
        {
            await stream.ExecuteAsync($"r{n}", "j1", "blocking");
        }

        for (var n = 2; n <= 7; n++)
        {
            // The newer one has taken its place.
            await stream.NextAsync(Body.JobCompleted);
        }

        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c", CancelRequest = new CancelRequest { TargetId = "j1" } });
        Assert.Equal("r8", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
        handler.Release.SetResult();
        Assert.Equal("r1", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
    }

    [Fact]
    public async Task Proposals_ComeInBatches_AndNoMoreThanAsked()
    {
        var (_, stream) = await ConnectAsync(new Echo());
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = new RunDetectionRequest { RequestId = "d", JobType = "echo", MaxResults = 1200 } });
        var sizes = new List<(int Count, bool More)>();
        while (sizes.Count < 3)
        {
            var batch = (await stream.NextAsync(Body.DetectionProposals)).DetectionProposals;
            sizes.Add((batch.Proposals.Count, batch.HasMore));
        }

        Assert.Equal([(500, true), (500, true), (200, true)], sizes);
        Assert.Equal((true, 1200), ((await stream.NextAsync(Body.DetectionComplete)).DetectionComplete is { } end ? (end.Success, end.TotalProposals) : default));
    }

    [Fact]
    public async Task Output_IsSentWithOffsets_BeforeTheCompletion()
    {
        var (_, stream) = await ConnectAsync(new Echo());
        await stream.ExecuteAsync("r", "j", "echo", request => request.Job.Parameters["write"] = new ConfigValue { Int64Value = 100_000 });
        long next = 0;
        while (next < 100_000)
        {
            var chunk = (await stream.NextAsync(Body.JobLog)).JobLog;
            Assert.Equal(next, chunk.Offset);
            Assert.True(chunk.Data.Length <= 32 * 1024);
            next += chunk.Data.Length;
        }

        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
    }

    [Fact]
    public async Task Timeout_CancelsTheHandler_AndSaysSo()
    {
        var handler = new Blocking();
        var (_, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r1", "j1", "blocking", Within(seconds: 1));
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        Assert.Equal("timeout", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
    }

    [Fact]
    public async Task Timeout_OfAHandlerThatIgnoresIt_IsSaidAfterTheGrace_AndHoldsTheSlot()
    {
        var handler = new Blocking(stubborn: true);
        var worker = Worker(handler, options => options with { ExecutionSlots = 1, CancelGrace = TimeSpan.FromMilliseconds(50) });
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r1", "j1", "blocking", Within(seconds: 1));
        Assert.Equal("timeout", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        await stream.ExecuteAsync("r2", "j2", "blocking");
        Assert.False((await stream.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "r2")).Acknowledge.Accepted);
        handler.Release.SetResult();
        var stopping = worker.StopAsync(grace: TimeSpan.FromSeconds(30));
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        Assert.DoesNotContain(await stream.RestAsync(), message => message.BodyCase == Body.JobCompleted);
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    public static TheoryData<string> Endings => ["many small", "one large", "long summary", "nothing"];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task AnyOutcome_IsReported_WithinTheLimit(string kind)
    {
        var (_, stream) = await ConnectAsync(new Ending(() => kind switch
        {
            "many small" => JobOutcome.Succeeded("done", Many()),
            "one large" => JobOutcome.Succeeded("done", new ValueSet { ["big"] = new string('x', 2_000_000), ["small"] = "kept" }),
            "long summary" => JobOutcome.Succeeded(new string('x', 2_000_000)),
            _ => null!,
        }));
        await stream.ExecuteAsync("r", "j", "ending");
        var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(kind != "nothing", completed.Success);
        Assert.True(completed.CalculateSize() < 1_100_000);
        Assert.Equal(kind == "one large", completed.Result.OutputValues.ContainsKey("small") && completed.Result.OutputValues["big_truncated"].BoolValue);
        Assert.Equal(kind == "many small", completed.Result.OutputValues.ContainsKey("outputs_truncated"));
    }

    [Fact]
    public async Task OutcomeThatCannotBeSaid_IsAFailure_AndGivesItsSlotBack()
    {
        Func<JobOutcome>[] outcomes =
            [() => JobOutcome.Failed(null!), () => JobOutcome.Succeeded(null!), () => JobOutcome.Canceled(null!), () => throw new Unspeakable()];
        var said = new List<(bool, string, string)>();
        var n = 0;
        var (_, stream) = await ConnectAsync(new Ending(() => outcomes[n]()), slots: 1);
        for (; n < outcomes.Length; n++)
        {
            await stream.ExecuteAsync($"r{n}", $"j{n}", "ending");
            var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
            said.Add((completed.Success, completed.ErrorMessage, completed.Result.Summary));
        }

        Assert.Equal(
            [(false, "", ""), (true, "", ""), (false, "context canceled", ""), (false, "the outcome of the handler cannot be sent: Unspeakable", "")],
            said);
        await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat is { ExecutionSlotsUsed: 0, RunningWork.Count: 0 });
    }

    [Fact]
    public async Task SameJobAgain_WaitsForTheEndOfItsOlderAttempt()
    {
        var handler = new Blocking(stubborn: true);
        var (_, stream) = await ConnectAsync(handler, slots: 1);
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await stream.ExecuteAsync("r2", "j1", "blocking");
        await handler.Canceled.Task.InTimeAsync("the cancel of the older attempt");
        handler.Release.SetResult();
        Assert.Equal("r1", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
        Assert.Equal("r2", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
    }

    [Fact]
    public async Task Progress_IsConflated_AndNeverFalls()
    {
        var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (_, stream) = await ConnectAsync(new Reporting(reported));
        await stream.ExecuteAsync("r", "j", "reporting");
        await reported.Task.InTimeAsync("the handler's reports");
        var percents = new List<double>();
        while (percents.LastOrDefault() < 100)
        {
            var update = (await stream.NextAsync(Body.JobProgressUpdate)).JobProgressUpdate;
            Assert.Equal((JobState.Running, "j", "r"), (update.State, update.JobId, update.RequestId));
            percents.Add(update.ProgressPercent);
        }

        Assert.True(percents.Count < 1000, $"{percents.Count} of 10,000 reports were sent");
        Assert.Equal(percents.Order(), percents);
    }

    [Theory]
    [InlineData("echo", true)]
    [InlineData("", true)]
    [InlineData("other", false)]
    public async Task SchemaRequest_IsAnswered(string asked, bool known)
    {
        var (_, stream) = await ConnectAsync(new Echo());
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "q", RequestConfigSchema = new RequestConfigSchema { JobType = asked } });
        var answer = (await stream.NextAsync(Body.ConfigSchemaResponse)).ConfigSchemaResponse;
        Assert.Equal((known, "q"), (answer.Success, answer.RequestId));
        Assert.Equal(known, answer.JobTypeDescriptor?.JobType == "echo");
    }

    private static Action<ExecuteJobRequest> Within(int seconds) => request => request.AdminRuntime = new AdminRuntimeConfig { ExecutionTimeoutSeconds = seconds };

    private static ValueSet Many()
    {
        var outputs = new ValueSet();
        for (var n = 0; n < 100_000; n++)
        {
            outputs[$"output-{n}"] = (long)n;
        }

        return outputs;
    }

    private sealed class Reporting(TaskCompletionSource reported) : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("reporting", "Reporting").Build();

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            for (var n = 0; n < 10_000; n++)
            {
                context.Report(n % 100, "counting");
            }

            context.Report(100);
            reported.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Canceled);
            return JobOutcome.Succeeded("done");
        }
    }

    /// <summary>Takes a thread and never gives it back, before the test ends.</summary>
    private sealed class Stuck : IJobHandler, IDisposable
    {
        private readonly ManualResetEventSlim _over = new();

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("stuck", "Stuck").Build();

        public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(Wait());

        public void Dispose() => _over.Set();

        private JobOutcome Wait()
        {
            _over.Wait();
            return JobOutcome.Succeeded("ran");
        }
    }

    /// <summary>Nothing can be made of it.</summary>
    private sealed class Unspeakable : Exception
    {
        public override string Message => throw new Unspeakable();
    }
}
