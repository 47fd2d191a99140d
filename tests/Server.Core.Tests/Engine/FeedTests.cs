using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

public sealed class FeedTests
{
    [Fact]
    public async Task Change_OfManyWriters_LosesNone_AndWakesWhoWaits()
    {
        const int Writers = 4, Changes = 5_000;
        var feed = new Feed<int>(0);
        var read = Task.Run(async () =>
        {
            var seen = feed.Current;
            while (seen.Value < Writers * Changes)
            {
                var newer = await feed.NewerAsync(seen.Version, CancellationToken.None);
                Assert.True(newer.Version > seen.Version && newer.Value > seen.Value);
                seen = newer;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() =>
        {
            for (var n = 0; n < Changes; n++)
            {
                feed.Change(value => value + 1);
            }
        })));
        await read.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        Assert.Equal(new Versioned<int>(Writers * Changes, Writers * Changes), feed.Current);
    }

    [Fact]
    public void Change_ToTheSame_IsNoVersion()
    {
        var feed = new Feed<string>("as it was");
        feed.Change(_ => string.Concat("as it ", "was"));
        Assert.Equal(0, feed.Current.Version);
    }
}
