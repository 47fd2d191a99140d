using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public class ViewerSettingsTests
{
    [Fact]
    public void Cookies_ReadBackTheSame()
    {
        var chosen = new ViewerSettings { Theme = ThemeChoice.Dark, Density = DensityChoice.Compact, Time = TimeMode.Utc, PageSize = 200, Keys = false, KeyPairs = "jnnj", LogHeight = 480, TypeGroups = false, Views = "Night\tstate:failed\t\t" };
        var cookies = chosen.Cookies.ToDictionary();
        Assert.Equal(chosen, ViewerSettings.Read(cookies.GetValueOrDefault));
    }

    [Theory]
    [InlineData("theme", "7")]
    [InlineData("theme", "Dark")]
    [InlineData("density", "")]
    [InlineData("size", "51")]
    [InlineData("size", "-50")]
    [InlineData("keys", "maybe")]
    [InlineData("groups", "ajar")]
    [InlineData("log", "20")]
    [InlineData("log", "-480")]
    [InlineData("log", "90000")]
    public void WhatIsNotUnderstood_CountsAsNotChosen(string name, string value) =>
        Assert.Equal(new ViewerSettings(), ViewerSettings.Read(asked => asked == name ? value : null));

    [Fact]
    public void Header_TheNearestPathComesFirst_AndValuesAreDecoded()
    {
        var read = ViewerSettings.Read("other; theme=dark; zone=Europe%2FBerlin; theme=light");
        Assert.Equal((ThemeChoice.Dark, "Europe/Berlin"), (read.Theme, read.Zone));
        Assert.Equal(new ViewerSettings(), ViewerSettings.Read(""));
    }
}
