using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>A stop while the stream is away: work ends, and results the admin has not confirmed are brought to it first.</summary>
public sealed class DeliveryTests : SdkTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stop_WhileTheStreamIsAway_BringsResultsToTheAdmin()
    {
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync();
        await LeaveAResultAsync();

        // Its dial is under way, and nobody greets it.
        await Admin.NextAsync();
        var stopping = worker.StopAsync();
        await TakeResultAsync(await Admin.GreetAsync("ack"));
        await stopping.InTimeAsync("the stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop")).Reason);
        Assert.Equal(WorkerState.Stopped, worker.State);
    }

    [Fact]
    public async Task Cancel_OfTheLoop_WhileTheStreamIsAway_BringsResultsToTheAdmin()
    {
        using var stop = new CancellationTokenSource();
        var running = Worker(new Echo()).RunForeverAsync(cancellationToken: stop.Token);
        await LeaveAResultAsync();
        await Admin.NextAsync();
        await stop.CancelAsync();
        await TakeResultAsync(await Admin.GreetAsync("ack"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTimeAsync("the end of the loop"));
    }

    /// <summary>A drain lets work end, also when the admin is away while it begins.</summary>
    [Fact]
    public async Task Stop_WhileTheStreamIsAway_LetsWorkEnd_AndBringsItsResult()
    {
        var handler = new Blocking();
        var worker = Worker(handler);
        var running = worker.RunForeverAsync();
        var first = await Admin.GreetAsync();
        await first.ExecuteAsync("r", "j", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        first.Break();

        // Its dial is under way, and nobody greets it.
        await Admin.NextAsync();
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker is about to stop");
        var second = await Admin.GreetAsync();
        Assert.Equal("r", Assert.Single(second.Hello.RunningWork).RequestId);
        await second.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("draining"));
        Assert.False(handler.Canceled.Task.IsCompleted);
        handler.Release.SetResult();
        await TakeResultAsync(second);
        await stopping.InTimeAsync("the stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop")).Reason);
    }

    /// <summary>A visit late in the grace cuts the work when that is over, and still says so in order.</summary>
    [Fact]
    public async Task GraceOver_WhileTheWorkIsBroughtHome_ItsCancelIsTold()
    {
        var clock = new ManualTimeProvider();
        var handler = new Blocking();
        var worker = Worker(handler, options => options with { TimeProvider = clock });
        var running = worker.RunForeverAsync(new RestartPolicy { Jitter = () => 1 });
        var first = await Admin.GreetAsync();
        await first.ExecuteAsync("r", "j", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        first.Break();
        await clock.ArmedAsync(TimeSpan.FromSeconds(0.24));
        var stopping = worker.StopAsync(grace: TimeSpan.FromSeconds(12));
        var second = await Admin.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        await second.GreetAsync("log,ack,resume");
        await clock.ArmedAsync(TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("context canceled", (await second.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        await AcknowledgeAsync(second);
        await second.RestAsync();
        second.End();
        await stopping.InTimeAsync("the stop");
        await running.InTimeAsync("the end of the loop");
    }

    /// <summary>The lease is lost with the window: what runs then is nobody's any more.</summary>
    [Fact]
    public async Task WindowOver_DuringTheStop_WorkIsCancelled()
    {
        var handler = new Blocking();
        var worker = Worker(handler, options => options with { ResumeWindow = TimeSpan.FromMilliseconds(500) });
        var running = worker.RunForeverAsync(new RestartPolicy { Jitter = () => 1 });
        var first = await Admin.GreetAsync();
        await first.ExecuteAsync("r", "j", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await EndOfAsync(worker, first.Break);
        using var over = new CancellationTokenSource();
        var refusing = RefuseAsync(over.Token);
        var stopping = worker.StopAsync(grace: TimeSpan.FromDays(1));
        await handler.Canceled.Task.InTimeAsync("the cancel of the job", Soon);
        await stopping.InTimeAsync("the stop", Soon);
        await running.InTimeAsync("the end of the loop", Soon);
        await over.CancelAsync();
        await refusing;

        async Task RefuseAsync(CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var stream in Admin.AllAsync(cancellationToken))
                {
                    stream.Break();
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    /// <summary>Whoever asks for the stop need not wait for it: who waits for the loop, and ends the process then, cuts nothing.</summary>
    [Fact]
    public async Task Loop_DoesNotEnd_BeforeResultsAreBroughtAway()
    {
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync();
        await LeaveAResultAsync();
        await Admin.NextAsync();
        _ = worker.StopAsync();
        var stream = await Admin.GreetAsync("ack");
        await stream.NextAsync(Body.JobCompleted);
        Assert.False(running.IsCompleted);
        await AcknowledgeAsync(stream);
        await stream.RestAsync();
        stream.End();
        await running.InTimeAsync("the end of the loop");
    }

    /// <summary>Its handler is done; it waits for a session that takes its output.</summary>
    [Fact]
    public async Task Stop_WhileTheStreamIsAway_BringsWhatEndedMeanwhile_WithItsOutput()
    {
        var handler = new LastWords();
        var worker = Worker(handler);
        var running = worker.RunForeverAsync();
        var first = await Admin.GreetAsync("log,ack,resume");
        await first.ExecuteAsync("r", "j", "last_words");
        await handler.Begun.Task.InTimeAsync("the start of the job");
        await EndOfAsync(worker, first.Break);
        handler.Release.SetResult();
        await handler.Ended.Task.InTimeAsync("the end of the job");
        await Admin.NextAsync();
        var stopping = worker.StopAsync();
        var second = await Admin.GreetAsync("log,ack,resume");
        Assert.Equal("r", Assert.Single(second.Hello.RunningWork).RequestId);
        await second.NextAsync(Body.JobLog, message => message.JobLog.Data.ToStringUtf8().Contains("last", StringComparison.Ordinal));
        await TakeResultAsync(second);
        await stopping.InTimeAsync("the stop");
        await running.InTimeAsync("the end of the loop");
    }

    /// <summary>One call too many of the loop changes nothing for the one there is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StreamLost_DuringTheStop_WorkEndsInTheNext(bool isCalledTwice)
    {
        var handler = new Blocking();
        var worker = Worker(handler);
        var running = worker.RunForeverAsync();
        var first = await Admin.GreetAsync();
        if (isCalledTwice)
        {
            await Assert.ThrowsAsync<AlreadyStartedException>(() => worker.RunForeverAsync().InTimeAsync("the second loop"));
        }

        await first.ExecuteAsync("r", "j", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        first.Break();
        var second = await Admin.GreetAsync();
        Assert.Equal("r", Assert.Single(second.Hello.RunningWork).RequestId);

        // And once more.
        second.Break();
        var third = await Admin.GreetAsync();
        Assert.Equal("r", Assert.Single(third.Hello.RunningWork).RequestId);
        Assert.False(handler.Canceled.Task.IsCompleted);
        handler.Release.SetResult();
        await TakeResultAsync(third);
        await stopping.InTimeAsync("the stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop")).Reason);
    }

    [Fact]
    public async Task Abort_AfterTheStreamWasLostDuringTheStop_CancelsTheWork()
    {
        var handler = new Blocking();
        var worker = Worker(handler);
        var running = worker.RunForeverAsync();
        var first = await Admin.GreetAsync();
        await first.ExecuteAsync("r", "j", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        var stopping = worker.StopAsync(grace: TimeSpan.FromDays(1));
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        first.Break();
        await Admin.NextAsync();
        await worker.StopAsync(drain: false).InTimeAsync("the second stop", Soon);
        Assert.True(handler.Canceled.Task.IsCompleted);
        await stopping.InTimeAsync("the first stop", Soon);
        await running.InTimeAsync("the end of the loop", Soon);
    }

    [Fact]
    public async Task StreamLost_DuringTheStop_ResultsAreBroughtToTheNext()
    {
        var handler = new Blocking();
        var worker = Worker(handler);
        var running = worker.RunForeverAsync();
        var first = await Admin.GreetAsync("ack");
        await first.ExecuteAsync("r", "j", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        handler.Release.SetResult();
        await first.NextAsync(Body.JobCompleted);
        first.Break();
        await TakeResultAsync(await Admin.GreetAsync("ack"));
        await stopping.InTimeAsync("the stop");
        await running.InTimeAsync("the end of the loop");
    }

    [Fact]
    public async Task WorkerThatOnlyBringsResults_TakesNoWork()
    {
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync();
        await LeaveAResultAsync();
        await Admin.NextAsync();
        var stopping = worker.StopAsync();
        var stream = await Admin.NextAsync();
        await stream.ExecuteAsync("r2", "j2", "echo");
        await stream.GreetAsync("ack");
        Assert.False((await AckAsync(stream, "r2")).Accepted);
        await AcknowledgeAsync(stream);
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the stop");
        await running.InTimeAsync("the end of the loop");
        var again = await StartAsync(worker, "ack");
        await again.ExecuteAsync("r3", "j3", "echo");
        Assert.True((await AckAsync(again, "r3")).Accepted);
    }

    [Fact]
    public async Task NobodyTakesResults_TheStopEndsWithItsGrace_AndSaysSo()
    {
        var log = new LogLines();
        var worker = Worker(new Echo(), options => options with { Logger = log });
        var running = worker.RunForeverAsync();
        await LeaveAResultAsync();
        await Admin.NextAsync();
        var stopping = worker.StopAsync(grace: TimeSpan.FromSeconds(2));
        await Admin.NextAsync();
        await stopping.InTimeAsync("the stop", Soon);
        await running.InTimeAsync("the end of the loop", Soon);
        Assert.Contains("The stop is over before the admin has everything; results not delivered: 1, attempts cancelled: 0; it runs their jobs again", log.Lines);

        // They are kept for whoever starts this object again.
        Assert.Equal("r", (await (await StartAsync(worker, "ack")).NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
    }

    [Fact]
    public async Task Abort_CutsTheWay()
    {
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync();
        await LeaveAResultAsync();
        await Admin.NextAsync();
        var stopping = worker.StopAsync(grace: TimeSpan.FromDays(1));
        await Admin.NextAsync();
        await worker.StopAsync(drain: false).InTimeAsync("the second stop", Soon);
        await stopping.InTimeAsync("the first stop", Soon);
        await running.InTimeAsync("the end of the loop", Soon);
    }

    /// <summary>A worker that was replaced does not come back: it would drive out who took its id.</summary>
    [Theory]
    [InlineData("permanent: not you")]
    [InlineData("")]
    public async Task AdminThatRefusesForGood_IsAskedNoMore(string refusal)
    {
        var worker = Worker(new Echo());
        var running = worker.RunForeverAsync();
        await LeaveAResultAsync();
        await Admin.NextAsync();
        var stopping = worker.StopAsync(grace: TimeSpan.FromDays(1));
        var stream = await Admin.NextAsync();
        if (refusal.Length > 0)
        {
            await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = refusal } });
        }
        else
        {
            await stream.GreetAsync("ack");
            await stream.NextAsync(Body.JobCompleted);
            stream.End(Grpc.Transport.StatusCode.Aborted, "replaced");
        }

        await stopping.InTimeAsync("the stop", Soon);
        await running.InTimeAsync("the end of the loop", Soon);
    }

    /// <summary>A session that ended before the admin had confirmed its result.</summary>
    private async Task LeaveAResultAsync()
    {
        var stream = await Admin.GreetAsync("ack");
        await stream.ExecuteAsync("r", "j", "echo");
        await stream.NextAsync(Body.JobCompleted);
        stream.Break();
    }

    private static async Task TakeResultAsync(AdminStream stream)
    {
        var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(("r", true, false), (completed.RequestId, completed.Success, completed.Result.OutputValues.ContainsKey("late_report")));
        await AcknowledgeAsync(stream);
        await stream.RestAsync();
        stream.End();
    }

    private static ValueTask AcknowledgeAsync(AdminStream stream) =>
        stream.SendAsync(new AdminToWorkerMessage { JobCompletedAck = new JobCompletedAck { RequestId = "r", JobId = "j" } });
}
