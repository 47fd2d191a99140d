using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
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
        api.MapPost("/job-types/{type}/detect", (IAdmin admin, Waits waits, string type, bool? test, bool? async, HttpRequest request, CancellationToken cancellationToken) =>
            DetectAsync(admin, waits, type, test == true ? DetectionMode.Test : DetectionMode.Preview, async == true, request, cancellationToken));
        api.MapPost("/job-types/{type}/run", RunAsync);
        api.MapGet("/job-types/{type}/detections", async (IAdmin admin, string type, int? limit, CancellationToken cancellationToken) =>
            WireJson.Json((await admin.History.DetectionsAsync(type, Math.Clamp(limit ?? 50, 1, 500), cancellationToken)).Select(ApiObjects.Detection)));
        api.MapGet("/detections/{id}/proposals", async (IAdmin admin, string id, int? skip, int? limit, CancellationToken cancellationToken) =>
            WireJson.Json((await admin.History.ProposalsAsync(new RequestId(id), Math.Max(0, skip ?? 0), Math.Clamp(limit ?? 200, 1, 1000), cancellationToken)).Select(ApiObjects.Proposal)));
    }

    private static async Task<IResult> DetectAsync(
        IAdmin admin, Waits waits, string type, DetectionMode mode, bool inBackground, HttpRequest request, CancellationToken cancellationToken)
    {
        var (reply, timeout, problem) = await AskAsync(admin, type, mode, 45, 300, request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (!reply!.IsAccepted)
        {
            return Failed(reply.Refusal);
        }

        if (inBackground)
        {
            return OperationsApi.Accepted(reply.Value.Id.Value);
        }

        // The engine ends a detection at its timeout; the wait is a little longer, so that it sees that end.
        var ended = await waits.DetectionAsync(reply.Value.Id, withJobs: false, timeout + TimeSpan.FromSeconds(5), cancellationToken) ?? reply.Value;
        var proposals = await admin.History.ProposalsAsync(ended.Id, 0, ProposalsShown, cancellationToken);
        var activities = await admin.History.ActivitiesAsync(new ActivityFilter { Request = ended.Id }, cancellationToken);
        var ordered = proposals.OrderByDescending(trace => trace.Proposal.Priority).ThenBy(trace => trace.Proposal.ProposalId, StringComparer.Ordinal);
        return WireJson.Json(
            new
            {
                job_type = type,
                request_id = ended.Id.Value,
                detector_worker_id = ended.Worker.Value,
                total_proposals = ended.Counts.Found,
                count = ended.Counts.Found,
                proposals = ordered.Select(ApiObjects.Proposal),
                activities = activities.Reverse().Select(ApiObjects.Activity),
                error = ended.Status == DetectionStatus.Succeeded ? null : ended.Error,
            },
            ended.Status == DetectionStatus.Succeeded ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError);
    }

    private static async Task<IResult> RunAsync(IAdmin admin, Waits waits, string type, bool? async, HttpRequest request, CancellationToken cancellationToken)
    {
        var (reply, timeout, problem) = await AskAsync(admin, type, DetectionMode.Run, 300, 1800, request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (!reply!.IsAccepted)
        {
            return Failed(reply.Refusal);
        }

        if (async == true)
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
        IAdmin admin, string type, DetectionMode mode, int usualSeconds, int mostSeconds, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<Body>(request, cancellationToken);
        if (problem is not null)
        {
            return (null, default, problem);
        }

        ClusterContext? cluster = null;
        if (body?.ClusterContext is { } given)
        {
            try
            {
                cluster = ClusterMapper.ToCore(WireJson.Parse<Wire.ClusterContext>(given.ToJsonString()));
            }
            catch (Exception exception) when (exception is Google.Protobuf.InvalidProtocolBufferException or Google.Protobuf.InvalidJsonException)
            {
                return (null, default, WireJson.Error(StatusCodes.Status400BadRequest, $"cluster_context cannot be read: {exception.Message}"));
            }
        }

        var seconds = body?.TimeoutSeconds is > 0 and { } asked ? Math.Min(asked, mostSeconds) : usualSeconds;
        var timeout = TimeSpan.FromSeconds(seconds);
        var reply = await admin.SendAsync(
            new RequestDetection(Actor.LocalRest, type, mode, Math.Max(0, body?.MaxResults ?? 0), mode == DetectionMode.Run ? null : timeout, null, cluster), cancellationToken);
        return (reply, timeout, null);
    }

    private static IResult Failed(Refusal refusal) => refusal.Code == RefusalCode.WrongState
        ? Replies.From(refusal)
        : WireJson.Error(StatusCodes.Status500InternalServerError, refusal.Text);
}
