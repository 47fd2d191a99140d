using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Results that no admin confirms are kept, but not without end.</summary>
public sealed class CompletionBoxTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void ThousandResults_AreKept_TheOldestGoesFirst()
    {
        var box = new CompletionBox(_time);
        foreach (var n in Enumerable.Range(0, 1002))
        {
            box.Keep(Completed(n));
        }

        Assert.Equal(Enumerable.Range(2, 1000).Select(n => $"r-{n}"), box.All().Select(completed => completed.RequestId));
        Assert.Equal(1000, box.Count);
    }

    [Fact]
    public async Task Results_AreKeptForADay_AndNobodyWaitsForThoseThatWent()
    {
        var box = new CompletionBox(_time);
        box.Keep(Completed(1));
        _time.Advance(TimeSpan.FromHours(1));
        box.Keep(Completed(2));
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(["r-1", "r-2"], box.All().Select(completed => completed.RequestId));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("r-2", Assert.Single(box.All()).RequestId);
        var emptied = box.EmptyAsync();
        Assert.False(emptied.IsCompleted);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(box.All());
        await emptied.InTimeAsync("the box being empty");
    }

    private static JobCompleted Completed(int n) => new() { RequestId = $"r-{n}" };
}
