using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>All jobs that a filter finds, in the order of the list.</summary>
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

    /// <param name="filter">Null: nothing.</param>
    public static IResult Of(IAdmin admin, JobFilter? filter, string format, CancellationToken cancellationToken) =>
        ListExport.Of("jobs", format == "json", AllAsync(admin, filter, cancellationToken), Columns, ApiObjects.Job);

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
