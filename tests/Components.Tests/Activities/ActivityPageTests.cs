using BlazorPluginAdmin.Components.Activities;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Activities;
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
