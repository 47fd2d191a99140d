using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>One action on many jobs, as an operation that goes on when the caller has gone.</summary>
public static class BulkApi
{
    /// <summary>Which jobs: a query, ids, or a filter as in <c>JobFilter</c> of the contract, of which up to so many are taken.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record BulkBody(
        string? Action,
        string? Q,
        IReadOnlyList<string>? JobIds,
        JsonElement? Filter,
        int? Limit,
        string? Reason,
        bool? DryRun,
        JsonElement? Priority,
        IReadOnlyDictionary<string, string?>? Labels);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/jobs/bulk", StartAsync);
        api.MapDelete("/operations/{id}", async (IAdmin admin, Caller caller, string id, CancellationToken cancellationToken) =>
            Replies.From(await admin.SendAsync(new StopBulk(caller.By, id), cancellationToken), operation => WireJson.Json(Object(operation))));
    }

    public static object Object(BulkOperation operation) => new
    {
        operation_id = operation.Id,
        kind = "bulk",
        done = !operation.IsOpen,
        state = ApiObjects.Snake(operation.State.ToString()),
        action = ApiObjects.Snake(operation.Action.ToString()),
        q = operation.Query,
        filter = operation.Filter.Length > 0 ? operation.Filter : null,
        job_ids = operation.Jobs.IsEmpty ? null : operation.Jobs.Select(job => job.Value),
        reason = operation.Reason,
        started_by = operation.By,
        started_at = operation.StartedAt,
        ended_at = operation.EndedAt,
        expected = operation.Expected,
        seen = operation.Seen,
        matched = operation.Seen,
        changed = operation.Changed,
        sample = operation.ChangedJobs.Take(BulkService.Sampled).Select(job => job.Value),
        changed_jobs = operation.ChangedJobs.Select(job => job.Value),
        skipped = operation.Skipped,
        skipped_jobs = operation.SkippedJobs.Select(skipped => new { job_id = skipped.Job.Value, reason = skipped.Why }),
        failed = operation.Failed,
        failures = operation.Failures.Select(failure => new { job_id = failure.Job.Value, error = failure.Why }),
    };

    /// <summary>Answers with the counts once all is done; with the operation, which goes on, when that was asked for or takes longer than a caller may wait.</summary>
    private static async Task<IResult> StartAsync(IAdmin admin, Caller caller, BulkService bulk, TimeProvider time, string? dry_run, string? async, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<BulkBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var filters = body?.Filter is { ValueKind: not JsonValueKind.Null };
        if (body?.Action is null || new[] { body.Q is not null, body.JobIds is { Count: > 0 }, filters }.Count(given => given) != 1)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "action, and one of filter, q and job_ids, are required");
        }

        if (body.Limit is not null && (!filters || body.Limit < 1))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"limit goes with filter and is 1 to {BulkOperation.MostJobs}");
        }

        if (!System.Enum.GetValues<BulkAction>().Any(known => ApiObjects.Snake(known.ToString()) == body.Action))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"action is one of {string.Join(", ", System.Enum.GetNames<BulkAction>().Select(ApiObjects.Snake))}");
        }

        var action = System.Enum.GetValues<BulkAction>().First(known => ApiObjects.Snake(known.ToString()) == body.Action);
        var errors = new List<FieldError>();
        var priority = SubmitApi.Priority(body.Priority, errors);
        if (errors.Count > 0)
        {
            return SubmitApi.Unreadable(errors);
        }

        if (action == BulkAction.SetPriority && priority is null)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "set_priority needs the priority, 0 to 100");
        }

        if (JobQuery.Parse(body.Q).Errors is [var error, ..])
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, error.Text);
        }

        ImmutableArray<JobId> ids = [.. (body.JobIds ?? []).Select(id => new JobId(id))];
        Wire.V1.JobFilter? filter = null;
        if (filters)
        {
            try
            {
                filter = FilterJson.Read(body.Filter!.Value);
                ids = await bulk.FindAsync(filter, body.Limit ?? 0, cancellationToken);
            }
            catch (RpcException refused)
            {
                return WireJson.Error(refused.StatusCode == StatusCode.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, refused.Status.Detail);
            }
        }

        var finds = !filters || !ids.IsEmpty;
        if (body.DryRun == true || Queries.Flag(dry_run))
        {
            var preview = finds ? await BulkPreview.ReadAsync(admin, action, body.Q ?? "", ids, time.GetUtcNow(), cancellationToken) : null;
            return WireJson.Json(new
            {
                dry_run = true,
                matched = preview?.Matched ?? 0,
                matched_is_exact = preview?.IsExact ?? true,
                changed = preview?.WouldChange ?? 0,
                would_change = preview?.WouldChange ?? 0,
                by_type = preview?.ByType.ToDictionary(type => type.JobType, type => type.Count) ?? [],
                sample = preview?.Sample.Select(job => job.Id.Value) ?? [],
                skipped = preview?.Skipped ?? ImmutableSortedDictionary<string, int>.Empty,
            });
        }

        if (!finds)
        {
            // No ids would mean all jobs.
            return WireJson.Json(new { matched = 0, changed = 0, sample = Array.Empty<string>(), skipped = new { } });
        }

        var labels = body.Labels?.ToImmutableSortedDictionary(label => label.Key, label => label.Value ?? "", StringComparer.Ordinal);
        var reason = body.Reason ?? (filters ? BulkService.Unsaid : "");
        var reply = await admin.SendAsync(new StartBulk(caller.By, action, body.Q ?? "", ids, reason, Priority: priority ?? 50, Labels: labels, Filter: filter is null ? "" : ClientFilter.Words(filter)), cancellationToken);
        if (!reply.IsAccepted)
        {
            return Replies.From(reply.Refusal);
        }

        var operation = Queries.Flag(async) ? reply.Value : await bulk.EndAsync(reply.Value, Waits.Longest, cancellationToken);
        return operation.IsOpen
            ? Results.Accepted($"/api/plugin/operations/{Uri.EscapeDataString(operation.Id)}", Object(operation))
            : WireJson.Json(Object(operation));
    }
}
