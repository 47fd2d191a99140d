using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>Priority first, but nothing waits for ever.</summary>
public sealed class AgeingTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void OneSlot_RunsCriticalNormalLow_AndTheLowOneBeatsALaterCritical()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        Submit();
        var (low, normal, critical) = (Submit(priority: 25), Submit(priority: 50), Submit(priority: 100));
        foreach (var next in (Job[])[critical, normal])
        {
            worker.Complete(worker.LastJob);
            Assert.Equal(next.Id, worker.LastJob.Job.Id);
        }

        Pass(worker, minutes: 75);

        Assert.Equal(100, new ReadModelBuilder().Build(_admin.State, _admin.Now).JobType("echo")!.Queue.Single(view => view.Job.Id == low.Id).Priority);
        var late = _admin.Submit(priority: 100);
        Assert.Equal((2, 100), (WaitingReason.Explain(_admin.State, late.Id, _admin.Now)!.Position, WaitingReason.Explain(_admin.State, low.Id, _admin.Now)!.Priority));
        worker.Complete(worker.LastJob);
        Assert.Equal(low.Id, worker.LastJob.Job.Id);
    }

    [Fact]
    public void WithoutAgeing_PriorityAloneDecides_AndTheQueueFollowsTheSettingAtOnce()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        _admin.Submit();
        var low = _admin.Submit(priority: 25);
        _admin.Time.Advance(TimeSpan.FromMinutes(80));
        var critical = _admin.Submit(priority: 99);
        Assert.Equal([low.Id, critical.Id], Waiting());
        Assert.True(_admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, new DispatchSettings { AgeingPerMinute = 0 })).IsAccepted);
        Assert.Equal([critical.Id, low.Id], Waiting());
        _admin.Restart();
        Assert.Equal([critical.Id, low.Id], Waiting());
        Assert.Equal(0, _admin.State.JobTypes["echo"].Dispatch.AgeingPerMinute);

        JobId[] Waiting() => [.. _admin.State.JobTypes["echo"].Ready.Select(entry => entry.Job).Where(id => id == low.Id || id == critical.Id)];
    }

    /// <summary>Heads of two types are compared as things stand, each by its own pace.</summary>
    [Fact]
    public void TypesThatAgeAtDifferentPaces_ShareSlotsByWhatTheyHaveComeTo()
    {
        var worker = _admin.Connect(jobType: "a,b", slots: 1);
        worker.Describe();
        _admin.Send(new SaveDispatch(Actor.LocalUi, "a", null, new DispatchSettings { AgeingPerMinute = 0 }));
        Submit("a");
        var (still, growing) = (Submit("a", priority: 60), Submit("b", priority: 50));
        Pass(worker, minutes: 9);
        worker.Complete(worker.LastJob);
        Assert.Equal(still.Id, worker.LastJob.Job.Id);
        var second = Submit("a", priority: 60);
        Pass(worker, minutes: 2);
        worker.Complete(worker.LastJob);
        Assert.Equal(growing.Id, worker.LastJob.Job.Id);
        Assert.Equal(JobState.Pending, _admin.State.Jobs[second.Id].State);
    }

    /// <summary>For any jobs: the static order is the order by what they have come to, and who came to 100 is passed by nobody who comes later.</summary>
    [Fact]
    public void AnyJobs_AreOrderedByWhatTheyHaveComeTo_AndNoneStarves() => Prop.ForAll(
        Gen.Choose(0, 100).SelectMany(priority => Gen.Choose(0, 30_000).Select(due => (Priority: priority, Due: due))).ListOf(30).ToArbitrary(),
        Gen.Elements(0.1, 0.5, 1, 3, 10).ToArbitrary(),
        (drawn, rate) =>
        {
            var jobs = drawn.Select((job, n) => Job(n, job.Priority, Start.AddSeconds(job.Due))).ToList();
            var at = Start.AddSeconds(30_000);
            var byEntry = jobs.OrderBy(job => QueueEntry.Of(job, rate)).ToList();
            foreach (var (ahead, behind) in byEntry.Zip(byEntry.Skip(1)))
            {
                Assert.True(Gained(ahead, rate, at) >= Gained(behind, rate, at) - 0.001);
            }

            foreach (var job in jobs)
            {
                var full = job.DueAt.AddTicks((long)((100 - job.Priority) * (TimeSpan.TicksPerMinute / rate)));
                Assert.True(QueueEntry.Of(job, rate).CompareTo(QueueEntry.Of(Job(999, 100, full.AddTicks(1)), rate)) < 0);
            }
        }).QuickCheckThrowOnFailure();

    private Job Submit(string jobType = "echo", int priority = 50) => _admin.Submit(jobType, priority, command => command with { AttemptTimeout = TimeSpan.FromDays(1) });

    /// <summary>The worker is at work meanwhile, and says so.</summary>
    private void Pass(FakeWorker worker, int minutes)
    {
        for (var n = 0; n < 3 * minutes; n++)
        {
            _admin.Time.Advance(TimeSpan.FromSeconds(20));
            worker.Progress(worker.LastJob, 1);
        }
    }

    private static double Gained(Job job, double rate, DateTimeOffset at) => job.Priority + ((at - job.DueAt).TotalMinutes * rate);

    private static Job Job(int n, int priority, DateTimeOffset due) =>
        new() { Id = new JobId($"j{n:000}"), JobType = "t", DedupeKey = "", Priority = priority, CreatedAt = Start, UpdatedAt = Start, DueAt = due };
}
