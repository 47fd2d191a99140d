using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Many jobs made from one.</summary>
internal sealed class GroupService(IAdmin admin, SubmitService submissions)
{
    public async Task<V1.SubmitGroupResponse> SubmitAsync(V1.SubmitGroupRequest request, CallContext call)
    {
        var template = submissions.Command(request.Template ?? throw ClientErrors.Invalid("template", "template is required: what each member is"), call) with
        {
            IdempotencyKey = request.IdempotencyKey.Length > 0 ? request.IdempotencyKey : request.Template.IdempotencyKey,
        };
        var policy = request.FailPolicy switch
        {
            V1.FailPolicy.CancelRest => GroupFailPolicy.CancelRest,
            V1.FailPolicy.Unspecified or V1.FailPolicy.Continue => GroupFailPolicy.Continue,
            _ => throw ClientErrors.Invalid("fail_policy", "fail_policy is continue or cancel_rest"),
        };
        var group = (await admin.SendAsync(new SubmitGroup(ClientActor.Of(call), template, request.Parallel, request.MaxRunning, policy), call.CancellationToken)).OrThrow();
        return new V1.SubmitGroupResponse
        {
            // A dry run is told by an empty id.
            Group = group.Id.Length == 0 ? new V1.Group { Total = request.Parallel } : await FindAsync(group.Id, call.CancellationToken),
            Existing = group.Existing,
        };
    }

    public async Task<V1.GetGroupResponse> GetAsync(V1.GetGroupRequest request, CallContext call) => new() { Group = await FindAsync(request.GroupId, call.CancellationToken) };

    public async Task<V1.CancelGroupResponse> CancelAsync(V1.CancelGroupRequest request, CallContext call)
    {
        var reply = await admin.SendAsync(new CancelGroup(ClientActor.Of(call), request.GroupId, request.Reason), call.CancellationToken);
        if (reply.Refusal is { Code: RefusalCode.NotFound })
        {
            // Known only to the store: all its members have ended.
            await FindAsync(request.GroupId, call.CancellationToken);
            throw ClientErrors.From(new Refusal(RefusalCode.WrongState, "the group has already ended"));
        }

        reply.OrThrow();
        return new V1.CancelGroupResponse { Group = await FindAsync(request.GroupId, call.CancellationToken) };
    }

    private async Task<V1.Group> FindAsync(string id, CancellationToken cancellationToken) =>
        GroupView.From(await admin.History.GroupAsync(id, cancellationToken)) is { } group ? Shown(group) : throw ClientErrors.NotFound("group", id);

    private static V1.Group Shown(GroupView group) => new()
    {
        GroupId = group.Id,
        State = group.State switch
        {
            GroupState.Pending => Wire.JobState.Pending,
            GroupState.Running => Wire.JobState.Running,
            GroupState.Succeeded => Wire.JobState.Succeeded,
            GroupState.Failed => Wire.JobState.Failed,
            _ => Wire.JobState.Canceled,
        },
        Total = group.Total,
        Pending = group.Pending,
        Running = group.Running,
        Completions = group.Succeeded,
        Failed = group.Failed,
        Canceled = group.Canceled,
        JobIds = { group.Jobs.Select(job => job.Value) },
        CreatedAt = ApiObjects.Stamp(group.CreatedAt),
        CompletedAt = ApiObjects.Stamp(group.CompletedAt),
    };
}
