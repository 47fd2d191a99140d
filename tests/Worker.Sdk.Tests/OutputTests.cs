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
        // By this clock its patience with the admin does not end.
        var stream = await StartAsync(Worker(new Echo(), options => options with { TimeProvider = _time }));
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
    public async Task AttemptThatEndsWhileTheStreamIsAway_IsClaimed_AndItsLastWordsComeBeforeItsResult()
    {
        var handler = new LastWords();
        var (worker, stream) = await ConnectAsync(handler);
        await stream.ExecuteAsync("r", "j", "last_words");
        await handler.Begun.Task.InTimeAsync("the handler");
        await EndOfAsync(worker, stream.Break);
        handler.Release.SetResult();
        await handler.Ended.Task.InTimeAsync("the handler's end");
        var again = await StartAsync(worker);
        Assert.Equal("r", Assert.Single(again.Hello.RunningWork).RequestId);
        var said = "";
        WorkerToAdminMessage message;
        while ((message = await again.NextAsync()).BodyCase != Body.JobCompleted)
        {
            said += message.JobLog?.Data.ToStringUtf8();
        }

        Assert.Equal(("r", "first\nlast\n"), (message.JobCompleted.RequestId, said));
    }

    [Fact]
    public void WhatWasLeftOut_IsSaidBehindAllOutput_AndAgainAfterAReconnect()
    {
        using var attempt = new RunningAttempt("r", "j", "t", isDetection: false, keepsOutput: true, _time, () => { }, CancellationToken.None);
        attempt.Output(OutputStream.Stdout, "out"u8);
        attempt.LeftOut(OutputStream.Stdout, 7);
        attempt.Output(OutputStream.Stderr, "err!"u8);
        string[] all = ["Stdout 0 3 0", "Stderr 0 4 0", "Stdout 3 0 7"];
        Assert.Equal(all, Take());
        Assert.Empty(Take());
        attempt.Rewind();
        Assert.Equal(all, Take());
        attempt.LeftOut(OutputStream.Stdout, 9);
        Assert.Equal(["Stdout 3 0 9"], Take());

        IEnumerable<string> Take() => attempt.TakeOutput().Select(chunk => $"{chunk.Stream} {chunk.Offset} {chunk.Data.Length} {chunk.LeftOut}");
    }

    [Fact]
    public async Task LostAdmin_IsWaitedForFiveSeconds_ThenTheOldestIsLost()
    {
        using var attempt = new RunningAttempt("r", "j", "t", isDetection: false, keepsOutput: true, _time, () => { }, CancellationToken.None);
        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None);
        Assert.True(attempt.IsPressing);
        var waiting = attempt.OutputAsync(OutputStream.Stdout, new byte[1], CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, attempt.TakeOutput()[0].Offset);
        await waiting.InTimeAsync("room");

        waiting = attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await waiting.InTimeAsync("the end of patience");
        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Capacity], CancellationToken.None).AsTask().InTimeAsync("output that waits no more");
        Assert.True(attempt.TakeOutput()[0].Offset > LogRing.ChunkSize, "nothing was lost");

        // Taken again, it is waited for again.
        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.OutputAsync(OutputStream.Stdout, new byte[1], new CancellationToken(canceled: true)).AsTask());
    }

    /// <summary>
    /// What was sent may not have arrived when the connection is lost: what was taken last and a window of what was taken before.
    /// What is written meanwhile must not take its place.
    /// </summary>
    [Fact]
    public async Task OutputWhileTheAdminIsLost_LeavesWhatWasSent()
    {
        const int window = 512 * 1024;
        using var attempt = new RunningAttempt("r", "j", "t", isDetection: false, keepsOutput: true, _time, () => { }, CancellationToken.None);
        var (taken, left) = (0L, 0L);
        for (var time = 0; time < 8; time++)
        {
            await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None);
            (taken, left) = (taken + attempt.TakeOutput().Sum(chunk => chunk.Data.Length), taken);
        }

        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None);
        attempt.Rewind();
        Assert.InRange(attempt.TakeOutput()[0].Offset, 0, left - window);
    }

    /// <summary>Who writes as fast as it is taken must not get more on its way than is kept, nor hold up the other output.</summary>
    [Fact]
    public async Task OutputThatIsTaken_IsWhatWasThere_OfBoth()
    {
        using var attempt = new RunningAttempt("r", "j", "t", isDetection: false, keepsOutput: true, _time, () => { }, CancellationToken.None);
        await attempt.OutputAsync(OutputStream.Stderr, new byte[1], CancellationToken.None);
        await attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None);
        var more = attempt.OutputAsync(OutputStream.Stdout, new byte[LogRing.Room], CancellationToken.None).AsTask();
        var taken = attempt.TakeOutput();
        await more.InTimeAsync("room");
        Assert.Equal((LogRing.Room, 1), (Length(LogStream.Stdout), Length(LogStream.Stderr)));

        int Length(LogStream stream) => taken.Where(chunk => chunk.Stream == stream).Sum(chunk => chunk.Data.Length);
    }

    private static ValueTask PourAsync(AdminStream stream) =>
        stream.ExecuteAsync("r", "j", "echo", request => request.Job.Parameters["pour"] = new ConfigValue { Int64Value = Much });
}
