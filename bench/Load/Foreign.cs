using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>A worker without extensions that takes a job and holds it until its connection is cut.</summary>
internal sealed class Foreign : IAsyncDisposable
{
    private static readonly GrpcMethod<WorkerToAdminMessage, AdminToWorkerMessage> Method =
        GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream");

    private readonly GrpcChannel _channel;
    private readonly DuplexCall<WorkerToAdminMessage, AdminToWorkerMessage> _call;
    private readonly TaskCompletionSource<string> _job = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private Foreign(string grpc)
    {
        _channel = GrpcChannel.ForAddress($"http://{grpc}");
        _call = _channel.DuplexStreaming(Method);
        _reading = ReadAsync();
    }

    /// <summary>Id of the first job it was given.</summary>
    public Task<string> JobAsync() => _job.Task;

    public static async Task<Foreign> ConnectAsync(string grpc, string id, string jobType)
    {
        var worker = new Foreign(grpc);
        await worker._call.RequestStream.WriteAsync(new WorkerToAdminMessage
        {
            WorkerId = id,
            Hello = new WorkerHello
            {
                WorkerId = id,
                WorkerInstanceId = $"{id}-1",
                Capabilities = { new JobTypeCapability { JobType = jobType, CanExecute = true, MaxExecutionConcurrency = 1 } },
            },
        });
        return worker;
    }

    /// <summary>The connection breaks: no word, as when the process is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        _channel.Dispose();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNextAsync(CancellationToken.None))
            {
                if (_call.ResponseStream.Current is { ExecuteJobRequest: { } job })
                {
                    _job.TrySetResult(job.Job.JobId);
                }
            }
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Cut, by us or by the end of the admin.
        }
    }
}
