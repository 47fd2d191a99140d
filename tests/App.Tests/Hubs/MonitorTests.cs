using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Hubs;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests.Hubs;

/// <summary>Programs that watch: they are told everything once, then what changed, as fast as they listen.</summary>
public sealed class MonitorTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Fact]
    public async Task Watch_TellsEverythingOnce_ThenOnlyWhatChanged_AndWhatWent()
    {
        using var worker = await ConnectAsync("m-first", "m-first");
        await using var client = await MonitorClient.ConnectAsync(admin.Address);
        await client.WatchAsync("1", new JsonObject { ["topics"] = new JsonArray("workers", "queue", "jobs"), ["job_types"] = new JsonArray("m-first") });
        var frame = await client.FrameAsync();
        Assert.Equal("snapshot", frame.GetProperty("kind").GetString());
        Assert.Equal(["workers", "queue", "jobs"], frame.GetProperty("topics").EnumerateObject().Select(topic => topic.Name));
        Assert.Contains(Changed(frame, "workers"), item => item.GetProperty("worker_id").GetString() == "w-m-first");
        Assert.Equal("m-first", Assert.Single(Changed(frame, "queue")).GetProperty("job_type").GetString());

        // Another type is not told of; a job of ours is, with its states in order. Steps may be left out, but never the last.
        using var other = await ConnectAsync("m-other", "m-other");
        await SubmitAsync("m-other", "not ours", ("require.x", "y"));
        var job = await SubmitAsync("m-first", "ours", ("require.gpu", "yes"));
        var waiting = await ChangeAsync(client, job);
        Assert.Equal(("job_state_pending", "labels"), (waiting.GetProperty("state").GetString(), waiting.GetProperty("waiting").GetProperty("code").GetString()));
        await admin.PostAsync($"/api/plugin/jobs/{job}/cancel", "{}");
        Assert.Equal("job_state_canceled", (await ChangeAsync(client, job)).GetProperty("state").GetString());
        worker.Dispose();
        var gone = await UntilAsync(client, next => Changed(next, "workers").Any(item => item.GetProperty("worker_id").GetString() == "w-m-first" && item.GetProperty("health").GetString() == "disconnected"));
        Assert.Equal("changes", gone.GetProperty("kind").GetString());
    }

    /// <summary>Nobody reads for a while: what comes then is the newest state in one step, not all the steps.</summary>
    [Fact]
    public async Task SlowClient_GetsFewerFrames_NotLaterOnes()
    {
        using var worker = await ConnectAsync("m-slow", "m-slow");
        await using var client = await MonitorClient.ConnectAsync(admin.Address);
        await client.WatchAsync("1", new JsonObject { ["topics"] = new JsonArray("jobs"), ["job_types"] = new JsonArray("m-slow") });
        var version = (await client.FrameAsync()).GetProperty("version").GetInt64();
        for (var n = 0; n < 300; n++)
        {
            await SubmitAsync("m-slow", $"job {n}", ("require.gpu", "yes"));
        }

        var seen = new HashSet<string>();
        var frames = 0;
        while (seen.Count < 300)
        {
            var frame = await client.FrameAsync();
            Assert.True(frame.GetProperty("version").GetInt64() > version);
            version = frame.GetProperty("version").GetInt64();
            frames++;
            seen.UnionWith(Changed(frame, "jobs").Select(item => item.GetProperty("job_id").GetString()!));
        }

        Assert.InRange(frames, 1, 150);
    }

    [Theory]
    [InlineData("""{"topics":["wokers"]}""", "no topic 'wokers'; there are workers, queue, detections, jobs, load")]
    [InlineData("""{"pace_ms":10}""", "pace_ms 10: 250 to 60000 milliseconds")]
    public async Task BadRequest_IsRefused_WithTheReason(string request, string reason)
    {
        await using var client = await MonitorClient.ConnectAsync(admin.Address);
        await client.WatchAsync("1", JsonNode.Parse(request)!.AsObject());
        Assert.Contains(reason, await client.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyWatches_AreRefused_UntilOneStops()
    {
        await using var client = await MonitorClient.ConnectAsync(admin.Address);
        var quiet = new JsonObject { ["topics"] = new JsonArray("queue"), ["job_types"] = new JsonArray("m-nothing"), ["pace_ms"] = 60_000 };
        for (var n = 0; n < MonitorSeats.PerConnection; n++)
        {
            await client.WatchAsync($"{n}", quiet.DeepClone().AsObject());
            await client.FrameAsync();
        }

        await client.WatchAsync("more", quiet.DeepClone().AsObject());
        Assert.Contains("5 watches open", await client.EndAsync(), StringComparison.Ordinal);
        await client.StopAsync("0");
        Assert.DoesNotContain("most", await client.EndAsync(), StringComparison.Ordinal);
        await client.WatchAsync("again", quiet.DeepClone().AsObject());
        Assert.Equal("snapshot", (await client.FrameAsync()).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task PagesOfOtherOrigins_MayNotWatch()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/hubs/monitor/negotiate?negotiateVersion=1", UriKind.Relative));
        request.Headers.Add("Origin", "http://evil.example");
        using var response = await admin.Http.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
    }

    /// <summary>The example of the documentation, as a reader would start it.</summary>
    [Fact]
    public async Task Sample_ShowsAJobFromItsSubmissionToItsEnd()
    {
        using var worker = await ConnectAsync("m-sample", "m-sample");
        var project = typeof(MonitorTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "ProjectFolder").Value!;
        using var sample = Process.Start(new ProcessStartInfo("node", [Path.Combine(project, "../../samples/monitor/monitor.mjs"), admin.Address.ToString(), "m-sample"]) { RedirectStandardOutput = true })!;
        try
        {
            await ReadAsync(sample, "snapshot");
            var job = await SubmitAsync("m-sample", "seen from outside");
            var sent = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
            await ReadAsync(sample, $"{job} assigned");
            await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = sent.RequestId, JobId = job, JobType = "m-sample", Success = true } });
            await ReadAsync(sample, $"{job} succeeded");
        }
        finally
        {
            sample.Kill(entireProcessTree: true);
            await sample.WaitForExitAsync();
        }
    }

    private static async Task ReadAsync(Process sample, string wanted)
    {
        string? line;
        do
        {
            line = await sample.StandardOutput.ReadLineAsync().InTimeAsync($"the line with '{wanted}'");
            Assert.NotNull(line);
        }
        while (!line.Contains(wanted, StringComparison.Ordinal));
    }

    private static async Task<JsonElement> ChangeAsync(MonitorClient client, string job)
    {
        var frame = await UntilAsync(client, next => Changed(next, "jobs").Any(item => item.GetProperty("job_id").GetString() == job));
        Assert.All(Changed(frame, "jobs"), item => Assert.Equal("m-first", item.GetProperty("job_type").GetString()));
        return Changed(frame, "jobs").First(item => item.GetProperty("job_id").GetString() == job);
    }

    private static async Task<JsonElement> UntilAsync(MonitorClient client, Func<JsonElement, bool> wanted)
    {
        while (true)
        {
            var frame = await client.FrameAsync();
            if (wanted(frame))
            {
                return frame;
            }
        }
    }

    private static List<JsonElement> Changed(JsonElement frame, string topic) =>
        frame.GetProperty("topics").TryGetProperty(topic, out var change) ? [.. change.GetProperty("changed").EnumerateArray()] : [];

    private async Task<string> SubmitAsync(string type, string summary, params (string Key, string Value)[] labels)
    {
        var submitted = new Server.Core.Jobs.SubmitJob(
            Server.Core.Engine.Actor.LocalUi, type, Server.Core.Jobs.JobOrigin.Rest, Server.Core.Jobs.JobPayload.Empty, summary, Labels: labels.ToImmutableSortedDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal));
        var reply = await admin.Admin.SendAsync(submitted, CancellationToken.None);
        Assert.True(reply.IsAccepted, reply.Refusal?.Text);
        return reply.Value.Job.Id.Value;
    }

    private async Task<ScriptedWorker> ConnectAsync(string type, string id)
    {
        var worker = new ScriptedWorker(admin.GrpcAddress, $"w-{id}");
        await worker.HelloAsync(type);
        await admin.ViewsAsync(model => model.JobType(type) is { ExecutorCount: > 0 });
        return worker;
    }
}
