using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Rest;

public static class JobsApi
{
    private const int UsuallyListed = 200;
    private const int MostListed = 500;

    public sealed record ReasonBody(string? Reason);

    /// <summary>The grace is a text like 30s, or seconds.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record CancelBody(string? Reason, bool? Force, JsonElement? Grace);

    public sealed record ExecuteBody(JsonNode? Job, JsonNode? ClusterContext, int? Attempt, double? TimeoutSeconds);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs", ListAsync);
        api.MapGet("/jobs/count", CountAsync);
        api.MapGet("/jobs/export", Export);
        api.MapPost("/jobs/execute", ExecuteAsync);
        api.MapGet("/jobs/{id}/detail", DetailAsync);
        api.MapPost("/jobs/{id}/expire", ExpireAsync);
        api.MapPost("/jobs/{id}/cancel", CancelAsync);
        api.MapDelete("/jobs/{id}", async (IAdmin admin, Caller caller, string id, CancellationToken cancellationToken) =>
            await FindAsync(admin, id, cancellationToken) is null
                ? WireJson.Error(StatusCodes.Status404NotFound, "job not found")
                : Replies.From(await admin.SendAsync(new ForgetJob(caller.By, new JobId(id)), cancellationToken), deleted => WireJson.Json(new { job_id = deleted, deleted = true })));
    }

    private static async Task<IResult> CancelAsync(IAdmin admin, JobAnswers answers, Caller caller, Waits waits, string id, string? wait, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<CancelBody>(request, cancellationToken);
        var errors = new List<FieldError>();
        var grace = SubmitApi.Duration("grace", body?.Grace, errors);
        if (problem is not null || errors.Count > 0)
        {
            return problem ?? SubmitApi.Unreadable(errors);
        }

        if (SubmitApi.Wait(wait, out var span) is { } wrong)
        {
            return wrong;
        }

        var asked = admin.States.Current.Value.Jobs.GetValueOrDefault(new JobId(id))?.Phase == JobPhase.Canceling;
        var reply = await admin.SendAsync(new CancelJob(caller.By, new JobId(id), body?.Reason ?? "", body?.Force ?? false, grace), cancellationToken);
        if (!reply.IsAccepted)
        {
            return await RefusedAsync(admin, id, reply, cancellationToken);
        }

        var job = await waits.EndAsync(reply.Value, span, cancellationToken);
        var node = await answers.ActedAsync(job, cancellationToken);
        node["cancel_outcome"] = ApiObjects.Snake(CancelOutcomes.Of(job, asked).ToString());
        return WireJson.Json(node);
    }

    private static async Task<IResult> ListAsync(IAdmin admin, TimeProvider time, HttpContext http, CancellationToken cancellationToken)
    {
        var query = http.Request.Query;
        var (filter, problem) = JobLists.Read(admin, query, time.GetUtcNow());
        if (filter is null)
        {
            return problem ?? WireJson.Json(Array.Empty<object>());
        }

        if (query["limit"].ToString() is { Length: > 0 } given && (!int.TryParse(given, out var limit) || limit is < 1 or > MostListed))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"limit is 1 to {MostListed}; left out it is {UsuallyListed}");
        }

        var (mark, cursor) = (JobLists.Mark(query), query["after"].FirstOrDefault() ?? query["cursor"].FirstOrDefault());
        if (!string.IsNullOrEmpty(cursor) && !cursor.StartsWith(mark, StringComparison.Ordinal))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "this is no cursor of the list with that filter and order; begin without one");
        }

        try
        {
            var page = await admin.History.JobsAsync(
                filter with { Limit = Queries.Number(query["limit"], UsuallyListed, MostListed), After = string.IsNullOrEmpty(cursor) ? cursor : cursor[mark.Length..] }, cancellationToken);
            if (page.Next is not null)
            {
                var next = mark + page.Next;
                var address = Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
                    http.Request.PathBase + http.Request.Path, query.Where(pair => pair.Key is not ("after" or "cursor")).SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value)).Append(new("after", next)));
                http.Response.Headers["X-Next-Cursor"] = Uri.EscapeDataString(next);
                http.Response.Headers.Link = $"<{address}>; rel=\"next\"";
            }

            if (page.Searched is { } searched)
            {
                http.Response.Headers["X-Searched"] = searched.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            var reasons = admin.Reasons();
            return WireJson.Json(page.Items.Select(job => ApiObjects.Listed(reasons, Newest(admin, job))));
        }
        catch (FormatException exception)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, exception.Message);
        }
    }

    private static async Task<IResult> CountAsync(IAdmin admin, TimeProvider time, string? exactly, HttpRequest request, CancellationToken cancellationToken)
    {
        var (filter, problem) = JobLists.Read(admin, request.Query, time.GetUtcNow());
        if (problem is not null)
        {
            return problem;
        }

        var count = filter is null ? null : await admin.History.CountAsync(filter, Queries.Flag(exactly), cancellationToken);
        return WireJson.Json(new
        {
            total = count?.Total ?? 0,
            is_exact = count?.IsExact ?? true,
            by_state = System.Enum.GetValues<JobState>().ToDictionary(state => ApiObjects.Snake(state.ToString()), state => count?.ByState.GetValueOrDefault(state) ?? 0),
        });
    }

    private static IResult Export(IAdmin admin, TimeProvider time, string? format, HttpRequest request, CancellationToken cancellationToken)
    {
        var (filter, problem) = JobLists.Read(admin, request.Query, time.GetUtcNow());
        return problem ?? ListExport.Problem(format) ?? JobExport.Of(admin, filter, format ?? "", cancellationToken);
    }

    private static async Task<IResult> DetailAsync(IAdmin admin, JobAnswers answers, IExecutionPlans plans, string id, string? activity_limit, string? related_limit, CancellationToken cancellationToken)
    {
        if (await FindAsync(admin, id, cancellationToken) is not { } record)
        {
            return WireJson.Error(StatusCodes.Status404NotFound, "job detail not found");
        }

        var activities = await admin.History.ActivitiesAsync(new ActivityFilter { Job = record.Job.Id, Limit = Queries.Number(activity_limit, 500, 5000) }, cancellationToken);
        var shown = Queries.Number(related_limit, 20, 100);
        var related = await admin.History.JobsAsync(new JobFilter { JobTypes = [record.Job.JobType], Limit = shown + 1 }, cancellationToken);
        var waits = admin.Explain(record.Job.Id);
        var job = answers.Detail(record, waits);
        PlanJson.Add(job, record.Job.JobType, plans.Of(record.Job.JobType, record.Payload));
        return WireJson.Json(new
        {
            job,
            run_record = record.Job.IsTerminal ? ApiObjects.Run(record.Job) : null,
            activities = activities.Reverse().Select(ApiObjects.Activity),
            related_jobs = related.Items.Where(job => job.Id != record.Job.Id).Take(shown).Select(job => ApiObjects.Job(Newest(admin, job))),
            waiting = waits is null ? null : ApiObjects.Waiting(waits),
            last_updated = record.Job.UpdatedAt,
        });
    }

    private static async Task<IResult> ExpireAsync(IAdmin admin, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(id))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "job id is required");
        }

        var (body, problem) = await Bodies.ReadAsync<ReasonBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (await FindAsync(admin, id, cancellationToken) is null)
        {
            return WireJson.Error(StatusCodes.Status404NotFound, "job not found");
        }

        var reply = await admin.SendAsync(new ExpireJob(caller.By, new JobId(id), body?.Reason ?? "job expired by admin request"), cancellationToken);
        return reply.IsAccepted ? WireJson.Json(new { job_id = id, expired = true, job = ApiObjects.Job(reply.Value) })
            : reply.Refusal.Code is RefusalCode.Invalid or RefusalCode.Unavailable or RefusalCode.PermissionDenied ? Replies.From(reply.Refusal)
            : WireJson.Json(new { job_id = id, expired = false, message = "job is not active" });
    }

    private static async Task<IResult> ExecuteAsync(IAdmin admin, Caller caller, Waits waits, string? async, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<ExecuteBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (body?.Job is not { } node)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "job is required");
        }

        Wire.JobSpec spec;
        try
        {
            spec = WireJson.Parse<Wire.JobSpec>(node.ToJsonString());
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"job cannot be read: {exception.Message}");
        }

        if (!ClusterMapper.TryRead(body.ClusterContext, out var cluster, out var unreadable))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, unreadable);
        }

        if (!WireLimits.IsName(spec.JobType, WireLimits.JobType))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"job.job_type: {WireLimits.NameRule}");
        }

        if (spec.JobId.Length > 0 && !WireLimits.IsName(spec.JobId, WireLimits.Id))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"job.job_id: {WireLimits.NameRule}");
        }

        if (spec.Parameters.Count > WireLimits.Values || spec.Labels.Count > WireLimits.Labels)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"a job may have {WireLimits.Values} parameters and {WireLimits.Labels} labels");
        }

        if (spec.JobId.Length > 0 && await admin.History.JobAsync(new JobId(spec.JobId), cancellationToken) is not null)
        {
            return WireJson.Error(StatusCodes.Status409Conflict, $"job {spec.JobId} exists already");
        }

        var seconds = body.TimeoutSeconds is > 0 and { } asked ? Math.Min(asked, 600) : 90;
        var timeout = TimeSpan.FromSeconds(seconds);
        var reply = await admin.SendAsync(Submission(caller.Submitter, spec, timeout, cluster), cancellationToken);
        if (!reply.IsAccepted)
        {
            return Replies.From(reply.Refusal);
        }

        if (Queries.Flag(async))
        {
            return OperationsApi.Accepted(reply.Value.Job.Id.Value);
        }

        return await waits.JobAsync(reply.Value.Job.Id, timeout, cancellationToken) is { } ended
            ? await CompletedAsync(admin, ended, cancellationToken)
            : await GiveUpAsync(admin, caller, reply.Value.Job.Id, cancellationToken);
    }

    private static SubmitJob Submission(Actor by, Wire.JobSpec spec, TimeSpan timeout, ClusterContext? cluster) => new(
        by,
        spec.JobType,
        JobOrigin.Rest,
        new JobPayload(spec.Detail, ConfigValueMapper.ToCore(spec.Parameters)),
        spec.Summary,
        WirePriority.ToCore(spec.Priority),
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, spec.Labels),
        spec.JobId.Length > 0 ? new JobId(spec.JobId) : null,
        spec.DedupeKey,
        spec.ScheduledAt?.ToDateTimeOffset(),
        AttemptTimeout: timeout < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : timeout,
        Cluster: cluster);

    private static async Task<IResult> CompletedAsync(IAdmin admin, Job job, CancellationToken cancellationToken)
    {
        var record = await admin.History.JobAsync(job.Id, cancellationToken);
        var wire = new Wire.JobCompleted
        {
            RequestId = job.Attempt?.RequestId.Value ?? "",
            JobId = job.Id.Value,
            JobType = job.JobType,
            Success = job.State == JobState.Succeeded,
            ErrorMessage = job.State == JobState.Succeeded ? "" : job.Error,
            Result = new Wire.JobResult { Summary = job.ResultSummary },
            CompletedAt = ApiObjects.Stamp(job.CompletedAt),
        };
        ConfigValueMapper.ToWire(record?.Result?.Outputs ?? Server.Core.Forms.ConfigValues.Empty, wire.Result.OutputValues);
        return wire.Success
            ? WireJson.Proto(wire)
            : WireJson.Json(new { error = job.Error, completion = WireJson.Node(wire, whole: true) }, StatusCodes.Status500InternalServerError);
    }

    private static async Task<IResult> GiveUpAsync(IAdmin admin, Caller caller, JobId job, CancellationToken cancellationToken)
    {
        await admin.SendAsync(new CancelJob(caller.By, job, "the caller's timeout is over"), cancellationToken);
        return WireJson.Json(new { error = $"deadline exceeded: job {job} did not end in time and is being cancelled", job_id = job.Value }, StatusCodes.Status500InternalServerError);
    }

    internal static async Task<IResult> ActAsync(IAdmin admin, JobAnswers answers, string id, Command<Job> command, CancellationToken cancellationToken)
    {
        var reply = await admin.SendAsync(command, cancellationToken);
        return reply.IsAccepted ? WireJson.Json(await answers.ActedAsync(reply.Value, cancellationToken)) : await RefusedAsync(admin, id, reply, cancellationToken);
    }

    /// <summary>A job that has ended is not the engine's any more; whether it ever was one, the store knows.</summary>
    private static async Task<IResult> RefusedAsync(IAdmin admin, string id, Reply<Job> reply, CancellationToken cancellationToken)
    {
        if (reply.Refusal!.Code != RefusalCode.NotFound)
        {
            return Replies.From(reply.Refusal);
        }

        return await FindAsync(admin, id, cancellationToken) is { } record
            ? WireJson.Error(StatusCodes.Status409Conflict, $"job {id} has already ended ({ApiObjects.Snake(record.Job.State.ToString())})")
            : WireJson.Error(StatusCodes.Status404NotFound, "job not found");
    }

    internal static async Task<JobRecord?> FindAsync(IAdmin admin, string id, CancellationToken cancellationToken)
    {
        var record = await admin.History.JobAsync(new JobId(id), cancellationToken);
        return record is null ? null : record with { Job = Newest(admin, record.Job) };
    }

    private static Job Newest(IAdmin admin, Job stored) => JobLists.Newest(admin, stored);
}
