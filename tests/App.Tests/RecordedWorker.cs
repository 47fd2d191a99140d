using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Answers whatever the admin asks with what the recorded worker answered to the like.</summary>
public sealed class RecordedWorker : IAsyncDisposable
{
    private readonly ScriptedWorker _worker;
    private readonly Task _serving;

    public RecordedWorker(string address)
    {
        _worker = new ScriptedWorker(address, RecordedStream.Worker[0].WorkerId);
        _serving = ServeAsync();
    }

    /// <summary>Ends its stream and hands on what went wrong in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _worker.HalfCloseAsync();
        await _serving;
        _worker.Dispose();
    }

    private async Task ServeAsync()
    {
        await _worker.SendAsync(RecordedStream.Worker[0].Clone());
        await _worker.SendAsync(RecordedStream.Worker.First(message => message.Heartbeat is not null).Clone());
        while (await _worker.NextAsync() is { } asked)
        {
            foreach (var answer in Answers(asked))
            {
                await _worker.SendAsync(answer);
            }
        }
    }

    private static IEnumerable<WorkerToAdminMessage> Answers(AdminToWorkerMessage asked) => asked.BodyCase switch
    {
        Body.RequestConfigSchema =>
        [
            new WorkerToAdminMessage
            {
                ConfigSchemaResponse = new ConfigSchemaResponse
                {
                    RequestId = asked.RequestId,
                    JobType = asked.RequestConfigSchema.JobType,
                    Success = true,
                    JobTypeDescriptor = RecordedStream.Descriptors[asked.RequestConfigSchema.JobType],
                },
            },
        ],
        Body.RunDetectionRequest => RecordedStream.DetectionOf(asked.RunDetectionRequest.JobType, asked.RequestId),
        Body.ExecuteJobRequest => RecordedStream.ExecutionOf(asked.ExecuteJobRequest.Job.DedupeKey, asked.RequestId, asked.ExecuteJobRequest.Job.JobId),
        _ => [],
    };
}
