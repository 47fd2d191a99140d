using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0.012, "12 ms")]
    [InlineData(2, "2 s")]
    [InlineData(2.54, "2.5 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(90, "1 min 30 s")]
    [InlineData(3600, "1 h")]
    [InlineData(5400, "1 h 30 min")]
    [InlineData(90_000, "1 d 1 h")]
    public void Span_HasASecondUnitOnlyWhereItSaysSomething(double seconds, string expected) =>
        Assert.Equal(expected, Words.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-3, "0 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(3599, "59 min")]
    [InlineData(7260, "2 h 1 min")]
    public void Ticking_NeverRoundsUp(double seconds, string expected) => Assert.Equal(expected, Words.Ticking(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(5, "5 s")]
    [InlineData(65, "1 min 05 s")]
    [InlineData(3599, "59 min 59 s")]
    public void Running_ShowsEverySecond(double seconds, string expected) => Assert.Equal(expected, Words.Running(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0 %")]
    [InlineData(0.003, "< 1 %")]
    [InlineData(0.01, "1 %")]
    [InlineData(0.29, "29 %")]
    [InlineData(0.57, "57 %")]
    [InlineData(0.995, "99 %")]
    [InlineData(0.9999999999999, "99 %")]
    [InlineData(1.0, "100 %")]
    public void Percent_NeverRoundsUp_NorToNothing(double? share, string expected)
    {
        Assert.Equal(expected, Words.Percent(share));
        if (share is { } part)
        {
            Assert.Equal(expected, Words.OfHundred(part * 100));
        }
    }

    [Fact]
    public void Count_KnowsOneFromMany() =>
        Assert.Equal(["0 jobs", "1 job", "1\u202f200 jobs"], new[] { Words.Count(0, "job"), Words.Count(1, "job"), Words.Count(1200, "job") });

    [Fact]
    public void Parts_LeavesOutWhatIsZero()
    {
        Assert.Equal("2 scheduled", Words.Parts("none", (2, "scheduled"), (0, "blocked")));
        Assert.Equal("none", Words.Parts("none", (0, "scheduled")));
    }

    [Theory]
    [InlineData("all 8 slots are busy", "All 8 slots are busy")]
    [InlineData("echo is paused by me", "echo is paused by me")]
    [InlineData("1 worker", "1 worker")]
    [InlineData("", "")]
    public void Sentence_BeginsWithACapital_ButANameStaysAsItIs(string reason, string sentence) => Assert.Equal(sentence, Words.Sentence(reason, "echo"));

    [Fact]
    public void Visible_ShowsCharactersThatHideOrTurnText() => Assert.Equal("a\\u202eb\\u0007\n", Words.Visible("a\u202eb\u0007\n"));
}
