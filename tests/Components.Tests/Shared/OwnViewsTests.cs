using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public class OwnViewsTests
{
    [Fact]
    public void Written_ReadBackTheSame_OnALineEach()
    {
        SavedView[] views = [new("Night", "state:failed \"a\tb\"", "-updated", "job,state", "you", default), new("Müll", "", "", "", "you", default)];
        Assert.Equal([views[0] with { Query = "state:failed \"a b\"" }, views[1]], OwnViews.Read(OwnViews.Write(views)!).AsEnumerable());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no tabs")]
    [InlineData("\tquery\t\t")]
    public void WhatIsNoView_IsNone(string text) => Assert.Empty(OwnViews.Read(text));

    [Fact]
    public void MoreThanACookieHolds_IsRefused() => Assert.Null(OwnViews.Write([new SavedView("Long", new string('x', OwnViews.MostText), "", "", "", default)]));
}
