using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>One action on many jobs, as an operation that goes on when the caller has gone.</summary>
public static class BulkApi
{
    public sealed record BulkBody(string? Action, string? Q, IReadOnlyList<string>? JobIds, string? Reason, bool? DryRun, int? Priority, IReadOnlyDictionary<string, string?>? Labels);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/jobs/bulk", StartAsync);
        api.MapDelete("/operations/{id}", async (IAdmin admin, string id, CancellationToken cancellationToken) =>
            Replies.From(await admin.SendAsync(new StopBulk(Actor.LocalRest, id), cancellationToken), operation => WireJson.Json(Object(operation))));
    }

    public static object Object(BulkOperation operation) => new
    {
        operation_id = operation.Id,
        kind = "bulk",
        done = !operation.IsOpen,
        state = ApiObjects.Snake(operation.State.ToString()),
        action = ApiObjects.Snake(operation.Action.ToString()),
        q = operation.Query,
        job_ids = operation.Jobs.IsEmpty ? null : operation.Jobs.Select(job => job.Value),
        reason = operation.Reason,
        started_by = operation.By,
        started_at = operation.StartedAt,
        ended_at = operation.EndedAt,
        expected = operation.Expected,
        seen = operation.Seen,
        changed = operation.Changed,
        changed_jobs = operation.ChangedJobs.Select(job => job.Value),
        skipped = operation.Skipped,
        skipped_jobs = operation.SkippedJobs.Select(skipped => new { job_id = skipped.Job.Value, reason = skipped.Why }),
        failed = operation.Failed,
        failures = operation.Failures.Select(failure => new { job_id = failure.Job.Value, error = failure.Why }),
    };

    private static async Task<IResult> StartAsync(IAdmin admin, TimeProvider time, string? dry_run, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<BulkBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var ids = body?.JobIds?.Select(id => new JobId(id)).ToImmutableArray() ?? [];
        if (body?.Action is null || (body.Q is null && ids.IsEmpty))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "action, and q or job_ids, are required");
        }

        if (body.Q is not null && !ids.IsEmpty)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "q and job_ids exclude each other");
        }

        if (!System.Enum.GetValues<BulkAction>().Any(known => ApiObjects.Snake(known.ToString()) == body.Action))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"action is one of {string.Join(", ", System.Enum.GetNames<BulkAction>().Select(ApiObjects.Snake))}");
        }

        var action = System.Enum.GetValues<BulkAction>().First(known => ApiObjects.Snake(known.ToString()) == body.Action);
        if (JobQuery.Parse(body.Q).Errors is [var error, ..])
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, error.Text);
        }

        if (body.DryRun == true || Queries.Flag(dry_run))
        {
            var preview = await BulkPreview.ReadAsync(admin, action, body.Q ?? "", ids, time.GetUtcNow(), cancellationToken);
            return WireJson.Json(new
            {
                dry_run = true,
                matched = preview.Matched,
                matched_is_exact = preview.IsExact,
                would_change = preview.WouldChange,
                by_type = preview.ByType.ToDictionary(type => type.JobType, type => type.Count),
                sample = preview.Sample.Select(job => job.Id.Value),
                skipped = preview.Skipped,
            });
        }

        var labels = body.Labels?.ToImmutableSortedDictionary(label => label.Key, label => label.Value ?? "", StringComparer.Ordinal);
        var reply = await admin.SendAsync(new StartBulk(Actor.LocalRest, action, body.Q ?? "", ids, body.Reason ?? "", Priority: body.Priority ?? 50, Labels: labels), cancellationToken);
        return Replies.From(reply, operation => Results.Accepted($"/api/plugin/operations/{Uri.EscapeDataString(operation.Id)}", Object(operation)));
    }
}
