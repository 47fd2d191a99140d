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

    /// <summary>The time in the queue ends with the first assignment, also when that came back.</summary>
    [Fact]
    public void SentInTime_IsNotExpired_ThoughItWasRefusedAfterwards()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { ExpiresAt = _admin.Time.GetUtcNow().AddSeconds(5) });
        _admin.Advance(TimeSpan.FromSeconds(6));
        worker.Ack(worker.LastJob, accepted: false, "executor is at capacity");
        Assert.Equal((JobState.Pending, 0), (_admin.State.Jobs[job.Id].State, _admin.State.Jobs[job.Id].Attempts));
        _admin.Restart();
        worker = _admin.Connect();
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(job.Id, worker.LastJob.Job.Id);
    }

    /// <summary>A worker that outlives our stream keeps the time itself. What another calls so, or calls so early, is a failure of its own.</summary>
    [Theory]
    [InlineData(true, 29_500, JobReason.Timeout, AttemptOutcome.TimedOut)]
    [InlineData(true, 10_000, JobReason.Error, AttemptOutcome.Failed)]
    [InlineData(false, 29_500, JobReason.Error, AttemptOutcome.Failed)]
    public async Task TimeoutThatTheWorkerSawFirst_IsATimeout(bool ours, int after, JobReason reason, AttemptOutcome outcome)
    {
        var worker = _admin.ConnectDescribed(ours: ours);
        var job = _admin.Submit(change: command => command with { AttemptTimeout = TimeSpan.FromSeconds(30), RetryLimit = 0 });
        worker.Progress(worker.LastJob, 1);
        _admin.Advance(TimeSpan.FromMilliseconds(after));
        worker.Complete(worker.LastJob, success: false, error: "timeout");
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, reason, outcome), (ended.State, ended.Reason, ended.Attempt!.Outcome));
    }

    [Fact]
    public async Task TimeoutWhileTheAdminWasAway_IsATimeout()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { AttemptTimeout = TimeSpan.FromSeconds(30), RetryLimit = 0 });
        var request = worker.LastJob;
        worker.Progress(request, 1);
        _admin.Time.Advance(TimeSpan.FromMinutes(1));
        _admin.Restart();
        _admin.Connect().Complete(request, success: false, error: "timeout");
        Assert.Equal(JobReason.Timeout, (await _admin.JobAsync(job.Id)).Reason);
    }

    private Job Submit(TimeSpan within, int? limit = null, TimeSpan? backoff = null) => _admin.Submit(change: command =>
        command with { Deadline = _admin.Time.GetUtcNow() + within, RetryLimit = limit, RetryBackoff = backoff, AttemptTimeout = TimeSpan.FromHours(1) });
}
