using System.Net;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using LogStream = BlazorPluginAdmin.Wire.V1.LogStream;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>An admin played by a test breaks off, and sends again what overlaps with what was told.</summary>
public sealed class ResumeTests
{
    private const LogChunk? Break = null;

    private readonly List<WatchLogsRequest> _asked = [];

    [Fact]
    public async Task Json_TellsEachByteOnce()
    {
        await using var admin = await AdminAsync(
            1,
            [Chunk(0, "first\n"), Chunk(0, "warn\n", LogStream.Stderr), Chunk(6, "second\n"), Break],
            [Chunk(5, "\nsecond\nthird\n"), Chunk(5, "again\n", LogStream.Stderr), End(), Break],
            [Chunk(11, "d\nthird\n"), End()]);
        var answer = await new Shell(Address(admin)).RunAsync("logs", "j-1", "--follow", "--json");
        Assert.True(answer.Code == 0, answer.Error);
        var told = answer.Lines.Select(line => LogChunk.Parser.ParseJson(line)).ToList();
        Assert.Equal([(LogStream.Stdout, 0, "first\n"), (LogStream.Stderr, 0, "warn\n"), (LogStream.Stdout, 6, "second\n"), (LogStream.Stdout, 13, "third\n"), (LogStream.Stderr, 5, "again\n")],
            told.SkipLast(1).Select(chunk => (chunk.Stream, (int)chunk.Offset, chunk.Data.ToStringUtf8())));
        Assert.True(told[^1].EndOfAttempt);
        Assert.Equal([0L, 5L, 11L], _asked.Select(request => request.FromOffset));
    }

    /// <summary>Also of a stream that had nothing there.</summary>
    [Fact]
    public async Task Bytes_HoldAfterABreak_ForTheirAttemptOnly()
    {
        await using var admin = await AdminAsync(2, [Chunk(10, "abc"), Break], [Chunk(10, "abcd"), End()], [Chunk(0, "next", attempt: 2), Break], [Chunk(0, "next!", attempt: 2), End(2)]);
        var answer = await new Shell(Address(admin)).RunAsync("logs", "j-1", "--follow", "--bytes", "10");
        Assert.Equal(new Answer(0, "abcdnext!", ""), answer);
        Assert.Equal([(0, 10L), (1, 10L), (0, 0L), (2, 0L)], _asked.Select(request => (request.Attempt, request.FromOffset)));
    }

    private static string Address(WebApplication admin) => new Uri(admin.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;

    private static LogChunk Chunk(long offset, string text, LogStream stream = LogStream.Stdout, int attempt = 1) =>
        new() { Attempt = attempt, Stream = stream, Offset = offset, Data = ByteString.CopyFromUtf8(text) };

    private static LogChunk End(int attempt = 1) => new() { Attempt = attempt, EndOfAttempt = true };

    /// <param name="attempts">Of the job, which has ended.</param>
    /// <param name="answers">One to each call.</param>
    private async Task<WebApplication> AdminAsync(int attempts, params LogChunk?[][] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpcTransport(new GrpcServerOptions { ShutdownGrace = TimeSpan.Zero });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseGrpcTransport()));
        var app = builder.Build();
        app.MapGrpcServerStream(Calls.WatchLogs, async (request, responses, _) =>
        {
            _asked.Add(request);
            foreach (var chunk in answers[_asked.Count - 1])
                await responses.WriteAsync(chunk ?? throw new RpcException(new Status(StatusCode.Unavailable, "gone")));
        });
        app.MapGrpcUnary(Calls.Get, (request, _) => Task.FromResult(new GetResponse { Job = new Job { JobId = request.JobId, Attempt = attempts, State = JobState.Succeeded } }));
        await app.StartAsync();
        return app;
    }
}
