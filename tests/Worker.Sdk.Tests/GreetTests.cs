using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>How a start comes to its end: hellos early, late and twice, several addresses, tokens.</summary>
public sealed class GreetTests : SdkTest
{
    [Fact]
    public async Task RequestsBeforeTheHello_AreServed_AndTheHelloCounts()
    {
        var worker = Worker(new Echo());
        var starting = worker.StartAsync();
        var stream = await Admin.NextAsync();
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "q", RequestConfigSchema = new RequestConfigSchema { JobType = "echo" } });
        Assert.True((await stream.NextAsync(Body.ConfigSchemaResponse)).ConfigSchemaResponse.Success);
        await stream.ExecuteAsync("r", "j", "echo");
        Assert.False(starting.IsCompleted);
        await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = true, HeartbeatIntervalSeconds = 7, ReconnectDelaySeconds = 9, Extensions = { "ack" } } });
        var session = await starting.InTimeAsync("the start");
        Assert.Equal((7, 9, true), (session.HeartbeatInterval.TotalSeconds, session.ReconnectDelay.TotalSeconds, session.Extensions.Contains("ack")));
        Assert.Equal("r", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.RequestId);
    }

    [Fact]
    public async Task RefusalAfterARequest_IsARefusedStart()
    {
        var starting = Worker(new Echo()).StartAsync();
        var stream = await Admin.NextAsync();
        await stream.ExecuteAsync("r", "j", "echo");
        await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = "full" } });
        var failure = await Assert.ThrowsAsync<StartFailureException>(() => starting.InTimeAsync("the failure of the start"));
        Assert.Equal((CloseReason.Rejected, false), (failure.Reason, failure.IsPermanent));
    }

    [Fact]
    public async Task RejectedThenAccepted_OnTheSameWorker()
    {
        var closes = 0;
        var worker = Worker(new Echo(), options => options with
        {
            OnClose = (_, _) =>
            {
                closes++;
                return Task.CompletedTask;
            },
        });
        var starting = worker.StartAsync();
        await (await Admin.NextAsync()).SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = "not now" } });
        Assert.Equal(CloseReason.Rejected, (await Assert.ThrowsAsync<StartFailureException>(() => starting.InTimeAsync("the failure of the start"))).Reason);
        Assert.Equal((WorkerState.Stopped, 0, null), (worker.State, closes, worker.Session));
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r", "j", "echo");
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        Assert.Equal((1, 0), (worker.Session!.Generation, closes));
    }

    [Fact]
    public async Task SecondHello_ChangesNothing()
    {
        var (worker, stream) = await ConnectAsync(new Echo(), "ack");
        await stream.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = true, HeartbeatIntervalSeconds = 1, Extensions = { "log" } } });
        await stream.ExecuteAsync("r", "j", "echo", request => request.Job.Parameters["write"] = new ConfigValue { Int64Value = 10 });
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        Assert.Equal((WorkerState.Running, 30), (worker.State, worker.HeartbeatInterval.TotalSeconds));
    }

    [Fact]
    public async Task EntryOfAList_ThatLeadsNowhere_IsPassedOver()
    {
        var worker = Worker(new Echo(), options => options with { Address = $"grpc://127.0.0.1:1, {Admin.Address}" });
        await StartAsync(worker);
        Assert.Equal(WorkerState.Running, worker.State);
    }

    [Fact]
    public async Task TokenFile_IsReadAtEveryDial()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "first\n");
            var worker = Worker(new Echo(), options => options with { TokenFile = file });
            var stream = await StartAsync(worker);
            Assert.Equal("Bearer first", stream.Call.RequestHeaders.Get("authorization"));
            await EndOfAsync(worker, () => stream.End());
            await File.WriteAllTextAsync(file, "second");
            Assert.Equal("Bearer second", (await StartAsync(worker)).Call.RequestHeaders.Get("authorization"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void KeepAlivePings_Are60SecondsApart_Usually() =>
        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20)), (new WorkerOptions().Channel.KeepAlivePingDelay, new WorkerOptions().Channel.KeepAlivePingTimeout));

    [Theory]
    [InlineData(19.9)]
    [InlineData(-0.001)]
    public void KeepAlivePings_CloserThan20Seconds_AreRefusedAtConstruction(double seconds)
    {
        var wrong = Assert.Throws<ArgumentException>(() => Worker(new Echo(), options => options with { Channel = options.Channel with { KeepAlivePingDelay = TimeSpan.FromSeconds(seconds) } }));
        Assert.StartsWith("the pause between keep-alive pings must be at least 20 s", wrong.Message, StringComparison.Ordinal);
        Worker(new Echo(), options => options with { Channel = options.Channel with { KeepAlivePingDelay = TimeSpan.FromSeconds(20) } });
    }
}
