using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>An admin that lets its caller open no more streams still has the caller's job, whose exit code is the tool's.</summary>
public sealed class SeatTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    [Fact]
    public async Task Run_WithoutAStream_IsTheCommandAllTheSame()
    {
        using var channel = GrpcChannel.ForAddress($"http://{admin.Address}");
        var open = await OpenAllAsync(channel);
        var shell = new Shell(admin.Address);
        var answer = await shell.RunAsync("run", "sh -c 'echo out; echo err >&2; exit 42'");
        Assert.Equal((42, "out\n"), (answer.Code, answer.Output));
        Assert.Matches("^pluginctl: job [^ ]+ goes on, and is asked for every 2 s: .* has 64 streams open, [^\n]*\nerr\n$", answer.Error);
        var waited = await shell.RunAsync("run", "--wait", "--quiet", "--label", "test=seats", "sh -c 'echo unseen; exit 7'");
        Assert.Equal(new Answer(7, "", ""), waited);
        Assert.Equal(5, (await shell.RunAsync("run", "--json", "sh -c 'exit 5'")).Code);

        // What was not submitted just now may be refused.
        var id = (await shell.RunAsync("run", "--detach", "true")).Output.Trim();
        Assert.Equal(75, (await shell.RunAsync("logs", id, "--follow")).Code);
        open.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task Run_ShowsTheOutputMeanwhile_AndOnce()
    {
        using var folder = new TemporaryFolder();
        using var channel = GrpcChannel.ForAddress($"http://{admin.Address}");
        var open = await OpenAllAsync(channel);
        var go = Path.Combine(folder.Path, "go");
        using var error = new WatchedOutput("64 streams open");
        using var output = new WatchedOutput("first\n");
        using var interrupts = new Interrupts();
        var running = new Shell(admin.Address) { Watched = error }.RunAsync(interrupts, output, "run", "--", "sh", "-c", $"echo first; while [ ! -e {go} ]; do sleep 0.1; done; echo last; exit 3");
        await error.SeenAsync().InTimeAsync("a note that there is no stream left");
        await output.SeenAsync().InTimeAsync("the first output, without a stream");
        open.ForEach(call => call.Dispose());
        await File.WriteAllTextAsync(go, "");
        var answer = await running;
        Assert.Equal((3, "first\nlast\n"), (answer.Code, answer.Output));
        Assert.Equal(2, answer.Error.Split("streams open").Length);
    }

    /// <summary>All that the caller, this machine, may have.</summary>
    private static async Task<List<ServerStreamCall<WatchEventsRequest, JobEvent>>> OpenAllAsync(GrpcChannel channel)
    {
        var open = new List<ServerStreamCall<WatchEventsRequest, JobEvent>>();
        while (open.Count < WatchSeats.PerCaller)
        {
            var call = channel.ServerStreaming(Calls.WatchEvents, new WatchEventsRequest());
            open.Add(call);
            try
            {
                Assert.True(await call.ResponseStream.MoveNextAsync(CancellationToken.None).AsTask().InTimeAsync("the first event"));
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
            {
                // Streams of the test before are not all seen to be over yet.
                open.Remove(call);
                call.Dispose();
            }
        }

        return open;
    }
}
