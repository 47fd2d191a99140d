using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

public sealed class JobLifeTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task Submitted_RunsAndSucceeds_AndLeavesTheState()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        Assert.Equal(JobState.Running, _admin.State.Jobs[job.Id].State);
        worker.Complete(worker.LastJob);
        Assert.Empty(_admin.State.Jobs);
        Assert.Equal(JobState.Succeeded, (await _admin.JobAsync(job.Id)).State);
        Assert.Contains(_admin.Link.To<Outbound.CompletedAck>(worker.Session), ack => ack.Job == job.Id);
    }

    [Fact]
    public void NothingIsSent_BeforeItIsDurable()
    {
        var store = new FaultyStore();
        using var admin = new AdminHarness(store);
        var worker = admin.ConnectDescribed();
        store.IsFull = true;
        var reply = admin.Send(new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty));
        Assert.Equal(RefusalCode.Unavailable, reply.Refusal!.Code);
        Assert.Empty(worker.Jobs);
        Assert.Empty(admin.State.Jobs);
        Assert.False(admin.State.Store.Writable);
        store.IsFull = false;
        admin.Advance(TimeSpan.FromSeconds(2));
        Assert.True(admin.State.Store.Writable);
        admin.Submit();
        Assert.Single(worker.Jobs);
    }

    [Fact]
    public async Task CompletionWhileTheDiskIsFull_IsNotLost()
    {
        var store = new FaultyStore();
        using var admin = new AdminHarness(store);
        var worker = admin.ConnectDescribed();
        var job = admin.Submit();
        store.IsFull = true;
        worker.Complete(worker.LastJob);
        Assert.DoesNotContain(admin.Link.To<Outbound.CompletedAck>(worker.Session), ack => ack.Job == job.Id);
        store.IsFull = false;
        admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(JobState.Succeeded, (await admin.JobAsync(job.Id)).State);
    }

    [Fact]
    public void Priority_ThenAge_DecidesTheOrder()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        _admin.Submit();
        var low = _admin.Submit(priority: 25);
        var first = _admin.Submit(priority: 75);
        _admin.Advance(TimeSpan.FromSeconds(1));
        var second = _admin.Submit(priority: 75);
        foreach (var expected in (JobId[])[first.Id, second.Id, low.Id])
        {
            worker.Complete(worker.LastJob);
            Assert.Equal(expected, worker.LastJob.Job.Id);
        }
    }

    [Fact]
    public void NotBefore_Waits_ExpiresAt_Fails()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit(change: job => job with { NotBefore = _admin.Time.GetUtcNow().AddHours(1) });
        Assert.Empty(worker.Jobs);
        worker.Drop();
        var late = _admin.Submit(change: job => job with { ExpiresAt = _admin.Time.GetUtcNow().AddMinutes(5) });
        _admin.Advance(TimeSpan.FromMinutes(6));
        Assert.False(_admin.State.Jobs.ContainsKey(late.Id));
        worker = _admin.ConnectDescribed();
        Assert.Empty(worker.Jobs);
        for (var n = 0; n < 120; n++)
        {
            worker.Beat();
            _admin.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Single(_admin.Link.Sent, sent => sent.Message is Outbound.ExecuteJob { Attempt: 1 });
    }

    [Fact]
    public void Failure_RetriesAfterBackoff_OnAnotherWorker()
    {
        var one = _admin.ConnectDescribed("w-1", slots: 1);
        _admin.Submit();
        var two = _admin.Connect("w-2");
        one.Complete(one.LastJob, success: false, error: "no luck");
        Assert.Empty(two.Jobs);
        _admin.Advance(TimeSpan.FromSeconds(13));
        Assert.Equal(2, two.LastJob.Attempt);
        Assert.NotEqual(one.LastJob.RequestId, two.LastJob.RequestId);
    }

    [Fact]
    public async Task PermanentFailure_IsNotRetried()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Complete(worker.LastJob, success: false, error: "never", permanent: true);
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Error, 1), (ended.State, ended.Reason, ended.Attempts));
    }

    [Fact]
    public async Task RetriesUsedUp_IsExhausted()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Complete(worker.LastJob, success: false, error: "one");
        _admin.Advance(TimeSpan.FromSeconds(13));
        worker.Complete(worker.LastJob, success: false, error: "two");
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Exhausted, 2), (ended.State, ended.Reason, ended.Attempts));
    }

    [Fact]
    public void AtCapacity_CostsNoAttempt()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob, accepted: false, "Executor is at CAPACITY");
        Assert.Equal((JobState.Pending, 0), (_admin.State.Jobs[job.Id].State, _admin.State.Jobs[job.Id].Attempts));
        _admin.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, worker.LastJob.Attempt);
        Assert.Equal(2, worker.Jobs.Count());
    }

    [Fact]
    public void StreamThatTakesNothing_CostsNoAttempt()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Link.Deaf.Add(worker.Session);
        var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
        worker.Drop();
        Assert.Equal((JobState.Pending, 0), (_admin.State.Jobs[job.Id].State, _admin.State.Jobs[job.Id].Attempts));
    }

    [Fact]
    public async Task Timeout_AsksFirst_ThenRevokes_ThenRetries()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { AttemptTimeout = TimeSpan.FromSeconds(20), RetryLimit = 1 });
        worker.Ack(worker.LastJob);
        _admin.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(worker.LastJob.RequestId, Assert.Single(_admin.Link.To<Outbound.Cancel>(worker.Session)).Target);
        Assert.Equal(JobPhase.Canceling, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(13));
        Assert.Equal(2, worker.LastJob.Attempt);
        worker.Complete(worker.LastJob, success: false, error: "x");
        Assert.Equal(JobState.Failed, (await _admin.JobAsync(job.Id)).State);
    }

    [Fact]
    public async Task Cancel_Ladder_EndsInCanceled_AndTheLateSuccessChangesNothing()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        Assert.Equal(JobPhase.Canceling, _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "no need")).Value!.Phase);
        _admin.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(JobState.Canceled, (await _admin.JobAsync(job.Id)).State);
        worker.Complete(worker.LastJob);
        Assert.Equal(JobState.Canceled, (await _admin.JobAsync(job.Id)).State);
    }

    [Fact]
    public void ReportOfAnotherSession_ChangesNothing()
    {
        var one = _admin.ConnectDescribed("w-1");
        var job = _admin.Submit();
        var two = _admin.Connect("w-2");
        admin_Complete(two, one.LastJob);
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        Assert.Contains(_admin.State.Activities, activity => activity.Stage == "stale_report");

        static void admin_Complete(FakeWorker worker, Outbound.ExecuteJob foreign) => worker.Complete(foreign);
    }

    [Fact]
    public void LimitOfTheType_AndOfTheWorker_Hold()
    {
        var worker = _admin.ConnectDescribed(slots: 3, runtime: new RuntimeSettings { GlobalExecutionConcurrency = 2, PerWorkerExecutionConcurrency = 2 });
        for (var n = 0; n < 5; n++)
        {
            _admin.Submit();
        }

        Assert.Equal(2, worker.Jobs.Count());
        worker.Complete(worker.LastJob);
        Assert.Equal(3, worker.Jobs.Count());
    }

    [Fact]
    public void Heartbeat_ThatCountsOurJobs_DoesNotCountThemTwice()
    {
        var worker = _admin.ConnectDescribed(slots: 4, ours: false);
        for (var n = 0; n < 8; n++)
        {
            _admin.Submit();
        }

        worker.Beat([.. worker.Jobs.Select(job => new RunningWork(job.Job.Id.Value, false, "echo", 0, "", null))]);
        Assert.Equal(4, worker.Jobs.Count());
        worker.Complete(worker.LastJob);
        worker.Beat([.. worker.Jobs.Take(3).Select(job => new RunningWork(job.Job.Id.Value, false, "echo", 0, "", null))]);
        Assert.Equal(5, worker.Jobs.Count());
    }

    [Fact]
    public void DuplicateWorkerId_NewestWins_TheOldStreamsEndTouchesNothing()
    {
        var old = _admin.ConnectDescribed("w-1");
        var newer = _admin.Connect("w-1", instance: "i-2");
        Assert.Contains(_admin.Link.Closed, closed => closed.Session == old.Session && closed.End.Code == SessionEndCode.Replaced);
        old.Drop();
        Assert.Equal(newer.Session, _admin.State.Workers[new WorkerId("w-1")].Session);
        Assert.NotNull(_admin.State.Workers[new WorkerId("w-1")].Conflict);
        _admin.Submit();
        Assert.Single(newer.Jobs);
    }

    [Fact]
    public void SilentWorker_IsUnhealthy_ThenLost_ItsJobGoesElsewhere()
    {
        var worker = _admin.ConnectDescribed("w-1");
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(WorkerHealth.Unhealthy, _admin.State.Workers[worker.Id].Health);
        _admin.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains(_admin.Link.Closed, closed => closed.Session == worker.Session);
        Assert.Equal(WorkerHealth.Disconnected, _admin.State.Workers[worker.Id].Health);
        var other = _admin.Connect("w-2");
        _admin.Advance(TimeSpan.FromSeconds(29));
        Assert.Single(other.Jobs);
    }

    [Fact]
    public async Task LostStream_OfAWorkerThatCannotResume_LosesTheAttemptAtOnce()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
        worker.Drop();
        Assert.Equal(JobReason.WorkerLost, (await _admin.JobAsync(job.Id)).Reason);
    }

    [Fact]
    public async Task LostStream_OfAWorkerThatResumes_AdoptsTheSameAttempt()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        var request = worker.LastJob;
        worker.Drop();
        Assert.Equal(JobPhase.Reconnecting, _admin.State.Jobs[job.Id].Phase);
        var back = _admin.Connect("w-1", instance: "i-2", running: new RunningWork(job.Id.Value, false, "echo", 10, "", request.RequestId));
        Assert.Equal(JobPhase.Working, _admin.State.Jobs[job.Id].Phase);
        Assert.Empty(back.Jobs);
        back.Complete(request);
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Succeeded, 1), (ended.State, ended.Attempts));
    }

    [Fact]
    public async Task EachAttempt_KeepsItsExitCode_AndTheSessionAndProcessThatHeldItLast()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { RetryLimit = 1 });
        worker.Ack(worker.LastJob);
        worker.Complete(worker.LastJob, success: false, error: "broke", exitCode: 7);
        _admin.Send(new RetryNow(Actor.LocalUi, job.Id));
        worker.Ack(worker.LastJob);
        var request = worker.LastJob;
        worker.Drop();
        var back = _admin.Connect("w-1", instance: "i-2", running: new RunningWork(job.Id.Value, false, "echo", 10, "", request.RequestId));
        back.Complete(request, exitCode: 0);
        var record = (await _admin.Store.History.JobAsync(job.Id, CancellationToken.None))!;
        Assert.Equal([(1, 7L, 1L, "i-1"), (2, 0L, 2L, "i-2")], record.Attempts.Select(attempt => (attempt.Number, attempt.ExitCode!.Value, attempt.Generation, attempt.Instance)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HurriedJob_WaitsFromNowOn_AheadOfLaterOnes(bool scheduled)
    {
        var start = _admin.Now.Wall;
        var worker = _admin.ConnectDescribed(slots: 1);
        var hurried = _admin.Submit(change: command => command with { NotBefore = scheduled ? start.AddDays(1) : null, RetryLimit = 1, RetryBackoff = TimeSpan.FromMinutes(10) });
        if (!scheduled)
        {
            worker.Complete(worker.LastJob, success: false, error: "broke");
        }

        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(1));
        _admin.Send(new RetryNow(Actor.LocalUi, hurried.Id));
        Assert.Equal((JobPhase.Queued, _admin.Now.Wall), (_admin.State.Jobs[hurried.Id].Phase, _admin.State.Jobs[hurried.Id].DueAt));
        _admin.Advance(TimeSpan.FromSeconds(1));
        _admin.Submit();
        worker.Complete(worker.LastJob);
        _admin.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(hurried.Id, worker.LastJob.Job.Id);
    }

    [Fact]
    public void ReturnWithoutTheJob_LosesItWithinTheClaimWindow()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Drop();
        _admin.Connect("w-1", instance: "i-2");
        _admin.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
    }

    [Fact]
    public async Task Restart_KeepsEveryJob_AndTheResumedOneEndsOnce()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        var running = _admin.Submit();
        worker.Ack(worker.LastJob);
        var request = worker.LastJob;
        var waiting = _admin.Submit();
        _admin.Restart();
        Assert.Equal(2, _admin.State.Jobs.Count);
        Assert.Equal(JobPhase.Reconnecting, _admin.State.Jobs[running.Id].Phase);
        var back = _admin.Connect("w-1", slots: 1, running: new RunningWork(running.Id.Value, false, "echo", 10, "", request.RequestId));
        back.Complete(request);
        Assert.Equal(JobState.Succeeded, (await _admin.JobAsync(running.Id)).State);
        Assert.Equal(waiting.Id, back.LastJob.Job.Id);
    }

    /// <summary>How long it takes until workers can reach the admin is held against none of them.</summary>
    [Fact]
    public void Restart_ThatTakesLong_LeavesAWorkerItsWholeGrace()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        _admin.Restart();
        _admin.Advance(TimeSpan.FromSeconds(14));
        _admin.Listen();
        _admin.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(JobPhase.Reconnecting, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
    }

    [Fact]
    public async Task Restart_OfJobsOfForeignWorkers_RetriesThem()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        _admin.Restart();
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
        Assert.Equal(AttemptOutcome.WorkerLost, (await _admin.Store.History.JobAsync(job.Id, CancellationToken.None))!.Attempts[0].Outcome);
    }

    [Fact]
    public void Labels_RestrictTheWorkers()
    {
        var worker = _admin.ConnectDescribed("w-1");
        _admin.Submit(change: job => job with { Labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", "w-9") });
        Assert.Empty(worker.Jobs);
        Assert.Single(_admin.Connect("w-9").Jobs);
    }

    [Fact]
    public void ClockJump_DoesNotMoveTimeouts_ButFiresWhatPeopleDated()
    {
        var worker = _admin.ConnectDescribed();
        var running = _admin.Submit(change: command => command with { AttemptTimeout = TimeSpan.FromMinutes(10) });
        worker.Ack(worker.LastJob);
        var later = _admin.Submit(change: command => command with { NotBefore = _admin.Time.GetUtcNow().AddMinutes(30) });
        _admin.Time.Jump(TimeSpan.FromHours(1));
        _admin.Settle();
        Assert.Equal(JobPhase.Working, _admin.State.Jobs[running.Id].Phase);
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[later.Id].State);
    }

    [Fact]
    public void Counts_EqualARecount()
    {
        var worker = _admin.ConnectDescribed(slots: 2);
        for (var n = 0; n < 10; n++)
        {
            _admin.Submit(change: job => n % 3 == 0 ? job with { NotBefore = _admin.Time.GetUtcNow().AddHours(1) } : job);
        }

        worker.Ack(worker.Jobs.First());
        worker.Complete(worker.LastJob, success: false, error: "x");
        var counts = _admin.State.JobTypes["echo"].Counts;
        var jobs = _admin.State.Jobs.Values.ToList();
        Assert.Equal(jobs.Count(job => job.Phase == JobPhase.Queued), counts.Queued);
        Assert.Equal(jobs.Count(job => job.Phase == JobPhase.Scheduled), counts.Scheduled);
        Assert.Equal(jobs.Count(job => job.Phase == JobPhase.Backoff), counts.Backoff);
        Assert.Equal(jobs.Count(job => job.State == JobState.Assigned), counts.Assigned);
        Assert.Equal(jobs.Count(job => job.State == JobState.Running), counts.Running);
        Assert.Equal(jobs.Count(job => job.IsActive), _admin.State.Sessions[worker.Session].Held.Count);
    }
}
