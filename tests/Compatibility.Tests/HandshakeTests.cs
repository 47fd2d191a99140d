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
        var older = await DialAsync(kind, WorkerScript.For("vacuum") with { Id = "copied", InstanceId = "i-1" });
        await older.GreetedAsync();
        var newer = await DialAsync(Kind.Go, WorkerScript.For("vacuum") with { Id = "copied", InstanceId = "i-2" });
        await newer.GreetedAsync();
        await older.StopAsync();
        Assert.NotEqual(0, (await older.EndAsync()).Code);
        await Admin.UntilAsync(_ => Known(newer).InstanceId == "i-2", "the newer session is the worker's");
        await Admin.PassAsync(TimeSpan.FromSeconds(10), newer);
        var listed = Assert.Single((await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 1)).EnumerateArray());
        Assert.Equal("i-2", Text(listed, "WorkerInstance"));
        Assert.DoesNotContain(newer.Received, message => message.BodyCase == Body.Shutdown);
    }
}
