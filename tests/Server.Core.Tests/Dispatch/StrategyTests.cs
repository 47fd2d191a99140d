using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>Who gets a job, by rule; and how many of three hundred.</summary>
public sealed class StrategyTests
{
    private static readonly Job AnyJob = new() { Id = new JobId("j"), JobType = "t", DedupeKey = "", CreatedAt = default, UpdatedAt = default, DueAt = default };

    private static readonly Gen<Candidate[]> Candidates = Gen.Choose(1, 8).SelectMany(count => Gen.Choose(0, 9).ArrayOf(count * 4).Select(numbers => Enumerable.Range(0, count)
        .Select(n => new Candidate(new WorkerId($"w{n}"), numbers[4 * n] + 1, numbers[4 * n] + 1 + numbers[(4 * n) + 1], numbers[(4 * n) + 1], numbers[(4 * n) + 2], numbers[(4 * n) + 3])).ToArray()));

    public static TheoryData<DispatchStrategy> All => [.. Enum.GetValues<DispatchStrategy>()];

    [Theory]
    [MemberData(nameof(All))]
    public void AnyCandidates_OneOfThemIsChosen_AndTheSameAgain(DispatchStrategy strategy) => Prop.ForAll(Candidates.ListOf(20).ToArbitrary(), rounds =>
    {
        var rule = BalancingStrategies.Of(strategy);
        var memory = BalanceMemory.Empty;
        foreach (var candidates in rounds)
        {
            var (one, other) = (rule.Pick(AnyJob, candidates, memory), rule.Pick(AnyJob, candidates, memory));
            Assert.Equal(one.Index, other.Index);
            Assert.InRange(one.Index, 0, candidates.Length - 1);
            memory = one.Memory;
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(DispatchStrategy.LeastLoaded)]
    [InlineData(DispatchStrategy.LeastConnections)]
    [InlineData(DispatchStrategy.RoundRobin)]
    [InlineData(DispatchStrategy.WeightedRoundRobin)]
    public void TheOrderOfCandidates_DoesNotMatter(DispatchStrategy strategy) => Prop.ForAll(Candidates.ToArbitrary(), candidates =>
    {
        var rule = BalancingStrategies.Of(strategy);
        var turned = candidates.Reverse().ToArray();
        Assert.Equal(candidates[rule.Pick(AnyJob, candidates, BalanceMemory.Empty).Index].Worker, turned[rule.Pick(AnyJob, turned, BalanceMemory.Empty).Index].Worker);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void LeastLoadedAndLeastConnections_TakeTheLeast() => Prop.ForAll(Candidates.ToArbitrary(), candidates =>
    {
        var loaded = candidates[BalancingStrategies.Of(DispatchStrategy.LeastLoaded).Pick(AnyJob, candidates, BalanceMemory.Empty).Index];
        Assert.All(candidates, other => Assert.True((double)loaded.Free / loaded.Total >= (double)other.Free / other.Total));
        var held = candidates[BalancingStrategies.Of(DispatchStrategy.LeastConnections).Pick(AnyJob, candidates, BalanceMemory.Empty).Index];
        Assert.Equal(candidates.Min(other => other.Held), held.Held);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Weights511_AreServedSmoothly()
    {
        Candidate[] candidates = [Of("a", 5), Of("b", 1), Of("c", 1)];
        var memory = BalanceMemory.Empty;
        var served = "";
        for (var n = 0; n < 14; n++)
        {
            var chosen = BalancingStrategies.Of(DispatchStrategy.WeightedRoundRobin).Pick(AnyJob, candidates, memory);
            memory = chosen.Memory;
            served += candidates[chosen.Index].Worker;
        }

        Assert.Equal("aabacaaaabacaa", served);

        static Candidate Of(string worker, int weight) => new(new WorkerId(worker), 4, 4, 0, weight, 0);
    }

    /// <summary>Worked out by hand: free, total, held, weight, last picked of each candidate, and who gets the next jobs.</summary>
    [Theory]

    // 3/4 and 6/8 are the same share, 6 is more; 4/5 is a larger share than both.
    [InlineData(DispatchStrategy.LeastLoaded, "3,4,1,1,0 6,8,2,1,0", "b")]
    [InlineData(DispatchStrategy.LeastLoaded, "3,4,1,1,0 6,8,2,1,0 4,5,1,1,0", "c")]

    // All alike: who was picked longest ago, then the smaller id.
    [InlineData(DispatchStrategy.LeastLoaded, "2,4,2,1,9 2,4,2,1,5 2,4,2,1,5", "b")]
    [InlineData(DispatchStrategy.LeastConnections, "1,9,3,1,0 9,9,2,1,0 1,2,2,1,0", "b")]
    [InlineData(DispatchStrategy.LeastConnections, "9,9,2,1,7 9,9,2,1,3 9,9,4,1,0", "b")]
    [InlineData(DispatchStrategy.RoundRobin, "1,9,9,1,9 9,9,0,1,0 5,9,0,1,0", "abcabc")]

    // Each is owed 4 and 3, the sum is 7: 4 3→a, 1 6→b, 5 2→a, 2 5→b, 6 1→a, 3 4→b, 7 0→a, and all is paid.
    [InlineData(DispatchStrategy.WeightedRoundRobin, "4,4,0,1,0 1,4,0,3,0", "ababababababab", 7)]

    // A weight of 0 or less counts 1: owed 2 and 1.
    [InlineData(DispatchStrategy.WeightedRoundRobin, "2,2,0,-5,0 1,2,0,0,0", "abaaba")]
    public void Examples_WorkedOutByHand(DispatchStrategy strategy, string candidates, string served, int compared = int.MaxValue)
    {
        var all = candidates.Split(' ').Select((text, n) => (Id: $"{(char)('a' + n)}", Numbers: text.Split(',').Select(int.Parse).ToArray()))
            .Select(one => new Candidate(new WorkerId(one.Id), one.Numbers[0], one.Numbers[1], one.Numbers[2], one.Numbers[3], one.Numbers[4])).ToArray();
        var memory = BalanceMemory.Empty;
        var order = "";
        for (var n = 0; n < Math.Min(compared, served.Length); n++)
        {
            var chosen = BalancingStrategies.Of(strategy).Pick(AnyJob, all, memory);
            memory = chosen.Memory;
            order += all[chosen.Index].Worker;
        }

        Assert.Equal(served[..order.Length], order);
    }

    /// <summary>
    /// Free = limit − ours − work that is not ours, where the heartbeat lists work; else limit − max(ours, used). The limit is the smallest
    /// of what we set, what the worker offers, and what its heartbeat counts.
    /// </summary>
    [Theory]
    [InlineData(4, 100, 0, 0, 0, 0, 4)]
    [InlineData(4, 2, 0, 0, 0, 0, 2)]
    [InlineData(4, 100, 3, 0, 0, 0, 3)]
    [InlineData(8, 100, 8, 0, 3, 3, 5)]
    [InlineData(8, 100, 8, 2, 3, 5, 3)]
    [InlineData(8, 100, 8, 0, 0, 6, 2)]
    [InlineData(8, 100, 8, 2, 0, 6, 2)]
    [InlineData(8, 100, 8, 2, 0, 1, 6)]
    public void FreeSlots_WorkedOutByHand(int offered, int set, int counted, int ours, int others, int used, int free)
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed(slots: offered, ours: false, runtime: new RuntimeSettings { GlobalExecutionConcurrency = 100, PerWorkerExecutionConcurrency = set });
        for (var n = 0; n < ours; n++)
        {
            admin.Submit();
        }

        Assert.Equal(ours, worker.Jobs.Count());
        if (counted > 0)
        {
            ImmutableArray<RunningWork> listed = others == 0 ? [] : [.. worker.Jobs.Select(job => Work(job.Job.Id.Value)), .. Enumerable.Range(0, others).Select(n => Work($"other-{n}"))];
            admin.Post(new WorkerInput.Beat(worker.Session, new Heartbeat(admin.Time.GetUtcNow(), listed, 0, 1, used, counted, ImmutableSortedDictionary<string, string>.Empty)));
        }

        for (var n = 0; n < 20; n++)
        {
            admin.Submit();
        }

        Assert.Equal(free, worker.Jobs.Count() - ours);

        static RunningWork Work(string id) => new(id, false, "echo", 0, "", null);
    }

    [Theory]
    [InlineData(DispatchStrategy.RoundRobin, 100, 100, 100, 0)]
    [InlineData(DispatchStrategy.WeightedRoundRobin, 43, 86, 171, 1)]
    [InlineData(DispatchStrategy.LeastLoaded, 100, 100, 100, 0)]
    [InlineData(DispatchStrategy.LeastConnections, 100, 100, 100, 0)]
    [InlineData(DispatchStrategy.Random, 100, 100, 100, 24)]
    public void ThreeHundredJobs_AreSharedByThreeWorkers(DispatchStrategy strategy, int one, int two, int three, int within)
    {
        using var admin = new AdminHarness();
        FakeWorker[] workers = [Connect(admin, "w-1", 1), Connect(admin, "w-2", 2), Connect(admin, "w-3", 4)];
        workers[0].Describe();
        Assert.True(admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, new DispatchSettings { Strategy = strategy })).IsAccepted);
        for (var n = 0; n < 300; n++)
        {
            admin.Time.Advance(TimeSpan.FromMilliseconds(1));
            var job = admin.Submit();
            var worker = workers.Single(worker => worker.Jobs.Any(sent => sent.Job.Id == job.Id));
            worker.Complete(worker.LastJob);
        }

        var counts = workers.Select(worker => worker.Jobs.Count()).ToList();
        Assert.Equal(300, counts.Sum());
        Assert.All(counts.Zip([one, two, three]), pair => Assert.InRange(pair.First, pair.Second - within, pair.Second + within));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void AFullWorker_IsNeverChosen_WhileAnotherHasRoom(DispatchStrategy strategy)
    {
        using var admin = new AdminHarness();
        FakeWorker[] workers = [Connect(admin, "w-1", 1, slots: 1), Connect(admin, "w-2", 9, slots: 3), Connect(admin, "w-3", 1, slots: 2)];
        workers[0].Describe();
        admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, new DispatchSettings { Strategy = strategy }));
        for (var n = 0; n < 8; n++)
        {
            admin.Submit();
        }

        Assert.Equal([1, 3, 2], workers.Select(worker => worker.Jobs.Count()));
    }

    [Fact]
    public void LabelsOfTheType_AreAskedOfEveryWorker()
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed("w-1");
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add("worker_id", "w-2");
        Assert.True(admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, new DispatchSettings { RequireLabels = labels })).IsAccepted);
        var job = admin.Submit();
        Assert.Empty(worker.Jobs);
        var waiting = WaitingReason.Explain(admin.State, job.Id, admin.Now)!.Waiting;
        Assert.Equal("labels", waiting.Code);
        Assert.Contains("worker_id=w-2", waiting.Text, StringComparison.Ordinal);
        Assert.Single(admin.Connect("w-2").Jobs);
    }

    private static FakeWorker Connect(AdminHarness admin, string id, int weight, int slots = 4)
    {
        var session = admin.NextSession();
        admin.Post(new WorkerInput.Hello(
            session, new WorkerId(id), "i", "", "", "1", "plugin.v1", [new Capability("echo", true, true, 1, slots, "echo", "", weight)], ImmutableSortedDictionary<string, string>.Empty.Add("extensions", "ack,resume"), []));
        return new FakeWorker(admin, session, id, "echo");
    }
}
