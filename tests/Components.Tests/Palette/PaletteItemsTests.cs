using BlazorPluginAdmin.Components.Palette;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Palette;

/// <summary>A few letters → what a person may mean.</summary>
public class PaletteItemsTests
{
    private static readonly ReadModel Model = new()
    {
        JobTypes = [Type("vacuum", "Vacuum volumes"), Type("ec_balance", "Balance shards")],
        Workers = [new WorkerView { Worker = new Worker { Id = new WorkerId("w/1 ä"), FirstSeenAt = DateTimeOffset.UnixEpoch } }],
        RecentEnded = [Job("0f3a-77", "Vacuum volume 12"), Job("0f3b-78", "Balance <b>rack</b>")],
    };

    [Fact]
    public void Nothing_OffersThePageAndThePages()
    {
        var items = Find("", new PageKey("r", "Retry"));
        Assert.Equal(("Retry", "r", 0), (items[0].Text, items[0].Key, items[0].Action));
        Assert.Contains(items, item => item is { Text: "Workers", Key: "g w", Href: "workers" });
        Assert.DoesNotContain(items, item => item.Group is "Settings" or "Jobs");
    }

    [Fact]
    public void JobId_IsFoundByItsStart_AnyCase()
    {
        var item = Assert.Single(Find("0F3A"));
        Assert.Equal(("Jobs", "Vacuum volume 12", "detail=0f3a-77"), (item.Group, item.Text, item.Href));
        Assert.Empty(Find("f3a"));
    }

    [Fact]
    public void EveryWord_MustBeThere()
    {
        var items = Find("vac queue");
        Assert.Equal(("Vacuum volumes: queue", "plugin/queue?job=vacuum"), (items[0].Text, items[0].Href));
        Assert.Equal("Balance <b>rack</b>", Assert.Single(Find("rack balance")).Text);
    }

    [Fact]
    public void WorkerIds_AreEscapedInTheAddress() => Assert.Equal("workers/w%2F1%20%C3%A4", Assert.Single(Find("w/1")).Href);

    [Fact]
    public void Settings_AreChosen() => Assert.Equal(ThemeChoice.Dark, Assert.Single(Find("theme dark")).Choose!(new ViewerSettings()).Theme);

    [Theory]
    [InlineData("retention", "settings#retention")]
    [InlineData("backups", "settings#backups")]
    [InlineData("settings lanes", "settings#lanes")]
    [InlineData("cluster", "settings#cluster")]
    public void SettingsCards_AreGoneTo(string query, string href) => Assert.Contains(Find(query), item => item.Group == "Settings" && item.Href == href);

    [Fact]
    public void Jobs_AreBounded()
    {
        var many = Model with { RecentEnded = [.. Enumerable.Range(0, 200).Select(n => Job($"id-{n}", "alike"))] };
        var (items, isCut) = PaletteItems.For(many, "alike", [], id => id.Value);
        Assert.Equal((8, true), (items.Count, isCut));
        Assert.False(PaletteItems.For(Model, "vac", [], id => id.Value).IsCut);
    }

    private static List<PaletteItem> Find(string query, params PageKey[] keys) => PaletteItems.For(Model, query, keys, id => $"detail={id.Value}").Items;

    private static JobTypeView Type(string name, string displayName) => new() { Name = name, DisplayName = displayName };

    private static Job Job(string id, string summary) => new()
    {
        Id = new JobId(id),
        DedupeKey = id,
        DueAt = DateTimeOffset.UnixEpoch,
        JobType = "vacuum",
        Summary = summary,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
