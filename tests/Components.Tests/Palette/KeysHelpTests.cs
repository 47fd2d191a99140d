using BlazorPluginAdmin.Components.Palette;
using BlazorPluginAdmin.Components.Tests.Live;

namespace BlazorPluginAdmin.Components.Tests.Palette;

/// <summary>What <c>?</c> lists is what works here.</summary>
public sealed class KeysHelpTests : LivePages
{
    [Fact]
    public void RowKeys_StandWithThePage_AndOnlyWhereRowsTakeThem()
    {
        var help = Render<KeysHelp>(parameters => parameters.Add(help => help.OfPage, [new PageKey("p", "Pause the page")]).Add(help => help.OfRows, ["j", "k", "c"]));
        Assert.Equal(["j", "k", "c", "p"], help.FindAll("section[aria-labelledby=keys-page] kbd").Select(key => key.TextContent));
        var everywhere = help.FindAll("section[aria-labelledby=keys-all] dd").Select(key => key.TextContent).ToList();
        Assert.Contains(everywhere, text => text.StartsWith("Search", StringComparison.Ordinal));
        Assert.DoesNotContain(everywhere, text => text.Contains("row", StringComparison.Ordinal) || text.Contains("Drain", StringComparison.Ordinal));
    }
}
