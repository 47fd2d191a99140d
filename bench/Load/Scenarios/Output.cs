using System.Diagnostics;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>Output on its way from workers through the admin's files to those who follow it.</summary>
internal sealed class Output : IScenario
{
    private const int Jobs = 32;
    private const int AtOnce = 8;
    private const int Runs = 6;

    public string Name => "output";

    public string What => $"{Jobs} jobs, {AtOnce} at once, write {JobLogStore.Cap >> 20} MiB each, and each is followed over gRPC while it does; {Runs} runs, the first is discarded";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        await using var fleet = new Fleet(admin.Grpc, "talker", 1, AtOnce, () => new Talker());
        await Fleet.ReadyAsync(admin, "probe", 1);
        using var channel = GrpcChannel.ForAddress($"http://{admin.Grpc}");
        for (var run = 0; run < Runs; run++)
        {
            if (await RunAsync(admin, channel, run > 0 ? results : null) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <param name="results">Null: not one that counts.</param>
    private async Task<string?> RunAsync(AdminUnderTest admin, GrpcChannel channel, ResultFile? results)
    {
        var setting = $"{AtOnce} jobs at once";
        var (cpu, before, highest) = (admin.Cpu, admin.ResidentMegabytes, 0.0);
        var watch = Stopwatch.StartNew();
        using var slots = new SemaphoreSlim(AtOnce);
        var bytes = await Task.WhenAll(Enumerable.Range(0, Jobs).Select(async _ =>
        {
            await slots.WaitAsync();
            try
            {
                var followed = await FollowAsync(channel);
                highest = Math.Max(highest, admin.ResidentMegabytes);
                return followed;
            }
            finally
            {
                slots.Release();
            }
        }));
        var took = watch.Elapsed;
        if (bytes.Any(followed => followed != JobLogStore.Cap))
        {
            return $"{bytes.Min()} to {bytes.Max()} bytes of {JobLogStore.Cap} came to the followers";
        }

        var megabytes = bytes.Sum() / 1e6;
        results?.Add(this, setting, "written, stored and followed", megabytes / took.TotalSeconds, "MB/s");
        results?.Add(this, setting, "processor time of the admin per MB", (admin.Cpu - cpu).TotalMilliseconds / megabytes, "ms");
        results?.Add(this, setting, $"growth of resident memory over {megabytes:#,0} MB", highest - before, "MB");
        return null;
    }

    /// <summary>How many bytes came, in order and without a gap.</summary>
    private static async Task<long> FollowAsync(GrpcChannel channel)
    {
        var submitted = await channel.UnaryAsync(Clients.Submit, new SubmitRequest { JobType = "probe", Labels = { ["fill"] = "yes" } });
        using var call = channel.ServerStreaming(Clients.WatchLogs, new WatchLogsRequest { JobId = submitted.Job.JobId, Follow = true });
        var bytes = 0L;
        while (await call.ResponseStream.MoveNextAsync(CancellationToken.None))
        {
            var chunk = call.ResponseStream.Current;
            if (chunk.GapBytes != 0 || (chunk.Data.Length > 0 && chunk.Offset != bytes))
            {
                throw new InvalidOperationException($"{chunk.GapBytes} bytes are missing before {chunk.Offset}; {bytes} came");
            }

            bytes += chunk.Data.Length;
        }

        return bytes;
    }
}
