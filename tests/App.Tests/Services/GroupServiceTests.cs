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
        (refused, detail) = await admin.RefusedAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", new SubmitGroupRequest { Template = new SubmitRequest { JobType = "told" }, Parallel = 1, FailPolicy = (FailPolicy)99 });
        Assert.Equal((StatusCode.InvalidArgument, "fail_policy"), (refused, detail.Fields[0].Field));
    }

    /// <summary>All jobs there are is more often forgotten than meant.</summary>
    [Fact]
    public async Task Bulk_WithoutAFilter_IsRefused()
    {
        foreach (var filter in (JobFilter?[])[null, new JobFilter()])
        {
            var (refused, detail) = await admin.RefusedAsync<BulkRequest, BulkResponse>("JobService", "Bulk", new BulkRequest { Action = BulkAction.Cancel, Filter = filter, DryRun = true });
            Assert.Equal((StatusCode.InvalidArgument, "filter"), (refused, detail.Fields[0].Field));
        }
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

        // One entry of the timeline has it all.
        var written = await admin.GetAsync("/api/plugin/activities");
        var entry = written.EnumerateArray().Single(entry => entry.TryGetProperty("request_id", out var of) && of.GetString() == done.OperationId && entry.GetProperty("stage").GetString() == "bulk_ended");
        Assert.Equal("bulk cancel of 4 jobs that match labels=bulk:some is done: 4 matched, 3 changed, 1 skipped, 0 failed; not wanted", entry.GetProperty("message").GetString());
        var details = entry.GetProperty("details");
        Assert.Equal(("cancel", "labels=bulk:some", "not wanted", entry.GetProperty("actor").GetString()), (Detail("action"), Detail("filter"), Detail("reason"), Detail("by")));
        Assert.Equal((4, 3, 1, 0), (details.GetProperty("matched").GetInt32(), details.GetProperty("changed").GetInt32(), details.GetProperty("skipped").GetInt32(), details.GetProperty("failed").GetInt32()));

        string Detail(string name) => details.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Bulk_TellsHowFarItIs()
    {
        await SubmitAsync(400, new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["bulk"] = "many" }, RequireLabels = { ["rack"] = "none" } }, "");
        var told = await admin.WatchAsync<BulkRequest, BulkResponse>("JobService", "WatchBulk", new BulkRequest { Action = BulkAction.Cancel, Filter = new JobFilter { Labels = { ["bulk"] = "many" } } });
        Assert.All(told, answer => Assert.Equal(400, answer.Matched));
        Assert.Equal(told.Select(answer => answer.Done).Order(), told.Select(answer => answer.Done));
        Assert.Contains(told, answer => !answer.Ended && answer.Done < 400);
        Assert.Equal((true, 400, 400, 0), (told[^1].Ended, told[^1].Done, told[^1].Changed, told[^1].Failed));
        Assert.Single(told.Select(answer => answer.OperationId).Distinct());

        var none = Assert.Single(await admin.WatchAsync<BulkRequest, BulkResponse>("JobService", "WatchBulk", new BulkRequest { Action = BulkAction.Cancel, Filter = new JobFilter { Labels = { ["bulk"] = "none" } } }));
        Assert.Equal((true, 0L, ""), (none.Ended, none.Matched, none.OperationId));
    }

    /// <summary>Also when it is only asked what would become of it, and when nothing matches.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bulk_ThatCouldChangeNoJob_IsRefused(bool dry)
    {
        foreach (var (odd, field) in ((BulkRequest, string)[])
        [
            (new BulkRequest { Action = BulkAction.SetPriority }, "priority"),
            (new BulkRequest { Action = BulkAction.SetPriority, Priority = 101 }, "priority"),
            (new BulkRequest { Action = BulkAction.SetLabels }, "labels"),
            (new BulkRequest { Action = BulkAction.SetLabels, Labels = { ["a b"] = "c" } }, "labels"),
            (new BulkRequest { Action = BulkAction.SetLabels, Labels = { ["a"] = new string('x', 257) } }, "labels"),
        ])
        {
            (odd.DryRun, odd.Filter) = (dry, new JobFilter { Labels = { ["bulk"] = "nothing" } });
            var (code, detail) = await admin.RefusedAsync<BulkRequest, BulkResponse>("JobService", "Bulk", odd);
            Assert.Equal((StatusCode.InvalidArgument, field), (code, Assert.Single(detail.Fields).Field));
        }
    }

    private Task<BulkResponse> BulkAsync(JobFilter filter, bool dry) =>
        admin.CallAsync<BulkRequest, BulkResponse>("JobService", "Bulk", new BulkRequest { Action = BulkAction.Cancel, Filter = filter, Reason = "not wanted", DryRun = dry });

    private Task<SubmitGroupResponse> SubmitAsync(int parallel, SubmitRequest template, string key) =>
        admin.CallAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", new SubmitGroupRequest { Template = template, Parallel = parallel, IdempotencyKey = key });
}
