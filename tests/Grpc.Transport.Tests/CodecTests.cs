using System.Globalization;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

public sealed class CodecTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100%", "100%25")]
    [InlineData("tab\tline\r\n", "tab%09line%0D%0A")]
    [InlineData("Grüße", "Gr%C3%BC%C3%9Fe")]
    [InlineData("\U0001F600", "%F0%9F%98%80")]
    [InlineData("\u007f", "%7F")]
    public void PercentText_Text_SurvivesTheHeader(string text, string header)
    {
        Assert.Equal(header, PercentText.Encode(text));
        Assert.Equal(text, PercentText.Decode(header));
    }

    [Theory]
    [InlineData("50%", "50%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%c3%bc", "ü")]
    [InlineData("%%41", "%A")]
    public void PercentText_BrokenSequence_IsKept(string header, string text) => Assert.Equal(text, PercentText.Decode(header));

    [Theory]
    [InlineData(-5, "1n")]
    [InlineData(0, "1n")]
    [InlineData(1, "100n")]
    [InlineData(999_999, "99999900n")]
    [InlineData(1_000_000, "100000u")]
    [InlineData(1_000_001, "100001u")]
    [InlineData(600_000_000, "60000000u")]
    [InlineData(600_000_000_000, "60000000m")]
    [InlineData(10_000_000_000_000, "1000000S")]
    [InlineData(6_000_000_000_000_000, "10000000M")]
    [InlineData(long.MaxValue, "99999999H")]
    public void Deadline_TimeLeft_TakesTheFinestUnitThatFits(long ticks, string header) =>
        Assert.Equal(header, DeadlineText.Encode(TimeSpan.FromTicks(ticks)));

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4990m", 49_900_000)]
    [InlineData("5u", 50)]
    [InlineData("1n", 1)]
    [InlineData("0S", 0)]
    [InlineData("99999999H", 3_599_999_964_000_000_000)]
    public void Deadline_Header_BecomesTimeLeft(string header, long ticks)
    {
        Assert.True(DeadlineText.TryDecode(header, out var left));
        Assert.Equal(ticks, left.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("123456789S")]
    public void Deadline_OtherText_IsRefused(string header) => Assert.False(DeadlineText.TryDecode(header, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(30_000)]
    [InlineData(1_000_000_007)]
    [InlineData(25_920_000_000_001)]
    [InlineData(21_474_720_000_000_001)]
    public void Deadline_OnTheWire_NeverShrinks(long ticks)
    {
        Assert.True(DeadlineText.TryDecode(DeadlineText.Encode(TimeSpan.FromTicks(ticks)), out var left));
        Assert.InRange(left.Ticks, ticks, ticks + (ticks / 100_000) + 1);
    }

    [Theory]
    [InlineData("0", StatusCode.OK)]
    [InlineData("4", StatusCode.DeadlineExceeded)]
    [InlineData("16", StatusCode.Unauthenticated)]
    [InlineData("17", StatusCode.Unknown)]
    [InlineData("-1", StatusCode.Unknown)]
    [InlineData("", StatusCode.Unknown)]
    [InlineData("99999999999", StatusCode.Unknown)]
    [InlineData("ok", StatusCode.Unknown)]
    public void StatusCode_Text_IsANumberWeKnowOrUnknown(string text, StatusCode code) => Assert.Equal(code, Status.ParseCode(text));

    [Theory]
    [InlineData(0, StatusCode.Unavailable)]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public void Status_OfAReset_FollowsTheErrorCode(long error, StatusCode code) => Assert.Equal(code, Status.FromReset(error).Code);

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("AQI")]
    [InlineData("AQID")]
    public void Metadata_Bytes_ArePaddedOrNotAlike(string unpadded)
    {
        var padded = unpadded.PadRight((unpadded.Length + 3) / 4 * 4, '=');
        var metadata = new Metadata();
        metadata.AddReceived("A-Bin", unpadded);
        metadata.AddReceived("b-bin", padded);

        Assert.Equal(Convert.FromBase64String(padded), metadata.GetBytes("a-bin"));
        Assert.Equal(metadata.GetBytes("a-bin"), metadata.GetBytes("b-bin"));
        Assert.Equal(unpadded, new Metadata { { "c-bin", metadata.GetBytes("a-bin")! } }.Get("c-bin"));
    }

    [Fact]
    public void Metadata_BytesJoinedByCommas_AreSeparateEntries()
    {
        var metadata = new Metadata();
        metadata.AddReceived("a-bin", "AQ,Ag==, Aw");

        Assert.Equal([1, 2, 3], metadata.Select(entry => (int)entry.ValueBytes.Single()));
    }

    [Theory]
    [InlineData("grpc-timeout")]
    [InlineData("GRPC-anything")]
    [InlineData("content-type")]
    [InlineData("te")]
    [InlineData("host")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData(":path")]
    [InlineData("ü")]
    [InlineData("a-bin")]
    public void Metadata_KeyThatIsNotForText_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new Metadata { { key, "x" } });

    [Theory]
    [InlineData("ü")]
    [InlineData("a\nb")]
    [InlineData("\u007f")]
    public void Metadata_ValueOutsidePrintableAscii_IsRefused(string value) => Assert.Throws<ArgumentException>(() => new Metadata { { "key", value } });

    [Fact]
    public void Metadata_BytesUnderATextKey_AreRefused() => Assert.Throws<ArgumentException>(() => new Metadata { { "key", new byte[1] } });

    [Fact]
    public void Metadata_KeyGivenTwice_KeepsBothAndGetsTheLast()
    {
        var metadata = new Metadata { { "Key", "1" }, { "key", "2" } };

        Assert.Equal(2, metadata.Count);
        Assert.Equal("2", metadata.Get("key"));
        Assert.All(metadata, entry => Assert.Equal(entry.Key.ToLower(CultureInfo.InvariantCulture), entry.Key));
    }

    [Theory]
    [InlineData("grpc-status")]
    [InlineData("Content-Type")]
    [InlineData("te")]
    [InlineData(":authority")]
    public void Metadata_ProtocolHeaderOfAPeer_IsNoMetadata(string name)
    {
        var metadata = new Metadata();
        metadata.AddReceived(name, "x");

        Assert.Empty(metadata);
    }
}
