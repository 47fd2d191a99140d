using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.Overview;

public sealed class RecentFailuresTests : LivePages
{
    [Fact]
    public void Muted_AllOfThem_CanStillBeShown_AndUnmuted()
    {
        Admin.Answer = _ => "0";
        var card = Shown(Kind(0) with { MutedUntil = DateTimeOffset.UnixEpoch.AddYears(100) });
        Assert.Empty(card.FindAll("[data-testid=failure-group]"));

        card.Find("[data-testid=show-muted]").Click();
        Assert.Empty(card.FindAll("[data-testid=mute]"));
        card.Find("[data-testid=unmute]").Click();
        var sent = Assert.IsType<MuteFailure>(Assert.Single(Admin.Sent));
        Assert.Equal(("0", TimeSpan.Zero), (sent.Fingerprint, sent.For));
    }

    [Fact]
    public void KindsBeyondTheFirst_UnfoldInPlace()
    {
        var card = Shown([.. Enumerable.Range(0, 11).Select(Kind)]);
        Assert.Equal(8, card.FindAll("[data-testid=failure-group]").Count);
        Assert.Equal("3 more kinds", card.Find("[data-testid=more-kinds]").TextContent);
        card.Find("[data-testid=more-kinds]").Click();
        Assert.Equal(11, card.FindAll("[data-testid=failure-group]").Count);
    }

    [Fact]
    public void Hours_AreATable_WhenAsked()
    {
        var since = DateTimeOffset.UnixEpoch;
        var card = Shown(Kind(0) with { Since = since, Hours = [2, 0, 1] }, Kind(1) with { Since = since, Hours = [0, 0, 4] });
        Assert.Empty(card.FindAll(".chart-table"));
        card.Find("[data-testid=as-table]").Click();
        Assert.Equal(
            [(since.AddHours(2), "error 0", "1"), (since.AddHours(2), "error 1", "4"), (since, "error 0", "2")],
            card.FindAll(".chart-table tbody tr").Select(row => (DateTimeOffset.Parse(row.QuerySelector("time")!.GetAttribute("datetime")!, System.Globalization.CultureInfo.InvariantCulture), row.Children[1].TextContent, row.Children[2].TextContent)));
    }

    private static FailureGroup Kind(int n) => new() { Fingerprint = $"{n}", JobType = "echo", Sample = $"error {n}", Newest = new JobId($"j{n}"), Count = 1, Hours = [.. Enumerable.Repeat(0, 24)] };

    private IRenderedComponent<RecentFailures> Shown(params FailureGroup[] kinds) => Render<RecentFailures>(parameters => parameters.Add(card => card.Failures, [.. kinds]));
}
