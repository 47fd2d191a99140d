using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

public sealed class DispatchTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void TypesThatShareSlots_AreServedByPriority_ThenAge()
    {
        var worker = _admin.Connect(jobType: "a,b", slots: 1);
        worker.Describe();
        var busy = _admin.Submit("a");
        string[] expected = [_admin.Submit("b", priority: 75).Id.Value, Later("b"), Later("a"), Later("b")];
        foreach (var next in expected)
        {
            worker.Complete(worker.LastJob);
            Assert.Equal(next, worker.LastJob.Job.Id.Value);
        }

        Assert.Equal(busy.Id, worker.Jobs.First().Job.Id);

        string Later(string type)
        {
            _admin.Advance(TimeSpan.FromSeconds(1));
            return _admin.Submit(type).Id.Value;
        }
    }

    [Fact]
    public void SlotsOfAWorker_AreSharedByItsTypes()
    {
        var worker = _admin.Connect(jobType: "a,b", slots: 3);
        worker.Describe();
        for (var n = 0; n < 6; n++)
        {
            _admin.Submit(n % 2 == 0 ? "a" : "b");
        }

        Assert.Equal(3, worker.Jobs.Count());
        Assert.Equal(["a", "a", "b"], worker.Jobs.Select(job => job.Job.JobType).Order());
    }

    [Fact]
    public void LargerTotalOfAHeartbeat_OpensMoreSlots()
    {
        var worker = _admin.Connect(jobType: "a", slots: 2);
        worker.Describe(new RuntimeSettings { GlobalExecutionConcurrency = 10, PerWorkerExecutionConcurrency = 10 });
        var other = _admin.Connect("w-2", jobType: "b,a", slots: 2);
        other.Describe();
        for (var n = 0; n < 9; n++)
        {
            _admin.Submit("b");
        }

        Assert.Equal(2, other.Jobs.Count());
        other.Beat();
        Assert.Equal(2, other.Jobs.Count());
    }

    [Fact]
    public void Refused_GoesToAnother_AndBackWhenNobodyElseIsLeft()
    {
        var one = _admin.ConnectDescribed("w-1", slots: 1);
        var two = _admin.Connect("w-2", slots: 1);
        _admin.Submit();
        _admin.Submit();
        var first = one.LastJob;
        one.Ack(first, accepted: false, text: "not mine");
        Assert.Single(one.Jobs);
        two.Drop();
        Assert.Contains(one.Jobs.Skip(1), job => job.Job.Id == first.Job.Id);
    }

    [Fact]
    public async Task Refused_ByTheLastWorker_IsRejected()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob, accepted: false, text: "not mine");
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Rejected, "not mine"), (ended.State, ended.Reason, ended.Error));
    }

    /// <summary>Whom its labels rule out is no other worker.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refused_ByTheLastWorkerThatMatches_IsRejected(bool byType)
    {
        var worker = _admin.ConnectDescribed("w-1");
        _admin.Connect("w-2");
        if (byType)
        {
            var require = ImmutableSortedDictionary<string, string>.Empty.Add("worker_id", "w-1");
            Assert.True(_admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, new DispatchSettings { RequireLabels = require })).IsAccepted);
        }

        var job = _admin.Submit(change: job => byType ? job : job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", "w-1") });
        worker.Ack(worker.LastJob, accepted: false, text: "no interpreter");
        var ended = await _admin.JobAsync(job.Id);
        Assert.Equal((JobState.Failed, JobReason.Rejected, "no interpreter"), (ended.State, ended.Reason, ended.Error));
    }

    [Fact]
    public void Estimate_LiftsTheTimeout_UpToEightHours()
    {
        var worker = _admin.ConnectDescribed(runtime: new RuntimeSettings { ExecutionTimeoutSeconds = 300, GlobalExecutionConcurrency = 9, PerWorkerExecutionConcurrency = 9 });
        Assert.Equal(TimeSpan.FromMinutes(5), Timeout(10));
        Assert.Equal(TimeSpan.FromMinutes(20), Timeout(1200));
        Assert.Equal(TimeSpan.FromHours(8), Timeout(long.MaxValue));
        Assert.Equal(TimeSpan.FromMinutes(5), Timeout(-1));

        TimeSpan Timeout(long seconds)
        {
            _admin.Submit(change: job => job with { Payload = new JobPayload("", ConfigValues.Empty.With("estimated_runtime_seconds", new ConfigValue.Int64(seconds))) });
            return worker.LastJob.Job.Attempt!.Timeout;
        }
    }

    [Fact]
    public void DrainingWorker_GetsNothing_UntilItIsTakenBack()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, true, "update"));
        _admin.Submit();
        Assert.Empty(worker.Jobs);
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, false, ""));
        Assert.Single(worker.Jobs);
    }

    [Fact]
    public void AtCapacity_IsASecondOfPause_EachTime_AndNoAttempt()
    {
        var worker = _admin.ConnectDescribed(ours: false, slots: 1);
        _admin.Submit();
        for (var sent = 1; sent < 5; sent++)
        {
            worker.Complete(worker.LastJob, success: false, error: "executor is at capacity");
            _admin.Advance(TimeSpan.FromMilliseconds(999));
            Assert.Equal(sent, worker.Jobs.Count());
            _admin.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(sent + 1, worker.Jobs.Count());
        }

        Assert.Equal(1, worker.LastJob.Attempt);
    }

    /// <summary>The pause is the worker's: the job keeps its place, and goes to whoever has room.</summary>
    [Fact]
    public void AtCapacity_HoldsUpTheWorker_NotTheJob()
    {
        var full = _admin.ConnectDescribed("w-1", slots: 1);
        var job = _admin.Submit();
        _admin.Advance(TimeSpan.FromMilliseconds(1));
        var later = _admin.Submit();
        var due = job.DueAt;
        full.Ack(full.LastJob, accepted: false, "executor is at capacity");
        Assert.Equal((JobPhase.Queued, due), (_admin.State.Jobs[job.Id].Phase, _admin.State.Jobs[job.Id].DueAt));
        var other = _admin.Connect("w-2", slots: 1);
        Assert.Equal(job.Id, other.LastJob.Job.Id);
        Assert.Single(full.Jobs);
        _admin.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(later.Id, full.LastJob.Job.Id);
    }

    [Fact]
    public void WorkerThatRefusesEverything_IsAskedOnceASecond_HoweverManyJobsWait()
    {
        var worker = _admin.ConnectDescribed(ours: false, slots: 2);
        for (var n = 0; n < 50; n++)
        {
            _admin.Submit();
        }

        var refused = 0;
        for (var second = 1; second <= 10; second++)
        {
            foreach (var job in worker.Jobs.Skip(refused).ToList())
            {
                worker.Complete(job, success: false, error: "executor is at capacity");
                refused++;
            }

            Assert.InRange(refused, second, 2 * second);
            _admin.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void WaitingJob_DoesNotExpireOnceItWasTried()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { ExpiresAt = _admin.Time.GetUtcNow().AddSeconds(3), RetryLimit = 2 });
        worker.Complete(worker.LastJob, success: false, error: "no luck");
        _admin.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(JobPhase.Backoff, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(2, worker.LastJob.Attempt);
    }

    [Fact]
    public void UnmatchedLabels_LetTheNextJobsPass()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit(priority: 100, change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.disk", "fast") });
        var plain = _admin.Submit();
        Assert.Equal(plain.Id, worker.LastJob.Job.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ManyJobsForWorkersThatAreAway_DoNotHoldUpTheOthers(bool eachForAnother)
    {
        var worker = _admin.ConnectDescribed();
        for (var n = 0; n < 300; n++)
        {
            _admin.Submit(priority: 100, change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", eachForAnother ? $"away-{n}" : "away") });
        }

        var plain = _admin.Submit();
        Assert.Equal(plain.Id, worker.LastJob.Job.Id);
    }

    /// <summary>Who refused them is not held up by them: what stands behind them it may take.</summary>
    [Fact]
    public void ManyJobsThatWaitForAnotherThanWhoRefusedThem_DoNotHoldUpTheOthers()
    {
        var able = _admin.ConnectDescribed("w-able", slots: 1);
        _admin.Submit();
        var other = _admin.Connect("w-other", slots: 1);
        for (var n = 0; n < 300; n++)
        {
            _admin.Submit(priority: 100);
            other.Ack(other.LastJob, accepted: false, text: "not mine");
        }

        Assert.Single(able.Jobs);
        var plain = _admin.Submit();
        Assert.Equal(plain.Id, other.LastJob.Job.Id);
    }
}
