using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>The third clock: from creation to the end, whatever the job does meanwhile.</summary>
public sealed class DeadlineTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task AWaitingJob_FailsAtItsDeadline()
    {
        _admin.ConnectDescribed().Drop();
        var job = Submit(TimeSpan.FromMinutes(1));
        _admin.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(JobState.Pending, _admin.State.Jobs[job.Id].State);
        _admin.Advance(TimeSpan.FromSeconds(1));
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Timeout, 0), (ended.State, ended.Reason, ended.Attempts));
    }

    [Fact]
    public async Task ARunningJob_IsCancelled_AndNotTriedAgain()
    {
        var worker = _admin.ConnectDescribed();
        var job = Submit(TimeSpan.FromSeconds(30), limit: 5);
        worker.Progress(worker.LastJob, 10);
        var request = worker.LastJob.RequestId;
        _admin.Restart();
        worker = _admin.Connect(running: [new RunningWork(job.Id.Value, false, "echo", 10, "", request)]);
        _admin.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(_admin.Link.Sent, sent => sent.Message is Outbound.Cancel);
        Assert.Equal(JobPhase.Canceling, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(_admin.Options.CancelGrace);
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Timeout, 1, "the job did not end by its deadline"), (ended.State, ended.Reason, ended.Attempts, ended.Error));
    }

    [Fact]
    public async Task APauseBeyondTheDeadline_IsNotBegun()
    {
        var worker = _admin.ConnectDescribed();
        var job = Submit(TimeSpan.FromMinutes(1), limit: 5, backoff: TimeSpan.FromSeconds(30));
        worker.Complete(worker.LastJob, success: false, error: "broken");
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(TimeSpan.FromSeconds(36));
        worker.Complete(worker.LastJob, success: false, error: "broken");
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Error, 2), (ended.State, ended.Reason, ended.Attempts));
    }

    [Fact]
    public void ABackoffOfItsOwn_GoesBeforeThatOfTheType()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { RetryBackoff = TimeSpan.FromSeconds(100) });
        worker.Complete(worker.LastJob, success: false, error: "broken");
        Assert.InRange((_admin.State.Jobs[job.Id].DueAt - _admin.Time.GetUtcNow()).TotalSeconds, 80, 120);
    }

    private Job Submit(TimeSpan within, int? limit = null, TimeSpan? backoff = null) => _admin.Submit(change: command =>
        command with { Deadline = _admin.Time.GetUtcNow() + within, RetryLimit = limit, RetryBackoff = backoff, AttemptTimeout = TimeSpan.FromHours(1) });
}
