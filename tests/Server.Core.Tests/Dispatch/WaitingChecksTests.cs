using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>What people are told about a waiting job is what the planner does.</summary>
public sealed class WaitingChecksTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void FirstRuleThatStops_AgreesWithThePlanner(int seed)
    {
        using var admin = new AdminHarness();
        var random = new Random(seed);
        var workers = new List<FakeWorker>();
        var codes = new HashSet<string>();
        for (var n = 0; n < 120; n++)
        {
            switch (random.Next(9))
            {
                case 0 when workers.Count < 4:
                    var worker = admin.Connect($"w-{workers.Count}", random.Next(2) == 0 ? "a" : "a,b", slots: random.Next(1, 4));
                    worker.Describe(new RuntimeSettings { GlobalExecutionConcurrency = random.Next(2, 9), PerWorkerExecutionConcurrency = random.Next(1, 4), RetryLimit = 1, RetryBackoffSeconds = 5 });
                    workers.Add(worker);
                    break;
                case 1 when workers.Count > 0:
                    admin.Send(new DrainWorker(Actor.LocalUi, workers[random.Next(workers.Count)].Id, random.Next(2) == 0, ""));
                    break;
                case 2 when admin.State.JobTypes.ContainsKey("a"):
                    admin.Send(new PauseJobType(Actor.LocalUi, "a", random.Next(2) == 0, "test", null));
                    break;
                case 3:
                    if (admin.State.Jobs.Values.Where(job => job.State == JobState.Assigned).OrderBy(job => job.Id).FirstOrDefault() is { } sent)
                    {
                        var holder = workers.Find(known => known.Id == sent.Worker)!;
                        holder.Ack(holder.Jobs.Last(job => job.Job.Id == sent.Id), random.Next(3) > 0, "not this one");
                    }

                    break;
                case 4:
                    if (admin.State.Jobs.Values.Where(job => job.IsActive).OrderBy(job => job.Id).FirstOrDefault() is { } running)
                    {
                        var holder = workers.Find(known => known.Id == running.Worker)!;
                        holder.Complete(holder.Jobs.Last(job => job.Job.Id == running.Id), random.Next(2) == 0, "broken");
                    }

                    break;
                case 5:
                    admin.Advance(TimeSpan.FromSeconds(random.Next(1, 8)));
                    break;
                default:
                    foreach (var type in admin.State.JobTypes.Keys.Take(1 + random.Next(2)))
                    {
                        admin.Submit(type, random.Next(4) * 25, submit => random.Next(5) == 0 ? submit with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") } : submit);
                    }

                    break;
            }

            Agree(admin, codes);
        }

        Assert.True(codes.Count >= 3, string.Join(", ", codes));
    }

    [Fact]
    public void EachReason_NamesTheBlockerAlone()
    {
        using var admin = new AdminHarness();
        var one = admin.ConnectDescribed("w-1", slots: 1, runtime: Runtime(100, 100));
        admin.Submit();
        Check("no_free_slot", "w-1", admin.Submit());
        admin.Connect("w-2", slots: 1);
        Check("no_free_slot", "echo", admin.Submit());
        Check("labels", "gpu=yes, site=a", admin.Submit(change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes").Add("require.site", "a") }));
        var later = admin.Submit(change: job => job with { NotBefore = admin.Time.GetUtcNow().AddHours(1), RetryLimit = 3 });
        Check("not_before", "", later);
        admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("w-1"), true, ""));
        admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("w-2"), true, ""));
        var next = admin.Submit();
        Check("all_draining", "echo", next);
        admin.Send(new PauseJobType(Actor.LocalUi, "echo", true, "", null));
        Check("paused", "echo", next);

        using var limited = new AdminHarness();
        var worker = limited.ConnectDescribed("w-1", slots: 9, runtime: Runtime(2, 1));
        var first = limited.Submit(change: job => job with { RetryLimit = 3 });
        Explain(limited, "worker_limit", "w-1", limited.Submit());
        limited.Connect("w-2", slots: 9);
        Explain(limited, "type_limit", "echo", limited.Submit());
        worker.Complete(worker.LastJob, success: false, error: "broken");
        Explain(limited, "backoff", "w-1", first);

        one.Drop();
        using var empty = new AdminHarness();
        empty.ConnectDescribed().Drop();
        Explain(empty, "no_capable_worker", "echo", empty.Submit());

        void Check(string code, string subject, Job job) => Explain(admin, code, subject, job);

        static void Explain(AdminHarness of, string code, string subject, Job job)
        {
            var waiting = WaitingReason.Explain(of.State, job.Id, of.Now)!.Waiting;
            Assert.Equal((code, subject), (waiting.Code, waiting.Subject));
            Assert.Contains(code, WaitingCodes.All);
        }

        static RuntimeSettings Runtime(int all, int each) => new() { GlobalExecutionConcurrency = all, PerWorkerExecutionConcurrency = each, RetryLimit = 1, RetryBackoffSeconds = 5 };
    }

    /// <summary>Whoever looks at it in that moment is not told of an earlier failure, but of the worker that was full.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AtCapacity_IsSaid_WhateverWasBefore(bool hadFailed)
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed();
        var job = admin.Submit();
        if (hadFailed)
        {
            worker.Complete(worker.LastJob, success: false, error: "broken");
            Assert.Equal("attempt 1: broken", Waiting().Text);
            admin.Advance(TimeSpan.FromSeconds(15));
        }

        worker.Ack(worker.LastJob, accepted: false, "executor is at capacity");
        Assert.Equal(("no_free_slot", "no worker that could take it answers, or each asked for a moment", "w-1"), (Waiting().Code, Waiting().Text, Waiting().Subject));

        Server.Core.Views.Waiting Waiting() => WaitingReason.Explain(admin.State, job.Id, admin.Now)!.Waiting;
    }

    /// <summary>When the blocker came, where that is known; never before the job itself began to wait.</summary>
    [Fact]
    public void Since_IsWhenTheBlockerCame_NotWhenTheJobWasTouched()
    {
        using var admin = new AdminHarness();
        var begin = admin.Time.GetUtcNow();
        var (one, two) = (admin.ConnectDescribed("w-1", slots: 1), admin.Connect("w-2", slots: 1));
        admin.Submit();
        admin.Submit();
        var later = admin.Submit(change: job => job with { NotBefore = begin.AddMinutes(30) });
        var job = admin.Submit();
        Is("no_free_slot", 0, job);
        admin.Send(new DrainWorker(Actor.LocalUi, one.Id, true, ""));
        Second();
        admin.Send(new DrainWorker(Actor.LocalUi, two.Id, true, ""));
        Second();
        admin.Send(new DrainWorker(Actor.LocalUi, one.Id, true, "again"));
        Is("all_draining", 1, job);
        Second();
        Touch(job);
        Is("all_draining", 1, job);
        Touch(later);
        Is("not_before", 0, later);

        one.Drop();
        Is("all_draining", 1, job);
        Second();
        two.Drop();
        Is("no_capable_worker", 4, job);
        Second();
        var after = admin.Submit();
        Is("no_capable_worker", 5, after);
        admin.Send(new PauseJobType(Actor.LocalUi, "echo", true, "", null));
        Second();
        Is("paused", 5, job);

        admin.Restart();
        admin.Send(new PauseJobType(Actor.LocalUi, "echo", false, "", null));
        Is("no_capable_worker", 4, job);

        void Second() => admin.Advance(TimeSpan.FromSeconds(1));

        void Touch(Job touched) => Assert.Null(admin.Send(new UpdateJob(Actor.LocalUi, touched.Id, 60, null)).Refusal);

        void Is(string code, int seconds, Job waits)
        {
            var waiting = WaitingReason.Explain(admin.State, waits.Id, admin.Now)!.Waiting;
            Assert.Equal((code, seconds), (waiting.Code, (waiting.Since - begin).TotalSeconds));
        }
    }

    [Fact]
    public void Since_OfLabels_IsWhenTheLastWorkerWithThemLeft()
    {
        using var admin = new AdminHarness();
        admin.ConnectDescribed("w-1");
        var two = admin.Connect("w-2");
        var job = admin.Submit(change: job => job with { NotBefore = admin.Time.GetUtcNow().AddSeconds(10), Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", "w-2") });
        admin.Advance(TimeSpan.FromSeconds(5));
        two.Drop();
        admin.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(("labels", job.DueAt), Said());
        admin.Send(new CancelJob(Actor.LocalUi, job.Id, ""));

        admin.Connect("w-3");
        job = admin.Submit(change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", "w-4") });
        admin.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(("labels", job.CreatedAt), Said());

        (string, DateTimeOffset) Said() => WaitingReason.Explain(admin.State, job.Id, admin.Now)!.Waiting is var waiting ? (waiting.Code, waiting.Since) : default;
    }

    [Fact]
    public void Since_OfABackoff_IsWhenTheAttemptEnded()
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed();
        var job = admin.Submit(change: job => job with { RetryLimit = 3, RetryBackoff = TimeSpan.FromMinutes(5) });
        admin.Advance(TimeSpan.FromSeconds(7));
        worker.Complete(worker.LastJob, success: false, error: "broken");
        var ended = admin.Time.GetUtcNow();
        admin.Advance(TimeSpan.FromSeconds(9));
        admin.Send(new UpdateJob(Actor.LocalUi, job.Id, 60, null));
        var waiting = WaitingReason.Explain(admin.State, job.Id, admin.Now)!.Waiting;
        Assert.Equal(("backoff", ended), (waiting.Code, waiting.Since));
    }

    /// <summary>In rounds of as many as run now, each as long as runs usually take; with too few of them nothing is said.</summary>
    [Fact]
    public void Start_IsExpected_OnceRunsAreKnown()
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed(slots: 1);
        for (var run = 0; run < 5; run++)
        {
            admin.Submit();
            admin.Advance(TimeSpan.FromSeconds(10));
            var waits = admin.Submit();
            Assert.Null(WaitingReason.Explain(admin.State, waits.Id, admin.Now)!.StartsIn);
            admin.Send(new CancelJob(Actor.LocalUi, waits.Id, ""));
            worker.Complete(worker.LastJob);
        }

        admin.Submit();
        admin.Submit();
        var second = admin.Submit();
        Assert.Equal(TimeSpan.FromSeconds(20), WaitingReason.Explain(admin.State, second.Id, admin.Now)!.StartsIn);
    }

    private static void Agree(AdminHarness admin, HashSet<string> codes)
    {
        var state = admin.State;
        var now = admin.Now;
        Assert.Empty(DispatchPlanner.Plan(state, now).Assignments);
        var reasons = new WaitingReasons(state, now);
        foreach (var job in state.Jobs.Values.Where(job => job.State == JobState.Pending))
        {
            var type = state.JobTypes[job.JobType];
            var stop = WaitingChecks.Of(state, type, job, now).FirstOrDefault(check => !check.Passed);
            Assert.True(stop is not null, $"{job.Id} is stopped by nothing and does not start");
            Assert.Equal(stop.Code, WaitingReason.For(state, type, job, now)!.Code);
            Assert.Equal(WaitingReason.Explain(state, job.Id, now)! with { Checks = [] }, reasons.Explain(job));
            Assert.Null(reasons.Explain(job with { Attempts = job.Attempts + 1 }));
            codes.Add(stop.Code);
        }

        // Were there more slots, whatever the planner then takes is stopped by no rule.
        var roomier = state with { Sessions = state.Sessions.SetItems(state.Sessions.Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Heartbeat = More(pair.Value.Heartbeat, now) }))) };
        foreach (var assignment in DispatchPlanner.Plan(roomier, now).Assignments)
        {
            var job = roomier.Jobs[assignment.Job];
            Assert.DoesNotContain(WaitingChecks.Of(roomier, roomier.JobTypes[job.JobType], job, now), check => !check.Passed);
        }
    }

    private static Heartbeat More(Heartbeat? beat, Now now) =>
        (beat ?? new Heartbeat(now.Wall, [], 0, 1, 0, 4, ImmutableSortedDictionary<string, string>.Empty)) with { ExecutionSlotsTotal = 50 };
}
