using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>A real worker's side of a recorded stream, played against this admin with our request ids in place of the recorded ones.</summary>
public sealed class ReplayTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    private static readonly IReadOnlyList<WorkerToAdminMessage> Worker = RecordedStream.Worker;

    private static readonly IReadOnlyList<AdminToWorkerMessage> Peer = RecordedStream.Peer;

    [Fact]
    public async Task RecordedWorker_IsServed_AsByItsOwnAdmin()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, Worker[0].WorkerId);
        await worker.SendAsync(Worker[0].Clone());
        Assert.True((await worker.NextAsync(Body.Hello)).Hello.Accepted);
        var descriptors = Worker.Where(message => message.ConfigSchemaResponse is not null).ToDictionary(message => message.ConfigSchemaResponse.JobType);
        foreach (var name in descriptors.Keys.Order(StringComparer.Ordinal))
        {
            var asked = await worker.NextAsync(Body.RequestConfigSchema);
            Assert.Equal(name, asked.RequestConfigSchema.JobType);
            var answer = descriptors[name].Clone();
            answer.ConfigSchemaResponse.RequestId = asked.RequestId;
            await worker.SendAsync(answer);
        }

        await admin.UntilAsync(state => state.JobTypes.Values.Count(type => type.Descriptor is not null && type.Config is not null) == 7, "seven descriptors are stored");
        foreach (var (name, recorded) in descriptors)
        {
            var json = await admin.Http.GetStringAsync(new Uri($"/api/plugin/job-types/{name}/descriptor", UriKind.Relative));
            Assert.Equal(recorded.ConfigSchemaResponse.JobTypeDescriptor, JsonParser.Default.Parse<JobTypeDescriptor>(json));
        }

        await worker.SendAsync(Worker.First(message => message.Heartbeat is not null).Clone());
        var proposals = await DetectVacuumAsync(worker);
        Assert.Equal(7, proposals);
        Assert.Equal(7, await RunVacuumAsync(worker));
    }

    private static WorkerToAdminMessage Recorded(Func<WorkerToAdminMessage, bool> which) => Worker.First(which);

    private async Task<int> DetectVacuumAsync(ScriptedWorker worker)
    {
        var answering = admin.Http.PostAsync(new Uri("/api/plugin/job-types/vacuum/detect", UriKind.Relative), null);
        await AnswerDetectionAsync(worker);
        var response = await answering;
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        var recorded = Recorded(message => message.DetectionProposals is { JobType: "vacuum" }).DetectionProposals;
        Assert.Equal(
            recorded.Proposals.Select(proposal => proposal.ProposalId).Order(StringComparer.Ordinal),
            body.GetProperty("proposals").EnumerateArray().Select(proposal => proposal.GetProperty("proposal_id").GetString()!).Order(StringComparer.Ordinal));
        return body.GetProperty("count").GetInt32();
    }

    private static async Task AnswerDetectionAsync(ScriptedWorker worker)
    {
        // Types that are enabled also detect by schedule meanwhile; the vacuum request is the one to be answered.
        AdminToWorkerMessage asked;
        do
        {
            asked = await worker.NextAsync(Body.RunDetectionRequest);
        }
        while (asked.RunDetectionRequest.JobType != "vacuum");
        Assert.Equal(asked.RequestId, asked.RunDetectionRequest.RequestId);
        Assert.True(asked.RunDetectionRequest.DetectionSequence > 0);
        var expected = Peer.First(message => message.RunDetectionRequest is { JobType: "vacuum" }).RunDetectionRequest;
        Assert.Equal(expected.WorkerConfigValues.Keys.Order(StringComparer.Ordinal), asked.RunDetectionRequest.WorkerConfigValues.Keys.Order(StringComparer.Ordinal));
        var original = Recorded(message => message.DetectionProposals is { JobType: "vacuum" }).DetectionProposals.RequestId;
        foreach (var message in Worker.Where(message => message.DetectionProposals?.RequestId == original || message.DetectionComplete?.RequestId == original).Select(message => message.Clone()))
        {
            _ = message.BodyCase == WorkerToAdminMessage.BodyOneofCase.DetectionProposals
                ? message.DetectionProposals.RequestId = asked.RequestId
                : message.DetectionComplete.RequestId = asked.RequestId;
            await worker.SendAsync(message);
        }
    }

    private async Task<int> RunVacuumAsync(ScriptedWorker worker)
    {
        var running = admin.Http.PostAsync(new Uri("/api/plugin/job-types/vacuum/run", UriKind.Relative), null);
        await AnswerDetectionAsync(worker);
        var completions = Worker.Where(message => message.JobCompleted is { JobType: "vacuum" }).Take(7).ToList();
        for (var n = 0; n < 7; n++)
        {
            var asked = await worker.NextAsync(Body.ExecuteJobRequest);
            Assert.Equal((asked.RequestId, 1), (asked.ExecuteJobRequest.RequestId, asked.ExecuteJobRequest.Attempt));
            var answer = completions[n].Clone();
            answer.JobCompleted.RequestId = asked.RequestId;
            answer.JobCompleted.JobId = asked.ExecuteJobRequest.Job.JobId;
            await worker.SendAsync(answer);
        }

        var body = await (await running).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(7, body.GetProperty("success_count").GetInt32());
        return body.GetProperty("executed_count").GetInt32();
    }
}
