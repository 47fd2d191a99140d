using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("1h30m", 5400, 0, "1h30m", "1 h 30 min")]
    [InlineData("90s", 90, 0, "1m30s", "1 min 30 s")]
    [InlineData("250ms", 0, 250_000_000, "250ms", "250 ms")]
    [InlineData("30", 30, 0, "30s", "30 s")]
    [InlineData("0.5", 0, 500_000_000, "500ms", "500 ms")]
    [InlineData(" 1 h 15 min ", 4500, 0, "1h15m", "1 h 15 min")]
    [InlineData("1.5h", 5400, 0, "1h30m", "1 h 30 min")]
    [InlineData("-2s", -2, 0, "-2s", "−2 s")]
    [InlineData("1.25s", 1, 250_000_000, "1.25s", "1.25 s")]
    [InlineData("1m0.000000001s", 60, 1, "1m0.000000001s", "1 min 0.000000001 s")]
    [InlineData("0", 0, 0, "0s", "0 s")]
    [InlineData("2147483647s", 2_147_483_647, 0, "24855d3h14m7s", "24855 d 3 h 14 min 7 s")]
    [InlineData("315576000000s", 315_576_000_000, 0, "3652500d", "3652500 d")]
    public void Duration_Read_IsExactAndShownShort(string text, long seconds, int nanos, string formatted, string spoken)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(new ConfigValue.Duration(seconds, nanos), duration);
        Assert.Equal(formatted, DurationText.Format(duration));
        Assert.Equal(spoken, DurationText.Spoken(duration));
        Assert.True(DurationText.TryParse(formatted, out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("soon")]
    [InlineData("1h30")]
    [InlineData("5 5")]
    [InlineData("1y")]
    [InlineData("1..5s")]
    [InlineData("0.5ns")]
    [InlineData("315576000001s")]
    [InlineData("99999999999999999999s")]
    public void Duration_NotOne_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));
}
