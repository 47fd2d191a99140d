using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Server.Core.Jobs;
using Bunit;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobPlanTests : BunitContext
{
    [Fact]
    public void ErasureCoding_ShowsWhichShardGoesWhere_AndWarnsOfCrowds()
    {
        var plan = new ExecutionPlan.ErasureCoding("t", 7, "photos", 10, 4, [Place("s:1")], [Place("a:1", 0, 1, 2, 3, 4), Place("b:1", 10)]);
        var shown = Render<JobPlan>(parameters => parameters.Add(view => view.Plan, plan));
        Assert.Contains("Volume 7 of photos becomes 14 shards: 10 data, 4 parity", shown.Markup, StringComparison.Ordinal);
        var rows = shown.FindAll("table")[0].QuerySelectorAll("tbody tr");
        Assert.Equal(["D0", "D1", "D2", "D3", "D4"], rows[0].QuerySelectorAll(".shard").Select(shard => shard.TextContent));
        Assert.Equal("P10", Assert.Single(rows[1].QuerySelectorAll(".shard")).TextContent);
        Assert.Contains("Server a:1 gets 5 shards, more than the 4 that may be lost", Assert.Single(shown.FindAll(".banner")).TextContent, StringComparison.Ordinal);
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
        var shown = Render<MovesBadge>(parameters => parameters.Add(view => view.Job, job));
        Assert.Equal(text, shown.FindAll(".badge").SingleOrDefault()?.TextContent);
    }

    private static ExecutionPlan.Place Place(string server, params long[] shards) => new(server, "dc", "", 7, 0, [.. shards]);
}
