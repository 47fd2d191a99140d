using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
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

    [Theory]
    [InlineData(DispatchStrategy.RoundRobin, 100, 100, 100, 0)]
    [InlineData(DispatchStrategy.WeightedRoundRobin, 43, 86, 171, 3)]
    [InlineData(DispatchStrategy.LeastLoaded, 100, 100, 100, 0)]
    [InlineData(DispatchStrategy.LeastConnections, 100, 100, 100, 0)]
    [InlineData(DispatchStrategy.Random, 100, 100, 100, 25)]
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
