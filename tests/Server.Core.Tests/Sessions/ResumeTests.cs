using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Sessions;

public sealed class ResumeTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Cancel_WhileTheWorkerIsAway_IsToldWhenItComesBack()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        var request = worker.LastJob;
        worker.Ack(request);
        worker.Drop();
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "no need"));
        var back = _admin.Connect(instance: "i-2", running: Work(request));
        Assert.Equal((request.RequestId, "no need", false), Cancel(back));
        Assert.Equal(JobPhase.Canceling, _admin.State.Jobs[job.Id].Phase);
    }

    [Fact]
    public async Task Cancel_SurvivesARestart_AndIsToldAgain()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        var request = worker.LastJob;
        worker.Ack(request);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "no need"));
        _admin.Restart();
        var back = _admin.Connect(instance: "i-2", running: Work(request));
        Assert.Equal((request.RequestId, "no need", false), Cancel(back));
        back.Complete(request, success: false, error: "context canceled");
        Assert.Equal(JobState.Canceled, (await _admin.JobAsync(job.Id)).State);
    }

    [Fact]
    public void WorkWhoseLeaseWasLost_IsStoppedWhenItsWorkerComesBack()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        var request = worker.LastJob;
        worker.Drop();
        _admin.Advance(TimeSpan.FromSeconds(16));
        var back = _admin.Connect(instance: "i-2", running: Work(request));
        Assert.Equal((request.RequestId, true), (Cancel(back).Target, Cancel(back).Force));
        Assert.Empty(_admin.State.Sessions[back.Session].Held);
    }

    [Fact]
    public async Task CompletionThatWasKept_EndsTheJob_WithoutBeingListed()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        var request = worker.LastJob;
        worker.Drop();
        _admin.Connect(instance: "i-2").Complete(request);
        Assert.Equal((JobState.Succeeded, 1), ((await _admin.JobAsync(job.Id)).State, (await _admin.JobAsync(job.Id)).Attempts));
    }

    [Fact]
    public void LostBySilence_HasNoGraceLeft()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(61));
        Assert.Contains(_admin.Link.Closed, closed => closed.Session == worker.Session && closed.End.Code == SessionEndCode.Silent);
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
    }

    [Fact]
    public void WorkerThatGoesOnAfterACancel_IsMarked_UntilItStops()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        var job = _admin.Submit();
        var request = worker.LastJob;
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "now", Force: true));
        var work = Work(request);
        worker.Beat(work);
        Assert.False(Known(worker).IgnoresCancel);
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(11));
        worker.Beat(work);
        Assert.True(Known(worker).IgnoresCancel);
        Assert.Equal(1, _admin.State.Sessions[worker.Session].ForeignExecutions);
        worker.Beat();
        Assert.False(Known(worker).IgnoresCancel);
        Assert.Equal(0, _admin.State.Sessions[worker.Session].ForeignExecutions);
    }

    /// <summary>Its grace was the cancel's: it is not given another one.</summary>
    [Fact]
    public void WorkerThatLetsTheGraceOfACancelPass_IsMarkedWithItsNextHeartbeat()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        var job = _admin.Submit();
        var work = Work(worker.LastJob);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "now"));
        _admin.Advance(TimeSpan.FromSeconds(10));
        worker.Beat(work);
        Assert.False(Known(worker).IgnoresCancel);
        _admin.Advance(TimeSpan.FromSeconds(2));
        worker.Beat(work);
        Assert.True(Known(worker).IgnoresCancel);
    }

    [Fact]
    public void ForeignWorkerThatGoesOnAfterACancel_IsMarkedToo()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        var job = _admin.Submit();
        var work = new RunningWork(job.Id.Value, false, "echo", 0, "", null);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "now", Force: true));
        worker.Beat(work);
        _admin.Advance(TimeSpan.FromSeconds(11));
        worker.Beat(work);
        Assert.True(Known(worker).IgnoresCancel);
    }

    [Fact]
    public void ReportThatNamesAnotherJob_IsStale_AndItsWordsAreKept()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        _admin.Post(new WorkerInput.Completed(worker.Session, worker.LastJob.RequestId, new JobId("another"), "echo", true, "", new JobResult("well done", ConfigValues.Empty), [], null));
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        var line = Assert.Single(_admin.State.Activities, activity => activity.Stage == "stale_report");
        Assert.Equal(new ConfigValue.Text("well done"), line.Details["summary"]);
    }

    private static RunningWork Work(Outbound.ExecuteJob request) => new(request.Job.Id.Value, false, "echo", 10, "", request.RequestId);

    private (RequestId Target, string Reason, bool Force) Cancel(FakeWorker worker)
    {
        var cancel = Assert.Single(_admin.Link.To<Outbound.Cancel>(worker.Session));
        return (cancel.Target, cancel.Reason, cancel.Force);
    }

    private Worker Known(FakeWorker worker) => _admin.State.Workers[worker.Id];
}
