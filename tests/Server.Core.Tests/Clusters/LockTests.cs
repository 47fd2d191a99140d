using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Tests.Lanes;

namespace BlazorPluginAdmin.Server.Core.Tests.Clusters;

public sealed class LockTests : IDisposable
{
    private readonly LaneScene _scene = new("a,b,free,plain", watched: true);

    private ClusterLock Lock => _scene.Admin.State.Cluster.Lock;

    private List<bool> Wishes => _scene.Admin.Lock.Wishes;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void LockedLane_TakesTheLockFirst_AndGivesItBackAtTheEnd()
    {
        _scene.Wait(6);
        Assert.Equal([true], Wishes);
        Assert.Empty(_scene.Detections("a"));
        Take();
        Assert.Single(_scene.Detections("a"));
        Assert.Equal((LockPhase.Held, 1), (Lock.Phase, Lock.Holders));
        _scene.Found("a", "1");
        Assert.Equal((LockPhase.Held, 1), (Lock.Phase, Lock.Holders));
        _scene.Finish("a");

        // The next type of the lane works under the same lock.
        Assert.Single(_scene.Detections("b"));
        Assert.Equal([true], Wishes);
        _scene.Found("b");
        Assert.Equal([true, false], Wishes);
        Assert.Equal(LockPhase.Releasing, Lock.Phase);
    }

    [Fact]
    public void OtherLanes_NeverWaitForIt_NorTakeIt()
    {
        _scene.Wait(6);
        _scene.Admin.Post(new ClusterInput.LockRefused("held by shell"));
        _scene.Found("free", "1");
        _scene.Found("plain", "2");
        Assert.Single(_scene.Sent("free"));
        Assert.Single(_scene.Sent("plain"));
        Assert.Equal("waiting for the cluster lock, held by shell", Views(_scene)["a"]);
        var since = Lock.ReasonSince;
        Assert.Equal(_scene.Admin.Time.GetUtcNow(), since);
        _scene.Wait(6);
        _scene.Admin.Post(new ClusterInput.LockRefused("held by shell"));
        Assert.Equal(since, Lock.ReasonSince);
        _scene.Admin.Post(new ClusterInput.LockRefused("held by another"));
        Assert.True(Lock.ReasonSince > since);
    }

    [Fact]
    public void Overlapping_IsCounted()
    {
        _scene.Wait(6);
        Take();
        _scene.Found("a", "1");
        _scene.Admin.Submit("b");
        Assert.Equal(2, Lock.Holders);
        _scene.Finish("a");
        Assert.Equal((LockPhase.Held, 1), (Lock.Phase, Lock.Holders));
        _scene.Finish("b");

        // Nothing of the lane is at work any more: now it may detect.
        Assert.Equal((LockPhase.Held, 1), (Lock.Phase, Lock.Holders));
        _scene.Found("b");
        Assert.Equal(LockPhase.Releasing, Lock.Phase);
    }

    [Fact]
    public void AfterARelease_ItIsLeftToOthersForTwoSeconds()
    {
        Idle();
        _scene.Admin.Submit("a");
        Assert.Equal(LockPhase.Free, Lock.Phase);
        _scene.Wait(1.9);
        Assert.Equal([true, false], Wishes);
        _scene.Wait(0.2);
        Assert.Equal([true, false, true], Wishes);
        Assert.DoesNotContain(_scene.Sent("a"), sent => sent.Job.IsAsked);
        Take();
        Assert.Single(_scene.Sent("a"), sent => sent.Job.IsAsked);
    }

    [Fact]
    public void TakenWhileItIsBeingReleased_WaitsForTheRelease()
    {
        _scene.Wait(6);
        Take();
        _scene.Found("a");
        _scene.Found("b");
        Assert.Equal(LockPhase.Releasing, Lock.Phase);
        _scene.Admin.Submit("a");
        _scene.Wait(20);
        Assert.Equal([true, false], Wishes);
        _scene.Admin.Post(new ClusterInput.LockReleased());
        _scene.Wait(2.1);
        Assert.Equal([true, false, true], Wishes);
    }

    [Fact]
    public void HeldForAMinute_NewcomersWaitForAFullRelease()
    {
        _scene.Wait(6);
        Take();
        _scene.Found("a", "1");
        _scene.Wait(61);
        var asked = _scene.Admin.Submit("b");
        Assert.Equal(JobState.Pending, _scene.Admin.State.Jobs[asked.Id].State);
        _scene.Finish("a");
        Assert.Equal([true, false], Wishes);
        _scene.Admin.Post(new ClusterInput.LockReleased());
        _scene.Wait(2.1);
        Take();
        Assert.Equal(JobState.Assigned, _scene.Admin.State.Jobs[asked.Id].State);
    }

    [Fact]
    public void Lost_RunningWorkGoesOn_NothingNewStartsUntilItIsHadAgain()
    {
        _scene.Wait(6);
        Take();
        _scene.Found("a", "1", "2");
        _scene.Admin.Post(new ClusterInput.LockLost("the master does not answer"));
        Assert.Contains(_scene.Admin.State.Activities, line => line.Stage == "lock_lost");
        Assert.Empty(_scene.Admin.Link.To<Links.Outbound.Cancel>(_scene.Worker.Session));
        _scene.Finish("a");
        Assert.Single(_scene.Sent("a"));
        Take();
        Assert.Equal(2, _scene.Sent("a").Count());
        Assert.Equal([true], Wishes);
    }

    [Fact]
    public void NothingToDoAnyMore_StopsAskingForIt()
    {
        _scene.Wait(6);
        _scene.Admin.Send(new PauseJobType(Actor.LocalUi, "a", true, "", null));
        _scene.Admin.Send(new PauseJobType(Actor.LocalUi, "b", true, "", null));
        Assert.Equal([true, false], Wishes);
    }

    [Fact]
    public void WorkerDies_TheLockIsFree_NotAfterHours()
    {
        _scene.Wait(6);
        Take();
        var foreign = _scene.Admin.Connect("w-2", "a", ours: false);
        _scene.Found("a", "1");
        foreign.Drop();
        _scene.Worker.Drop();
        _scene.Admin.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal([true, false], Wishes);
    }

    private void Take() => _scene.Admin.Post(new ClusterInput.LockTaken());

    /// <summary>First detections done, lock released.</summary>
    private void Idle()
    {
        _scene.Wait(6);
        Take();
        _scene.Found("a");
        _scene.Found("b");
        _scene.Admin.Post(new ClusterInput.LockReleased());
    }

    private static Dictionary<string, string> Views(LaneScene scene) =>
        new Core.Views.ReadModelBuilder().Build(scene.Admin.State, new Now(scene.Admin.Time.GetUtcNow(), TimeSpan.Zero)).JobTypes.ToDictionary(type => type.Name, type => type.Hold?.Text ?? "");
}
