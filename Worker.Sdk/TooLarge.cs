using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// What is said instead of a message that is larger than the transport may send: that one piece of work fails and says why. Sent as it
/// is, it would end the stream, and a kept result would end the next one too.
/// </summary>
internal static class TooLarge
{
    public static WorkerToAdminMessage Instead(WorkerToAdminMessage message, int size, int limit)
    {
        var why = FormattableString.Invariant($"the message with the answer has {size} bytes and was not sent; the limit is {limit}");
        switch (message.BodyCase)
        {
            case Body.JobCompleted:
                var completed = message.JobCompleted;
                return new WorkerToAdminMessage
                {
                    JobCompleted = new JobCompleted { RequestId = completed.RequestId, JobId = completed.JobId, JobType = completed.JobType, ErrorMessage = why, CompletedAt = completed.CompletedAt },
                };
            case Body.DetectionComplete:
                var ended = message.DetectionComplete;
                return new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = ended.RequestId, JobType = ended.JobType, ErrorMessage = why } };
            case Body.ConfigSchemaResponse:
                var schema = message.ConfigSchemaResponse;
                return new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = schema.RequestId, JobType = schema.JobType, ErrorMessage = why } };
            case Body.ObjectPreviewResponse:
                return new WorkerToAdminMessage { ObjectPreviewResponse = new ObjectPreviewResponse { RequestId = message.ObjectPreviewResponse.RequestId, ErrorMessage = why } };
            case Body.JobProgressUpdate:
                var update = message.JobProgressUpdate.Clone();
                update.Metrics.Clear();
                update.Activities.Clear();
                return new WorkerToAdminMessage { JobProgressUpdate = update };
            default:
                // The others are bounded where they are made.
                return message;
        }
    }
}
