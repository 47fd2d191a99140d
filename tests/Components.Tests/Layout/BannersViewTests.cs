using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.Layout;

/// <summary>What stands above every page, from real states of the engine.</summary>
public sealed class BannersViewTests : IDisposable
{
    private static readonly DateTimeOffset Started = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AdminHarness _admin = new();
    private readonly ReadModelBuilder _builder = new();
    private HostHealth _host = HostHealth.Good;

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void QuietAdmin_HasNone()
    {
        _admin.ConnectDescribed();
        Assert.Empty(Banners());
    }

    [Fact]
    public void AllAtOnce_TheMostSevereFirst_EachWithACauseATimeAndOneThingToDo()
    {
        Described(_admin.Connect(instance: "i-0"), 1, "old").Drop();
        Described(_admin.Connect(instance: "i-1"), 2, "new");
        _admin.Send(new PauseScheduler(Actor.LocalUi, true, "disks are swapped", _admin.Time.GetUtcNow().AddHours(1), HoldsEverything: true));
        for (var n = 0; n < 6; n++)
        {
            _admin.Connect("twin", instance: $"p-{n % 2}");
        }

        _host = new HostHealth { LowDisk = new LowDisk(500L << 20, 8L << 30, Started), StoppingSince = Started };
        var model = Build() with { Store = new StoreHealth(false, "disk full", Started) };
        var lines = BannersView.From(model, "workers dial in without TLS", Started);
        Assert.Equal(["read-only", "disk-low", "maintenance", "stopping", "conflict", "schema-changed", "exposed"], lines.Select(line => line.Key));
        Assert.All(lines, line => Assert.NotNull(line.Since));
        Assert.All(lines, line => Assert.True(line is { Action.Length: > 0, Link.Length: > 0 }));
        Assert.Contains("500 MiB of 8 GiB are left for what is stored", lines[1].Text, StringComparison.Ordinal);
        Assert.Contains("disks are swapped", lines[2].Text, StringComparison.Ordinal);
        Assert.Equal(model.Pause!.Until, lines[2].Until);
        Assert.Contains("twin", lines[4].Title, StringComparison.Ordinal);
        var twin = model.Workers.Single(view => view.Worker.Id.Value == "twin");
        Assert.Contains($", {twin.Worker.Conflict!.Replacements} replacements, {twin.Session!.Replacements.Length} within a minute. The newest wins", lines[4].Text, StringComparison.Ordinal);
        Assert.Equal("plugin/configuration?job=echo", lines[5].Link);
        Assert.Contains(AttentionView.From(model), line => line is { Key: "disk", IsBad: true, Link: "settings#retention" });
    }

    [Fact]
    public void Pause_NamesItsTypes_AndThatWhatIsAskedForRuns()
    {
        _admin.ConnectDescribed(jobType: "b,a");
        _admin.Send(new PauseScheduler(Actor.LocalUi, true, "", null, JobTypes: ["b"]));
        var line = Assert.Single(Banners());
        Assert.Equal(("scheduler-paused", "The scheduler is paused for b"), (line.Key, line.Title));
        Assert.Contains("asked for still runs", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void NewFieldsWithDefaults_AskNothing()
    {
        Described(_admin.Connect(instance: "i-0"), 1, "old").Drop();
        Described(_admin.Connect(instance: "i-1"), 2, "old", "more");
        Assert.NotEmpty(Build().JobTypes[0].FormChanges);
        Assert.Empty(Banners());
    }

    [Fact]
    public void Cluster_UnreachableOrSharedWithAnotherAdmin_IsSaid_WithSinceWhen()
    {
        using var admin = new AdminHarness(options: new() { WatchesCluster = true });
        BannerLine Line() => Assert.Single(BannersView.From(new ReadModelBuilder(admin.Options).Build(admin.State, admin.Now), "", Started.AddDays(-1)));
        Assert.Equal(("no-cluster", Started.AddDays(-1)), (Line().Key, Line().Since));

        // Asked again and again, it is one time of not answering.
        var failed = admin.Time.GetUtcNow();
        for (var looks = 0; looks < 3; looks++)
        {
            admin.Post(new ClusterInput.Looked(new ClusterReport(ClusterContext.Empty, "no answer", failed)));
            admin.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(("no-cluster", failed, "settings"), (Line().Key, Line().Since, Line().Link));
        Assert.Contains("no answer", Line().Text, StringComparison.Ordinal);
        admin.Post(new ClusterInput.Looked(new ClusterReport(ClusterContext.Empty with { MasterGrpcAddresses = ["m:19333"] }, "", admin.Time.GetUtcNow())));
        var taken = admin.Time.GetUtcNow();
        for (var looks = 0; looks < 2; looks++)
        {
            admin.Post(new ClusterInput.Presence("weed admin"));
            admin.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(("other-admin", taken, "Settings"), (Line().Key, Line().Since, Line().Action));
        Assert.StartsWith("weed admin.", Line().Text, StringComparison.Ordinal);
    }

    private static FakeWorker Described(FakeWorker worker, uint version, params string[] fields)
    {
        worker.Describe(change: descriptor => descriptor with
        {
            Version = version,
            WorkerForm = new FormSchema("f", "F", "", [new SectionSchema("s", "S", "", [.. fields.Select(name => new FieldSchema { Name = name, Type = FieldType.Text })])], ConfigValues.Empty),
        });
        return worker;
    }

    private System.Collections.Immutable.ImmutableArray<BannerLine> Banners() => BannersView.From(Build(), "", Started);

    private ReadModel Build() => _builder.Build(_admin.State, _admin.Now, _host);
}
