using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class HistoryTabTests : LivePages
{
    [Theory]
    [InlineData("", "The last 24 h", "Outcome per hour", "Run, last 24 h", "24 h")]
    [InlineData("&window=24h", "The last 24 h", "Outcome per hour", "Run, last 24 h", "24 h")]
    [InlineData("&window=6h", "The last 6 h", "Outcome per 15 min", "Run, last 6 h", "6 h")]
    [InlineData("&window=1h", "The last hour", "Outcome per 5 min", "Run, last hour", "1 h")]
    [InlineData("&window=15m", "The last 15 min", "Outcome per minute", "Run, last 15 min", "15 min")]
    public void Charts_LookBackAsFarAsTheAddressSays(string window, string title, string outcomes, string run, string chosen)
    {
        var tab = At($"plugin/history?job=echo{window}");
        var charts = tab.Find("[aria-label=Charts]");
        Assert.Equal(title, charts.QuerySelector("h2")!.TextContent);
        Assert.Contains(outcomes, charts.TextContent, StringComparison.Ordinal);
        Assert.Contains(run, charts.TextContent, StringComparison.Ordinal);
        Assert.Equal(chosen, tab.Find("[aria-label='How far back'] [aria-current=page]").TextContent);
        Assert.Empty(tab.FindAll("[data-testid=not-understood]"));
    }

    [Fact]
    public void WindowThatThereIsNot_IsLeftOut_AndSaid()
    {
        var tab = At("plugin/history?job=echo&window=3d&state=odd");
        Assert.Equal("The last 24 h", tab.Find("[aria-label=Charts] h2").TextContent);
        Assert.EndsWith(": state=odd, window=3d", tab.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<HistoryTab> At(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<HistoryTab>(parameters => parameters.Add(tab => tab.Scope, new TypeScope("echo", null, ["echo"])).Add(tab => tab.Numbers, TypeNumbers.Empty));
    }
}
