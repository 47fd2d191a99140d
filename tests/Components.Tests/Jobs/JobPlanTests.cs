using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobPlanTests : BunitContext
{
    [Fact]
    public void ErasureCoding_ShowsWhichShardGoesWhere_AndWarnsOfCrowds()
    {
        var plan = new ExecutionPlan.ErasureCoding("t", 7, "photos", 10, 4, [Place("s:1")], [Place("a:1", 0, 1, 2, 3, 4), Place("b:1", 10)]);
        var shown = Render<JobPlan>(parameters => parameters.Add(view => view.Plan, plan));
        Assert.Contains("Volume 7 of photos becomes 14 shards: 10 data, 4 parity", shown.Markup, StringComparison.Ordinal);
        var matrix = shown.Find("[data-testid=shard-matrix]");
        Assert.Equal(15, matrix.QuerySelectorAll("thead th").Length);
        Assert.Equal(["D0", "D1", "D2", "D3", "D4", "P10"], matrix.QuerySelectorAll(".shard").Select(shard => shard.TextContent));
        var rows = shown.FindAll("table")[1].QuerySelectorAll("tbody tr");
        Assert.Equal(["D0", "D1", "D2", "D3", "D4"], rows[0].QuerySelectorAll(".shard").Select(shard => shard.TextContent));
        Assert.Equal("P10", Assert.Single(rows[1].QuerySelectorAll(".shard")).TextContent);
        Assert.Equal("7", rows[0].QuerySelector("td[data-label=volume]")!.TextContent);
        Assert.Contains("Server a:1 gets 5 shards, more than the 4 that may be lost", Assert.Single(shown.FindAll(".banner")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Vacuum_IsComparedWithWhatSuchJobsTake()
    {
        Services.AddSingleton(new CircuitClock(TimeProvider.System));
        var sent = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var attempt = new Attempt { Number = 1, RequestId = new("r"), Worker = new("w"), Session = new(1), SentAt = sent, EndedAt = sent.AddMinutes(3), Timeout = TimeSpan.FromHours(1), TimeoutAt = default };
        var job = new Job { Id = new JobId("j"), JobType = "vacuum", DedupeKey = "", CreatedAt = sent, UpdatedAt = sent, DueAt = sent, Attempt = attempt };
        string Time(TimeSpan? usual) => Render<JobPlan>(parameters => parameters
            .Add(view => view.Plan, new ExecutionPlan.Vacuum(7, "s:1", "photos", 0.3))
            .Add(view => view.Job, job)
            .Add(view => view.Usual, usual)).Find("[data-testid=plan-time]").TextContent;
        Assert.Equal("Such a job usually takes ≈ 2 min; this one took 3 min.", Time(TimeSpan.FromMinutes(2)));
        Assert.Equal("What such a job usually takes is not known yet; this one took 3 min.", Time(null));
    }

    [Fact]
    public void Moves_AreListed_NotBeyondWhatAPageBears_WithTheNetChange()
    {
        var plan = new ExecutionPlan.Moves(true, [.. Enumerable.Range(0, 10_000).Select(n => new ExecutionPlan.Move(n, n % 2 == 0 ? null : 3, "", "a:1", $"b:{n % 2}", 1024))]);
        var shown = Render<JobPlan>(parameters => parameters.Add(view => view.Plan, plan));
        Assert.Equal(200, shown.FindAll("tbody tr").Count);
        Assert.Contains("The first 200 of 10\u202f000", shown.Markup, StringComparison.Ordinal);
        Assert.Equal(["a:1 −10000", "b:0 +5000", "b:1 +5000"], shown.FindAll(".net .badge").Select(badge => badge.TextContent));
        Assert.Contains("Shard 3 of volume 1", shown.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Moves_AreNarrowedToAServer_ByTheAddress()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        var plan = new ExecutionPlan.Moves(true, [.. Enumerable.Range(0, 12).Select(n => new ExecutionPlan.Move(n, null, "", $"a:{n % 3}", "b:1", 0))]);
        var shown = Render<JobPlan>(parameters => parameters.Add(view => view.Plan, plan));
        Assert.Equal(12, shown.FindAll("[data-testid=moves-table] tbody tr").Count);
        shown.Find("#plan-server").Change("a:0");
        Assert.Equal(4, shown.FindAll("[data-testid=moves-table] tbody tr").Count);
        Assert.Equal($"{navigation.BaseUri}?plan=a:0", Uri.UnescapeDataString(navigation.Uri));
        navigation.NavigateTo("?plan=c:9");
        shown.Render();
        Assert.Equal(12, shown.FindAll("[data-testid=moves-table] tbody tr").Count);
        Assert.Contains("plan=c:9", shown.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ListsAmongTheParameters_AreTables()
    {
        var file = new ConfigValue.Map(ConfigValues.Empty.With("path", new ConfigValue.Text("<b>a.log")).With("size", new ConfigValue.Int64(2048)));
        var plan = PlanTables.Of(ConfigValues.Empty.With("action", new ConfigValue.Text("gzip")).With("dry_run", new ConfigValue.Bool(true)).With("files", new ConfigValue.List([file, file])));
        var shown = Render<JobPlan>(parameters => parameters.Add(view => view.Plan, plan!));
        Assert.Equal(["1", "<b>a.log", "2 KiB"], shown.FindAll("tbody tr")[0].QuerySelectorAll("td").Select(cell => cell.TextContent));
        Assert.Contains("2 rows, 4 KiB", shown.Markup, StringComparison.Ordinal);
        Assert.Contains("dry run", shown.Markup, StringComparison.Ordinal);
        Assert.Null(PlanTables.Of(ConfigValues.Empty.With("files", new ConfigValue.Text("many"))));
    }

    [Fact]
    public void TextOfAPlan_IsText()
    {
        var plan = new ExecutionPlan.Moves(false, [new ExecutionPlan.Move(1, null, "<img src=x>", "<script>", "\u202eb", 0)]);
        var shown = Render<JobPlan>(parameters => parameters.Add(view => view.Plan, plan));
        Assert.Empty(shown.FindAll("img, script"));
        Assert.Contains("moves from <script> to \\u202eb", shown.Find("p").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", "12", "12 moves")]
    [InlineData("true", "many", null)]
    [InlineData("false", "12", null)]
    public void Badge_OfABatch_CountsItsMoves(string batch, string size, string? text)
    {
        var job = new Job
        {
            Id = new JobId("a"),
            JobType = "volume_balance",
            DedupeKey = "a",
            CreatedAt = default,
            UpdatedAt = default,
            DueAt = default,
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("batch", batch).Add("batch_size", size),
        };
        Assert.Equal(text, Render(MovesBadge.Of(job) ?? (_ => { })).FindAll(".badge").SingleOrDefault()?.TextContent);
    }

    private static ExecutionPlan.Place Place(string server, params long[] shards) => new(server, "dc", "", 7, 0, [.. shards]);
}
