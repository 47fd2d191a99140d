using BlazorPluginAdmin.Cli.Commands;
using BlazorPluginAdmin.Cli.Text;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What people write on the command line.</summary>
public class TextTests
{
    [Theory]
    [InlineData("ls -la /tmp", "ls|-la|/tmp")]
    [InlineData("  a\t b ", "a|b")]
    [InlineData("echo 'a  b' \"c d\"", "echo|a  b|c d")]
    [InlineData("a\"b c\"'d e'f", "ab cd ef")]
    [InlineData("a\\ b \\\"c", "a b|\"c")]
    [InlineData("'a\\b' \"a\\b\" \"a\\\"b\" \"\\$x\"", "a\\b|a\\b|a\"b|$x")]
    [InlineData("''", "")]
    [InlineData("echo '' x", "echo||x")]
    [InlineData("echo | > $HOME *", "echo|||>|$HOME|*")]
    [InlineData("a\\\nb", "ab")]
    public void Line_IsSplitAsAShellWould(string line, string words) => Assert.Equal(words, string.Join('|', CommandLineWords.Split(line)));

    [Theory]
    [InlineData("echo 'a")]
    [InlineData("echo \"a")]
    [InlineData("echo a\\")]
    public void Line_LeftOpen_IsRefused(string line) => Assert.Throws<FormatException>(() => CommandLineWords.Split(line));

    [Theory]
    [InlineData(new[] { "ls -la" }, false, null, "ls|-la")]
    [InlineData(new[] { "ls", "-l a" }, true, null, "ls|-l a")]
    [InlineData(new[] { "a b" }, true, null, "a b")]
    [InlineData(new string[0], false, "http", "")]
    [InlineData(new string[0], false, "command", "")]
    public void Words_AreThoseOfTheCommand(string[] given, bool isVerbatim, string? type, string words) =>
        Assert.Equal(words, string.Join('|', RunCommand.Words(given, isVerbatim, type)));

    [Theory]
    [InlineData(new[] { "ls", "x" }, null)]
    [InlineData(new string[0], null)]
    [InlineData(new[] { " " }, null)]
    [InlineData(new[] { "ls" }, "http")]
    [InlineData(new[] { "ls 'x" }, null)]
    public void Words_ThatSayNoCommand_AreRefused(string[] given, string? type) =>
        Assert.Equal(ExitCodes.Usage, Assert.Throws<ToolException>(() => RunCommand.Words(given, isVerbatim: false, type)).ExitCode);

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1h30m", 5400)]
    [InlineData("250ms", 0.25)]
    [InlineData("1.5m", 90)]
    [InlineData("2d", 172_800)]
    [InlineData("90", 90)]
    public void Duration_IsRead(string text, double seconds)
    {
        Assert.True(DurationText.TryRead(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5s")]
    [InlineData("5x")]
    [InlineData("1h30")]
    [InlineData("1.2.3s")]
    [InlineData("99999999d")]
    public void Duration_OfAnotherShape_IsRefused(string text) => Assert.False(DurationText.TryRead(text, out _));

    [Theory]
    [InlineData(0.02, "20 ms")]
    [InlineData(1.25, "1.3 s")]
    [InlineData(60, "1 min")]
    [InlineData(3725, "1 h 2 min")]
    [InlineData(180_000, "2 d 2 h")]
    public void Duration_IsWritten(double seconds, string text) => Assert.Equal(text, DurationText.Write(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("low", 25)]
    [InlineData("Critical", 100)]
    [InlineData("0", 0)]
    [InlineData("63", 63)]
    public void Priority_IsAWordOrANumber(string text, int priority) => Assert.Equal((true, priority), (PriorityText.TryRead(text, out var read), read));

    [Theory]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("urgent")]
    [InlineData("")]
    public void Priority_OfAnotherShape_IsRefused(string text) => Assert.False(PriorityText.TryRead(text, out _));

    [Fact]
    public void Instant_IsATimeOrADurationFromNow()
    {
        var now = new DateTimeOffset(2030, 1, 2, 3, 0, 0, TimeSpan.Zero);
        Assert.True(InstantText.TryReadAhead("2h", now, out var ahead));
        Assert.True(InstantText.TryReadBack("1d", now, out var back));
        Assert.True(InstantText.TryReadAhead("2030-05-01T10:00+02:00", now, out var exact));
        Assert.Equal((now.AddHours(2), now.AddDays(-1), new DateTimeOffset(2030, 5, 1, 8, 0, 0, TimeSpan.Zero)), (ahead, back, exact));
        Assert.False(InstantText.TryReadAhead("soon", now, out _));
    }

    [Fact]
    public void TextOfWorkers_HasNoPowerOverTheTerminal() => Assert.Equal("a�[31mb c", Visible.Line("a\u001b[31mb\nc"));
}
