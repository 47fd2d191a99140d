using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public class MomentsTests
{
    private static readonly TimeZoneInfo s_berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly DateTimeOffset s_at = new(2026, 3, 1, 23, 30, 7, TimeSpan.Zero);

    [Fact]
    public void Full_NamesTheZoneThatWasUsed()
    {
        Assert.Equal("2026-03-02 00:30:07 +01:00 Europe/Berlin", Moments.Full(s_at, TimeMode.Local, s_berlin));
        Assert.Equal("2026-03-02 00:30:07 +01:00 Europe/Berlin", Moments.Full(s_at, TimeMode.Relative, s_berlin));
        Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Full(s_at, TimeMode.Utc, s_berlin));
    }

    [Fact]
    public void Short_HasTheDate_UnlessItIsToday_WhereThePersonIs()
    {
        var now = s_at.AddMinutes(40);
        Assert.Equal("00:30:07", Moments.Short(s_at, now, TimeMode.Local, s_berlin));
        Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Short(s_at, now, TimeMode.Utc, s_berlin));
    }

    [Fact]
    public void SummerTime_IsTheZones() => Assert.Contains("+02:00", Moments.Full(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), TimeMode.Local, s_berlin), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("Nowhere/At\nAll")]
    [InlineData("Nowhere/AtAll")]
    public void UnknownZone_IsUtc_AndSaysSo(string name) => Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Full(s_at, TimeMode.Local, Zones.Find(name)));

    [Fact]
    public void UnknownName_WithAnOffset_KeepsTheOffset() => Assert.Equal("2026-03-02 05:00:07 +05:30 Nowhere/AtAll", Moments.Full(s_at, TimeMode.Local, Zones.Find("Nowhere/AtAll", TimeSpan.FromMinutes(330))));
}
