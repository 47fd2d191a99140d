using System.IO.Pipelines;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Sessions that are lost, and what the next one means for the work.</summary>
public sealed class LossTests : SdkTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task NextSessionWithoutResume_CancelsTheWorkOfTheFormer()
    {
        var handler = new Blocking();
        var (worker, first) = await ConnectAsync(handler);
        await BeginAsync(first, handler);
        await EndOfAsync(worker, first.Break);
        await StartAsync(worker, "");
        await handler.Canceled.Task.InTimeAsync("the cancel of the job", TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task SameRequestAgain_IsAcknowledged_AndIgnored()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        await AckAsync(stream, "r1");
        await stream.ExecuteAsync("r1", "j1", "blocking");
        Assert.True((await AckAsync(stream, "r1")).Accepted);
        handler.Release.TrySetResult();
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        var stopping = worker.StopAsync();
        Assert.DoesNotContain(await stream.RestAsync(), message => message.BodyCase == Body.JobCompleted);
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task ForcedCancel_OfAStubbornHandler_IsNoTimeoutAfterwards()
    {
        var clock = new ManualTimeProvider();
        var handler = new Blocking(stubborn: true);
        var worker = Worker(handler, options => options with { TimeProvider = clock });
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r1", "j1", "blocking", request => request.AdminRuntime = new AdminRuntimeConfig { ExecutionTimeoutSeconds = 77 });
        await handler.Started.Task.InTimeAsync("the start of the job");
        await clock.ArmedAsync(TimeSpan.FromSeconds(77));
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c", CancelRequest = new CancelRequest { TargetId = "r1", Force = true } });
        Assert.True((await AckAsync(stream, "c")).Accepted);
        clock.Advance(TimeSpan.FromSeconds(77));
        await clock.ArmedAsync(TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(10));
        handler.Release.SetResult();
        await stream.ExecuteAsync("r2", "j2", "blocking");
        Assert.Equal("r2", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.FailedPrecondition)]
    public async Task RefusalForGood_InMidSession_EndsTheLoop(StatusCode code)
    {
        var running = Worker(new Echo()).RunForeverAsync(new RestartPolicy { Jitter = () => 0 });
        (await Admin.GreetAsync()).End(code, "not any more");
        var result = await running.InTimeAsync("the end of the loop", Soon);
        Assert.Equal((CloseReason.Rejected, true, "not any more"), (result.Reason, result.IsPermanent, result.Text));
    }

    [Fact]
    public async Task LateRefusal_IsForGood_WhenItSaysSo()
    {
        var running = Worker(new Echo()).RunForeverAsync(new RestartPolicy { Jitter = () => 0 });
        var stream = await Admin.GreetAsync();
        await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = "permanent: not you" } });
        Assert.Equal(CloseReason.Rejected, (await running.InTimeAsync("the end of the loop", Soon)).Reason);
    }

    [Fact]
    public async Task MessageBeyondTheLimit_IsAProtocolError_AndNotTriedAgain()
    {
        var running = Worker(new Echo(), Small).RunForeverAsync(new RestartPolicy { Jitter = () => 0 });
        await (await Admin.GreetAsync()).SendAsync(new AdminToWorkerMessage { RequestId = new string('x', 2000) });
        Assert.Equal(CloseReason.ProtocolError, (await running.InTimeAsync("the end of the loop", Soon)).Reason);
    }

    [Fact]
    public async Task HelloBeyondTheLimit_IsAProtocolError()
    {
        var starting = Worker(new Echo(), Small).StartAsync();
        await (await Admin.NextAsync()).SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = true, Message = new string('x', 2000) } });
        var failure = await Assert.ThrowsAsync<StartFailureException>(() => starting.InTimeAsync("the failure of the start"));
        Assert.Equal((CloseReason.ProtocolError, true), (failure.Reason, failure.IsPermanent));
    }

    [Fact]
    public async Task MessageThatIsNone_IsUnreadable()
    {
        var input = PipeReader.Create(new MemoryStream([0, 0, 0, 0, 2, 0xff, 0xff]));
        var thrown = await Assert.ThrowsAsync<RpcException>(() => Framing.ReadAsync(input, AdminToWorkerMessage.Parser, 100, gzip: false, CancellationToken.None).AsTask());
        Assert.True(thrown.IsUnreadable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KeptWork_GoesOn_AndIsToldLater(bool keep)
    {
        var handler = new Harmless();
        var worker = Worker(handler, options => options with { KeepWork = keep });
        var first = await StartAsync(worker, "");
        await first.ExecuteAsync("r", "j", "harmless");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await EndOfAsync(worker, first.Break);
        var second = await StartAsync(worker, "");
        if (keep)
        {
            handler.Release.SetResult();
            var late = (await second.NextAsync(Body.JobCompleted)).JobCompleted;
            Assert.Equal(("done", true), (late.Result.Summary, late.Result.OutputValues["late_report"].BoolValue));
        }
        else
        {
            await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        }
    }

    [Fact]
    public async Task KeptWorkThatFailsWhileTheStreamIsAway_IsToldLater()
    {
        var handler = new Harmless();
        var worker = Worker(handler, options => options with { KeepWork = true });
        var first = await StartAsync(worker, "");
        await first.ExecuteAsync("r", "j", "harmless");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await EndOfAsync(worker, first.Break);
        handler.Release.SetException(new InvalidOperationException("broken"));
        await handler.Failed.Task.InTimeAsync("the failure of the job");
        var late = (await (await StartAsync(worker, "")).NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(("InvalidOperationException: broken", true), (late.ErrorMessage, late.Result.OutputValues["late_report"].BoolValue));
    }

    /// <summary>Of a foreign admin nobody acknowledges: a result counts as delivered when it was written.</summary>
    [Fact]
    public async Task ResultThatComesWhileTheStreamIsAway_IsToldLater_AndMarked_WithoutAcknowledgements()
    {
        var handler = new Blocking(stubborn: true);
        var (worker, first) = await ConnectAsync(handler, "");
        await BeginAsync(first, handler);
        await EndOfAsync(worker, first.Break);
        handler.Release.SetResult();
        var second = await StartAsync(worker, "");
        var late = (await second.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(("r1", true, true), (late.RequestId, late.Success, late.Result.OutputValues.TryGetValue("late_report", out var mark) && mark.BoolValue));
        await EndOfAsync(worker, second.Break);
        var third = await StartAsync(worker, "");
        var stopping = worker.StopAsync();
        Assert.DoesNotContain(await third.RestAsync(), message => message.BodyCase == Body.JobCompleted);
        third.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task CanceledWorkOfALostStream_IsNotToldToTheNext_WithoutAcknowledgements()
    {
        var handler = new Blocking(stubborn: true);
        var (worker, first) = await ConnectAsync(handler, "");
        await BeginAsync(first, handler);
        await EndOfAsync(worker, first.Break);
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        var second = await StartAsync(worker, "");
        handler.Release.SetException(new InvalidOperationException("cut off"));
        WorkerToAdminMessage message;
        do
        {
            message = await second.NextAsync();
            Assert.NotEqual(Body.JobCompleted, message.BodyCase);
        }
        while (message.Heartbeat?.RunningWork.Count != 0);

        var stopping = worker.StopAsync();
        Assert.DoesNotContain(await second.RestAsync(), said => said.BodyCase == Body.JobCompleted);
        second.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task WindowOver_TheResultIsMarkedAsLate()
    {
        var handler = new Blocking();
        var worker = Worker(handler, options => options with { ResumeWindow = TimeSpan.FromMilliseconds(20) });
        var stream = await StartAsync(worker);
        await BeginAsync(stream, handler);
        await EndOfAsync(worker, stream.Break);
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        var late = (await (await StartAsync(worker)).NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(("context canceled", true), (late.ErrorMessage, late.Result.OutputValues.ContainsKey("late_report")));
    }

    /// <summary>A claim that was sent in time may have been taken, however late the admin's word comes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WindowOver_WhileAClaimIsOnItsWay_TheAdminDecides(bool takes)
    {
        var (clock, handler) = (new ManualTimeProvider(), new Blocking());
        var worker = Worker(handler, options => options with { TimeProvider = clock, ResumeWindow = TimeSpan.FromSeconds(2) });
        var stream = await StartAsync(worker);
        await BeginAsync(stream, handler);
        await EndOfAsync(worker, stream.Break);
        await clock.ArmedAsync(TimeSpan.FromSeconds(2));
        var starting = worker.StartAsync();
        var second = await Admin.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(3));
        if (takes)
        {
            await second.GreetAsync("log,ack,resume");
            await starting.InTimeAsync("the start");
            handler.Release.SetResult();
            Assert.True((await second.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        }
        else
        {
            second.Break();
            await Assert.ThrowsAsync<StartFailureException>(() => starting).InTimeAsync("the start");
            await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        }
    }

    [Fact]
    public async Task ProposalsMadeWhileTheStreamIsAway_AreSentWhenItIsBack()
    {
        var handler = new Finder();
        var (worker, first) = await ConnectAsync(handler);
        await first.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = new RunDetectionRequest { RequestId = "d", JobType = "finder" } });
        await handler.Started.Task.InTimeAsync("the start of the detection");
        await EndOfAsync(worker, first.Break);
        handler.Release.SetResult();
        var second = await StartAsync(worker);
        var found = 0;
        WorkerToAdminMessage message;
        while ((message = await second.NextAsync()).BodyCase != Body.DetectionComplete)
        {
            found += message.DetectionProposals?.Proposals.Count ?? 0;
        }

        Assert.Equal((true, 700, 700), (message.DetectionComplete.Success, message.DetectionComplete.TotalProposals, found));
    }

    [Fact]
    public async Task EndOfADetection_ThatWasNotWrittenWhenTheStreamBroke_IsSaidByTheNextOne()
    {
        var handler = new Finder();
        handler.Release.SetResult();
        using var runner = new WorkRunner(new Dictionary<string, IJobHandler> { ["finder"] = handler }, new WorkerOptions(), "w", new WorkerFigures("w", () => (0, 0), () => 0));
        var (first, second) = (new Torn(breaks: true), new Torn(breaks: false));
        runner.Attach(first);
        runner.Detect(new RunDetectionRequest { RequestId = "d", JobType = "finder" }, first);
        await first.End.Task.InTimeAsync("the end that is lost");

        // The next hello claims it.
        Assert.Equal("d", Assert.Single(runner.Running).RequestId);
        runner.Detach();
        runner.Attach(second);
        Assert.Equal((true, 700), (await second.End.Task.InTimeAsync("the end that is said again")) is { } end ? (end.Success, end.TotalProposals) : default);
        await runner.IdleAsync().InTimeAsync("the end of the work");
        Assert.Empty(runner.Running);
    }

    [Fact]
    public async Task EndOfADetection_IsWaitedForNoLonger_WhenItIsCanceledWhileTheStreamIsAway()
    {
        var handler = new Finder();
        handler.Release.SetResult();
        using var runner = new WorkRunner(new Dictionary<string, IJobHandler> { ["finder"] = handler }, new WorkerOptions(), "w", new WorkerFigures("w", () => (0, 0), () => 0));
        var session = new Torn(breaks: true);
        runner.Attach(session);
        runner.Detect(new RunDetectionRequest { RequestId = "d", JobType = "finder" }, session);
        await session.End.Task.InTimeAsync("the end that is lost");
        runner.Detach();
        var idle = runner.IdleAsync();
        Assert.False(idle.IsCompleted);
        runner.CancelAll();
        await idle.InTimeAsync("the end of the work");
    }

    private static WorkerOptions Small(WorkerOptions options) => options with { Channel = new GrpcChannelOptions { MaxReceiveMessageSize = 1000 } };

    /// <summary>A stream that may break with the end of a detection.</summary>
    private sealed class Torn(bool breaks) : IWorkerSession
    {
        private volatile bool _isOver;

        public TaskCompletionSource<DetectionComplete> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsOurs => true;

        public bool IsOver => _isOver;

        public bool TakesOutput => true;

        public bool Acknowledges => true;

        public bool Resumes => true;

        public void Acknowledge(string requestId, bool accepted, string message)
        {
        }

        public void Send(WorkerToAdminMessage message, RunningAttempt? after = null) => Take(message);

        public ValueTask SendAsync(WorkerToAdminMessage message, CancellationToken cancellationToken, RunningAttempt? after = null)
        {
            Take(message);
            return _isOver ? throw new OperationCanceledException("the stream broke") : ValueTask.CompletedTask;
        }

        public void Wake()
        {
        }

        public void WorkChanged()
        {
        }

        private void Take(WorkerToAdminMessage message)
        {
            if (message.DetectionComplete is { } end)
            {
                _isOver = breaks;
                End.TrySetResult(end);
            }
        }
    }

    /// <summary>May run as often as anybody likes.</summary>
    private sealed class Harmless : IJobHandler
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Canceled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("harmless", "Harmless").Build();

        public bool IsIdempotent => true;

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            Started.SetResult();
            try
            {
                await Release.Task.WaitAsync(context.Canceled);
                return JobOutcome.Succeeded("done");
            }
            catch (OperationCanceledException)
            {
                Canceled.SetResult();
                throw;
            }
            catch (InvalidOperationException)
            {
                Failed.SetResult();
                throw;
            }
        }
    }

    /// <summary>Finds 700 things once it is released.</summary>
    private sealed class Finder : IJobHandler
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("finder", "Finder").Build();

        public async Task DetectAsync(DetectionContext context)
        {
            Started.SetResult();
            await Release.Task;
            for (var n = 0; n < 700; n++)
            {
                await context.ProposeAsync(new Proposal { Id = $"{n}" });
            }
        }
    }
}
