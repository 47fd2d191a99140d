using BlazorPluginAdmin.Components.Schedules;

namespace BlazorPluginAdmin.Components.Tests.Schedules;

public class CronWordsTests
{
    [Theory]
    [InlineData("* * * * *", "every minute")]
    [InlineData("*/15 * * * *", "every 15 minutes")]
    [InlineData("*/7 * * * *", "*/7 * * * *")]
    [InlineData("5 * * * *", "every hour at :05")]
    [InlineData("0 */6 * * *", "every 6 hours at :00")]
    [InlineData("30 2 * * *", "every day at 02:30")]
    [InlineData("0 8,12,18 * * *", "every day at 08:00, 12:00, 18:00")]
    [InlineData("30 2 * * mon-fri", "Mon–Fri at 02:30")]
    [InlineData("30 2 * * 1-5", "Mon–Fri at 02:30")]
    [InlineData("0 6 * * 0,SAT", "Sun, Sat at 06:00")]
    [InlineData("0 0 1 * *", "on day 1 of each month at 00:00")]
    [InlineData("0 0 1 1 *", "0 0 1 1 *")]
    [InlineData("0 0 1 * mon", "0 0 1 * mon")]
    [InlineData("0 0 0 * *", "0 0 0 * *")]
    [InlineData("70 25 * * *", "70 25 * * *")]
    [InlineData("0 0 * * blue", "0 0 * * blue")]
    [InlineData("", "")]
    public void Usual_IsSaidInWords_AndTheRestStays(string expression, string words) => Assert.Equal(words, CronWords.Of(expression));
}
