using BlazorPluginAdmin.Tests.Shared;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

public sealed class RestartPolicyTests : SdkTest
{
    private static readonly RestartPolicy Early = new() { Jitter = () => 0, LongestDelayAtWork = TimeSpan.FromSeconds(3) };

    [Theory]
    [InlineData(1, 0, 4)]
    [InlineData(1, 0.5, 5)]
    [InlineData(1, 1, 6)]
    [InlineData(2, 0.5, 10)]
    [InlineData(3, 0.5, 20)]
    [InlineData(4, 0.5, 30)]
    [InlineData(40, 1, 30)]
    public void Pause_DoublesUpToTheLongest_WithJitter(int tries, double jitter, double seconds) =>
        Assert.Equal(seconds, new RestartPolicy { Jitter = () => jitter }.Delay(tries, TimeSpan.FromSeconds(5)).TotalSeconds, 3);

    [Theory]
    [InlineData(1, 0, 0.16)]
    [InlineData(1, 1, 0.24)]
    [InlineData(2, 0.5, 2)]
    [InlineData(40, 1, 2.4)]
    public void Pause_AtWork_StaysShort(int tries, double jitter, double seconds) =>
        Assert.Equal(seconds, new RestartPolicy { Jitter = () => jitter }.DelayAtWork(tries).TotalSeconds, 3);

    /// <summary>An admin that comes back keeps leases for the window: until then work is hurried back, afterwards nothing is lost by patience.</summary>
    [Fact]
    public async Task LossAtWork_IsDialledSoon_UntilTheWindowIsOver()
    {
        var clock = new ManualTimeProvider();
        var handler = new Blocking();
        var worker = Worker(handler, options => options with { TimeProvider = clock });
        var running = worker.RunForeverAsync(Early);
        var stream = await Admin.GreetAsync();
        await stream.ExecuteAsync("r-1", "j-1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await Admin.DisposeAsync();
        foreach (var pause in (double[])[0.16, 2.4, 2.4, 2.4, 2.4, 2.4, 2.4, 2.4, 0.8, 1.6, 3.2])
        {
            await clock.ArmedAsync(TimeSpan.FromSeconds(pause)).InTimeAsync($"the pause of {pause} s");
            clock.Advance(TimeSpan.FromSeconds(pause));
        }

        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop")).Reason);
    }

    [Fact]
    public async Task LossWithoutWork_IsDialledAfterTheDelayThatTheAdminAskedFor()
    {
        var clock = new ManualTimeProvider();
        var worker = Worker(new Echo(), options => options with { TimeProvider = clock });
        var running = worker.RunForeverAsync(Early);
        var stream = await Admin.GreetAsync();
        await stream.NextAsync(Body.Heartbeat);
        stream.Break();
        await clock.ArmedAsync(TimeSpan.FromSeconds(0.8)).InTimeAsync("the pause");
        clock.Advance(TimeSpan.FromSeconds(0.8));
        await Admin.GreetAsync();
        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop")).Reason);
    }

    /// <summary>An admin of ours tells a worker that it was replaced, so that one that only restarts often is dialled as after any loss.</summary>
    [Theory]
    [InlineData("", 24)]
    [InlineData("ack", 3.2)]
    public async Task QuickLosses_AreTakenForATwin_OfAnAdminThatWouldNotSaySo(string extensions, double pause)
    {
        var clock = new ManualTimeProvider();
        var worker = Worker(new Echo(), options => options with { TimeProvider = clock });
        var running = worker.RunForeverAsync(Early);
        foreach (var seconds in (double[])[0.8, 1.6, pause])
        {
            var stream = await Admin.GreetAsync(extensions);
            await stream.NextAsync(Body.Heartbeat);
            stream.Break();
            await clock.ArmedAsync(TimeSpan.FromSeconds(seconds)).InTimeAsync($"the pause of {seconds} s");
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await Admin.GreetAsync(extensions);
        await worker.StopAsync().InTimeAsync("the worker's stop");
        Assert.Equal(CloseReason.StopRequested, (await running.InTimeAsync("the end of the loop")).Reason);
    }
}
