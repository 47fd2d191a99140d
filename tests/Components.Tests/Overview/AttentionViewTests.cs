using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.Overview;

/// <summary>What pages make of a read model of the real engine.</summary>
public sealed class AttentionViewTests : IDisposable
{
    private readonly AdminHarness _admin = new();
    private readonly ReadModelBuilder _builder = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void QuietAdmin_NeedsNothing()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        worker.Complete(worker.LastJob);
        Assert.Empty(AttentionView.From(Build()));
    }

    [Fact]
    public void WorkerGoneWithWork_IsBad_ThenOnlyGone()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        worker.Drop();
        var line = Assert.Single(AttentionView.From(Build()));
        Assert.True(line.IsBad);
        Assert.Contains("w-1 is gone with 1 job", line.Text, StringComparison.Ordinal);
        Assert.Equal("workers/w-1", line.Link);
        _admin.Advance(TimeSpan.FromSeconds(16));
        Assert.Contains(AttentionView.From(Build()), later => later is { IsBad: false } && later.Text.StartsWith("w-1 disconnected", StringComparison.Ordinal));
    }

    [Fact]
    public void WorkerThatComesAndGoes_Flaps()
    {
        for (var n = 0; n < 3; n++)
        {
            _admin.Connect().Drop();
        }

        Assert.Contains("lost its connection 3 times", Assert.Single(AttentionView.From(Build())).Text, StringComparison.Ordinal);
    }

    /// <summary>A hundred jobs that wait for the same thing are one thing.</summary>
    [Fact]
    public void JobsThatWaitForTheSame_AreOneLine()
    {
        _admin.ConnectDescribed(slots: 1);
        for (var n = 0; n < 100; n++)
        {
            _admin.Submit(change: job => job with { Labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") });
        }

        var line = Assert.Single(AttentionView.From(Build()));
        Assert.StartsWith("100 jobs of echo cannot start", line.Text, StringComparison.Ordinal);
        Assert.Equal("plugin/queue?job=echo", line.Link);
    }

    [Fact]
    public void SilentJob_IsNamed_AfterAWhile()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit(change: job => job with { Summary = "the quiet one", AttemptTimeout = TimeSpan.FromHours(2) });
        worker.Progress(worker.LastJob, 10);
        for (var beats = 0; beats < 33; beats++)
        {
            _admin.Advance(TimeSpan.FromSeconds(20));
            worker.Beat(new RunningWork(worker.LastJob.Job.Id.Value, false, "echo", 10, "", worker.LastJob.RequestId));
        }

        Assert.Contains(AttentionView.From(Build()), line => line.Text.StartsWith("No word about \"the quiet one\" for", StringComparison.Ordinal));
    }

    [Fact]
    public void Workers_AreFilteredByEverythingTheAddressSays()
    {
        _admin.Connect("a/b", "echo");
        _admin.Connect("c", "other");
        _admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("c"), true, ""));
        _admin.Connect("d", "echo").Drop();
        var workers = Build().Workers;
        string[] Ids(WorkersFilter filter) => [.. WorkersView.From(workers, filter, type => type == "echo" ? "loud" : null).Shown.Select(view => view.Worker.Id.Value).Order(StringComparer.Ordinal)];
        var all = new WorkersFilter("", "", "", "", "", "");
        Assert.Equal(["a/b", "c", "d"], Ids(all));
        Assert.Equal(["a/b"], Ids(all with { Health = "healthy" }));
        Assert.Equal(["c"], Ids(all with { Health = "draining" }));
        Assert.Equal(["d"], Ids(all with { Health = "disconnected" }));
        Assert.Equal(["a/b", "d"], Ids(all with { JobType = "echo" }));
        Assert.Equal(["a/b", "d"], Ids(all with { Lane = "loud" }));
        Assert.Equal(["c"], Ids(all with { Label = "worker_id:c" }));
        Assert.Equal(["a/b"], Ids(all with { Text = "A/B" }));
        Assert.Empty(Ids(all with { Version = "9" }));
        var totals = Build().Totals;
        var counted = WorkersView.From(workers, all, _ => null).ByHealth;
        Assert.Equal((totals.WorkersHealthy, totals.WorkersDraining, totals.WorkersDisconnected), (counted["healthy"], counted["draining"], counted["disconnected"]));
        Assert.Equal("workers/a%2Fb", WorkerLinks.To(new WorkerId("a/b")));
    }

    [Fact]
    public void Leases_WhatOneSideDoesNotKnow_IsMarkedSinceItWasSeen()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(10));
        worker.Beat(new RunningWork("ghost", false, "echo", 40, "haunting", null));
        var seen = _admin.Time.GetUtcNow();
        Build();
        _admin.Advance(TimeSpan.FromSeconds(10));
        worker.Beat(new RunningWork("ghost", false, "echo", 50, "haunting", null), new RunningWork("d-1", true, "echo", 0, "", null));
        var rows = LeaseView.From(Build().Workers[0]);
        Assert.Equal(3, rows.Length);
        Assert.Equal(("haunting, 50 %", seen), (rows.Single(row => row.Work == "ghost").Theirs, rows.Single(row => row.Work == "ghost").ApartSince));
        Assert.Equal(("", seen), (rows.Single(row => row.Ours.StartsWith("Assigned", StringComparison.Ordinal)).Theirs, rows.Single(row => row.Ours.StartsWith("Assigned", StringComparison.Ordinal)).ApartSince));
        Assert.Null(rows.Single(row => row.Work == "d-1").ApartSince);
    }

    private ReadModel Build() => _builder.Build(_admin.State, new Now(_admin.Time.GetUtcNow(), _admin.Time.GetElapsedTime(0)));
}
