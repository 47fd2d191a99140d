using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Starts and ends: every kind, any number of rounds, one close each.</summary>
public sealed class LifeTests : SdkTest
{
    [Fact]
    public void WrongConstruction_IsSaidAllAtOnce()
    {
        var thrown = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = " ", ExecutionSlots = 0, RequestTimeout = TimeSpan.Zero, ResumeWindow = TimeSpan.FromDays(2) }, new Echo(), new Echo()));
        Assert.Contains("two handlers", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("worker id", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("slots", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("RequestTimeout must be more than 0", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("ResumeWindow must be more than 0 and at most a day", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsUnreachable_AndCanBeStartedAgain()
    {
        var worker = Worker(new Echo(), options => options with { Address = "grpc://127.0.0.1:1" });
        Assert.Equal(CloseReason.Unreachable, (await FailedAsync(worker.StartAsync())).Reason);
        Assert.Equal(WorkerState.Stopped, worker.State);
        Assert.Equal(CloseReason.Unreachable, (await FailedAsync(worker.StartAsync())).Reason);
    }

    [Fact]
    public async Task SilentAdmin_IsATimeout()
    {
        var worker = Worker(new Echo(), options => options with { RegistrationTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(CloseReason.Timeout, (await FailedAsync(worker.StartAsync())).Reason);
    }

    [Fact]
    public async Task Refusal_IsRejected_ForGoodWhenItSaysSo()
    {
        var starting = Worker(new Echo()).StartAsync();
        (await Admin.NextAsync()).End(StatusCode.PermissionDenied, "not you");
        var failure = await FailedAsync(starting);
        Assert.Equal((CloseReason.Rejected, true, "not you"), (failure.Reason, failure.IsPermanent, failure.Message));
    }

    [Fact]
    public async Task StartStop_ManyTimes_OneCloseEach_BeforeTheStopReturns()
    {
        var closed = new List<(CloseReason, int)>();
        var worker = Worker(new Echo(), options => options with
        {
            OnClose = async (reason, session) =>
            {
                await Task.Yield();
                closed.Add((reason, session.Generation));
            },
        });
        for (var round = 1; round <= 50; round++)
        {
            var stream = await StartAsync(worker);
            Assert.Equal(WorkerState.Running, worker.State);
            var stopping = worker.StopAsync();
            await stream.RestAsync();
            stream.End();
            await stopping.InTimeAsync("the worker's stop");
            Assert.Equal(WorkerState.Stopped, worker.State);
            Assert.Equal((CloseReason.StopRequested, round), closed[^1]);
            Assert.Equal(round, closed.Count);
        }
    }

    [Fact]
    public async Task OnClose_MayStopAndStartAgain()
    {
        PluginWorker? worker = null;
        var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker = Worker(new Echo(), options => options with
        {
            OnClose = async (_, session) =>
            {
                if (session.Generation == 1)
                {
                    await worker!.StopAsync();
                    await worker.StartAsync();
                    again.SetResult();
                }
            },
        });
        var first = await StartAsync(worker);
        first.End();
        await Admin.GreetAsync();
        await again.Task.InTimeAsync("the start inside OnClose");
        Assert.Equal((WorkerState.Running, 2), (worker.State, worker.Session!.Generation));
    }

    [Fact]
    public async Task ThrowingOnClose_ChangesNothing()
    {
        var worker = Worker(new Echo(), options => options with { OnClose = (_, _) => throw new InvalidOperationException("as you wish") });
        await StartAsync(worker);
        await worker.StopAsync(drain: false).InTimeAsync("the worker's stop");
        await StartAsync(worker);
        Assert.Equal(2, worker.Session!.Generation);
    }

    [Fact]
    public async Task Stop_WhileStarting_CancelsTheStart()
    {
        var worker = Worker(new Echo());
        var starting = worker.StartAsync();
        await Admin.NextAsync();
        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.Canceled, (await FailedAsync(starting)).Reason);
        Assert.Equal(WorkerState.Stopped, worker.State);
        await StartAsync(worker);
        Assert.Equal(1, worker.Session!.Generation);
    }

    [Fact]
    public async Task Stop_OfAnAdminThatNeverEnds_EndsAllTheSame()
    {
        var (worker, _) = await ConnectAsync(new Echo());
        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(WorkerState.Stopped, worker.State);
    }

    [Fact]
    public async Task ShutdownByTheAdmin_FinishesTheWork_AndEnds()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        var ended = worker.WaitAsync();
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "s", Shutdown = new AdminShutdown { Reason = "maintenance" } });
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        handler.Release.SetResult();
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        await stream.RestAsync();
        stream.End();
        var result = await ended.InTimeAsync("the end of the session");
        Assert.Equal((CloseReason.AdminShutdown, "maintenance"), (result!.Reason, result.Text));
        Assert.Equal(WorkerState.Stopped, worker.State);
    }

    [Fact]
    public async Task Drain_SendsTheResult_ToAnAdminWithoutAcks()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler, extensions: "");
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        var stopping = worker.StopAsync();
        handler.Release.SetResult();
        var rest = await stream.RestAsync();
        stream.End();
        Assert.True(Assert.Single(rest, message => message.BodyCase == Body.JobCompleted).JobCompleted.Success);
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task LostStream_WithResume_GoesOn_AndTheResultArrivesOnce()
    {
        var handler = new Blocking();
        var (worker, first) = await ConnectAsync(handler);
        await first.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await EndOfAsync(worker, first.Break);
        var second = await StartAsync(worker);
        Assert.Equal(("j1", "r1"), (Assert.Single(second.Hello.RunningWork).WorkId, second.Hello.RunningWork[0].RequestId));
        handler.Release.SetResult();
        Assert.Equal("r1", (await second.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);

        // Not confirmed: it is sent again after the next start, and never after it was confirmed.
        await EndOfAsync(worker, second.Break);
        var third = await StartAsync(worker);
        Assert.Equal("r1", (await third.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
        await third.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r1", JobId = "j1" } });
        var stopping = worker.StopAsync();
        await third.RestAsync();
        third.End();
        await stopping.InTimeAsync("the worker's stop");
        var fourth = await StartAsync(worker);
        stopping = worker.StopAsync();
        Assert.DoesNotContain(await fourth.RestAsync(), message => message.BodyCase == Body.JobCompleted);
        fourth.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task LostStream_NotBackWithinTheWindow_CancelsTheWork()
    {
        var handler = new Blocking();
        var worker = Worker(handler, options => options with { ResumeWindow = TimeSpan.FromMilliseconds(50) });
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        stream.Break();
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
    }

    [Fact]
    public async Task LostStream_WithoutResume_CancelsTheWork()
    {
        var handler = new Blocking();
        var (_, stream) = await ConnectAsync(handler, extensions: "");
        await stream.ExecuteAsync("r1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        stream.Break();
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
    }

    [Fact]
    public async Task Replaced_IsNotTriedAgain()
    {
        var running = Worker(new Echo()).RunForeverAsync();
        (await Admin.GreetAsync()).End(StatusCode.Aborted, "replaced");
        Assert.Equal(CloseReason.Replaced, (await running.InTimeAsync("the end of the worker")).Reason);
    }

    [Fact]
    public async Task LostStream_IsDialledAgain_WithAFreshInstance()
    {
        using var stop = new CancellationTokenSource();
        var running = Worker(new Echo()).RunForeverAsync(new RestartPolicy { LongestDelay = TimeSpan.FromMilliseconds(50) }, stop.Token);
        var first = await Admin.GreetAsync();
        first.Break();
        var second = await Admin.GreetAsync();
        Assert.Equal(first.Hello.WorkerId, second.Hello.WorkerId);
        Assert.NotEqual(first.Hello.WorkerInstanceId, second.Hello.WorkerInstanceId);
        await stop.CancelAsync();
        second.End();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTimeAsync("the end of the worker"));
    }

    [Fact]
    public async Task Run_CancelledWhileStarting_IsACancellation_NotAFailure()
    {
        using var stop = new CancellationTokenSource();
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync(cancellationToken: stop.Token);
        await Admin.NextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTimeAsync("the end of the worker"));
        Assert.Equal(WorkerState.Stopped, worker.State);
    }

    private static Task<StartFailureException> FailedAsync(Task starting) =>
        Assert.ThrowsAsync<StartFailureException>(() => starting.InTimeAsync("the failure of the start"));

    [Fact]
    public async Task Start_WhileStopping_WaitsForTheStop_ThenDials()
    {
        var handler = new Blocking();
        var (worker, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r-1", "j-1", "blocking");
        await handler.Started.Task.InTimeAsync("the handler's start");
        var stopping = worker.StopAsync();
        var starting = worker.StartAsync();
        Assert.Equal(WorkerState.Stopping, worker.State);
        Assert.False(starting.IsCompleted);
        handler.Release.SetResult();
        await AcknowledgeAndEndAsync(stream);
        await stopping.InTimeAsync("the stop");
        await Admin.GreetAsync();
        Assert.Equal(2, (await starting.InTimeAsync("the second start")).Generation);
        await Assert.ThrowsAsync<AlreadyStartedException>(() => worker.StartAsync());
    }

    [Fact]
    public async Task WhatTheAdminAskedFor_IsForgotten_WhileTheNextOneIsMet()
    {
        var worker = Worker(new Echo());
        Assert.Equal((30, 1), await AskedOfAsync(worker, (await StartAsync(worker)).Break));
        var starting = worker.StartAsync();
        var second = await Admin.NextAsync();
        Assert.Equal((10, 5), (worker.HeartbeatInterval.TotalSeconds, worker.ReconnectDelay.TotalSeconds));
        await second.GreetAsync("");
        await starting.InTimeAsync("the second start");

        static async Task<(double, double)> AskedOfAsync(PluginWorker worker, Action end)
        {
            await EndOfAsync(worker, end);
            return (worker.HeartbeatInterval.TotalSeconds, worker.ReconnectDelay.TotalSeconds);
        }
    }

    [Fact]
    public async Task Wait_WhileStarting_IsForThatSession()
    {
        var worker = Worker(new Echo());
        await EndOfAsync(worker, (await StartAsync(worker)).Break);
        var starting = worker.StartAsync();
        var waiting = worker.WaitAsync();
        var second = await Admin.GreetAsync();
        await starting.InTimeAsync("the second start");
        second.Break();
        Assert.Equal(2, (await waiting.InTimeAsync("the end of the second session"))!.Session!.Generation);
    }

    [Fact]
    public async Task Wait_ForAStartThatFails_TellsOfNoSession()
    {
        var worker = Worker(new Echo());
        var starting = worker.StartAsync();
        var waiting = worker.WaitAsync();
        (await Admin.NextAsync()).End(StatusCode.PermissionDenied, "no");
        await Assert.ThrowsAsync<StartFailureException>(() => starting.InTimeAsync("the start"));
        Assert.Null(await waiting.InTimeAsync("the wait"));
    }

    [Fact]
    public async Task Stop_InsideAHandler_DoesNotWaitForIt()
    {
        PluginWorker? worker = null;
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker = Worker(new Ending(() =>
        {
            stopped.SetResult();
            Assert.True(worker!.StopAsync().IsCompleted);
            return JobOutcome.Succeeded("stopped from inside");
        }));
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r-1", "j-1", "ending");
        await stopped.Task.InTimeAsync("the handler");
        await AcknowledgeAndEndAsync(stream);
        Assert.Equal(CloseReason.StopRequested, (await worker.WaitAsync().InTimeAsync("the end"))?.Reason ?? CloseReason.StopRequested);
    }

    /// <summary>As an admin with the extension ack, which ends what the worker has ended.</summary>
    private static async Task AcknowledgeAndEndAsync(AdminStream stream)
    {
        var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.True(completed.Success);
        await stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = completed.RequestId, JobId = completed.JobId } });
        await stream.RestAsync();
        stream.End();
    }
}
