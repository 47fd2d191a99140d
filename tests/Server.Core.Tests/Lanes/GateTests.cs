using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core.Tests.Lanes;

public sealed class GateTests
{
    [Fact]
    public void ExclusiveJobByHand_KeepsDetectionsAndJobsByHandOut_UntilItEnds()
    {
        using var scene = new LaneScene("a,script,plain", runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Submit("script");
        var detection = scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Preview)).Value!;
        Assert.False(detection.IsSent);
        var job = scene.Admin.Submit("a");
        Assert.Equal(JobState.Pending, scene.Admin.State.Jobs[job.Id].State);
        Assert.Equal("gate", WaitingReason.For(scene.Admin.State, scene.Admin.State.JobTypes["a"], scene.Admin.State.Jobs[job.Id], new Now(scene.Admin.Time.GetUtcNow(), TimeSpan.Zero))!.Code);

        // Types that are not gated mind nobody.
        scene.Admin.Submit("plain");
        Assert.Single(scene.Sent("plain"));
        scene.Finish("script");
        Assert.True(scene.Admin.State.Detections[detection.Id].IsSent);
        Assert.Equal(JobState.Assigned, scene.Admin.State.Jobs[job.Id].State);
    }

    [Fact]
    public void ExclusiveJobByHand_WaitsForDetectionsAndJobsByHand_OfGatedTypes()
    {
        using var scene = new LaneScene("a,b,script", runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Submit("a");
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "b", DetectionMode.Preview));
        var script = scene.Admin.Submit("script");
        Assert.Equal(JobState.Pending, scene.Admin.State.Jobs[script.Id].State);
        scene.Finish("a");
        Assert.Equal(JobState.Pending, scene.Admin.State.Jobs[script.Id].State);
        scene.Found("b");
        Assert.Equal(JobState.Assigned, scene.Admin.State.Jobs[script.Id].State);
    }

    [Fact]
    public void DetectionOfTheExclusiveType_TakesNothing()
    {
        using var scene = new LaneScene("a,script", runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Submit("script");
        Assert.True(scene.Admin.Send(new RequestDetection(Actor.LocalRest, "script", DetectionMode.Preview)).Value!.IsSent);
    }

    [Fact]
    public void TwoGatedJobsAtOnce_NeverGoOutWithTheExclusiveOneInOneRound()
    {
        using var scene = new LaneScene("a,script", runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Send(new PauseJobType(Actor.LocalUi, "a", true, "", null));
        scene.Admin.Send(new PauseJobType(Actor.LocalUi, "script", true, "", null));
        scene.Admin.Submit("a");
        scene.Admin.Submit("script");
        scene.Admin.Send(new PauseJobType(Actor.LocalUi, "a", false, "", null));
        scene.Admin.Send(new PauseJobType(Actor.LocalUi, "script", false, "", null));
        Assert.Single(scene.Worker.Jobs);
        scene.Finish("a");
        Assert.Single(scene.Sent("script"));
    }

    [Fact]
    public void DetectionAskedFor_ThatCannotStartInTime_SaysWhy()
    {
        using var scene = new LaneScene("a,script", runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Submit("script");
        var id = scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Preview, Timeout: TimeSpan.FromSeconds(5))).Value!.Id;
        scene.Wait(6);
        var ended = scene.Admin.State.JobTypes["a"].RecentDetections.Single(detection => detection.Id == id);
        Assert.Equal(DetectionStatus.TimedOut, ended.Status);
        Assert.StartsWith("deadline exceeded: the detection could not start in time: a waits: a job of script runs alone", ended.Error, StringComparison.Ordinal);
        Assert.Empty(scene.Admin.Link.To<Links.Outbound.Cancel>(scene.Worker.Session));
    }
}
