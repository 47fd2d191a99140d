using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Detections of real workers bring placement plans by the hundred: how large a message may be is a setting, and its end is said.</summary>
public sealed class MessageSizeTests : RunningAdmin
{
    protected override App.Hosting.AppOptions Options => base.Options with { MaxMessageMib = 1 };

    [Fact]
    public async Task MessageAboveTheLimit_EndsTheStream_AndSaysSo_TheNextOneIsWelcome()
    {
        using var worker = new ScriptedWorker(GrpcAddress);
        await worker.HelloAsync("plans");
        await worker.SendAsync(Batch(1000 * 1024));
        try
        {
            await worker.SendAsync(Batch(1100 * 1024));
        }
        catch (RpcException)
        {
            // The admin stops reading as soon as it has read how large the message is.
        }

        var status = await worker.EndAsync();
        Assert.Equal(StatusCode.ResourceExhausted, status.Code);
        Assert.Contains("1048576", status.Detail, StringComparison.Ordinal);
        using var again = new ScriptedWorker(GrpcAddress);
        await again.HelloAsync("plans");
        Assert.True((await again.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello)).Hello.Accepted);
    }

    private static WorkerToAdminMessage Batch(int size) => new()
    {
        DetectionProposals = new DetectionProposals
        {
            RequestId = "unheard",
            JobType = "plans",
            Proposals = { new JobProposal { ProposalId = "1", Parameters = { ["task_params_pb"] = new ConfigValue { BytesValue = ByteString.CopyFrom(new byte[size]) } } } },
        },
    };
}
