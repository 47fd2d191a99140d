using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public class MomentsTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly DateTimeOffset At = new(2026, 3, 1, 23, 30, 7, TimeSpan.Zero);

    [Fact]
    public void Full_NamesTheZoneThatWasUsed()
    {
        Assert.Equal("2026-03-02 00:30:07 +01:00 Europe/Berlin", Moments.Full(At, TimeMode.Local, Berlin));
        Assert.Equal("2026-03-02 00:30:07 +01:00 Europe/Berlin", Moments.Full(At, TimeMode.Relative, Berlin));
        Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Full(At, TimeMode.Utc, Berlin));
    }

    [Fact]
    public void Short_HasTheDate_UnlessItIsToday_WhereThePersonIs()
    {
        var now = At.AddMinutes(40);
        Assert.Equal("00:30:07", Moments.Short(At, now, TimeMode.Local, Berlin));
        Assert.Equal("2026-03-02 00:30:07 +01:00", Moments.Short(At, now.AddDays(1), TimeMode.Relative, Berlin));
        Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Short(At, now.AddDays(1), TimeMode.Local, TimeZoneInfo.Utc));
        Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Short(At, now, TimeMode.Utc, Berlin));
    }

    [Fact]
    public void SummerTime_IsTheZones() => Assert.Contains("+02:00", Moments.Full(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), TimeMode.Local, Berlin), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("Nowhere/At\nAll")]
    [InlineData("Nowhere/AtAll")]
    public void UnknownZone_IsUtc_AndSaysSo(string name) => Assert.Equal("2026-03-01 23:30:07 UTC", Moments.Full(At, TimeMode.Local, Zones.Find(name)));

    [Fact]
    public void UnknownName_WithAnOffset_KeepsTheOffset() => Assert.Equal("2026-03-02 05:00:07 +05:30 Nowhere/AtAll", Moments.Full(At, TimeMode.Local, Zones.Find("Nowhere/AtAll", TimeSpan.FromMinutes(330))));
}
