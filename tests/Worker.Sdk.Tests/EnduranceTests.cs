using System.Diagnostics;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Counts threads and sockets of the process: nobody else may make any meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Many starts and stops of one worker, in order and at random.</summary>
[Collection(nameof(Alone))]
public sealed class EnduranceTests : SdkTest
{
    /// <summary>Threads, or sockets, that may be there by chance.</summary>
    private const int Few = 10;

    /// <summary>Bytes.</summary>
    private const long Little = 8 * 1024 * 1024;

    [Fact]
    public async Task AThousandRounds_LeaveNothingBehind()
    {
        var worker = Worker(new Echo());
        await RoundsAsync(worker, 100);
        var before = Measured();
        await RoundsAsync(worker, 900);
        Assert.Equal(1000, worker.Session!.Generation);

        // Sockets are closed, and threads end, a while after the stop they were made for.
        var left = Left();
        for (var began = Stopwatch.GetTimestamp(); left is not ( <= Few, <= Few, <= Little) && Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1); left = Left())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.InRange(left.Threads, -100, Few);
        Assert.InRange(left.Sockets, -100, Few);
        Assert.InRange(left.Memory, long.MinValue, Little);

        (int Threads, int Sockets, long Memory) Left()
        {
            var (threads, sockets, memory) = Measured();
            return (threads - before.Threads, sockets - before.Sockets, memory - before.Memory);
        }
    }

    [Fact]
    public async Task EightThreads_AtRandom_FindNoDeadlock_AndOneCloseForEachStart()
    {
        var (starts, closes) = (0, 0);
        var worker = Worker(new Echo(), options => options with
        {
            OnClose = (_, _) =>
            {
                Interlocked.Increment(ref closes);
                return Task.CompletedTask;
            },
        });
        using var over = new CancellationTokenSource();
        var greeting = GreetAllAsync(over.Token);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => CallAsync(new Random(n))))).InTimeAsync("the calls");
        await worker.StopAsync(drain: false).InTimeAsync("the last stop");
        Assert.Equal(WorkerState.Stopped, worker.State);
        Assert.Equal(starts, closes);
        Assert.Equal(starts, worker.Session?.Generation ?? 0);
        await over.CancelAsync();
        await greeting;

        async Task CallAsync(Random random)
        {
            for (var n = 0; n < 60; n++)
            {
                try
                {
                    switch (random.Next(4))
                    {
                        case 0:
                            await worker.StartAsync();
                            Interlocked.Increment(ref starts);
                            break;
                        case 1:
                            await worker.StopAsync(drain: random.Next(2) == 0, grace: TimeSpan.Zero);
                            break;
                        case 2:
                            // Nobody may stop the session for a while.
                            using (var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(50)), TimeProvider.System))
                            {
                                await worker.WaitAsync(impatient.Token);
                            }

                            break;
                        default:
                            _ = (worker.State, worker.Session, worker.HeartbeatInterval);
                            break;
                    }
                }
                catch (Exception exception) when (exception is AlreadyStartedException or OperationCanceledException or StartFailureException { Reason: CloseReason.Canceled })
                {
                    // One of the others was faster.
                }
            }
        }
    }

    private async Task RoundsAsync(PluginWorker worker, int count)
    {
        for (var n = 0; n < count; n++)
        {
            await StartAsync(worker);
            await worker.StopAsync(drain: false).InTimeAsync("the worker's stop");
        }
    }

    /// <summary>Every worker that dials is greeted, and its stream ended when it half-closes.</summary>
    private async Task GreetAllAsync(CancellationToken cancellationToken)
    {
        var streams = new List<Task>();
        try
        {
            await foreach (var stream in Admin.AllAsync(cancellationToken))
            {
                streams.Add(ServeAsync(stream));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(streams).InTimeAsync("the ends of the streams");

        static async Task ServeAsync(AdminStream stream)
        {
            try
            {
                await stream.GreetAsync("ack");
                await stream.RestAsync();
            }
            catch (Exception exception) when (exception is Grpc.Transport.RpcException or InvalidOperationException or OperationCanceledException or IOException)
            {
                // The start was cancelled, or the session aborted.
            }

            stream.End();
        }
    }

    private static (int Threads, int Sockets, long Memory) Measured()
    {
        using var self = Process.GetCurrentProcess();
        var sockets = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
        return (self.Threads.Count, sockets, GC.GetTotalMemory(forceFullCollection: true));
    }
}
