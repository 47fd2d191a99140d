using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Sessions;

public sealed class ForgottenWorkTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void ForeignWorkerThatLeavesAJobOut_LosesIt_NotAtTheFirstHeartbeat()
    {
        var worker = _admin.ConnectDescribed(ours: false, runtime: LongRunning);
        var job = _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(11));
        worker.Beat(Work("other"));
        _admin.Advance(TimeSpan.FromSeconds(15));
        worker.Beat(Work("other"));
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        _admin.Advance(TimeSpan.FromSeconds(15));
        worker.Beat(Work("other"));
        Assert.Equal((JobState.Pending, AttemptOutcome.WorkerLost), (_admin.State.Jobs[job.Id].State, _admin.State.Jobs[job.Id].Attempt!.Outcome));
    }

    [Fact]
    public void JobThatIsListedAgain_StartsToCountAnew()
    {
        var worker = _admin.ConnectDescribed(ours: false, runtime: LongRunning);
        var job = _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(11));
        for (var n = 0; n < 8; n++)
        {
            worker.Beat(n % 3 == 2 ? Work(job.Id.Value) : Work("other"));
            _admin.Advance(TimeSpan.FromSeconds(14));
        }

        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
    }

    [Fact]
    public void WorkerThatNeverListsAnything_KeepsItsJob_ForADayWithoutAWord()
    {
        var worker = _admin.ConnectDescribed(ours: false, runtime: LongRunning);
        var job = _admin.Submit(change: command => command with { AttemptTimeout = TimeSpan.FromDays(30) });
        Days(worker, 0.9);
        worker.Progress(worker.LastJob, 10);
        Days(worker, 0.9);
        Assert.Equal(JobState.Running, _admin.State.Jobs[job.Id].State);
        Days(worker, 0.2);
        Assert.Equal(2, _admin.State.Jobs[job.Id].Attempts);
    }

    [Fact]
    public void WorkerOfOurs_IsNotJudgedByItsLists()
    {
        var worker = _admin.ConnectDescribed(runtime: LongRunning);
        var job = _admin.Submit();
        for (var n = 0; n < 10; n++)
        {
            _admin.Advance(TimeSpan.FromSeconds(10));
            worker.Beat(Work("other"));
        }

        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
    }

    private static RuntimeSettings LongRunning => new() { GlobalExecutionConcurrency = 4, PerWorkerExecutionConcurrency = 4, ExecutionTimeoutSeconds = int.MaxValue, RetryLimit = 1, RetryBackoffSeconds = 600 };

    private static RunningWork Work(string id) => new(id, false, "echo", 0, "", null);

    private void Days(FakeWorker worker, double days)
    {
        for (var left = TimeSpan.FromDays(days); left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(100))
        {
            _admin.Time.Advance(TimeSpan.FromSeconds(100));
            _admin.Settle();
            worker.Beat();
        }
    }
}
