using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Tests.Shared;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Shared;

/// <summary>Titles of windows, and ids that do not fit.</summary>
public sealed class PageNameTests : BunitContext
{
    private readonly ManualTimeProvider _time = new();

    public PageNameTests()
    {
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddSingleton(new CircuitClock(_time));
    }

    /// <summary>State first; a busy page does not make it flicker, another page is named at once.</summary>
    [Fact]
    public void Title_HasTheStateFirst_AndChangesAtMostEveryThreeSeconds()
    {
        var page = Render<PageName>(parameters => parameters.Add(view => view.Name, "Workers\u202e").Add(view => view.State, "1 healthy"));
        string Title() => Render(page.FindComponent<PageTitle>().Instance.ChildContent!).Markup;
        Assert.Equal("1 healthy · Workers\\u202e · Plugin Admin", Title());
        page.Render(parameters => parameters.Add(view => view.State, "2 healthy"));
        Assert.StartsWith("1 healthy", Title(), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(3));
        page.WaitForAssertion(() => Assert.StartsWith("2 healthy", Title(), StringComparison.Ordinal));
        page.Render(parameters => parameters.Add(view => view.Name, "Lanes").Add(view => view.State, ""));
        Assert.Equal("Lanes · Plugin Admin", Title());
    }

    [Theory]
    [InlineData("job-1772366400000000000-37656d42", "job-1772366400000000000-", "37656d42")]
    [InlineData("a-worker-with-a-long-na\U0001F600e-in-it", "a-worker-with-a-long-na", "\U0001F600e-in-it")]
    public void Id_KeepsItsEnd_AndIsWhole(string id, string head, string tail)
    {
        var shown = Render(Middle.Of(id));
        Assert.Equal([head, tail], shown.FindAll(".middle > span").Select(part => part.TextContent));
        Assert.Equal(id, shown.Find(".middle").GetAttribute("title"));
    }

    [Theory]
    [InlineData("w-1")]
    [InlineData("")]
    [InlineData("at-most-a-do")]
    public void Id_ThatIsShort_IsOneWord(string id)
    {
        var shown = Render(Middle.Of(id));
        Assert.Equal((id, id), (shown.Find(".clip").InnerHtml, shown.Find(".clip").GetAttribute("title")));
        Assert.Empty(shown.FindAll(".middle"));
    }
}
