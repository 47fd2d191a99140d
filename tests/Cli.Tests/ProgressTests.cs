using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Long work says how far it is, to whoever looks and to nobody else.</summary>
public sealed class ProgressTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    [Theory]
    [InlineData("\rrunning", "run", "--wait", "--")]
    [InlineData("\r0 of 2 ended, 2 running", "run", "--parallel", "2", "--wait", "--")]
    public async Task Wait_ShowsHowFarItIs_OnOneLine_ThatIsTakenAway(string progress, params string[] verb)
    {
        using var folder = new TemporaryFolder();
        var go = Path.Combine(folder.Path, "go");
        string[] command = [.. verb, "sh", "-c", $"while [ ! -e {go} ]; do sleep 0.1; done"];
        using var error = new WatchedOutput(progress);
        var watched = new Shell(admin.Address) { Watched = error }.RunAsync(command);
        await error.SeenAsync().InTimeAsync($"a line that says {progress}");
        await File.WriteAllTextAsync(go, "");
        var answer = await watched;
        Assert.Equal(0, answer.Code);
        Assert.EndsWith("\r\e[K", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', answer.Error[answer.Error.IndexOf(progress, StringComparison.Ordinal)..]);

        foreach (var silent in (Task<Answer>[])[new Shell(admin.Address).RunAsync(command), Looked("--quiet"), Looked("--json")])
        {
            Assert.Equal("", (await silent).Error);
        }

        Task<Answer> Looked(string flag) => new Shell(admin.Address) { Watched = new WatchedOutput("") }.RunAsync([flag, .. command]);
    }

    [Fact]
    public async Task Bulk_ShowsHowManyJobsAreDone()
    {
        Assert.Equal(0, (await new Shell(admin.Address).RunAsync("run", "true", "--parallel", "400", "--require", "site=nowhere", "--label", "test=counted", "--detach")).Code);
        using var error = new WatchedOutput("");
        var answer = await new Shell(admin.Address) { Watched = error }.RunAsync("cancel", "--filter", "label=test=counted", "--yes");
        Assert.Equal((0, "400 found, 400 changed\n"), (answer.Code, answer.Output));
        Assert.Matches(new Regex("\rcancel: [0-9]+ of 400, [0-9]+ changed, "), answer.Error);
        Assert.EndsWith("\r\e[K", answer.Error, StringComparison.Ordinal);
    }

    /// <summary>All of them, and as the first that failed.</summary>
    [Fact]
    public async Task Detect_ThatWaits_EndsWhenItsJobsHave()
    {
        using var worker = new ScriptedWorker(admin.Address, "w-waits");
        await worker.HelloAsync("awaited");
        var asked = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema)).RequestId;
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked, JobType = "awaited", Success = true, JobTypeDescriptor = new JobTypeDescriptor { JobType = "awaited", DescriptorVersion = 1 } } });
        var waits = new Shell(admin.Address).RunAsync("detect", "awaited", "--enqueue", "--wait");
        var run = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest)).RunDetectionRequest.RequestId;
        await worker.SendAsync(new WorkerToAdminMessage { DetectionProposals = new DetectionProposals { RequestId = run, JobType = "awaited", Proposals = { new JobProposal { ProposalId = "a", DedupeKey = "a", JobType = "awaited", Summary = "a" } } } });
        await worker.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = run, JobType = "awaited", Success = true, TotalProposals = 1 } });
        var job = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest));
        Assert.False(waits.IsCompleted);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            JobCompleted = new JobCompleted
            {
                RequestId = job.RequestId,
                JobId = job.ExecuteJobRequest.Job.JobId,
                JobType = "awaited",
                ErrorMessage = "broken",
                Result = new JobResult { OutputValues = { ["exit_code"] = new ConfigValue { Int64Value = 7 }, ["error_class"] = new ConfigValue { StringValue = "permanent" } } },
            },
        });
        Assert.Equal(7, (await waits).Code);
    }

    [Fact]
    public async Task Detect_ShowsWhatWasFoundAndQueuedSoFar()
    {
        using var worker = new ScriptedWorker(admin.Address, "w-finds");
        await worker.HelloAsync("found");
        var asked = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema)).RequestId;
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked, JobType = "found", Success = true, JobTypeDescriptor = new JobTypeDescriptor { JobType = "found", DescriptorVersion = 1 } } });
        using var error = new WatchedOutput("\rfound: 2 found, 2 queued, half of it, ");
        var watched = new Shell(admin.Address) { Watched = error }.RunAsync("detect", "found", "--enqueue");
        var run = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest)).RunDetectionRequest.RequestId;
        await worker.SendAsync(new WorkerToAdminMessage { DetectionProposals = new DetectionProposals { RequestId = run, JobType = "found", HasMore = true, Proposals = { Proposal("a"), Proposal("b") } } });
        await worker.SendAsync(new WorkerToAdminMessage { JobProgressUpdate = new JobProgressUpdate { RequestId = run, JobType = "found", ProgressPercent = 50, Message = "half of it" } });
        await error.SeenAsync().InTimeAsync("a line that says what was found so far");
        await worker.SendAsync(new WorkerToAdminMessage { DetectionProposals = new DetectionProposals { RequestId = run, JobType = "found", Proposals = { Proposal("c") } } });
        await worker.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = run, JobType = "found", Success = true, TotalProposals = 3 } });
        var answer = await watched;
        Assert.Equal(0, answer.Code);
        Assert.EndsWith("3 found, 3 queued, 0 there already\n", answer.Output, StringComparison.Ordinal);

        static JobProposal Proposal(string key) => new() { ProposalId = key, DedupeKey = key, JobType = "found", Summary = key };
    }
}
