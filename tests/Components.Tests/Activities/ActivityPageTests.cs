using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Activities;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Activities;

public sealed class ActivityPageTests : LivePages
{
    [Fact]
    public void OlderThatCannotBeRead_AreSaid_WhatIsThereStays()
    {
        Admin.Views.Publish(new ReadModel { Activities = [new Activity { Sequence = 7, At = DateTimeOffset.UnixEpoch, Source = "admin", Message = "still here" }] });
        Switch.IsBroken = true;
        var page = Render<ActivityPage>();
        Assert.Contains("could not be read: the disk is not there", page.Find("[data-testid=list-error]").TextContent, StringComparison.Ordinal);
        Switch.IsBroken = false;
        page.Find("[data-testid=list-retry]").Click();
        Assert.Empty(page.FindAll("[data-testid=list-error]"));
        Assert.Contains("all that are kept", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3", "There is no entry 3", "")]
    [InlineData("first", "", "seq=first")]
    [InlineData("-7", "", "seq=-7")]
    [InlineData("7", "", "")]
    public void EntryThatIsNotThere_IsSaid(string sequence, string missing, string odd)
    {
        Admin.Views.Publish(new ReadModel { Activities = [new Activity { Sequence = 7, At = DateTimeOffset.UnixEpoch, Source = "admin", Message = "still here" }] });
        Services.GetRequiredService<NavigationManager>().NavigateTo($"activity?seq={sequence}");
        var page = Render<ActivityPage>();
        Assert.Equal(missing.Length > 0, page.FindAll("[data-testid=entry-missing]") is [var said] && said.TextContent.StartsWith(missing, StringComparison.Ordinal));
        Assert.Equal(odd.Length > 0, page.FindAll("[data-testid=not-understood]") is [var left] && left.TextContent.EndsWith(odd, StringComparison.Ordinal));
        Assert.Equal(sequence == "7", page.FindAll("[data-testid=entry-details]").Count == 1);

        Services.GetRequiredService<NavigationManager>().NavigateTo("activity");
        Assert.Empty(page.FindAll("[data-testid=entry-missing], [data-testid=not-understood], [data-testid=entry-details]"));
    }

    /// <summary>Whoever comes back to the address, by a reload or by Back, sees as far as before, whatever happened since.</summary>
    [Fact]
    public void HowFarOneLooked_IsInTheAddress_UntilSomethingElseIsAsked()
    {
        var all = Enumerable.Range(1, 700).Select(n => new Activity { Sequence = n, At = DateTimeOffset.UnixEpoch.AddSeconds(n), Source = "admin", Message = $"no. {n}" }).Reverse().ToImmutableArray();
        Store.Commit([.. all.Select(activity => new Change.ActivityAdded(activity))]);
        Admin.Views.Publish(new ReadModel { Activities = [.. all.Take(100)] });
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("activity?source=admin");
        var page = Render<ActivityPage>();
        page.Find("[data-testid=older]").Click();
        page.Find("[data-testid=older]").Click();
        Assert.EndsWith("activity?source=admin&oldest=201", navigation.Uri, StringComparison.Ordinal);
        Assert.True(((Bunit.TestDoubles.BunitNavigationManager)navigation).History.First().Options.ReplaceHistoryEntry);

        Admin.Views.Publish(new ReadModel { Activities = [.. Enumerable.Range(701, 3).Reverse().Select(n => all[0] with { Sequence = n }), .. all.Take(97)] });
        page = Render<ActivityPage>();
        Assert.Contains("503 shown", page.Find(".card-foot").TextContent, StringComparison.Ordinal);

        // An entry opens over the same stretch; another question begins at its newest.
        Assert.Contains("oldest=201", page.Find("[data-testid=entry] a[href*='seq=']").GetAttribute("href"), StringComparison.Ordinal);
        page.Find("#source").Change("");
        Assert.EndsWith("/activity", navigation.Uri, StringComparison.Ordinal);
        Assert.Contains("100 shown", page.Find(".card-foot").TextContent, StringComparison.Ordinal);
    }

    /// <summary>No page holds more than a thousand; an address that asks for more is answered with those.</summary>
    [Theory]
    [InlineData("1", "The newest 1", "")]
    [InlineData("1500", "301 shown", "")]
    [InlineData("9999", "100 shown", "")]
    [InlineData("dawn", "100 shown", "oldest=dawn")]
    public void Reach_IsClamped(string oldest, string shown, string odd)
    {
        var all = Enumerable.Range(1, 1800).Select(n => new Activity { Sequence = n, At = DateTimeOffset.UnixEpoch.AddSeconds(n), Source = "admin", Message = $"no. {n}" }).Reverse().ToImmutableArray();
        Store.Commit([.. all.Select(activity => new Change.ActivityAdded(activity))]);
        Admin.Views.Publish(new ReadModel { Activities = [.. all.Take(100)] });
        Services.GetRequiredService<NavigationManager>().NavigateTo($"activity?oldest={oldest}");
        var page = Render<ActivityPage>();
        Assert.Contains(shown, page.Find(".card-foot").TextContent, StringComparison.Ordinal);
        Assert.Equal(odd.Length > 0, page.FindAll("[data-testid=not-understood]") is [var left] && left.TextContent.EndsWith(odd, StringComparison.Ordinal));
    }

    /// <summary>In the person's zone, three hours ahead. The framework's script adds seconds; what is no time, or beyond the calendar elsewhere, clears the box.</summary>
    [Theory]
    [InlineData("from", "1970-01-01T09:00:00", "since=1970-01-01T06:00Z", "late")]
    [InlineData("until", "1970-01-01T09:00:00", "until=1970-01-01T06:00Z", "early")]
    [InlineData("until", "1970-01-01T09:00", "until=1970-01-01T06:00Z", "early")]
    [InlineData("from", "1970-01-02T03:00:00", "since=1970-01-02T00:00Z", "")]
    [InlineData("from", "0001-01-01T00:00:00", "", "late,early")]
    [InlineData("from", "", "", "late,early")]
    public void TimeTyped_OnAnOpenPage_ChangesTheAddressAndTheRows(string box, string typed, string address, string shown)
    {
        Admin.Views.Publish(new ReadModel
        {
            Activities =
            [
                new Activity { Sequence = 2, At = DateTimeOffset.UnixEpoch.AddHours(12), Source = "admin", Message = "late" },
                new Activity { Sequence = 1, At = DateTimeOffset.UnixEpoch, Source = "admin", Message = "early" },
            ],
        });
        Services.GetRequiredService<Viewer>().Learn("Europe/Moscow", TimeSpan.FromHours(3), TimeSpan.Zero);
        var page = Render<ActivityPage>();
        Assert.Equal("late,early", Messages());

        page.Find("#time").Change("between");
        page.Find($"#time-{box}").Change(typed);
        Assert.Equal(address, Uri.UnescapeDataString(new Uri(Services.GetRequiredService<NavigationManager>().Uri).Query.TrimStart('?')));
        Assert.Equal(shown, Messages());
        Services.GetRequiredService<NavigationManager>().NavigateTo("activity");
        Assert.Equal("late,early", Messages());

        string Messages() => string.Join(',', page.FindAll("[data-testid=entry] .stream-said").Select(said => said.TextContent));
    }
}
