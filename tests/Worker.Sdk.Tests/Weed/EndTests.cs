using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>Musts 11 and 14: how streams end, what becomes of the work, who comes back as whom.</summary>
public sealed class EndTests(WeedMessages messages) : WeedTest(messages)
{
    private static readonly RestartPolicy Early = new() { Jitter = () => 0 };

    private readonly CancellationTokenSource _stop = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Must11_LostStream_StopsTheWork()
    {
        var handler = new Blocking();
        await StartAdminAsync();
        var worker = await ConnectAsync(handler);
        var ended = worker.WaitAsync();
        await StartedAsync(handler);
        await Admin.KillAsync();
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        Assert.Equal(CloseReason.ConnectionLost, (await ended.InTimeAsync("the end of the session"))!.Reason);
    }

    /// <summary>Also while the handler of a lost job has not ended yet: no admin waits for it.</summary>
    [Fact]
    public async Task Must11_PausesAfterALoss_DoubleFrom5Seconds_UntilTheAdminIsBack()
    {
        var longest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new StretchedClock(due =>
        {
            _ = due == TimeSpan.FromSeconds(24) && longest.TrySetResult();
            return IsPause(due) ? TimeSpan.FromMilliseconds(10) : due;
        });
        var handler = new Blocking(stubborn: true);

        // The next one is started on the same ports: they must be free then.
        var first = await StartAdminAsync(new WeedSettings { Http = Ports.Next(), Grpc = Ports.Next() });
        var running = await ServeAsync(options => options with { TimeProvider = clock }, handler, new Echo());
        await StartedAsync(handler);
        await first.KillAsync();
        await longest.Task.InTimeAsync("the longest pause");
        Assert.Equal([4, 8, 16, 24], clock.Asked.Where(IsPause).Take(4).Select(pause => pause.TotalSeconds));
        await StartAdminAsync(new WeedSettings { Http = first.HttpPort, Grpc = first.GrpcPort });
        await DescribedAsync(2);

        // What ends only now is told to whoever is there; the request id says which attempt it was.
        handler.Release.SetResult();
        Assert.Equal("e-1", (await Admin.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
        Assert.Equal("succeeded", (await Admin.ExecuteAsync("echo", "j2")).State);
        await StoppedAsync(running);
    }

    [Fact]
    public async Task Must11_StreamThatEndsWell_IsDialledAgain_WithAFreshInstance()
    {
        var handler = new Blocking();
        await StartAdminAsync();
        var running = await ServeAsync(Hurried, handler, new Echo());
        await StartedAsync(handler);
        await Admin.EndStreamsAsync();
        await handler.Canceled.Task.InTimeAsync("the cancel of the job");
        await Admin.NextAsync(Body.Hello);
        var hellos = Admin.Heard.Where(message => message.Hello is not null).Select(message => message.Hello).ToList();
        Assert.Equal(hellos[0].WorkerId, hellos[1].WorkerId);
        Assert.NotEqual(hellos[0].WorkerInstanceId, hellos[1].WorkerInstanceId);
        Assert.Equal("succeeded", (await Admin.ExecuteAsync("echo", "j2")).State);
        Assert.DoesNotContain(Admin.Heard, message => message.JobCompleted?.JobId == "j1");
        await StoppedAsync(running);
    }

    [Fact]
    public async Task Must14_Shutdown_IsAcknowledged_WorkIsFinished_AndTheWorkerStays()
    {
        var handler = new Blocking();
        await StartAdminAsync();
        var running = await ServeAsync(Hurried, handler, new Echo());
        await StartedAsync(handler);
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "s-1", Shutdown = new AdminShutdown { Reason = "maintenance", GracePeriodSeconds = 30 } });
        var ack = (await Admin.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == "s-1")).Acknowledge;
        Assert.Equal((true, "shutdown acknowledged"), (ack.Accepted, ack.Message));
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        handler.Release.SetResult();
        Assert.True((await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        await Admin.NextAsync(Body.Hello);
        Assert.Equal("succeeded", (await Admin.ExecuteAsync("echo", "j2")).State);
        Assert.False(running.IsCompleted);
        await StoppedAsync(running);
    }

    [Fact]
    public void Must14_Id_IsTheGivenOne_ElseTheKeptOne()
    {
        var folder = Directory.CreateTempSubdirectory("weed-id-");
        try
        {
            var made = Id(null);
            Assert.Equal("mine", Id("mine"));
            Assert.Equal(made, Id(null));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Id(string? given) => new PluginWorker(new WorkerOptions { WorkerId = given, StateDirectory = folder.FullName }, new Echo()).WorkerId;
    }

    private static WorkerOptions Hurried(WorkerOptions options) =>
        options with { TimeProvider = new StretchedClock(due => IsPause(due) ? TimeSpan.FromMilliseconds(10) : due) };

    /// <summary>What <see cref="RestartPolicy"/> can ask for without jitter, for any admin.</summary>
    private static bool IsPause(TimeSpan due) => due.TotalSeconds is 0.16 or 0.8 or 1.6 or 2.4 or 4 or 8 or 16 or 24;

    private async Task<Task> ServeAsync(Func<WorkerOptions, WorkerOptions> change, params IReadOnlyList<IJobHandler> handlers)
    {
        var running = Worker(change, handlers).RunForeverAsync(Early, _stop.Token);
        await DescribedAsync(handlers.Count);
        return running;
    }

    private async Task StartedAsync(Blocking handler)
    {
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "e-1", ExecuteJobRequest = new ExecuteJobRequest { RequestId = "e-1", Attempt = 1, Job = new JobSpec { JobId = "j1", JobType = "blocking" } } });
        await handler.Started.Task.InTimeAsync("the start of the job");
    }

    private async Task StoppedAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTimeAsync("the end of the worker"));
    }
}
