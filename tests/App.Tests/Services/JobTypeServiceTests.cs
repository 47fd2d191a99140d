using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class JobTypeServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Types_AreListed_AndDescribed()
    {
        var type = Assert.Single((await admin.CallAsync<ListJobTypesRequest, ListJobTypesResponse>("JobTypeService", "List", new ListJobTypesRequest())).JobTypes, type => type.JobType_ == "told");
        Assert.Equal(("told", "Told", true, true, 1), (type.JobType_, type.DisplayName, type.CanDetect, type.CanExecute, type.Workers));
        var described = await admin.CallAsync<DescribeRequest, DescribeResponse>("JobTypeService", "Describe", new DescribeRequest { JobType = "told" });
        Assert.Equal(("w-told", "says"), (described.ProvidedBy, described.Descriptor_.WorkerConfigForm.Sections[0].Fields[0].Name));
        var (code, _) = await admin.RefusedAsync<DescribeRequest, DescribeResponse>("JobTypeService", "Describe", new DescribeRequest { JobType = "none" });
        Assert.Equal(StatusCode.NotFound, code);
    }

    /// <summary>Of two workers that which described it last; asked anew, the answer has what the worker says then, or why there is nothing new.</summary>
    [Fact]
    public async Task Description_IsThatOfItsWorker_AndIsWaitedFor()
    {
        using ScriptedWorker one = new(admin.GrpcAddress, "w-described-1"), two = new(admin.GrpcAddress, "w-described-2");
        foreach (var (worker, version) in ((ScriptedWorker, uint)[])[(one, 1), (two, 2)])
        {
            await worker.HelloAsync("described");
            await AnswerAsync(worker, version);
            await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("described")?.Descriptor?.Version == version, "it is described");
        }

        Assert.Equal((2u, "w-described-2"), await DescribeAsync(refresh: false));
        var refreshed = DescribeAsync(refresh: true);
        await AnswerAsync(one, 3);
        Assert.Equal((3u, "w-described-1"), await refreshed);

        var refused = admin.RefusedAsync<DescribeRequest, DescribeResponse>("JobTypeService", "Describe", new DescribeRequest { JobType = "described", ForceRefresh = true });
        await AnswerAsync(one, 0);
        var (code, detail) = await refused;
        Assert.Equal((StatusCode.Unavailable, "no descriptor of described: not today"), (code, detail.Message));
        Assert.Equal((3u, "w-described-1"), await DescribeAsync(refresh: false));

        static async Task AnswerAsync(ScriptedWorker worker, uint version)
        {
            var asked = await worker.NextAsync(Wire.AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
            var answer = new Wire.ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "described", Success = version > 0, ErrorMessage = version > 0 ? "" : "not today" };
            answer.JobTypeDescriptor = version > 0 ? new Wire.JobTypeDescriptor { JobType = "described", DescriptorVersion = version } : null;
            await worker.SendAsync(new Wire.WorkerToAdminMessage { ConfigSchemaResponse = answer });
        }

        async Task<(uint Version, string By)> DescribeAsync(bool refresh)
        {
            var answer = await admin.CallAsync<DescribeRequest, DescribeResponse>("JobTypeService", "Describe", new DescribeRequest { JobType = "described", ForceRefresh = refresh });
            return (answer.Descriptor_.DescriptorVersion, answer.ProvidedBy);
        }
    }

    [Fact]
    public async Task Config_IsSetFieldByField_AndAConflictIsTold()
    {
        var before = await admin.CallAsync<GetConfigRequest, GetConfigResponse>("JobTypeService", "GetConfig", new GetConfigRequest { JobType = "told" });
        Assert.Equal(3, before.Config.WorkerConfigValues["pace"].Int64Value);
        var saved = await SetAsync("""{"pace":"7","retry_limit":2}""", before.Version);
        Assert.Equal(["pace 3 7", "retry_limit 0 2"], saved.Changes.Where(change => change.Field is "pace" or "retry_limit").Select(change => $"{change.Field} {change.Before} {change.After}"));
        var after = await admin.CallAsync<GetConfigRequest, GetConfigResponse>("JobTypeService", "GetConfig", new GetConfigRequest { JobType = "told" });
        Assert.Equal((7L, 2), (after.Config.WorkerConfigValues["pace"].Int64Value, after.Config.AdminRuntime.RetryLimit));

        var (conflict, _) = await admin.RefusedAsync<SetConfigRequest, SetConfigResponse>("JobTypeService", "SetConfig", new SetConfigRequest { JobType = "told", ValuesJson = """{"pace":8}""", ExpectedVersion = before.Version });
        Assert.Equal(StatusCode.Aborted, conflict);
        var (unknown, detail) = await admin.RefusedAsync<SetConfigRequest, SetConfigResponse>("JobTypeService", "SetConfig", new SetConfigRequest { JobType = "told", ValuesJson = """{"peace":8}""" });
        Assert.Equal((StatusCode.InvalidArgument, "peace"), (unknown, Assert.Single(detail.Fields).Field));

        // Refused, not cut to what fits; also as the text it was typed as.
        foreach (var large in (string[])["9999999999", "\"9999999999\""])
        {
            var (beyond, why) = await admin.RefusedAsync<SetConfigRequest, SetConfigResponse>("JobTypeService", "SetConfig", new SetConfigRequest { JobType = "told", ValuesJson = $$"""{"execution_timeout_seconds":{{large}}}""" });
            Assert.Equal((StatusCode.InvalidArgument, "execution_timeout_seconds", "9999999999 is above 2147483647"), (beyond, Assert.Single(why.Fields).Field, why.Fields[0].Message));
        }
    }

    [Fact]
    public async Task Detect_ShowsOrQueues()
    {
        var shown = await admin.CallAsync<DetectRequest, DetectResponse>("JobTypeService", "Detect", new DetectRequest { JobType = "told" });
        Assert.Equal((2, 0), (shown.Found, shown.Created));
        Assert.Equal(["say a", "say b"], shown.Proposals.Select(proposal => proposal.Summary));
        var queued = await admin.CallAsync<DetectRequest, DetectResponse>("JobTypeService", "Detect", new DetectRequest { JobType = "told", Enqueue = true, MaxResults = 1 });
        Assert.Equal(1, queued.Created);

        var told = await admin.WatchAsync<DetectRequest, DetectResponse>("JobTypeService", "WatchDetect", new DetectRequest { JobType = "told" });
        Assert.Equal((true, 2, 2), (told[^1].Ended, told[^1].Found, told[^1].Proposals.Count));
        Assert.All(told.SkipLast(1), answer => Assert.False(answer.Ended));
    }

    [Fact]
    public async Task Workers_AreListed_AndDrained()
    {
        var worker = Assert.Single((await admin.CallAsync<ListWorkersRequest, ListWorkersResponse>("WorkerService", "List", new ListWorkersRequest())).Workers, worker => worker.WorkerId == "w-told");
        Assert.Equal(("w-told", "healthy", true, false), (worker.WorkerId, worker.State, worker.Connected, worker.Draining));
        Assert.Equal("told", Assert.Single(worker.Executes));
        Assert.True((await DrainAsync(true)).Draining);
        Assert.False((await DrainAsync(false)).Draining);
        var (code, _) = await admin.RefusedAsync<GetWorkerRequest, GetWorkerResponse>("WorkerService", "Get", new GetWorkerRequest { WorkerId = "none" });
        Assert.Equal(StatusCode.NotFound, code);
    }

    private Task<SetConfigResponse> SetAsync(string json, long version) =>
        admin.CallAsync<SetConfigRequest, SetConfigResponse>("JobTypeService", "SetConfig", new SetConfigRequest { JobType = "told", ValuesJson = json, ExpectedVersion = version });

    private async Task<Wire.V1.Worker> DrainAsync(bool enabled) =>
        (await admin.CallAsync<DrainRequest, DrainResponse>("WorkerService", "Drain", new DrainRequest { WorkerId = "w-told", Enabled = enabled })).Worker;
}
