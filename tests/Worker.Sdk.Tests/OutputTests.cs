using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Output that comes faster than it is taken: who can wait loses none of it, and nobody waits for ever.</summary>
public sealed class OutputTests : SdkTest
{
    private const int Much = 3_000_000;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task OutputThatWaits_ArrivesWhole()
    {
        var (_, stream) = await ConnectAsync(new Echo());
        await PourAsync(stream);
        for (long next = 0; next < Much;)
        {
            var chunk = (await stream.NextAsync(Body.JobLog)).JobLog;
            Assert.Equal(next, chunk.Offset);
            next += chunk.Data.Length;
        }

        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
    }

    [Fact]
    public async Task AdminThatTakesNoOutput_IsNotWaitedFor()
    {
        var (_, stream) = await ConnectAsync(new Echo(), "ack");
        await PourAsync(stream);
        Assert.True((await stream.NextAsync(Body.JobCompleted)).JobCompleted.Success);
    }

    [Fact]
    public async Task LostAdmin_IsWaitedForTenSeconds_ThenTheOldestIsLost()
    {
        using var attempt = new RunningAttempt("r", "j", "t", isDetection: false, keepsOutput: true, _time, () => { }, CancellationToken.None);
        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Capacity], CancellationToken.None);
        Assert.True(attempt.IsPressing);
        var waiting = attempt.OutputAsync(OutputStream.Stdout, new byte[1], CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, attempt.TakeLog()!.Offset);
        await waiting.InTimeAsync("room");

        waiting = attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.ChunkSize], CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));
        await waiting.InTimeAsync("the end of patience");
        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Capacity], CancellationToken.None).AsTask().InTimeAsync("output that waits no more");
        Assert.True(attempt.TakeLog()!.Offset > LogRing.ChunkSize, "nothing was lost");

        // Taken again, it is waited for again.
        while (attempt.TakeLog() is not null)
        {
        }

        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Capacity], CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.OutputAsync(OutputStream.Stdout, new byte[1], new CancellationToken(canceled: true)).AsTask());
    }

    private static ValueTask PourAsync(AdminStream stream) =>
        stream.ExecuteAsync("r", "j", "echo", request => request.Job.Parameters["pour"] = new ConfigValue { Int64Value = Much });
}
