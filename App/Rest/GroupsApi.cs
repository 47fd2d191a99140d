using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Many jobs made from one.</summary>
public static class GroupsApi
{
    /// <param name="Template">What a single submission would be.</param>
    /// <param name="FailPolicy">continue or cancel_rest.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record GroupBody(SubmitApi.SubmitBody? Template, int? Parallel, int? MaxRunning, string? FailPolicy);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/groups", SubmitAsync);
        api.MapGet("/groups/{id}", async (IAdmin admin, string id, CancellationToken cancellationToken) => await AnswerAsync(admin, id, existing: false, StatusCodes.Status200OK, cancellationToken));
        api.MapPost("/groups/{id}/cancel", async (IAdmin admin, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken) =>
        {
            var (body, problem) = await Bodies.ReadAsync<JobsApi.ReasonBody>(request, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }

            var reply = await admin.SendAsync(new CancelGroup(caller.By, id, body?.Reason ?? ""), cancellationToken);
            return reply.IsAccepted ? await AnswerAsync(admin, id, existing: false, StatusCodes.Status200OK, cancellationToken)
                : reply.Refusal.Code == RefusalCode.NotFound && !(await admin.History.GroupAsync(id, cancellationToken)).IsEmpty ? WireJson.Error(StatusCodes.Status409Conflict, "the group has already ended")
                : Replies.From(reply.Refusal);
        });
    }

    private static async Task<IResult> SubmitAsync(IAdmin admin, Caller caller, HttpContext http, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<GroupBody>(http.Request, cancellationToken);
        var (template, refused) = problem is null ? SubmitApi.Command(admin, caller, body?.Template, http.Request) : (null, problem);
        if (template is null)
        {
            return refused!;
        }

        if (body!.FailPolicy is not (null or "continue" or "cancel_rest"))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "fail_policy is continue or cancel_rest");
        }

        var policy = body.FailPolicy == "cancel_rest" ? GroupFailPolicy.CancelRest : GroupFailPolicy.Continue;
        var reply = await admin.SendAsync(new SubmitGroup(caller.Submitter, template, body.Parallel ?? 0, body.MaxRunning ?? 0, policy), cancellationToken);
        if (!reply.IsAccepted)
        {
            return Replies.From(reply.Refusal);
        }

        if (reply.Value.Id.Length == 0)
        {
            return WireJson.Json(new { dry_run = true, warnings = reply.Value.Warnings });
        }

        http.Response.Headers.Location = $"{http.Request.PathBase}/api/plugin/groups/{Uri.EscapeDataString(reply.Value.Id)}";
        return await AnswerAsync(admin, reply.Value.Id, reply.Value.Existing, reply.Value.Existing ? StatusCodes.Status200OK : StatusCodes.Status201Created, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(IAdmin admin, string id, bool existing, int status, CancellationToken cancellationToken) =>
        GroupView.From(await admin.History.GroupAsync(id, cancellationToken)) is { } group
            ? WireJson.Json(ApiObjects.Group(group, existing), status)
            : WireJson.Error(StatusCodes.Status404NotFound, "group not found");
}
