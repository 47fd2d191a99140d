using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

public sealed class WorkerTests : IAsyncLifetime
{
    private ScriptedAdmin? _admin;

    public async Task InitializeAsync() => _admin = await ScriptedAdmin.StartAsync();

    public async Task DisposeAsync() => await _admin!.DisposeAsync();

    [Fact]
    public void WrongConstruction_IsSaidAllAtOnce()
    {
        var thrown = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = " ", ExecutionSlots = 0 }, new Echo(), new Echo()));
        Assert.Contains("two handlers", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("worker id", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("slots", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsUnreachable_AndCanBeStartedAgain()
    {
        await using var worker = new PluginWorker(new WorkerOptions { Address = "grpc://127.0.0.1:1", WorkerId = "w" }, new Echo());
        Assert.Equal(CloseReason.Unreachable, (await Assert.ThrowsAsync<StartFailureException>(() => worker.StartAsync())).Reason);
        Assert.Equal(WorkerState.Stopped, worker.State);
        await Assert.ThrowsAsync<StartFailureException>(() => worker.StartAsync());
    }

    [Fact]
    public async Task SilentAdmin_IsATimeout()
    {
        await using var worker = Worker(new Echo(), options => options with { RegistrationTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(CloseReason.Timeout, (await Assert.ThrowsAsync<StartFailureException>(() => worker.StartAsync())).Reason);
    }

    [Fact]
    public async Task Refusal_IsRejected_ForGoodWhenItSaysSo()
    {
        await using var worker = Worker(new Echo());
        var starting = worker.StartAsync();
        (await _admin!.NextAsync()).End(StatusCode.PermissionDenied, "not you");
        var failure = await Assert.ThrowsAsync<StartFailureException>(() => starting);
        Assert.Equal((CloseReason.Rejected, true, "not you"), (failure.Reason, failure.IsPermanent, failure.Message));
    }

    [Fact]
    public async Task StartStop_ManyTimes_OneCloseEach()
    {
        var closed = new List<int>();
        await using var worker = Worker(new Echo(), options => options with
        {
            OnClose = (reason, session) =>
            {
                Assert.Equal(CloseReason.StopRequested, reason);
                closed.Add(session.Generation);
                return Task.CompletedTask;
            },
        });
        for (var round = 1; round <= 50; round++)
        {
            var starting = worker.StartAsync();
            await _admin!.GreetAsync();
            await starting;
            Assert.Equal(WorkerState.Running, worker.State);
            await worker.StopAsync();
            Assert.Equal(WorkerState.Stopped, worker.State);
        }

        Assert.Equal(Enumerable.Range(1, 50), closed.Order());
    }

    [Fact]
    public async Task AllKindsOfValues_ComeBackAsTheyWent()
    {
        var (worker, stream) = await ConnectAsync(new Echo());
        await using var _ = worker;
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
        var (worker, stream) = await ConnectAsync(new Echo());
        await using var _ = worker;
        await stream.ExecuteAsync("r1", "j1", "echo", request => request.Job.Parameters["throw"] = new ConfigValue { BoolValue = true });
        Assert.Equal("InvalidOperationException: as you wish", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        await stream.ExecuteAsync("r2", "j2", "echo");
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
    }

    [Theory]
    [InlineData("ack", true)]
    [InlineData("", false)]
    public async Task NoFreeSlot_IsSaidInTheFormOfTheAdmin(string extensions, bool byAck)
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler, extensions, slots: 1);
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task;
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

        handler.Release.SetResult();
        await worker.DisposeAsync();
    }

    [Theory]
    [InlineData("r1", true, "cancel request accepted")]
    [InlineData("j1", true, "cancel request accepted")]
    [InlineData("nobody", false, "cancel target not found")]
    [InlineData("", false, "cancel target is required")]
    public async Task Cancel_FindsItsTarget(string target, bool accepted, string text)
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task;
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c", CancelRequest = new CancelRequest { TargetId = target } });
        var ack = (await stream.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "c")).Acknowledge;
        Assert.Equal((accepted, text), (ack.Accepted, ack.Message));
        if (accepted)
        {
            Assert.Equal("context canceled", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        }

        handler.Release.TrySetResult();
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task Proposals_ComeInBatches_AndNoMoreThanAsked()
    {
        var (worker, stream) = await ConnectAsync(new Echo());
        await using var _ = worker;
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = new RunDetectionRequest { RequestId = "d", JobType = "echo", MaxResults = 1200 } });
        var sizes = new List<(int Count, bool More)>();
        while (sizes.Count < 3)
        {
            var batch = (await stream.NextAsync(Body.DetectionProposals)).DetectionProposals;
            sizes.Add((batch.Proposals.Count, batch.HasMore));
        }

        Assert.Equal([(500, true), (500, true), (200, false)], sizes);
        Assert.Equal((true, 1200), ((await stream.NextAsync(Body.DetectionComplete)).DetectionComplete is { } end ? (end.Success, end.TotalProposals) : default));
    }

    [Fact]
    public async Task LostStream_WithResume_GoesOn_AndTheResultArrivesOnce()
    {
        var handler = new Blocking();
        var (worker, first) = await ConnectAsync(handler);
        await first.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task;
        var ended = worker.WaitAsync();
        first.Break();
        Assert.Equal(CloseReason.ConnectionLost, (await ended)!.Reason);
        var starting = worker.StartAsync();
        var second = await _admin!.GreetAsync();
        await starting;
        Assert.Equal(("j1", "r1"), (Assert.Single(second.Hello.RunningWork).WorkId, second.Hello.RunningWork[0].RequestId));
        handler.Release.SetResult();
        Assert.Equal("r1", (await second.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);

        // Not confirmed: it is sent again after the next start, and never after it was confirmed.
        ended = worker.WaitAsync();
        second.Break();
        await ended;
        starting = worker.StartAsync();
        var third = await _admin.GreetAsync();
        await starting;
        Assert.Equal("r1", (await third.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
        await third.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        await worker.StopAsync();
    }

    [Fact]
    public async Task LostStream_WithoutResume_CancelsTheWork()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler, extensions: "");
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task;
        stream.Break();
        await handler.Canceled.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task Replaced_IsNotTriedAgain()
    {
        await using var worker = Worker(new Echo());
        var running = worker.RunForeverAsync();
        (await _admin!.GreetAsync()).End(StatusCode.Aborted, "replaced");
        Assert.Equal(CloseReason.Replaced, (await running.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System)).Reason);
    }

    [Fact]
    public async Task Output_IsSentWithOffsets_BeforeTheCompletion()
    {
        var (worker, stream) = await ConnectAsync(new Echo());
        await using var _ = worker;
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

    [Theory]
    [InlineData("grpc://h:1", "http://h:1")]
    [InlineData("grpcs://h:1", "https://h:1")]
    [InlineData("h:23646.4711", "http://h:4711")]
    public async Task Addresses_AreUnderstood(string given, string dialled) =>
        Assert.Equal(dialled, await WorkerAddress.ResolveAsync(given, TimeProvider.System, CancellationToken.None));

    [Fact]
    public async Task Address_WithoutAnAnswer_IsTheConvention() =>
        Assert.Equal("http://127.0.0.1:10001", await WorkerAddress.ResolveAsync("127.0.0.1:1", TimeProvider.System, CancellationToken.None));

    private PluginWorker Worker(IJobHandler handler, Func<WorkerOptions, WorkerOptions>? change = null)
    {
        var options = new WorkerOptions { Address = _admin!.Address, WorkerId = "w-1" };
        return new PluginWorker(change?.Invoke(options) ?? options, handler);
    }

    private async Task<(PluginWorker Worker, AdminStream Stream)> ConnectAsync(IJobHandler handler, string extensions = "log,ack,resume", int slots = 4)
    {
        var worker = Worker(handler, options => options with { ExecutionSlots = slots });
        var starting = worker.StartAsync();
        var stream = await _admin!.GreetAsync(extensions);
        await starting;
        return (worker, stream);
    }

    private sealed class Echo : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("echo", "Echo").Build();

        public async Task DetectAsync(DetectionContext context)
        {
            for (var n = 0; n < 2000; n++)
            {
                await context.ProposeAsync(new Proposal { Id = $"{n}" });
            }
        }

        public Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            if (context.Config.Bool("throw"))
            {
                throw new InvalidOperationException("as you wish");
            }

            context.Output(OutputStream.Stdout, new byte[context.Config.Int64("write")]);
            var outputs = new ValueSet();
            foreach (var (name, value) in context.Request.Job.Parameters)
            {
                outputs[name] = Value.From(value);
            }

            return Task.FromResult(JobOutcome.Succeeded("echoed", outputs));
        }
    }

    private sealed class Blocking : IJobHandler
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Canceled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("blocking", "Blocking").Build();

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            Started.TrySetResult();
            try
            {
                await Release.Task.WaitAsync(context.Canceled);
                return JobOutcome.Succeeded("released");
            }
            catch (OperationCanceledException)
            {
                Canceled.TrySetResult();
                throw;
            }
        }
    }
}
