using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>A whole list as a file, written while it is read: no list is too long for the memory.</summary>
public static class JobExport
{
    private const int PageSize = 500;

    private static readonly (string Name, Func<Job, object?> Value)[] Columns =
    [
        ("job_id", job => job.Id.Value), ("job_type", job => job.JobType), ("state", job => ApiObjects.Snake(job.State.ToString())), ("reason", job => job.Reason == JobReason.None ? "" : ApiObjects.Snake(job.Reason.ToString())),
        ("summary", job => job.Summary), ("priority", job => job.Priority), ("attempts", job => job.Attempts), ("worker_id", job => job.Worker?.Value), ("origin", job => ApiObjects.Snake(job.Origin.ToString())), ("submitted_by", job => job.SubmittedBy),
        ("created_at", job => job.CreatedAt), ("started_at", job => job.Attempt?.SentAt), ("completed_at", job => job.CompletedAt),
        ("wait_seconds", job => job.Attempt is { } attempt ? Math.Max(0, Math.Round((attempt.SentAt - job.DueAt).TotalSeconds, 3)) : null),
        ("run_seconds", job => job is { Attempt: { } attempt, CompletedAt: { } ended } ? Math.Max(0, Math.Round((ended - attempt.SentAt).TotalSeconds, 3)) : null),
        ("config_version", job => job.ConfigVersion), ("labels", job => string.Join(' ', job.Labels.Select(label => $"{label.Key}={label.Value}"))), ("error_message", job => job.Error), ("result_summary", job => job.ResultSummary),
    ];

    public static IResult Of(IAdmin admin, JobFilter? filter, string format, CancellationToken cancellationToken)
    {
        var json = format == "json";
        return Results.Stream(
            stream => json ? WriteJsonAsync(admin, filter, stream, cancellationToken) : WriteCsvAsync(admin, filter, stream, cancellationToken),
            json ? "application/json" : "text/csv; charset=utf-8",
            $"jobs.{(json ? "json" : "csv")}");
    }

    private static async Task WriteCsvAsync(IAdmin admin, JobFilter? filter, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await writer.WriteAsync(string.Join(',', Columns.Select(column => column.Name)) + "\r\n");
        await foreach (var job in AllAsync(admin, filter, cancellationToken))
        {
            await writer.WriteAsync(string.Join(',', Columns.Select(column => Csv.Cell(column.Value(job)))) + "\r\n");
        }
    }

    private static async Task WriteJsonAsync(IAdmin admin, JobFilter? filter, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var between = "[\n";
        await foreach (var job in AllAsync(admin, filter, cancellationToken))
        {
            await writer.WriteAsync(between + JsonSerializer.Serialize(ApiObjects.Job(job), WireJson.Options));
            between = ",\n";
        }

        await writer.WriteAsync(between == "[\n" ? "[]\n" : "\n]\n");
    }

    private static async IAsyncEnumerable<Job> AllAsync(IAdmin admin, JobFilter? filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? after = null, next = ""; filter is not null && next is not null; after = next)
        {
            var page = await admin.History.JobsAsync(filter with { After = after, Limit = PageSize }, cancellationToken);
            foreach (var job in page.Items)
            {
                yield return JobLists.Newest(admin, job);
            }

            next = page.Next;
        }
    }
}
