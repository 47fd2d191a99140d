using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Detections;

public sealed class SchedulerPauseTests : IDisposable
{
    private static readonly RuntimeSettings Often = new() { Enabled = true, DetectionIntervalMinutes = 1, GlobalExecutionConcurrency = 10, PerWorkerExecutionConcurrency = 10 };

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Paused_DetectsNothingByItself_RunsWhatIsAskedFor_AndGoesOnAtItsTime_AlsoAfterARestart()
    {
        var worker = _admin.ConnectDescribed(runtime: Often);
        Assert.True(_admin.Send(new PauseScheduler(Actor.LocalUi, true, "migration", _admin.Time.GetUtcNow().AddHours(1))).IsAccepted);
        _admin.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        _admin.Submit();
        Assert.Single(worker.Jobs);
        _admin.Restart();
        Assert.Equal("migration", _admin.State.Pause!.Reason);
        _admin.Advance(TimeSpan.FromMinutes(59.5));
        worker = _admin.Connect(instance: "i-2");
        worker.Describe(Often);
        Assert.Empty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        _admin.Advance(TimeSpan.FromSeconds(15));
        Assert.Null(_admin.State.Pause);
        Assert.NotEmpty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        Assert.Contains(_admin.State.Activities, activity => activity.Message == "scheduler resumed: the pause is over");
        _admin.Restart();
        Assert.Null(_admin.State.Pause);
    }

    [Fact]
    public void Paused_HoldsBackTheJobsThatDetectionFound_UntilItIsResumed()
    {
        var worker = _admin.ConnectDescribed(runtime: Often);
        _admin.Advance(TimeSpan.FromSeconds(10));
        _admin.Send(new PauseScheduler(Actor.LocalUi, true, "", null));
        worker.Propose(worker.LastDetection, hasMore: false, "a");
        worker.EndDetection(worker.LastDetection);
        _admin.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(worker.Jobs);
        _admin.Send(new PauseScheduler(Actor.LocalUi, false, "", null));
        Assert.Single(worker.Jobs);
    }

    /// <summary>Taken in and waiting, with the reason and the end; what runs goes on.</summary>
    [Fact]
    public void Maintenance_HoldsWhatIsAskedForToo_UntilItsEnd_AlsoAfterARestart()
    {
        var worker = _admin.ConnectDescribed(runtime: Often);
        _admin.Submit();
        var running = worker.LastJob;
        var until = _admin.Time.GetUtcNow().AddMinutes(30);
        Assert.True(_admin.Send(new PauseScheduler(Actor.LocalUi, true, "disks are swapped", until, HoldsEverything: true)).IsAccepted);
        var job = _admin.Submit();
        Assert.True(_admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview)).IsAccepted);
        _admin.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(worker.Jobs);
        Assert.Empty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        worker.Complete(running);
        Assert.DoesNotContain(running.Job.Id, _admin.State.Jobs.Keys);
        var why = WaitingReason.For(_admin.State, _admin.State.JobTypes["echo"], _admin.State.Jobs[job.Id], _admin.Now)!;
        Assert.Equal(("maintenance", "maintenance by operator: disks are swapped", until), (why.Code, why.Text, why.Until));
        _admin.Restart();
        _admin.Advance(TimeSpan.FromMinutes(29.5));
        worker = _admin.Connect(instance: "i-2");
        Assert.Empty(worker.Jobs);
        _admin.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(job.Id, Assert.Single(worker.Jobs).Job.Id);
        Assert.Contains(_admin.State.Activities, activity => activity.Message == "maintenance ended: the pause is over");
    }

    [Fact]
    public void Maintenance_OfSomeTypes_LeavesTheOthersAlone_AndComesBackByItsInverse()
    {
        var worker = _admin.ConnectDescribed(jobType: "a,b");
        _admin.Send(new PauseScheduler(Actor.LocalUi, true, "why", null, HoldsEverything: true, ["b", "b"]));
        var pause = _admin.State.Pause!;
        _admin.Submit("a");
        _admin.Submit("b");
        Assert.Equal("a", Assert.Single(worker.Jobs).Job.JobType);
        _admin.Send(new PauseScheduler(Actor.LocalUi, false, "", null));
        Assert.Equal(2, worker.Jobs.Count());
        _admin.Send(PauseScheduler.Again(Actor.LocalUi, pause));
        Assert.Equal("b", Assert.Single(_admin.State.Pause!.JobTypes));
        Assert.True(_admin.State.Pause.HoldsEverything);
    }

    [Fact]
    public void Maintenance_WithoutAReason_OrOfAnUnknownType_IsRefused()
    {
        Assert.Equal(RefusalCode.Invalid, _admin.Send(new PauseScheduler(Actor.LocalUi, true, " ", null, HoldsEverything: true)).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new PauseScheduler(Actor.LocalUi, true, "why", null, JobTypes: ["nobody"])).Refusal!.Code);
        Assert.Null(_admin.State.Pause);
    }

    [Fact]
    public void EndInThePast_IsRefused() =>
        Assert.Equal(RefusalCode.Invalid, _admin.Send(new PauseScheduler(Actor.LocalUi, true, "", _admin.Time.GetUtcNow().AddSeconds(-1))).Refusal!.Code);

    [Fact]
    public void PausedType_GoesOnAtItsTime()
    {
        _admin.ConnectDescribed(runtime: Often);
        _admin.Send(new PauseJobType(Actor.LocalUi, "echo", true, "why", _admin.Time.GetUtcNow().AddMinutes(30)));
        _admin.Advance(TimeSpan.FromMinutes(29));
        Assert.True(_admin.State.JobTypes["echo"].IsPaused);
        _admin.Advance(TimeSpan.FromMinutes(2));
        Assert.False(_admin.State.JobTypes["echo"].IsPaused);
    }

    [Fact]
    public void Enable_IsAVersionThatChangesNothingElse()
    {
        _admin.ConnectDescribed(runtime: Often);
        var saved = _admin.Send(new EnableJobType(Actor.LocalUi, "echo", false)).Value!;
        Assert.Equal((2L, false, 1), (saved.Version, saved.Runtime!.Enabled, saved.Runtime.DetectionIntervalMinutes));
        Assert.False(_admin.State.JobTypes["echo"].Policy.Enabled);
    }
}
