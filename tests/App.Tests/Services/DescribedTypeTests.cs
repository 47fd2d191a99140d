using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>Job types as their workers describe them.</summary>
public sealed class DescribedTypeTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task SecretOfAConfig_IsSeenToBeSet_AndStaysWhatItIs_WhenItIsSentBack()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-hushed");
        await DescribeAsync(worker, new WorkerSdk.DescriptorBuilder("hushed", "Hushed", "Keeps secrets.").Worker(form => form.Section("all", "All", "", all =>
        {
            all.Secret("code", "Code", "");
            all.Integer("pace", "Pace", "", 3);
        })).Build());
        await SetAsync("""{"code":"open sesame"}""");
        var shown = (await admin.CallAsync<GetConfigRequest, GetConfigResponse>("JobTypeService", "GetConfig", new GetConfigRequest { JobType = "hushed" })).Config;
        Assert.Equal("***", shown.WorkerConfigValues["code"].StringValue);
        await SetAsync("""{"code":"***","pace":5}""");
        var kept = admin.Admin.States.Current.Value.JobTypes["hushed"].Config!.WorkerValues;
        Assert.Equal(("open sesame", 5L), (((Server.Core.Forms.ConfigValue.Text)kept["code"]).Value, ((Server.Core.Forms.ConfigValue.Int64)kept["pace"]).Value));

        Task SetAsync(string json) => admin.CallAsync<SetConfigRequest, SetConfigResponse>("JobTypeService", "SetConfig", new SetConfigRequest { JobType = "hushed", ValuesJson = json });
    }

    /// <summary>Where each worker sees only its own, one of them is not the whole answer.</summary>
    [Fact]
    public async Task Detect_CountsWhatAllWorkersFound_WhereEachIsAsked()
    {
        using var one = new ScriptedWorker(admin.GrpcAddress, "w-scan-1");
        using var two = new ScriptedWorker(admin.GrpcAddress, "w-scan-2");
        await DescribeAsync(one, new WorkerSdk.DescriptorBuilder("scanned", "Scanned", "").Admin(form => form.Section("scope", "Scope", "", scope => scope.Select("dispatch_detector_scope", "Asked", "", "each", ("each", "Each"), ("one", "One")))).Build());
        await two.HelloAsync("scanned");
        await admin.ViewsAsync(model => model.JobType("scanned") is { ExecutorCount: 2 });
        var looking = admin.WatchAsync<DetectRequest, DetectResponse>("JobTypeService", "WatchDetect", new DetectRequest { JobType = "scanned", Enqueue = true });
        await FindAsync(one, 2);
        await FindAsync(two, 3);
        var told = await looking;
        Assert.Equal((true, 5, 5), (told[^1].Ended, told[^1].Found, told[^1].Proposals.Count));

        var shown = admin.CallAsync<DetectRequest, DetectResponse>("JobTypeService", "Detect", new DetectRequest { JobType = "scanned" });
        await FindAsync(one, 1);
        await FindAsync(two, 2);
        Assert.Equal((3, 0, 3), ((await shown).Found, (await shown).Created, (await shown).Proposals.Count));

        var posted = admin.PostAsync("/api/plugin/job-types/scanned/detect", "{}", 200);
        await FindAsync(one, 2);
        await FindAsync(two, 1);
        var answer = await posted;
        Assert.Equal((3, 3, "w-scan-1"), (answer.GetProperty("count").GetInt32(), answer.GetProperty("proposals").GetArrayLength(), answer.GetProperty("detector_worker_id").GetString()));
        Assert.Equal(["w-scan-1 2", "w-scan-2 1"], answer.GetProperty("detections").EnumerateArray().Select(asked => $"{asked.GetProperty("detector_worker_id").GetString()} {asked.GetProperty("count").GetInt32()}"));

        static async Task FindAsync(ScriptedWorker worker, int count)
        {
            var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest);
            var found = Enumerable.Range(0, count).Select(n => new JobProposal { ProposalId = $"{n}", DedupeKey = $"{asked.RequestId} {n}", Summary = "found" });
            await worker.SendAsync(new WorkerToAdminMessage { DetectionProposals = new DetectionProposals { RequestId = asked.RequestId, JobType = "scanned", Proposals = { found } } });
            await worker.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = asked.RequestId, JobType = "scanned", Success = true, TotalProposals = count } });
        }
    }

    private async Task DescribeAsync(ScriptedWorker worker, JobTypeDescriptor described)
    {
        await worker.HelloAsync(described.JobType);
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = described.JobType, Success = true, JobTypeDescriptor = described } });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault(described.JobType) is { Descriptor: not null }, "the type is described");
    }
}
