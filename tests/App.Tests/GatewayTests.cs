using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

public sealed class GatewayTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Theory]
    [InlineData(true, "", "first message must be hello")]
    [InlineData(false, "   ", "worker_id is required")]
    [InlineData(false, "a\nb", "worker_id must have 1 to 255 printable characters")]
    public async Task WrongBeginning_EndsTheStream_WithTheReason(bool beat, string id, string reason)
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, id);
        await worker.SendAsync(beat ? new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat() } : new WorkerToAdminMessage { Hello = new WorkerHello { WorkerId = id } });
        Assert.Equal(new Status(StatusCode.InvalidArgument, reason), await worker.EndAsync());
    }

    [Fact]
    public async Task Hello_IsAnsweredFirst_ThenOneSchemaRequestAtATime()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-schema");
        await worker.HelloAsync("b_type", "", "a_type");
        var hello = await worker.NextAsync();
        Assert.Equal((Body.Hello, true, "", 10), (hello!.BodyCase, hello.Hello.Accepted, hello.RequestId, hello.Hello.HeartbeatIntervalSeconds));
        var first = await worker.NextAsync(Body.RequestConfigSchema);
        Assert.Equal("a_type", first.RequestConfigSchema.JobType);
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = first.RequestId, JobType = "a_type", Success = false, ErrorMessage = "no" } });
        Assert.Equal("b_type", (await worker.NextAsync(Body.RequestConfigSchema)).RequestConfigSchema.JobType);
        Assert.Equal(2, admin.Admin.States.Current.Value.Workers[new WorkerId("w-schema")].Capabilities.Count);
    }

    [Fact]
    public async Task SecondStreamOfAnId_EndsTheFirst()
    {
        using var old = new ScriptedWorker(admin.GrpcAddress, "w-twice");
        await old.HelloAsync("t");
        await old.NextAsync(Body.Hello);
        using var newer = new ScriptedWorker(admin.GrpcAddress, "w-twice");
        await newer.SendAsync(new WorkerToAdminMessage { Hello = new WorkerHello { WorkerId = "w-twice", WorkerInstanceId = "i-2" } });
        await newer.NextAsync(Body.Hello);
        Assert.Equal(StatusCode.Aborted, (await old.EndAsync()).Code);
        await admin.UntilAsync(state => state.Workers[new WorkerId("w-twice")] is { Session: not null, Conflict: not null }, "the newer session stays, the conflict shows");
    }
}
