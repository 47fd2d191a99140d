using BlazorPluginAdmin.Components.Explorer;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class NewestAnswerTests
{
    private readonly NewestAnswer _newest = new();
    private readonly TaskCompletionSource<int> _first = new();
    private readonly TaskCompletionSource<int> _second = new();

    [Fact]
    public async Task Overtaken_AnswerIsOutOfDate()
    {
        var (first, second) = (_newest.OfAsync(_first.Task), _newest.OfAsync(_second.Task));
        _second.SetResult(2);
        Assert.Equal((true, 2), await second);
        _first.SetResult(1);
        Assert.Equal((false, 1), await first);
    }

    /// <summary>Else nothing would ever be shown where questions come faster than answers.</summary>
    [Fact]
    public async Task AnswersInTheirOrder_AllCount()
    {
        var (first, second) = (_newest.OfAsync(_first.Task), _newest.OfAsync(_second.Task));
        _first.SetResult(1);
        Assert.Equal((true, 1), await first);
        _second.SetResult(2);
        Assert.Equal((true, 2), await second);
    }

    [Fact]
    public async Task Failure_TakesNothing()
    {
        var (first, second) = (_newest.OfAsync(_first.Task), _newest.OfAsync(_second.Task));
        _second.SetException(new IOException("no disk"));
        await Assert.ThrowsAsync<IOException>(() => second);
        _first.SetResult(1);
        Assert.Equal((true, 1), await first);
    }
}
