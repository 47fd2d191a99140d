using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

/// <summary>Nothing is polled: the engine sleeps until the earliest instant anything is due, and for good when nothing is.</summary>
public sealed class WakeupTests : IDisposable
{
    private readonly FaultyStore _store = new();
    private readonly AdminHarness _admin;

    public WakeupTests()
    {
        _admin = new AdminHarness(_store);
        _admin.Settle();
    }

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void NothingKnown_SleepsForGood() => Assert.Null(_admin.UntilNextRound);

    [Fact]
    public void WaitingForAWorker_NothingIsDue_NothingIsWritten()
    {
        var worker = _admin.ConnectDescribed();
        worker.Drop();
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_admin.UntilNextRound);
        var (commits, state) = (_store.Commits, _admin.State);
        _admin.Advance(TimeSpan.FromHours(1));
        Assert.Equal(commits, _store.Commits);
        Assert.Same(state, _admin.State);
    }

    [Fact]
    public void DueSoon_WakesExactlyThen()
    {
        var worker = _admin.ConnectDescribed();
        worker.Drop();
        _admin.Submit(change: job => job with { NotBefore = _admin.Time.GetUtcNow().AddSeconds(40) });
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(38), _admin.UntilNextRound);
    }

    [Fact]
    public void DateFarAhead_IsLookedAtOnceAMinute_BecauseNobodySaysWhenTheClockIsSet()
    {
        var worker = _admin.ConnectDescribed();
        worker.Drop();
        var job = _admin.Submit(change: command => command with { NotBefore = _admin.Time.GetUtcNow().AddHours(5) });
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromMinutes(1), _admin.UntilNextRound);
        var state = _admin.State;
        _admin.Advance(TimeSpan.FromHours(1));
        Assert.Same(state, _admin.State);
        _admin.Time.Jump(TimeSpan.FromHours(4));
        _admin.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(JobPhase.Queued, _admin.State.Jobs[job.Id].Phase);
    }

    [Fact]
    public void ClockSetBack_FiresNothingTwice()
    {
        var worker = _admin.ConnectDescribed(runtime: new RuntimeSettings { Enabled = true, DetectionIntervalMinutes = 30 });
        _admin.Advance(TimeSpan.FromSeconds(6));
        worker.EndDetection(worker.LastDetection);
        var first = worker.LastDetection.Sequence;
        _admin.Time.Jump(TimeSpan.FromHours(-1));
        for (var n = 0; n < 130; n++)
        {
            worker.Beat();
            _admin.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Single(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        Assert.Contains(_admin.State.Activities, activity => activity.Stage == "clock_jump");
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
        Assert.True(worker.LastDetection.Sequence > first);
    }

    [Fact]
    public void LongTimeouts_AreKeptPastTheLongestTimer()
    {
        var worker = _admin.ConnectDescribed(runtime: new RuntimeSettings { ExecutionTimeoutSeconds = int.MaxValue });
        var job = _admin.Submit();
        Assert.True(_admin.State.Jobs[job.Id].WakeAt <= JobDeadlines.Horizon + TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromSeconds(int.MaxValue), worker.LastJob.Job.Attempt!.Timeout);
    }

    [Fact]
    public async Task Retention_ThatIsChanged_CountsAtOnce_IsRemembered_AndTakenBack()
    {
        var worker = _admin.ConnectDescribed();
        for (var n = 0; n < 5; n++)
        {
            _admin.Submit();
            worker.Complete(worker.LastJob);
        }

        _admin.Advance(TimeSpan.FromHours(3));
        var shipped = _admin.Options.Retention;
        var changed = shipped with { Jobs = TimeSpan.FromHours(2), RunsKept = 2 };
        Assert.Equal(changed, _admin.Send(new SaveRetention(Actor.LocalUi, changed)).Value);
        Assert.Equal(2, (await _admin.Store.History.RunsAsync("echo", true, 100, CancellationToken.None)).Length);
        Assert.Contains(_admin.State.Activities, activity => activity.Message.StartsWith("retention saved", StringComparison.Ordinal));
        _admin.Restart();
        Assert.Equal(changed, _admin.State.RetentionOf(_admin.Options));
        Assert.Equal(("operator", shipped), (_admin.State.RetentionChange!.By, _admin.State.RetentionChange.Before));
        foreach (var wrong in (RetentionLimits[])[shipped with { Jobs = TimeSpan.Zero }, shipped with { RunsKept = 0 }, shipped with { Activities = 10 }, shipped with { DetectionsPerJobType = 0 }, shipped with { ConfigVersions = -1 }])
        {
            Assert.Equal(RefusalCode.Invalid, _admin.Send(new SaveRetention(Actor.LocalUi, wrong)).Refusal!.Code);
        }

        Assert.Equal(RefusalCode.Conflict, _admin.Send(new SaveRetention(Actor.LocalUi, shipped, shipped)).Refusal!.Code);
        Assert.Equal(shipped, _admin.Send(new SaveRetention(Actor.LocalUi, null, changed)).Value);
        Assert.Null(_admin.State.Retention);
    }

    [Fact]
    public void Retention_KeepsPaceWithWriting()
    {
        using var admin = new AdminHarness(options: new AdminOptions { ActivityRetention = 50, JobRetention = TimeSpan.Zero });
        var worker = admin.ConnectDescribed();
        for (var n = 0; n < 2_000; n++)
        {
            admin.Submit();
            worker.Complete(worker.LastJob);
            admin.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(admin.Store.History.ActivitiesAsync(new ActivityFilter { Limit = 5_000 }, CancellationToken.None).GetAwaiter().GetResult().Length, 50, 50 + RetentionLimits.Batch);
        Assert.InRange(admin.Store.History.JobsAsync(new JobFilter { Limit = 2_000 }, CancellationToken.None).GetAwaiter().GetResult().Items.Length, 10, 10 + RetentionLimits.Batch);
    }

    [Fact]
    public void StoreThatTakesNoWrites_IsNotHeldAgainstTheWorkers()
    {
        var worker = _admin.ConnectDescribed();
        var away = _admin.Connect("w-2");
        _admin.Submit(change: job => job with { AttemptTimeout = TimeSpan.FromHours(1) });
        _admin.Submit(change: job => job with { AttemptTimeout = TimeSpan.FromHours(1) });
        var request = away.LastJob;
        away.Drop();
        _store.IsFull = true;
        for (var n = 0; n < 30; n++)
        {
            worker.Beat();
            _admin.Advance(TimeSpan.FromSeconds(10));
        }

        worker.Complete(worker.LastJob);
        _store.IsFull = false;
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(WorkerHealth.Healthy, _admin.State.Workers[worker.Id].Health);
        Assert.Equal(JobPhase.Reconnecting, _admin.State.Jobs[request.Job.Id].Phase);
        _admin.Connect("w-2", instance: "i-2", running: new RunningWork(request.Job.Id.Value, false, "echo", 0, "", request.RequestId));
        Assert.Equal(JobPhase.Working, _admin.State.Jobs[request.Job.Id].Phase);
    }

    [Fact]
    public void StepThatThrows_ChangesNothing_AndTheNextOneWorks()
    {
        _admin.ConnectDescribed();
        var state = _admin.State;
        _admin.Post(new Strange());
        Assert.Equal(state.Jobs, _admin.State.Jobs);
        _admin.Submit();
        Assert.Single(_admin.State.Jobs);
    }

    private sealed record Strange : Input;
}
