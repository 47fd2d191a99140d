using System.Text.Json;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>A real worker's stream, both sides, as it was recorded.</summary>
internal static class RecordedStream
{
    private static readonly List<(string From, byte[] Bytes)> Lines =
    [
        .. File.ReadLines(Fixture("recorded-worker.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => (line.GetProperty("from").GetString()!, line.GetProperty("bytes").GetBytesFromBase64())),
    ];

    public static IReadOnlyList<WorkerToAdminMessage> Worker { get; } = [.. Lines.Where(line => line.From == "worker").Select(line => WorkerToAdminMessage.Parser.ParseFrom(line.Bytes))];

    public static IReadOnlyList<AdminToWorkerMessage> Peer { get; } = [.. Lines.Where(line => line.From == "admin").Select(line => AdminToWorkerMessage.Parser.ParseFrom(line.Bytes))];

    public static IReadOnlyDictionary<string, JobTypeDescriptor> Descriptors { get; } = Worker
        .Where(message => message.ConfigSchemaResponse is not null)
        .ToDictionary(message => message.ConfigSchemaResponse.JobType, message => message.ConfigSchemaResponse.JobTypeDescriptor);

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    /// <summary>What the worker said in the first detection of this type, from the first word to the completion, for another request.</summary>
    public static IEnumerable<WorkerToAdminMessage> DetectionOf(string jobType, string request)
    {
        var original = Peer.First(message => message.RunDetectionRequest?.JobType == jobType).RequestId;
        foreach (var message in Worker.Select(message => message.Clone()))
        {
            switch (message.BodyCase)
            {
                case WorkerToAdminMessage.BodyOneofCase.JobProgressUpdate when message.JobProgressUpdate.RequestId == original:
                    message.JobProgressUpdate.RequestId = request;
                    yield return message;
                    break;
                case WorkerToAdminMessage.BodyOneofCase.DetectionProposals when message.DetectionProposals.RequestId == original:
                    message.DetectionProposals.RequestId = request;
                    yield return message;
                    break;
                case WorkerToAdminMessage.BodyOneofCase.DetectionComplete when message.DetectionComplete.RequestId == original:
                    message.DetectionComplete.RequestId = request;
                    yield return message;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>What the worker said about the job with this key; one job of the recording never completes.</summary>
    public static IEnumerable<WorkerToAdminMessage> ExecutionOf(string dedupeKey, string request, string job)
    {
        var original = Peer.First(message => message.ExecuteJobRequest?.Job.DedupeKey == dedupeKey).RequestId;
        foreach (var message in Worker.Select(message => message.Clone()))
        {
            switch (message.BodyCase)
            {
                case WorkerToAdminMessage.BodyOneofCase.JobProgressUpdate when message.JobProgressUpdate.RequestId == original:
                    (message.JobProgressUpdate.RequestId, message.JobProgressUpdate.JobId) = (request, job);
                    yield return message;
                    break;
                case WorkerToAdminMessage.BodyOneofCase.JobCompleted when message.JobCompleted.RequestId == original:
                    (message.JobCompleted.RequestId, message.JobCompleted.JobId) = (request, job);
                    yield return message;
                    break;
                default:
                    break;
            }
        }
    }
}
