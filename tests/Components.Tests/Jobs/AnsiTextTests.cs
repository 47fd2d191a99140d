using System.Text;
using BlazorPluginAdmin.Components.JobDetails;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class AnsiTextTests
{
    [Theory]
    [InlineData("plain", "plain:")]
    [InlineData("\u001b[31mred\u001b[0m plain", "red:ansi-red| plain:")]
    [InlineData("\u001b[1;92mok", "ok:ansi-green ansi-bold")]
    [InlineData("\u001b[38;5;196mx\u001b[38;2;0;0;255my", "x:ansi-red|y:ansi-blue")]
    [InlineData("\u001b[41mbehind\u001b[7mtoo", "behind:ansi-red ansi-on|too:ansi-red ansi-on")]
    [InlineData("\u001b[2K\u001b[1Aline\u001b[?25l", "line:")]
    [InlineData("\u001b]0;title\atext", "text:")]
    [InlineData("\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link:")]
    [InlineData("\u001bPq#0;2\u001b\\after", "after:")]
    [InlineData("\u001b(Bset\u0007\b\u0000end", "setend:")]
    [InlineData("cut \u001b[3", "cut :")]
    [InlineData("\u001b]never ends", "")]
    [InlineData("\u001b[>4;2mx", "x:")]
    [InlineData("<b onclick=x>", "<b onclick=x>:")]
    [InlineData("a\u202eb", "a\\u202eb:")]
    public void Row_BecomesTextAndLooks(string output, string shown) =>
        Assert.Equal(shown, string.Join('|', AnsiText.Parse(Encoding.UTF8.GetBytes(output)).Select(span => $"{span.Text}:{span.Classes}")));
}
