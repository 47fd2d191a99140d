using BlazorPluginAdmin.Components.Activities;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Views;

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
}
