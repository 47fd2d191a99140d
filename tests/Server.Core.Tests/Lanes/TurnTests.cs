using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core.Tests.Lanes;

public sealed class TurnTests
{
    [Fact]
    public void OneTypeHasTheTurn_TheOtherDetectsWhenItIsOver()
    {
        using var scene = new LaneScene("a,b");
        scene.Wait(6);
        Assert.Single(scene.Detections("a"));
        Assert.Empty(scene.Detections("b"));
        scene.Found("a", "1", "2");
        Assert.Equal("a", scene.Turn.JobType);
        scene.Finish("a");
        Assert.Equal(2, scene.Sent("a").Count());
        Assert.Empty(scene.Detections("b"));
        scene.Finish("a");
        Assert.Equal("b", scene.Turn.JobType);
        Assert.Single(scene.Detections("b"));
    }

    [Fact]
    public void DetectionOfTheLane_NeverOverlapsItsJobs_ThoseWaitForItToo()
    {
        using var scene = new LaneScene("a,b");
        scene.Wait(6);
        var run = scene.Detections("a").Single();
        scene.Worker.Propose(run, hasMore: true, "1");
        Assert.Empty(scene.Sent("a"));
        var waits = WaitingReason.For(scene.Admin.State, scene.Admin.State.JobTypes["a"], scene.Admin.State.Jobs.Values.Single(), Now(scene))!;
        Assert.Equal(("lane_busy", scene.Admin.State.JobTypes["a"].Rules.Lane), (waits.Code, waits.Subject));
        scene.Worker.EndDetection(run);
        Assert.Single(scene.Sent("a"));

        // Due again while its job runs: it waits for the job.
        scene.Wait(31 * 60);
        Assert.Single(scene.Detections("a"));
    }

    [Fact]
    public void WindowOver_TheRestStaysPending_AndRunsInTheNextTurn()
    {
        using var scene = new LaneScene("a,b", runtime: LaneScene.Runtime with { JobTypeMaxRuntimeSeconds = 60 });
        scene.Wait(6);
        scene.Found("a", "1", "2");
        scene.Wait(70);
        Assert.True(scene.Turn.IsClosed);
        Assert.Empty(scene.Admin.Link.To<Links.Outbound.Cancel>(scene.Worker.Session));
        Assert.Equal("timeout", scene.Admin.State.JobTypes["a"].Schedule.LastRunStatus);
        scene.Finish("a");
        Assert.Single(scene.Sent("a"));
        Assert.Equal("b", scene.Turn.JobType);
        scene.Found("b");
        Assert.Equal("a", scene.Turn.JobType);
        Assert.Equal(2, scene.Sent("a").Count());
    }

    [Fact]
    public void AnotherTypeThatWaitedTenMinutes_EndsTheTurn()
    {
        using var scene = new LaneScene("a,b", runtime: LaneScene.Runtime with { JobTypeMaxRuntimeSeconds = 36_000 });
        scene.Wait(6);
        scene.Found("a", "1", "2");
        scene.Wait(590);
        Assert.False(scene.Turn.IsClosed);
        scene.Wait(20);
        Assert.True(scene.Turn.IsClosed);
        scene.Finish("a");
        Assert.Equal("b", scene.Turn.JobType);
        Assert.Equal(JobState.Pending, scene.Admin.State.Jobs.Values.Single().State);
    }

    [Fact]
    public void OtherLanes_MindNothingOfIt()
    {
        using var scene = new LaneScene("a,free,plain");
        scene.Wait(6);
        scene.Found("a", "1");
        scene.Found("free", "2");
        scene.Found("plain", "3");
        Assert.Single(scene.Sent("free"));
        Assert.Single(scene.Sent("plain"));
    }

    [Fact]
    public void WhatSomebodyAskedFor_PassesByTheTurn()
    {
        using var scene = new LaneScene("a,b");
        scene.Wait(6);
        scene.Found("a", "1");
        var asked = scene.Admin.Submit("b");
        Assert.Equal(JobState.Assigned, scene.Admin.State.Jobs[asked.Id].State);
        var looked = scene.Admin.Send(new RequestDetection(Actor.LocalRest, "b", DetectionMode.Preview));
        Assert.True(looked.Value!.IsSent);
        Assert.Equal("a", scene.Turn.JobType);
    }

    [Fact]
    public void RunByHand_DetectsAtOnce_AndHasTheNextTurn()
    {
        using var scene = new LaneScene("a,b,script");
        scene.Wait(6);
        scene.Found("a", "1");
        Assert.True(scene.Admin.Send(new RequestDetection(Actor.LocalRest, "script", DetectionMode.Run)).Value!.IsSent);
        scene.Found("script", "x");
        Assert.Empty(scene.Sent("script"));
        scene.Finish("a");
        Assert.Equal("script", scene.Turn.JobType);
        Assert.Single(scene.Sent("script"));
    }

    [Fact]
    public void RunByHandThatFindsNothing_HasNoTurnToCome()
    {
        using var scene = new LaneScene("a,b");
        scene.Wait(6);
        scene.Found("a", "1");
        scene.Admin.Send(new PauseJobType(Actor.LocalUi, "b", true, "", null));
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "b", DetectionMode.Run));
        scene.Found("b");
        Assert.Equal("", scene.Turn.Next);
    }

    [Fact]
    public void DeletedType_LeavesNoPlacementBehind()
    {
        using var scene = new LaneScene("a");
        Assert.True(scene.Admin.Send(new PlaceJobType(Actor.LocalUi, "a", new TypePlacement("apart", false))).IsAccepted);
        scene.Worker.Drop();
        Assert.True(scene.Admin.Send(new Core.JobTypes.ForgetJobType(Actor.LocalUi, "a")).IsAccepted);
        Assert.Empty(scene.Admin.State.Lanes.Changes.Types);
        scene.Admin.Restart();
        Assert.Empty(scene.Admin.State.Lanes.Changes.Types);
        Assert.Empty(scene.Admin.State.JobTypes);
    }

    [Fact]
    public void TypeWithoutWorker_DoesNotKeepTheLane()
    {
        using var scene = new LaneScene("a,b");
        scene.Wait(6);
        scene.Found("a", "1", "2", "3");
        scene.Finish("a");
        scene.Admin.Connect("w-2", "b");
        scene.Worker.Drop();
        scene.Admin.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal("b", scene.Turn.JobType);
        Assert.Equal(1, scene.Admin.State.JobTypes["a"].Counts.Pending);
    }

    [Fact]
    public void Backlog_IsJudgedWhenDue_NotWhenTheTurnComes()
    {
        using var scene = new LaneScene("a,b", runtime: LaneScene.Runtime with { JobTypeMaxRuntimeSeconds = 60 });
        scene.Wait(6);
        scene.Found("a", [.. Enumerable.Range(1, 12).Select(n => $"{n}")]);
        scene.Wait(31 * 60);
        Assert.Single(scene.Detections("a"));
        Assert.Equal("skipped", scene.Admin.State.JobTypes["a"].Schedule.LastStatus);
    }

    [Fact]
    public void PeoplePlaceTypes_AndTheLanesFollowAtOnce_AlsoAfterARestart()
    {
        using var scene = new LaneScene("a,b");
        scene.Wait(6);
        scene.Found("a", "1");
        Assert.Empty(scene.Detections("b"));
        Assert.True(scene.Admin.Send(new PlaceJobType(Actor.LocalUi, "b", new TypePlacement("apart", false))).IsAccepted);
        Assert.Single(scene.Detections("b"));
        Assert.True(scene.Admin.Send(new SaveLane(Actor.LocalUi, new LaneRules("apart") { Serialise = true })).IsAccepted);
        scene.Admin.Restart();
        Assert.Equal("apart", scene.Admin.State.JobTypes["b"].Rules.Lane);
        Assert.True(scene.Admin.State.JobTypes["b"].Rules.Gated);
        Assert.True(scene.Admin.State.Lanes.Settings.Find("apart")!.Serialise);
        Assert.True(scene.Admin.Send(new PlaceJobType(Actor.LocalUi, "b", null)).IsAccepted);
        Assert.Equal("volumes", scene.Admin.State.JobTypes["b"].Rules.Lane);
        Assert.True(scene.Admin.Send(new ResetLane(Actor.LocalUi, "apart")).IsAccepted);
        Assert.False(scene.Admin.State.Lanes.Settings.Find("apart")!.Serialise);
    }

    [Fact]
    public void LaneNobodyKnows_IsRefusedWithTheNames()
    {
        using var scene = new LaneScene("a");
        var refusal = scene.Admin.Send(new PlaceJobType(Actor.LocalUi, "a", new TypePlacement("nowhere", false))).Refusal!;
        Assert.Equal((RefusalCode.Invalid, true), (refusal.Code, refusal.Text.Contains("volumes, apart, general", StringComparison.Ordinal)));
        Assert.Equal(RefusalCode.Invalid, scene.Admin.Send(new SaveLane(Actor.LocalUi, new LaneRules("no such name"))).Refusal!.Code);
        Assert.True(scene.Admin.Send(new SaveLane(Actor.LocalUi, new LaneRules("mine"))).IsAccepted);
        Assert.True(scene.Admin.Send(new PlaceJobType(Actor.LocalUi, "a", new TypePlacement("mine", false))).IsAccepted);
        Assert.Equal(RefusalCode.WrongState, scene.Admin.Send(new ResetLane(Actor.LocalUi, "mine")).Refusal!.Code);
    }

    private static Now Now(LaneScene scene) => new(scene.Admin.Time.GetUtcNow(), TimeSpan.Zero);
}
