using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Tests.Lanes;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Detections;

public sealed class SupersedeTests
{
    [Fact]
    public async Task WaitingJobNoLongerProposed_IsCanceled_RunningAndAskedOnesStay()
    {
        using var scene = new LaneScene("a", runtime: LaneScene.Runtime with { Enabled = false });
        Run(scene, "1", "2", "3");
        var asked = scene.Admin.Submit("a");
        var gone = Job(scene, "2").Id;
        Run(scene, "3", "4");
        Assert.Equal((JobState.Canceled, JobReason.Superseded), await StateOf(scene, gone));
        Assert.Equal(["1", "3", "4"], scene.Admin.State.Jobs.Values.Where(job => !job.IsAsked).Select(job => job.DedupeKey).Order());
        Assert.True(scene.Admin.State.Jobs.ContainsKey(asked.Id));
    }

    [Theory]
    [InlineData(true, 0, true, 0)]
    [InlineData(false, 1, true, 0)]
    [InlineData(false, 0, false, 0)]
    [InlineData(false, 0, true, 2)]
    [InlineData(false, 0, true, int.MaxValue)]
    public void DetectionThatDidNotSeeEverything_SupersedesNothing(bool hasMore, int maxResults, bool success, int total)
    {
        using var scene = new LaneScene("a", runtime: LaneScene.Runtime with { Enabled = false });
        Run(scene, "1", "2");
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Run, maxResults));
        var run = scene.Detections("a").Last();
        scene.Worker.Propose(run, hasMore, "1");
        scene.Worker.EndDetection(run, success, total: total);
        Assert.Equal(2, scene.Admin.State.Jobs.Count);
    }

    [Theory]
    [InlineData(0, "1 found, 0 queued, 1 skipped")]
    [InlineData(1, "1 found, 0 queued, 1 skipped")]
    [InlineData(int.MinValue, "1 found, 0 queued, 1 skipped")]
    [InlineData(3, "1 found, 0 queued, 1 skipped; 2 more did not arrive")]
    public void ProposalsTheDetectorSaysItMadeThatDidNotArrive_AreTold(int total, string line)
    {
        using var scene = new LaneScene("a", runtime: LaneScene.Runtime with { Enabled = false });
        Run(scene, "1");
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Run));
        var run = scene.Detections("a").Last();
        scene.Worker.Propose(run, hasMore: false, "1");
        scene.Worker.EndDetection(run, total: total);
        Assert.Equal(line, Assert.Single(scene.Admin.State.Activities, activity => activity.Stage == "completed" && activity.Request == run.RequestId).Message);
    }

    [Fact]
    public void OtherTypes_AndPreviews_SupersedeNothing()
    {
        using var scene = new LaneScene("a,free", runtime: LaneScene.Runtime with { Enabled = false });
        Run(scene, "1", "2");
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Preview));
        scene.Found("a");
        Assert.Equal(2, scene.Admin.State.Jobs.Count);
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "free", DetectionMode.Run));
        scene.Found("free", "x", "y");
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "free", DetectionMode.Run));
        scene.Found("free");
        Assert.Equal(4, scene.Admin.State.Jobs.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p-1")]
    public void WaitingJob_WhoseNewerProposalHasAKeyOrNoneAnyMore_HoldsNothingUpOnceItEnded(string key)
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed();
        var later = admin.Time.GetUtcNow().AddHours(1);
        foreach (var proposed in (string[])[key, key.Length == 0 ? "p-1" : ""])
        {
            var run = admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Value!;
            admin.Post(new Workers.WorkerInput.Proposed(worker.Session, run.Id, "echo", [FakeWorker.Proposal(proposed) with { ProposalId = "p-1", NotBefore = later }], false));
            worker.EndDetection(worker.LastDetection);
            Assert.Equal(proposed.Length == 0 ? 1 : 0, admin.State.JobTypes["echo"].KeylessOpen);
        }

        admin.Send(new CancelJob(Actor.LocalUi, Assert.Single(admin.State.Jobs.Values).Id, ""));
        Assert.Equal(0, admin.State.JobTypes["echo"].Counts.Open);
        Assert.Equal(0, admin.State.JobTypes["echo"].KeylessOpen);
    }

    [Fact]
    public void JobWithoutKey_HoldsUpItsDetection_AlsoAfterARestart()
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed(runtime: LaneScene.Runtime with { DetectionIntervalMinutes = 1, RetryLimit = 1 });
        admin.Advance(TimeSpan.FromSeconds(6));
        var first = worker.LastDetection;
        admin.Post(new Workers.WorkerInput.Proposed(worker.Session, first.RequestId, "echo", [FakeWorker.Proposal("") with { ProposalId = "only-an-id" }], false));
        worker.EndDetection(first);
        worker.Ack(worker.LastJob);
        for (var n = 0; n < 12; n++)
        {
            admin.Advance(TimeSpan.FromSeconds(10));
            worker.Beat();
        }

        Assert.Single(admin.Link.To<Links.Outbound.RunDetection>(worker.Session));
        admin.Restart();
        Assert.Equal(1, admin.State.JobTypes["echo"].KeylessOpen);
        worker = admin.Connect();
        admin.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(admin.Link.To<Links.Outbound.RunDetection>(worker.Session));
        admin.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(JobState.Assigned, admin.State.Jobs.Values.Single().State);
        worker.Complete(worker.LastJob);
        Assert.Single(admin.Link.To<Links.Outbound.RunDetection>(worker.Session));
    }

    [Fact]
    public void ProposalsThatCouldNotBeRead_MayBeThoseThatSeemToBeMissing()
    {
        using var scene = new LaneScene("a", runtime: LaneScene.Runtime with { Enabled = false });
        Run(scene, "1", "2");
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Run));
        var run = scene.Detections("a").Last();
        scene.Admin.Post(new Workers.WorkerInput.Proposed(scene.Worker.Session, run.RequestId, "a", [FakeWorker.Proposal("2") with { Flaw = "too large" }], false));
        scene.Worker.EndDetection(run);
        Assert.Equal(2, scene.Admin.State.Jobs.Count);
    }

    [Fact]
    public void JobWithoutKey_HoldsUpItsDetection_InASerialisedLaneToo()
    {
        using var scene = new LaneScene("a,b", runtime: LaneScene.Runtime with { JobTypeMaxRuntimeSeconds = 60, DetectionIntervalMinutes = 1 });
        scene.Wait(6);
        var run = scene.Detections("a").Single();
        scene.Admin.Post(new Workers.WorkerInput.Proposed(scene.Worker.Session, run.RequestId, "a", [FakeWorker.Proposal("") with { ProposalId = "x" }, FakeWorker.Proposal("") with { ProposalId = "y" }], false));
        scene.Worker.EndDetection(run);
        scene.Wait(70);
        scene.Finish("a");
        scene.Found("b");
        Assert.Equal(2, scene.Sent("a").Count());
        Assert.Single(scene.Detections("a"));
    }

    [Fact]
    public void LastRun_IsTheLatestSuccess_OrAnyEndForTypesThatSaySo()
    {
        using var scene = new LaneScene("a,script", runtime: LaneScene.Runtime with { Enabled = false });
        foreach (var type in (string[])["a", "script"])
        {
            var done = scene.Admin.Submit(type);
            scene.Finish(type);
            scene.Wait(10);
            scene.Admin.Submit(type);
            scene.Worker.Complete(scene.Sent(type).Last(), success: false, error: "broken", permanent: true);
            scene.Wait(1);
            scene.Admin.Send(new RequestDetection(Actor.LocalRest, type, DetectionMode.Preview));
            Assert.Equal(type == "a" ? 11 : 1, (scene.Admin.Time.GetUtcNow() - scene.Detections(type).Last().LastSuccessfulRun!.Value).TotalSeconds);
            scene.Found(type);
        }
    }

    [Theory]
    [InlineData(true, "success")]
    [InlineData(false, "error")]
    public void Run_LastsUntilItsJobsHaveEnded(bool success, string status)
    {
        using var scene = new LaneScene("a", runtime: LaneScene.Runtime with { Enabled = false });
        Run(scene, "1");
        Assert.Equal("", scene.Admin.State.JobTypes["a"].Schedule.LastRunStatus);
        scene.Worker.Complete(scene.Sent("a").Last(), success, success ? "" : "broken", permanent: true);
        Assert.Equal(status, scene.Admin.State.JobTypes["a"].Schedule.LastRunStatus);
    }

    private static void Run(LaneScene scene, params string[] keys)
    {
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Run));
        scene.Found("a", keys);
    }

    private static Job Job(LaneScene scene, string key) => scene.Admin.State.Jobs.Values.Single(job => job.DedupeKey == key);

    private static async Task<(JobState, JobReason)> StateOf(LaneScene scene, JobId id)
    {
        var job = await scene.Admin.JobAsync(id);
        return (job.State, job.Reason);
    }
}
