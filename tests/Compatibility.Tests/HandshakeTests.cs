using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The first messages of a stream, identity, rhythm, discovery.</summary>
public sealed class HandshakeTests(Peers peers) : AcceptanceTests(peers)
{
    [Case(1)]
    [Theory]
    [InlineData(true, "", "first message must be hello")]
    [InlineData(false, "  ", "worker_id is required")]
    public async Task WrongFirstMessage_EndsTheStream_AndNothingIsListed(bool beat, string id, string reason)
    {
        var worker = await DialAsync(Kind.Go, new WorkerScript { First = beat ? new() { Heartbeat = new() } : new() { Hello = new() { WorkerId = id } } });
        Assert.Equal(new StreamEnd(3, reason), await worker.EndAsync());
        Assert.Empty(Admin.State.Workers);
        Assert.Empty((await Admin.GetAsync("workers")).EnumerateArray());
    }

    [Case(2)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task Hello_WithABlankCapability_IsAcceptedFirst_AndListedWithTheOthers(Kind kind)
    {
        var worker = await DialAsync(kind, WorkerScript.For("vacuum", "", "ec_balance"));
        var hello = await worker.GreetedAsync();
        Assert.Equal((true, "plugin connected", "", 10), (hello.Hello.Accepted, hello.Hello.Message, hello.RequestId, hello.Hello.HeartbeatIntervalSeconds));
        Assert.Same(worker.Received[0], hello);
        Assert.Empty(hello.Hello.Extensions);
        var listed = await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 1);
        Assert.Equal(["ec_balance", "vacuum"], listed[0].GetProperty("Capabilities").EnumerateObject().Select(one => one.Name));
        Assert.Equal(kind == Kind.Go ? "plugin.v1" : "1", Text(listed[0], "ProtocolVersion"));
    }

    [Case(3)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task SecondStreamOfAnId_EndsTheFirst_AndStays(Kind kind)
    {
        // One that dials again would end the newer one's stream.
        var older = await DialAsync(kind, WorkerScript.For("vacuum") with { Id = "copied", InstanceId = "i-1", Pause = TimeSpan.FromHours(1) });
        await older.GreetedAsync();
        var newer = await DialAsync(Kind.Go, WorkerScript.For("vacuum") with { Id = "copied", InstanceId = "i-2" });
        await newer.GreetedAsync();
        await older.StopAsync();
        Assert.NotEqual(0, (await older.EndAsync()).Code);
        await Admin.UntilAsync(_ => Known(newer).InstanceId == "i-2", "the newer session is the worker's");
        await Admin.PassAsync(TimeSpan.FromSeconds(10), newer);
        await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 1 && Text(workers[0], "WorkerInstance") == "i-2");
        Assert.DoesNotContain(newer.Received, message => message.BodyCase == Body.Shutdown);
    }

    [Case(4)]
    [Fact]
    public async Task Discovery_IsOpen_AndNamesTheRealPort()
    {
        using var http = new HttpClient();
        var status = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(Admin.Http, "api/plugin/status"))).RootElement;
        Assert.True(status.GetProperty("enabled").GetBoolean());
        var port = Number(status, "worker_grpc_port");
        Assert.Equal(Admin.Address, $"127.0.0.1:{port}");
        Assert.NotEqual(Admin.Http.Port + 10_000, port);
        var worker = await DialAsync(Kind.Go, WorkerScript.For("vacuum"), $"127.0.0.1:{port}");
        Assert.True((await worker.GreetedAsync()).Hello.Accepted);
    }

    [Case(5)]
    [Fact]
    public async Task SilentWorker_IsNotPicked_ThenNotListed_AndAHeartbeatBringsItBack()
    {
        var worker = await GoAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(70));
        Assert.StartsWith("no detector worker available", Text(await Admin.PostAsync("job-types/vacuum/detect", code: 500), "error"), StringComparison.Ordinal);
        await Admin.BeatAsync(worker);
        var detect = Admin.PostAsync("job-types/vacuum/detect");
        await worker.ProposeAsync((await worker.NextDetectionAsync()).RequestId);
        Assert.Equal(worker.Id, Text(await detect, "detector_worker_id"));

        // A stream that is open on one side only: nobody there dials again.
        var silent = await DialAsync(Kind.Go, new WorkerScript { First = new() { Hello = new() { WorkerId = "silent", Capabilities = { WorkerScript.Both("vacuum") } } } });
        await silent.GreetedAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(119), worker);
        await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 2);
        await Admin.PassAsync(TimeSpan.FromSeconds(10), worker);
        Assert.Equal([worker.Id], Texts(await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 1), "WorkerID"));
        Assert.Equal(new StreamEnd(14, "nothing was heard for too long"), await silent.EndAsync());
    }

    [Case(6)]
    [Fact]
    public async Task OnlyCapableWorkersAreUsed_AndADetectorMayAlsoExecute()
    {
        var detector = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { Capabilities = [new() { JobType = "vacuum", CanDetect = true }] });
        var executor = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { Capabilities = [new() { JobType = "vacuum", CanExecute = true }] });
        await FoundAsync(detector, "vacuum", Build.Proposal("one"));
        await executor.SucceedAsync(await executor.NextJobAsync());
        await detector.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(detector) is null, "the detector is away");
        Assert.StartsWith("no detector worker available", Text(await Admin.PostAsync("job-types/vacuum/detect", code: 500), "error"), StringComparison.Ordinal);
        await executor.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(executor) is null, "the executor is away");
        var both = await GoAsync();
        await FoundAsync(both, "vacuum", Build.Proposal("two"));
        Assert.Equal("two", (await both.NextJobAsync()).Job.Summary);
        Assert.Equal(["vacuum"], Texts(await Admin.GetAsync("job-types"), "job_type"));
    }
}
