using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

/// <summary>What is offered to a waiting job, by what it waits for.</summary>
public sealed class WaitingHelpTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("type_limit", "plugin/configuration?job=t")]
    [InlineData("worker_limit", "plugin/configuration?job=t")]
    [InlineData("no_free_slot", "jobs?q=state%3Aassigned%2Crunning")]
    [InlineData("labels", "workers?type=t")]
    [InlineData("detector_only", "workers?type=t")]
    [InlineData("lane_busy", "plugin/lanes/night")]
    [InlineData("cluster_lock", "plugin/lanes/night")]
    [InlineData("not_before", null)]
    [InlineData("queued", null)]
    public void Link_LeadsToWhatIsInTheWay(string code, string? address) =>
        Assert.Equal(address, WaitingHelp.From(code, Waiting(), Type(), ReadModel.Empty).Link?.Address);

    /// <summary>The list has the very jobs that hold the slots, and the first of them says when one may be free.</summary>
    [Fact]
    public void BusySlots_AreLinkedByTheirWorkers_WithTheTimeUntilTheNextIsDone()
    {
        var model = Model(Runner("a \"1\"", connected: true), Runner("b", connected: true) with { Draining = true }, Runner("c", connected: true));
        model = model with
        {
            At = Then.AddMinutes(10),
            JobTypes = [Type() with { Numbers = new TypeNumbers { Eta = TimeSpan.FromMinutes(4) } }],
            Workers =
            [
                .. model.Workers.Select((view, n) => view with
                {
                    Running = [Waiting() with { Id = new JobId($"j-{n}"), State = JobState.Running, Attempt = AttemptOn(view.Worker.Id, Then.AddMinutes(7 + n)) }],
                }),
            ],
        };
        var help = WaitingHelp.From("no_free_slot", Waiting(), Type(), model);
        Assert.Equal(("Show the 2 jobs", "jobs?q=" + Uri.EscapeDataString("state:assigned,running worker:\"a \\\"1\\\"\",\"c\"")), help.Link);
        Assert.Equal(TimeSpan.FromMinutes(1), help.NextIn);
        Assert.EndsWith(Uri.EscapeDataString(" type:t"), WaitingHelp.From("worker_limit", Waiting(), Type(), model).Link?.Address, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, WaitingHelp.From("no_free_slot", Waiting(), Type(), model with { At = Then.AddHours(1) }).NextIn);
        Assert.Null(WaitingHelp.From("no_free_slot", Waiting(), Type(), model with { JobTypes = [] }).NextIn);
        Assert.Null(WaitingHelp.From("labels", Waiting(), Type(), model).NextIn);
    }

    [Fact]
    public void LaneAndLock_SaySinceWhen()
    {
        var model = ReadModel.Empty with
        {
            Lanes = [new LaneView(new LaneRules("night"), new LaneTurn("night") { JobType = "other", Since = Then }, [])],
            Cluster = ClusterState.None with { Lock = ClusterLock.Free with { WaitingSince = Then } },
        };
        Assert.Equal(("other has had the turn since", Then), WaitingHelp.From("lane_busy", Waiting(), Type(), model).Since);
        Assert.Equal(("waiting for the lock since", Then), WaitingHelp.From("cluster_lock", Waiting(), Type(), model).Since);
        var held = model with { Cluster = ClusterState.None with { Lock = ClusterLock.Free with { WaitingSince = Then, Reason = "held by a shell", ReasonSince = Then.AddMinutes(1) } } };
        Assert.Equal(("held by a shell, as seen from here since", Then.AddMinutes(1)), WaitingHelp.From("cluster_lock", Waiting(), Type(), held).Since);
        Assert.Null(WaitingHelp.From("labels", Waiting(), Type(), model).Since);
    }

    /// <summary>A paused type is resumed in place; a paused scheduler is not the type's.</summary>
    [Fact]
    public void PausedScheduler_IsAMatterOfTheSettings()
    {
        Assert.Equal("settings#scheduler", WaitingHelp.From("paused", Waiting(), Type(), ReadModel.Empty).Link?.Address);
        Assert.Null(WaitingHelp.From("paused", Waiting(), Type() with { IsPaused = true }, ReadModel.Empty).Link);
    }

    [Fact]
    public void Draining_NamesThoseThatWouldTakeIt()
    {
        var model = Model(Runner("a", connected: true) with { Draining = true }, Runner("b", connected: true), Runner("c", connected: false) with { Draining = true });
        Assert.Equal(["a"], WaitingHelp.From("all_draining", Waiting(), Type(), model).Draining.Select(worker => worker.Value));
        Assert.Empty(WaitingHelp.From("labels", Waiting(), Type(), model).Draining);
    }

    [Fact]
    public void NobodyLeft_NamesTheLastOneThatRanIt()
    {
        var model = Model(Runner("a", connected: false, gone: 1), Runner("b", connected: false, gone: 5), Runner("c", connected: false, gone: 9) with { Capabilities = ImmutableSortedDictionary<string, Capability>.Empty });
        Assert.Equal("b", WaitingHelp.From("no_capable_worker", Waiting(), Type(), model).LastGone?.Id.Value);
    }

    [Fact]
    public void Labels_AreComparedWorkerByWorker()
    {
        var model = Model(Runner("a", connected: true) with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("gpu", "no") });
        var (worker, labels) = Assert.Single(WaitingHelp.From("labels", Waiting(), Type(), model).Labels);
        Assert.Equal("a", worker.Value);
        Assert.Equal([new LabelMatch("gpu", "yes", "no"), new LabelMatch("zone", "1", "")], labels.ToArray());
        Assert.DoesNotContain(labels, label => label.IsMet);
    }

    private static Job Waiting() => new()
    {
        Id = new JobId("j"),
        JobType = "t",
        DedupeKey = "j",
        CreatedAt = Then,
        UpdatedAt = Then,
        DueAt = Then,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod").Add("require.gpu", "yes").Add("require.zone", "1"),
    };

    private static Attempt AttemptOn(WorkerId worker, DateTimeOffset sent) =>
        new() { Number = 1, RequestId = new RequestId("r"), Worker = worker, Session = new SessionId(1), SentAt = sent, Timeout = TimeSpan.FromHours(1), TimeoutAt = default };

    private static JobTypeView Type() => new() { Name = "t", DisplayName = "T", Rules = new Server.Core.Lanes.TypeRules { Lane = "night" } };

    private static Worker Runner(string id, bool connected, int gone = 0) => new()
    {
        Id = new WorkerId(id),
        FirstSeenAt = Then,
        Session = connected ? new SessionId(1) : null,
        DisconnectedAt = connected ? null : Then.AddMinutes(gone),
        Capabilities = ImmutableSortedDictionary<string, Capability>.Empty.Add("t", new Capability("t", false, true, 0, 1, "", "", 0)),
    };

    private static ReadModel Model(params Worker[] workers) => ReadModel.Empty with { Workers = [.. workers.Select(worker => new WorkerView { Worker = worker })] };
}
