using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

public static class DetectionApi
{
    /// <summary>Proposals one answer carries; the rest is read by page from the detection.</summary>
    private const int ProposalsShown = 10_000;

    public sealed record Body(JsonNode? ClusterContext, int? MaxResults, double? TimeoutSeconds, int? Attempt);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/job-types/{type}/detect", (IAdmin admin, Caller caller, Waits waits, string type, string? test, string? async, HttpRequest request, CancellationToken cancellationToken) =>
            DetectAsync(admin, caller, waits, type, Queries.Flag(test) ? DetectionMode.Test : DetectionMode.Preview, Queries.Flag(async), request, cancellationToken));
        api.MapPost("/job-types/{type}/run", RunAsync);
        api.MapGet("/job-types/{type}/detections", async (IAdmin admin, string type, string? limit, CancellationToken cancellationToken) =>
            Queries.Number("limit", limit, 50, 1, 500, out var most)
            ?? WireJson.Json((await admin.History.DetectionsAsync([type], most, cancellationToken)).Select(ApiObjects.Detection)));
        api.MapGet("/detections/{id}/proposals", async (IAdmin admin, string id, string? skip, string? limit, CancellationToken cancellationToken) =>
            Queries.Number("skip", skip, 0, 0, int.MaxValue, out var skipped)
            ?? Queries.Number("limit", limit, 200, 1, 1000, out var most)
            ?? WireJson.Json((await admin.History.ProposalsAsync(new RequestId(id), skipped, most, cancellationToken)).Select(trace => ApiObjects.Proposal(trace, FormOf(admin, trace.Proposal.JobType)))));
    }

    private static async Task<IResult> DetectAsync(
        IAdmin admin, Caller caller, Waits waits, string type, DetectionMode mode, bool inBackground, HttpRequest request, CancellationToken cancellationToken)
    {
        var (reply, timeout, problem) = await AskAsync(admin, caller, type, mode, 45, 300, request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (!reply!.IsAccepted)
        {
            return reply.Refusal.Code is RefusalCode.WrongState or RefusalCode.PermissionDenied ? Replies.From(reply.Refusal) : Found(admin, type, [], [], [], reply.Refusal.Text);
        }

        if (inBackground)
        {
            return OperationsApi.Accepted(reply.Value.Id.Value);
        }

        var round = await waits.RoundAsync(reply.Value, timeout, cancellationToken);
        var (proposals, activities) = (new List<ProposalTrace>(), new List<Activity>());
        foreach (var ended in round)
        {
            proposals.AddRange(await admin.History.ProposalsAsync(ended.Id, 0, ProposalsShown - proposals.Count, cancellationToken));
            activities.AddRange((await admin.History.ActivitiesAsync(new ActivityFilter { Request = ended.Id }, cancellationToken)).Reverse());
        }

        return Found(admin, type, round, proposals, activities, round.All(ended => ended.Status == DetectionStatus.Succeeded) ? null : Waits.ErrorOf(round));
    }

    private static FormSchema? FormOf(IAdmin admin, string type) => admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor?.WorkerForm;

    /// <summary>The same body whether it went well or not; what was found before a failure is still worth seeing.</summary>
    private static IResult Found(IAdmin admin, string type, ImmutableArray<Detection> round, IEnumerable<ProposalTrace> proposals, IEnumerable<Activity> activities, string? error) => WireJson.Json(
        new
        {
            job_type = type,
            request_id = round.IsEmpty ? "" : round[0].Id.Value,
            detector_worker_id = round.IsEmpty ? "" : round[0].Worker.Value,
            total_proposals = round.Sum(detection => detection.Counts.Found),
            count = round.Sum(detection => detection.Counts.Found),
            detections = round is [{ ForWorker: not null }, ..] ? round.Select(detection => new { request_id = detection.Id.Value, detector_worker_id = detection.Worker.Value, count = detection.Counts.Found, error = WireJson.Some(detection.Error) }) : null,
            proposals = proposals.OrderByDescending(trace => trace.Proposal.Priority).ThenBy(trace => trace.Proposal.ProposalId, StringComparer.Ordinal).Select(trace => ApiObjects.Proposal(trace, FormOf(admin, trace.Proposal.JobType))),
            activities = activities.Select(ApiObjects.Activity),
            error,
        },
        error is null ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError);

    private static async Task<IResult> RunAsync(IAdmin admin, Caller caller, Waits waits, string type, string? async, HttpRequest request, CancellationToken cancellationToken)
    {
        var (reply, timeout, problem) = await AskAsync(admin, caller, type, DetectionMode.Run, 300, 1800, request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (!reply!.IsAccepted)
        {
            return reply.Refusal.Code is RefusalCode.WrongState or RefusalCode.PermissionDenied ? Replies.From(reply.Refusal) : WireJson.Error(StatusCodes.Status500InternalServerError, reply.Refusal.Text);
        }

        if (Queries.Flag(async))
        {
            return OperationsApi.Accepted(reply.Value.Id.Value);
        }

        var settled = await waits.DetectionAsync(reply.Value.Id, withJobs: true, timeout, cancellationToken) ?? reply.Value;
        var counts = settled.Counts;
        var result = new
        {
            job_type = type,
            detected_count = counts.Found,
            ready_to_execute_count = counts.Queued,
            skipped_active_count = counts.Suppressed + counts.Refreshed,
            executed_count = counts.Succeeded + counts.Failed + counts.Canceled,
            success_count = counts.Succeeded,
            error_count = counts.Failed,
            canceled_count = counts.Canceled,
            pending_count = counts.Open,
            request_id = settled.Id.Value,
            error = settled.Status is DetectionStatus.Succeeded or DetectionStatus.Requested or DetectionStatus.Proposing ? null : settled.Error,
        };
        return WireJson.Json(result, result.error is null ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError);
    }

    private static async Task<(Reply<Detection>? Reply, TimeSpan Timeout, IResult? Problem)> AskAsync(
        IAdmin admin, Caller caller, string type, DetectionMode mode, int usualSeconds, int mostSeconds, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<Body>(request, cancellationToken);
        if (problem is not null)
        {
            return (null, default, problem);
        }

        if (!ClusterMapper.TryRead(body?.ClusterContext, out var cluster, out var unreadable))
        {
            return (null, default, WireJson.Error(StatusCodes.Status400BadRequest, unreadable));
        }

        var seconds = body?.TimeoutSeconds is > 0 and { } asked ? Math.Min(asked, mostSeconds) : usualSeconds;
        var timeout = TimeSpan.FromSeconds(seconds);
        var reply = await admin.SendAsync(
            new RequestDetection(caller.By, type, mode, Math.Max(0, body?.MaxResults ?? 0), mode == DetectionMode.Run ? null : timeout, null, cluster), cancellationToken);
        return (reply, timeout, null);
    }
}
