using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Detections;

public sealed class DetectionTests : IDisposable
{
    private static readonly RuntimeSettings Scheduled = new()
    {
        Enabled = true,
        DetectionIntervalMinutes = 1,
        DetectionTimeoutSeconds = 20,
        MaxJobsPerDetection = 100,
        GlobalExecutionConcurrency = 1,
        PerWorkerExecutionConcurrency = 1,
    };

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task Scheduled_RunsSoonAfterTheDetectorIsReady_ThenEachInterval()
    {
        var worker = _admin.ConnectDescribed(runtime: Scheduled);
        Assert.Empty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        _admin.Advance(TimeSpan.FromSeconds(6));
        worker.Propose(worker.LastDetection, false, "a", "b", "a");
        worker.EndDetection(worker.LastDetection);
        Assert.Equal(2, _admin.State.Jobs.Count);
        var first = worker.LastDetection;
        var traces = await _admin.Store.History.ProposalsAsync(first.RequestId, 0, 10, CancellationToken.None);
        Assert.Equal([ProposalOutcome.Queued, ProposalOutcome.Queued, ProposalOutcome.DuplicateInRun], traces.Select(trace => trace.Outcome));
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(30));
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(2, _admin.Link.To<Outbound.RunDetection>(worker.Session).Count());
        Assert.True(worker.LastDetection.Sequence > first.Sequence);
        worker.Propose(worker.LastDetection, false, "a", "b", "c");
        worker.EndDetection(worker.LastDetection);
        traces = await _admin.Store.History.ProposalsAsync(worker.LastDetection.RequestId, 0, 10, CancellationToken.None);
        Assert.Equal([ProposalOutcome.Suppressed, ProposalOutcome.Refreshed, ProposalOutcome.Queued], traces.Select(trace => trace.Outcome));
    }

    [Fact]
    public void NextRun_SurvivesARestart()
    {
        var worker = _admin.ConnectDescribed(runtime: Scheduled with { DetectionIntervalMinutes = 60 });
        _admin.Advance(TimeSpan.FromSeconds(6));
        worker.EndDetection(worker.LastDetection);
        var next = _admin.State.JobTypes["echo"].Schedule.NextAt;
        _admin.Restart();
        worker = _admin.Connect();
        _admin.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        Assert.Equal(next, _admin.State.JobTypes["echo"].Schedule.NextAt);
    }

    [Fact]
    public async Task Preview_ShowsAndQueuesNothing()
    {
        var worker = _admin.ConnectDescribed();
        var detection = _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview)).Value!;
        worker.Propose(worker.LastDetection, false, "a");
        worker.EndDetection(worker.LastDetection);
        Assert.Empty(_admin.State.Jobs);
        Assert.Equal(ProposalOutcome.WouldQueue, (await _admin.Store.History.ProposalsAsync(detection.Id, 0, 1, CancellationToken.None))[0].Outcome);
    }

    [Fact]
    public void Test_UsesUnsavedValues_AndAtMostFiveResults()
    {
        var worker = _admin.ConnectDescribed();
        var values = ConfigValues.Empty.With("limit", new ConfigValue.Int64(7));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Test, Override: new ConfigOverride(ConfigValues.Empty, values)));
        Assert.Equal(values, worker.LastDetection.WorkerValues);
        Assert.Equal(5, worker.LastDetection.MaxResults);
    }

    [Fact]
    public void Run_CountsItsJobs_UntilTheLastHasEnded()
    {
        var worker = _admin.ConnectDescribed();
        var run = _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Value!;
        worker.Propose(worker.LastDetection, true, "a");
        worker.Propose(worker.LastDetection, false, "b");
        worker.EndDetection(worker.LastDetection);
        Assert.Equal(2, _admin.State.Detections[run.Id].Counts.Open);
        foreach (var job in worker.Jobs.ToList())
        {
            worker.Complete(job);
        }

        var settled = Assert.Single(_admin.State.JobTypes["echo"].RecentDetections);
        Assert.Equal((2, 0), (settled.Counts.Succeeded, settled.Counts.Open));
    }

    [Fact]
    public void Limit_CutsAndSaysSo()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run, MaxResults: 1));
        worker.Propose(worker.LastDetection, false, "a", "b", "c");
        Assert.Single(_admin.State.Jobs);
        Assert.Equal(2, _admin.State.Detections.Values.Single().Counts.OverLimit);
    }

    [Fact]
    public void OneAtATime_ASecondRequestIsRefused()
    {
        _admin.ConnectDescribed();
        Assert.True(_admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).IsAccepted);
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Refusal!.Code);
    }

    [Fact]
    public void Timeout_CancelsAndIgnoresWhatComesLate()
    {
        var worker = _admin.ConnectDescribed(runtime: Scheduled with { Enabled = false });
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        _admin.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(WorkKind.Detection, Assert.Single(_admin.Link.To<Outbound.Cancel>(worker.Session)).Kind);
        worker.Propose(worker.LastDetection, false, "late");
        Assert.Empty(_admin.State.Jobs);
        Assert.Equal("timeout", _admin.State.JobTypes["echo"].Schedule.LastStatus);
    }

    [Fact]
    public void FailedDetector_IsFollowedByAnother()
    {
        var one = _admin.ConnectDescribed("w-1");
        var two = _admin.Connect("w-2");
        _admin.Advance(TimeSpan.FromSeconds(1));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
        one.EndDetection(one.LastDetection, success: false, error: "disk");
        _admin.Advance(TimeSpan.FromSeconds(1));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
        Assert.Single(_admin.Link.To<Outbound.RunDetection>(two.Session));
    }

    [Fact]
    public void LostDetector_InterruptsItsDetection()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        worker.Drop();
        Assert.Null(_admin.State.JobTypes["echo"].ActiveDetection);
        Assert.Equal(DetectionStatus.Interrupted, _admin.State.JobTypes["echo"].RecentDetections[0].Status);
    }

    [Fact]
    public void Backlog_SkipsTheDetection()
    {
        var worker = _admin.ConnectDescribed(slots: 1, runtime: Scheduled);
        for (var n = 0; n < 10; n++)
        {
            _admin.Submit();
        }

        _admin.Advance(TimeSpan.FromSeconds(6));
        Assert.Empty(_admin.Link.To<Outbound.RunDetection>(worker.Session));
        Assert.Equal("skipped", _admin.State.JobTypes["echo"].Schedule.LastStatus);
    }

    [Fact]
    public void Dedupe_SurvivesARestart()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        worker.Propose(worker.LastDetection, false, "a");
        worker.EndDetection(worker.LastDetection);
        _admin.Restart();
        worker = _admin.Connect(running: new RunningWork("x", false, "echo", 0, "", null));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        worker.Propose(worker.LastDetection, false, "a");
        Assert.Single(_admin.State.Jobs);
    }

    [Fact]
    public void SavedConfig_IsVersioned_AndAnOldVersionIsRefused()
    {
        _admin.ConnectDescribed();
        var first = _admin.State.JobTypes["echo"].Config!;
        Assert.Equal((1L, "plugin"), (first.Version, first.SavedBy));
        var saved = _admin.Send(new SaveConfig(Actor.LocalUi, "echo", 1, ConfigValues.Empty, ConfigValues.Empty, Scheduled, "faster"));
        Assert.Equal(2, saved.Value!.Version);
        Assert.Equal(RefusalCode.Conflict, _admin.Send(new SaveConfig(Actor.LocalUi, "echo", 1, ConfigValues.Empty, ConfigValues.Empty, Scheduled, "")).Refusal!.Code);
        Assert.Equal(RefusalCode.Invalid, _admin.Send(new SaveConfig(Actor.LocalUi, "echo", 2, ConfigValues.Empty, ConfigValues.Empty, Scheduled with { RetryLimit = -1 }, "")).Refusal!.Code);
    }
}
