using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class GroupServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Group_RunsItsMembers_AndCountsThem()
    {
        var submitted = await SubmitAsync(3, new SubmitRequest { JobType = "told", ParametersJson = """{"says":"number-${index}"}""" }, "g-1");
        Assert.Equal(3, submitted.Group.JobIds.Count);
        foreach (var id in submitted.Group.JobIds)
        {
            await admin.EndAsync(id);
        }

        var group = (await admin.CallAsync<GetGroupRequest, GetGroupResponse>("JobService", "GetGroup", new GetGroupRequest { GroupId = submitted.Group.GroupId })).Group;
        Assert.Equal((JobState.Succeeded, 3, 3, 0), (group.State, group.Total, group.Completions, group.Failed));
        var last = await admin.EndAsync(group.JobIds[2]);
        Assert.Equal(("number-2", 2, group.GroupId), (last.Parameters["says"].StringValue, last.GroupIndex, last.GroupId));
        Assert.True((await SubmitAsync(3, new SubmitRequest { JobType = "told", ParametersJson = """{"says":"number-${index}"}""" }, "g-1")).Existing);

        var listed = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { GroupId = group.GroupId } });
        Assert.Equal(3, listed.Jobs.Count);
        var (code, _) = await admin.RefusedAsync<CancelGroupRequest, CancelGroupResponse>("JobService", "CancelGroup", new CancelGroupRequest { GroupId = group.GroupId });
        Assert.Equal(StatusCode.FailedPrecondition, code);
    }

    [Fact]
    public async Task Group_IsCanceledWhole_AndUnknownOnesAreNotFound()
    {
        var group = (await SubmitAsync(4, new SubmitRequest { JobType = "told", ParametersJson = """{"says":"wait"}""" }, "")).Group;
        var canceled = (await admin.CallAsync<CancelGroupRequest, CancelGroupResponse>("JobService", "CancelGroup", new CancelGroupRequest { GroupId = group.GroupId, Reason = "enough" })).Group;
        Assert.True(canceled.Canceled >= 2, $"{canceled}");
        foreach (var id in group.JobIds)
        {
            Assert.Equal(JobState.Canceled, (await admin.EndAsync(id)).State);
        }

        var (code, _) = await admin.RefusedAsync<GetGroupRequest, GetGroupResponse>("JobService", "GetGroup", new GetGroupRequest { GroupId = "none" });
        Assert.Equal(StatusCode.NotFound, code);
        var (refused, detail) = await admin.RefusedAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", new SubmitGroupRequest { Template = new SubmitRequest { JobType = "told" }, Parallel = 0 });
        Assert.Equal((StatusCode.InvalidArgument, "parallel"), (refused, detail.Fields[0].Field));
    }

    [Fact]
    public async Task Bulk_ChangesWhatTheFilterFinds_AndSaysWhatItLeftAlone()
    {
        var filter = new JobFilter { Labels = { ["bulk"] = "some" } };
        for (var n = 0; n < 3; n++)
        {
            await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["bulk"] = "some" }, RequireLabels = { ["rack"] = "none" } });
        }

        var ended = await admin.EndAsync((await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["bulk"] = "some" } })).JobId);
        Assert.Equal(JobState.Succeeded, ended.State);
        var tried = await BulkAsync(filter, dry: true);
        Assert.Equal((4, 3, 3), (tried.Matched, tried.Changed, tried.Sample.Count));
        var done = await BulkAsync(filter, dry: false);
        Assert.Equal((4, 3, 1), (done.Matched, done.Changed, done.Skipped.Values.Sum()));
        var left = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { Labels = { ["bulk"] = "some" }, States = { JobState.Canceled } } });
        Assert.Equal(3, left.Jobs.Count);
    }

    private Task<BulkResponse> BulkAsync(JobFilter filter, bool dry) =>
        admin.CallAsync<BulkRequest, BulkResponse>("JobService", "Bulk", new BulkRequest { Action = BulkAction.Cancel, Filter = filter, Reason = "not wanted", DryRun = dry });

    private Task<SubmitGroupResponse> SubmitAsync(int parallel, SubmitRequest template, string key) =>
        admin.CallAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", new SubmitGroupRequest { Template = template, Parallel = parallel, IdempotencyKey = key });
}
