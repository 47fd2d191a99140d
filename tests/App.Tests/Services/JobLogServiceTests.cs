using System.Text;
using BlazorPluginAdmin.App.Hosting;
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
        Assert.Equal("two\nthree\nfour\n", await admin.Http.GetStringAsync(new Uri($"/api/plugin/jobs/{job.JobId}/log?offset=4", UriKind.Relative)));
        foreach (var offset in (string[])["-5", "four", "99999999999999999999"])
        {
            Assert.StartsWith("offset is a number", (await admin.GetAsync($"/api/plugin/jobs/{job.JobId}/log?offset={offset}", 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        }
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

    /// <summary>A worker that does not keep to the limit of its type: both streams share it, one line says so, the rest is counted.</summary>
    [Fact]
    public async Task OutputBeyondTheLimitOfTheType_IsSaidOnce_AndCounted()
    {
        const int Kept = (1024 + 64) * 1024;
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-floods");
        await worker.HelloAsync("flooding");
        var asked = await worker.NextAsync(Wire.AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        var described = new WorkerSdk.DescriptorBuilder("flooding", "Flooding", "").Worker(form => form.Section("process", "P", "", section => section.Integer("max_output_mib", "Most", "", 1).Range(1, 1024))).Build();
        await worker.SendAsync(new Wire.WorkerToAdminMessage { ConfigSchemaResponse = new Wire.ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "flooding", Success = true, JobTypeDescriptor = described } });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("flooding") is { Descriptor: not null }, "the form is known");
        var id = (await admin.SubmitAsync(new SubmitRequest { JobType = "flooding" })).JobId;
        var request = (await worker.NextAsync(Wire.AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).RequestId;
        var line = new byte[32 * 1024];
        Array.Fill(line, (byte)'x');
        line[^1] = (byte)'\n';
        for (var n = 0; n < 50; n++)
        {
            var stream = n % 2 == 0 ? Wire.LogStream.Stdout : Wire.LogStream.Stderr;
            await worker.SendAsync(new Wire.WorkerToAdminMessage { JobLog = new Wire.JobLogChunk { RequestId = request, JobId = id, Stream = stream, Offset = n / 2 * line.Length, Data = Google.Protobuf.ByteString.CopyFrom(line) } });
        }

        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobCompleted = new Wire.JobCompleted { RequestId = request, JobId = id, JobType = "flooding", Success = true } });
        var attempt = Assert.Single((await admin.EndAsync(id)).Attempts);
        Assert.Equal((Kept, (50 * line.Length) - Kept), (attempt.StdoutBytes + attempt.StderrBytes, attempt.DroppedBytes));
        var text = await ReadAsync(new WatchLogsRequest { JobId = id });
        Assert.Equal(2, text.Split("output limit reached").Length);
        Assert.Equal(Kept, text.Count(letter => letter == 'x') + (Kept / line.Length));
    }

    /// <summary>A worker that keeps to its limit: it says what it left out, and what cannot be is passed over.</summary>
    [Fact]
    public async Task OutputThatAWorkerLeftOut_IsCountedWithTheAttempt()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-brief");
        await worker.HelloAsync("brief");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("brief"), "the type is known");
        var id = (await admin.SubmitAsync(new SubmitRequest { JobType = "brief" })).JobId;
        var request = (await worker.NextAsync(Wire.AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).RequestId;
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobLog = new Wire.JobLogChunk { RequestId = request, JobId = id, Stream = Wire.LogStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("four"), LeftOut = -1 } });
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobLog = new Wire.JobLogChunk { RequestId = request, JobId = id, Stream = Wire.LogStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("four"), LeftOut = long.MaxValue } });
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobLog = new Wire.JobLogChunk { RequestId = request, JobId = id, Stream = Wire.LogStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("four") } });
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobLog = new Wire.JobLogChunk { RequestId = request, JobId = id, Stream = Wire.LogStream.Stdout, Offset = 4, LeftOut = 3_000_000_000 } });
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobCompleted = new Wire.JobCompleted { RequestId = request, JobId = id, JobType = "brief", Success = true } });
        var ended = await admin.EndAsync(id);
        Assert.Equal((4, 0, 3_000_000_000), (ended.Attempts[0].StdoutBytes, ended.Attempts[0].StderrBytes, ended.Attempts[0].DroppedBytes));
        Assert.Equal("four", await ReadAsync(new WatchLogsRequest { JobId = id }));
        Assert.Contains(ended.Activities, activity => activity.Message.Contains("cannot be", StringComparison.Ordinal));
    }

    /// <summary>An attempt that was given back leaves its number to the next one: it is that one's output that is waited for.</summary>
    [Fact]
    public async Task Follow_WaitsForTheAttemptThatReallyRuns()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-full");
        await worker.HelloAsync("crowded");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("crowded"), "the type is known");
        var id = (await admin.SubmitAsync(new SubmitRequest { JobType = "crowded" })).JobId;
        using var call = admin.Watch(new WatchLogsRequest { JobId = id, Follow = true });
        var refused = (await worker.NextAsync(Wire.AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).RequestId;
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobCompleted = new Wire.JobCompleted { RequestId = refused, JobId = id, ErrorMessage = "executor is at capacity" } });
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(new JobId(id))?.Attempt is { } attempt && (attempt.EndedAt is not null || attempt.RequestId.Value != refused), "the attempt is given back");
        using var late = admin.Watch(new WatchLogsRequest { JobId = id, Follow = true });
        var request = (await worker.NextAsync(Wire.AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).RequestId;
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobLog = new Wire.JobLogChunk { RequestId = request, JobId = id, Stream = Wire.LogStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("here\n") } });
        await worker.SendAsync(new Wire.WorkerToAdminMessage { JobCompleted = new Wire.JobCompleted { RequestId = request, JobId = id, JobType = "crowded", Success = true } });
        foreach (var watch in (ServerStreamCall<WatchLogsRequest, LogChunk>[])[call, late])
        {
            var seen = new List<string>();
            await foreach (var chunk in watch.ResponseStream.ReadAllAsync())
            {
                seen.Add($"{chunk.Attempt} {chunk.Data.ToStringUtf8()}{chunk.EndOfAttempt}");
            }

            Assert.Equal(["1 here\nFalse", "1 True"], seen);
        }
    }

    /// <summary>The record of arrivals is bounded, what a job prints is not.</summary>
    [Fact]
    public async Task Follow_GoesOn_BeyondTheRecordOfArrivals()
    {
        var job = new JobId((await admin.RunAsync("wait")).JobId);
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(job) is { State: JobState.Running }, "it runs");
        await admin.Logs.AppendAsync(job, 1, CoreStream.Stderr, 0, "first\n"u8.ToArray(), CancellationToken.None);
        FillArrivals(job);
        using var call = admin.Watch(new WatchLogsRequest { JobId = job.Value, Follow = true });
        await using var chunks = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal("first\n", await NextAsync(chunks));
        foreach (var text in (string[])["more\n", "most\n"])
        {
            await admin.Logs.AppendAsync(job, 1, CoreStream.Stdout, text == "more\n" ? 0 : 5, Encoding.UTF8.GetBytes(text), CancellationToken.None);
            Assert.Equal(text, await NextAsync(chunks));
        }

        admin.Handler.Go();
    }

    [Fact]
    public async Task UnknownJobOrAttempt_IsNotFound_AndBadPlacesAreRefused()
    {
        var job = await admin.RunAsync("one");
        await admin.EndAsync(job.JobId);
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(new WatchLogsRequest { JobId = "none" }));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(new WatchLogsRequest { JobId = job.JobId, Attempt = 2 }));
        var later = await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", NotBefore = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(1)) });
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(new WatchLogsRequest { JobId = later.JobId, Attempt = 2, Follow = true }));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(new WatchLogsRequest { JobId = job.JobId, FromOffset = -1 }));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(new WatchLogsRequest { JobId = job.JobId, FromOffset = 1, TailLines = 1 }));
    }

    /// <summary>Each deletes, when it starts, what no job of its own wrote.</summary>
    [Fact]
    public async Task AdminsThatKeepNothing_HaveTheirOutputApart_AndItGoesWithThem()
    {
        var other = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        var folder = other.Services.GetRequiredService<PassingFolder>().Path;
        Assert.NotEqual(admin.LogFolder, folder);
        await other.DisposeAsync();
        Assert.False(Directory.Exists(folder));
        Assert.True(Directory.Exists(admin.LogFolder));
    }

    /// <summary>As if the one piece had come again and again.</summary>
    private void FillArrivals(JobId job)
    {
        var folder = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(job.Value)))[..32];
        var path = Path.Combine(admin.LogFolder, folder[..2], folder, "1.arrivals");
        var entry = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. Enumerable.Repeat(entry, JobLogStore.MostArrivals).SelectMany(bytes => bytes)]);
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
