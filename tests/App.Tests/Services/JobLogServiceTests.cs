using System.Text;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Wire.V1;
using Microsoft.Extensions.DependencyInjection;
using CoreStream = BlazorPluginAdmin.Server.Core.Logs.LogStream;
using LogStream = BlazorPluginAdmin.Wire.V1.LogStream;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class JobLogServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Follow_ShowsWhatIsPrintedAsItComes_UntilTheEnd()
    {
        var job = await admin.RunAsync("one wait two !three wait");
        using var call = admin.Watch(new WatchLogsRequest { JobId = job.JobId, Follow = true });
        await using var chunks = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal("one\n", await NextAsync(chunks));
        admin.Handler.Go();
        Assert.Equal("two\n", await NextAsync(chunks));
        Assert.Equal("three\n", (await NextAsync(chunks)).TrimStart('!'));
        Assert.Equal((LogStream.Stderr, 1), (chunks.Current.Stream, chunks.Current.Attempt));
        admin.Handler.Go();
        Assert.True(await chunks.MoveNextAsync());
        Assert.Equal((true, Wire.JobState.Succeeded), (chunks.Current.EndOfAttempt, chunks.Current.State));
        Assert.False(await chunks.MoveNextAsync());
    }

    [Fact]
    public async Task Ended_IsReadWhole_FromAPlace_AndTheLastLines()
    {
        var job = await admin.RunAsync("one two three four");
        await admin.EndAsync(job.JobId);
        Assert.Equal("one\ntwo\nthree\nfour\n", await ReadAsync(new WatchLogsRequest { JobId = job.JobId }));
        Assert.Equal("two\nthree\nfour\n", await ReadAsync(new WatchLogsRequest { JobId = job.JobId, FromOffset = 4 }));
        Assert.Equal("three\nfour\n", await ReadAsync(new WatchLogsRequest { JobId = job.JobId, TailLines = 2 }));
        Assert.Equal("one\ntwo\nthree\nfour\n", await ReadAsync(new WatchLogsRequest { JobId = job.JobId, TailLines = 9 }));
        Assert.Equal("", await ReadAsync(new WatchLogsRequest { JobId = job.JobId, Streams = { LogStream.Stderr } }));
        Assert.Equal("", await ReadAsync(new WatchLogsRequest { JobId = job.JobId, FromOffset = 400 }));
    }

    [Fact]
    public async Task MissingBytes_AreCounted_NotMadeUp()
    {
        var job = new JobId((await admin.RunAsync("wait")).JobId);
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(job) is { State: JobState.Running }, "it runs");
        var logs = admin.Logs;
        await logs.AppendAsync(job, 1, CoreStream.Stdout, 0, "start"u8.ToArray(), CancellationToken.None);
        await logs.AppendAsync(job, 1, CoreStream.Stdout, 105, "end"u8.ToArray(), CancellationToken.None);
        admin.Handler.Go();
        await admin.EndAsync(job.Value);
        using var call = admin.Watch(new WatchLogsRequest { JobId = job.Value });
        var chunks = new List<LogChunk>();
        await foreach (var chunk in call.ResponseStream.ReadAllAsync())
        {
            chunks.Add(chunk);
        }

        Assert.Equal(["0 start 0", "105 end 100", "0  0"], chunks.Select(chunk => $"{chunk.Offset} {chunk.Data.ToStringUtf8()} {chunk.GapBytes}"));
    }

    [Fact]
    public async Task UnknownJobOrAttempt_IsNotFound_AndBadPlacesAreRefused()
    {
        var job = await admin.RunAsync("one");
        await admin.EndAsync(job.JobId);
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(new WatchLogsRequest { JobId = "none" }));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(new WatchLogsRequest { JobId = job.JobId, Attempt = 2 }));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(new WatchLogsRequest { JobId = job.JobId, FromOffset = -1 }));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(new WatchLogsRequest { JobId = job.JobId, FromOffset = 1, TailLines = 1 }));
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<LogChunk> chunks)
    {
        Assert.True(await chunks.MoveNextAsync());
        return chunks.Current.Data.ToStringUtf8();
    }

    private async Task<string> ReadAsync(WatchLogsRequest request)
    {
        using var call = admin.Watch(request);
        var text = new StringBuilder();
        await foreach (var chunk in call.ResponseStream.ReadAllAsync())
        {
            text.Append(chunk.Data.ToStringUtf8());
        }

        return text.ToString();
    }

    private async Task<StatusCode> RefusedAsync(WatchLogsRequest request) => (await Assert.ThrowsAsync<RpcException>(() => ReadAsync(request))).StatusCode;
}
