using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Tests.Lanes;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>Whoever looks at one job sees every rule of dispatch, also those behind the one that stops it.</summary>
public sealed class WaitingCheckListTests
{
    [Fact]
    public void RulesBehindTheFirstThatStops_AreJudgedToo()
    {
        using var admin = new AdminHarness();
        admin.ConnectDescribed("w-1", slots: 1, runtime: new RuntimeSettings { GlobalExecutionConcurrency = 1, PerWorkerExecutionConcurrency = 1 });
        var whole = Explain(admin, admin.Submit(change: job => job with { NotBefore = admin.Time.GetUtcNow().AddHours(1) })).Checks.Length;
        admin.Submit();
        var job = admin.Submit(change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") });
        admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("w-1"), true, ""));
        admin.Send(new PauseJobType(Actor.LocalUi, "echo", true, "", null));
        admin.Send(new PauseScheduler(Actor.LocalUi, true, "upgrade", null, HoldsEverything: true));

        var why = Explain(admin, job);
        Assert.Equal("paused", why.Waiting.Code);
        Assert.Equal(whole, why.Checks.Length);
        Assert.Equal(["paused", "maintenance", "type_limit", "labels", "all_draining", "no_free_slot", "worker_limit"], Stops(why));
        Assert.Contains(why.Checks, check => check.Rule == "One of them has gpu=yes: 0 of 1");
        Assert.All(why.Checks, check => Assert.True(check.IsJudged));
    }

    /// <summary>Whose labels do not fit says nothing about those that fit.</summary>
    [Fact]
    public void ARuleAboutWorkers_IsJudgedOfThoseThatMetTheOnesBefore()
    {
        using var admin = new AdminHarness();
        admin.ConnectDescribed("w-1", slots: 1);
        admin.Connect("w-2", slots: 1);
        admin.Connect("w-3", slots: 1);
        admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("w-2"), true, ""));
        var job = admin.Submit(change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", "w-2") });
        Assert.Equal(["all_draining"], Stops(Explain(admin, job)));
        Assert.Contains(Explain(admin, job).Checks, check => check.Rule == "One of them has a free slot: 1 of 1");
    }

    [Fact]
    public void WithoutAWorker_RulesAboutWorkersSayThatTheyCannotBeJudged_TheOthersAre()
    {
        using var admin = new AdminHarness();
        admin.ConnectDescribed().Drop();
        admin.Send(new PauseScheduler(Actor.LocalUi, true, "upgrade", null, HoldsEverything: true));
        var why = Explain(admin, admin.Submit());
        Assert.Equal("no_capable_worker", why.Waiting.Code);
        Assert.Equal(["no_capable_worker", "maintenance"], Stops(why));
        Assert.Equal(5, why.Checks.Count(check => !check.IsJudged));
        Assert.All(why.Checks, check => Assert.True(check.IsJudged || (check.Text.Length > 0 && !check.Passed)));
        Assert.Contains(why.Checks, check => check.Rule == "It asks for no labels" && check.Passed);

        var picky = Explain(admin, admin.Submit(change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") }));
        Assert.Contains(picky.Checks, check => check.Rule == "One of them has gpu=yes" && !check.IsJudged);
        Assert.Equal(why.Checks.Length, picky.Checks.Length);
    }

    /// <summary>All holds at once, and the first of them is the one the planner heeds.</summary>
    [Fact]
    public void EveryHoldIsSaid_InTheOrderOfThePlanner()
    {
        using var scene = new LaneScene("a,free", watched: true);
        var admin = scene.Admin;
        scene.Wait(6);
        scene.Found("free", "1", "2");
        var quiet = new Timetable { Quiet = [new QuietWindow(new TimeOnly(0, 0), new TimeOnly(23, 59), [])] };
        Assert.True(admin.Send(new SetTimetable(Actor.LocalUi, "free", quiet)).IsAccepted);
        Assert.True(admin.Send(new PauseScheduler(Actor.LocalUi, true, "upgrade", null, HoldsEverything: true)).IsAccepted);
        admin.Post(new ClusterInput.Looked(new ClusterReport(new ClusterContext(), "gone", admin.Time.GetUtcNow())));
        admin.Post(new ClusterInput.Presence("admin-2"));

        var found = admin.State.Jobs.Values.Single(job => job.State == JobState.Pending);
        Assert.Equal(["maintenance", "quiet", "type_limit", "worker_limit"], Stops(Explain(admin, found)));
        var asked = admin.Submit("a");
        Assert.Equal(["no_cluster", "maintenance", "cluster_lock"], Stops(Explain(admin, asked)));

        foreach (var type in admin.State.JobTypes.Values)
        {
            Assert.Equal(Holds.OnDetectedJobs(admin.State, type, admin.Now), First(type, asked: false));
            Assert.Equal(Holds.OnAskedJobs(admin.State, type) ?? Gate.From(admin.State).OnJob(type), First(type, asked: true));
        }

        Hold? First(Core.JobTypes.JobType type, bool asked) => Holds.EachOnJob(admin.State, type, asked, admin.Now).Select(each => each.Hold).FirstOrDefault(hold => hold is not null);
    }

    private static WaitingExplanation Explain(AdminHarness admin, Job job) => WaitingReason.Explain(admin.State, job.Id, admin.Now)!;

    private static IEnumerable<string> Stops(WaitingExplanation why) => why.Checks.Where(check => check.Code.Length > 0).Select(check => check.Code);
}
