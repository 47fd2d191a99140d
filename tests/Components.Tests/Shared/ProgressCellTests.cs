using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public sealed class ProgressCellTests : BunitContext
{
    [Theory]
    [InlineData(0.3, "< 1 %")]
    [InlineData(40.6, "40 %")]
    [InlineData(99.97, "99 %")]
    [InlineData(100, "100 %")]
    public void Progress_IsNotDoneBeforeItIs(double percent, string shown)
    {
        var cell = Render(ProgressCell.Of(percent, "progress"));
        Assert.Equal(shown, cell.Find("span > span").TextContent);
        Assert.Equal(percent < 100, double.Parse(cell.Find("progress").GetAttribute("value")!, System.Globalization.CultureInfo.InvariantCulture) < 100);
    }
}
