using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Stops and drains, whoever asks for them and whenever.</summary>
public sealed class StopTests : SdkTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Drain_OfALostSession_IsNotThatOfTheNext()
    {
        var (worker, stream) = await ConnectAsync(new Echo(), "ack,drain");
        await stream.SendAsync(new AdminToWorkerMessage { Drain = new Drain { Enabled = true } });
        await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("draining"));
        await EndOfAsync(worker, stream.Break);
        var again = await StartAsync(worker, "ack,drain");
        await again.ExecuteAsync("r", "j", "echo");
        Assert.True((await AckAsync(again, "r")).Accepted);
    }

    [Fact]
    public async Task Stop_TakesNoNewWork_WhateverTheAdminSays()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler, "drain");
        await BeginAsync(stream, handler);
        var stopping = worker.StopAsync();
        await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("draining"));
        await stream.SendAsync(new AdminToWorkerMessage { Drain = new Drain { Enabled = false } });
        await stream.ExecuteAsync("r2", "j2", "blocking");
        Assert.False((await AckAsync(stream, "r2")).Accepted);
        handler.Release.SetResult();
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task JobThatComesWhileItsHandlerIsAsked_IsRefused_WhenTheStopIsFaster()
    {
        var handler = new Pondering();
        var (worker, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r1", "j1", "pondering");
        await AckAsync(stream, "r1");
        await stream.ExecuteAsync("r2", "j2", "pondering");
        await handler.Asked.Task.InTimeAsync("the question to the handler");
        var stopping = worker.StopAsync();
        await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("draining"));
        handler.Answer.SetResult();
        Assert.False((await AckAsync(stream, "r2")).Accepted);
        handler.Release.SetResult();
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task LongestGrace_IsNoException()
    {
        var (worker, stream) = await ConnectAsync(new Echo());
        var stopping = worker.StopAsync(grace: TimeSpan.FromDays(60));
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
        Assert.Equal(WorkerState.Stopped, worker.State);
    }

    [Fact]
    public async Task LongestGraceOfTheAdmin_IsNoException()
    {
        var (worker, stream) = await ConnectAsync(new Echo());
        var ended = worker.WaitAsync();
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "s", Shutdown = new AdminShutdown { Reason = "r", GracePeriodSeconds = int.MaxValue } });
        await stream.RestAsync();
        stream.End();
        Assert.Equal(CloseReason.AdminShutdown, (await ended.InTimeAsync("the end of the session", Soon))!.Reason);
    }

    [Fact]
    public async Task LongestHeartbeatInterval_IsNoException()
    {
        var worker = Worker(new Echo());
        var starting = worker.StartAsync();
        var stream = await Admin.NextAsync();
        await stream.GreetAsync("ack", heartbeatSeconds: int.MaxValue);
        await starting.InTimeAsync("the worker's start");
        await stream.NextAsync(Body.Heartbeat);
        await stream.ExecuteAsync("r", "j", "echo");

        // The heartbeat after the change of work comes from the loop that rests for the interval.
        await stream.NextAsync(Body.JobCompleted);
        await stream.NextAsync(Body.Heartbeat);
        Assert.Equal(WorkerState.Running, worker.State);
    }

    [Fact]
    public async Task GraceOver_CancelledWork_IsStillReported()
    {
        var handler = new Blocking();

        // By this clock the moment for last words does not pass.
        var worker = Worker(handler, options => options with { TimeProvider = new ManualTimeProvider() });
        var stream = await StartAsync(worker, extensions: "");
        await BeginAsync(stream, handler);
        var stopping = worker.StopAsync(grace: TimeSpan.Zero);
        var rest = await stream.RestAsync();
        stream.End();
        Assert.Equal("context canceled", Assert.Single(rest, message => message.BodyCase == Body.JobCompleted).JobCompleted.ErrorMessage);
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task StreamLost_DuringADrainThatWasAskedFor_IsAStop()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        var ended = worker.WaitAsync();
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker is about to stop");
        stream.Break();
        await stopping.InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await ended)!.Reason);
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
    }

    [Fact]
    public async Task Shutdown_DuringADrainThatWasAskedFor_CutsNothing_AndIsAStop()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler, extensions: "log");
        await BeginAsync(stream, handler);
        var ended = worker.WaitAsync();
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker is about to stop");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "s", Shutdown = new AdminShutdown { Reason = "r" } });
        Assert.True((await AckAsync(stream, "s")).Accepted);
        handler.Release.SetResult();
        var rest = await stream.RestAsync();
        stream.End();
        Assert.True(Assert.Single(rest, message => message.BodyCase == Body.JobCompleted).JobCompleted.Success);
        await stopping.InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await ended)!.Reason);
    }

    [Fact]
    public async Task Stop_DuringThePause_EndsTheLoop()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = Worker(new Echo(), options => options with
        {
            OnClose = (_, _) =>
            {
                closed.TrySetResult();
                return Task.CompletedTask;
            },
        });
        var running = worker.RunForeverAsync(new RestartPolicy { Jitter = () => 1 });
        var stream = await Admin.GreetAsync();
        await stream.NextAsync(Body.Heartbeat);
        stream.Break();
        await closed.Task.InTimeAsync("the end of the session");
        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop", Soon)).Reason);
        Assert.Equal(WorkerState.Stopped, worker.State);
    }

    [Fact]
    public async Task Stop_WhileTheLoopStartsAgain_EndsTheLoop()
    {
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync(new RestartPolicy { LongestDelay = TimeSpan.FromMilliseconds(50) });
        (await Admin.GreetAsync()).Break();
        await Admin.NextAsync();
        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop", Soon)).Reason);
    }

    [Fact]
    public async Task Stop_AfterALoss_GivesTheWorkUp_AndWaitsForItsEnd()
    {
        var handler = new Blocking(stubborn: true);
        var (worker, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        await EndOfAsync(worker, stream.Break);
        var stopping = worker.StopAsync();
        await handler.Canceled.Task.InTimeAsync("the cancel of the job", Soon);
        Assert.False(stopping.IsCompleted);
        handler.Release.SetResult();
        await stopping.InTimeAsync("the stop", Soon);
        var second = await StartAsync(worker);
        Assert.Empty(second.Hello.RunningWork);
        Assert.True((await second.NextAsync(Body.JobCompleted)).JobCompleted.Result.OutputValues["late_report"].BoolValue);
    }

    [Fact]
    public async Task Abort_WhileTheWayBackIsTried_GivesTheWorkUp()
    {
        var handler = new Blocking();
        var worker = Worker(handler);
        var running = worker.RunForeverAsync();
        var stream = await Admin.GreetAsync();
        await BeginAsync(stream, handler);
        stream.Break();
        await Admin.NextAsync();
        await worker.StopAsync(drain: false).InTimeAsync("the stop", Soon);
        Assert.True(handler.Canceled.Task.IsCompleted);
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop", Soon)).Reason);
    }

    [Fact]
    public async Task SecondStop_JoinsTheFirst()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        var first = worker.StopAsync();
        var second = worker.StopAsync(grace: TimeSpan.Zero);
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        await stream.ExecuteAsync("r2", "j2", "blocking");
        Assert.False((await AckAsync(stream, "r2")).Accepted);
        Assert.False(handler.Canceled.Task.IsCompleted);
        handler.Release.SetResult();
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        await stream.RestAsync();
        stream.End();
        await Task.WhenAll(first, second).InTimeAsync("both stops");
    }

    /// <summary>An admin that confirms nothing holds up a stop by 5 s, no longer and no less.</summary>
    [Fact]
    public async Task Stop_WaitsFiveSeconds_ForConfirmations()
    {
        var clock = new ManualTimeProvider();
        var worker = Worker(new Echo(), options => options with { TimeProvider = clock });
        var stream = await StartAsync(worker, "ack");
        await stream.ExecuteAsync("r", "j", "echo");
        await stream.NextAsync(Body.JobCompleted);
        var stopping = worker.StopAsync();
        await clock.ArmedAsync(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(4.9));
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "c", CancelRequest = new CancelRequest { TargetId = "nobody" } });
        await AckAsync(stream, "c");
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task Abort_DuringADrain_CutsIt()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        var first = worker.StopAsync(grace: TimeSpan.FromDays(1));
        await worker.StopAsync(drain: false).InTimeAsync("the second stop");
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        await first.InTimeAsync("the first stop");
    }

    [Fact]
    public async Task ShutdownByTheAdmin_IsAStopInProgress()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await BeginAsync(stream, handler);
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "s", Shutdown = new AdminShutdown { Reason = "r" } });
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        Assert.Equal(WorkerState.Stopping, worker.State);
        var starting = worker.StartAsync();
        var joining = worker.StopAsync(grace: TimeSpan.Zero);
        Assert.False(handler.Canceled.Task.IsCompleted);
        handler.Release.SetResult();
        await stream.NextAsync(Body.JobCompleted);
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        await stream.RestAsync();
        stream.End();
        await joining.InTimeAsync("the stop that joined");
        await Admin.GreetAsync();
        Assert.Equal(2, (await starting.InTimeAsync("the start after it")).Generation);
    }

    [Fact]
    public async Task HandlerThatCannotSayWhetherItCanRun_HoldsUpNoStop()
    {
        var handler = new Undecided();
        var (worker, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r", "j", "undecided");
        await handler.Asked.Task.InTimeAsync("the question");
        try
        {
            await worker.StopAsync(drain: false).InTimeAsync("the worker's stop", Soon);
        }
        finally
        {
            handler.Answer.Set();
        }
    }

    [Fact]
    public async Task Dispose_DoesNotWaitForEver_ForAHandlerThatIgnoresItsCancel()
    {
        var handler = new Blocking(stubborn: true);
        var worker = Worker(handler, options => options with { CancelGrace = TimeSpan.FromMilliseconds(50) });
        await BeginAsync(await StartAsync(worker), handler);
        await worker.DisposeAsync().AsTask().InTimeAsync("the dispose", Soon);
        handler.Release.SetResult();
    }

    [Theory]
    [InlineData("ack,drain")]
    [InlineData("")]
    public async Task Detection_IsNotBegun_WhileWorkIsFinished(string extensions)
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler, extensions);
        await BeginAsync(stream, handler);
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = new RunDetectionRequest { RequestId = "d", JobType = "blocking" } });
        var end = (await stream.NextAsync(Body.DetectionComplete)).DetectionComplete;
        Assert.Equal((false, "the worker is draining"), (end.Success, end.ErrorMessage));
        handler.Release.SetResult();
        await stream.NextAsync(Body.JobCompleted);
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task Start_InsideAHandler_IsAnError_EvenWhileStopping()
    {
        PluginWorker? worker = null;
        var asked = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        worker = Worker(new Ending(() =>
        {
            _ = worker!.StopAsync();
            asked.SetResult(worker.StartAsync());
            return JobOutcome.Succeeded("started from inside");
        }));
        var stream = await StartAsync(worker, "");
        await stream.ExecuteAsync("r", "j", "ending");
        var starting = await asked.Task.InTimeAsync("the handler");
        await Assert.ThrowsAsync<AlreadyStartedException>(() => starting.InTimeAsync("the refusal", Soon));
        await stream.RestAsync();
        stream.End();
    }

    /// <summary>Thinks about whether it can run until the test says so.</summary>
    private sealed class Undecided : IJobHandler
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Answer { get; } = new();

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("undecided", "Undecided").Build();

        public string? CannotRun(ConfigReader config)
        {
            Asked.TrySetResult();
            Answer.Wait();
            return "too late";
        }
    }

    /// <summary>Takes its time to say that it can, except for the first job.</summary>
    private sealed class Pondering : IJobHandler
    {
        private int _asked;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("pondering", "Pondering").Build();

        public string? CannotRun(ConfigReader config)
        {
            if (Interlocked.Increment(ref _asked) > 1)
            {
                Asked.TrySetResult();
                SpinWait.SpinUntil(() => Answer.Task.IsCompleted); // The handler is asked, and answers, in one call.
            }

            return null;
        }

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            await Release.Task;
            return JobOutcome.Succeeded("ran");
        }
    }
}
