using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class PacedTests : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly ManualTimeProvider _time = new();
    private int _done;

    public void Dispose() => _gone.Dispose();

    [Fact]
    public async Task AskedOften_ActsAtOnce_AndOnceMoreAfterwards()
    {
        var paced = new Paced(_time, TimeSpan.FromSeconds(1), () => Task.FromResult(++_done), _ => Task.CompletedTask, _gone.Token);
        for (var n = 0; n < 5; n++)
        {
            await paced.AskAsync();
        }

        Assert.Equal(1, _done);
        _time.Advance(TimeSpan.FromSeconds(1));
        await paced.EndedAsync();
        Assert.Equal(2, _done);
        _time.Advance(TimeSpan.FromSeconds(1));
        await paced.AskAsync();
        Assert.Equal(3, _done);
    }

    /// <summary>What is being done may have looked already at what the question is about.</summary>
    [Fact]
    public async Task AskedWhileItActs_ActsOnceMore()
    {
        var acting = new TaskCompletionSource();
        var paced = new Paced(_time, TimeSpan.FromSeconds(1), () => ++_done == 2 ? acting.Task : Task.CompletedTask, _ => Task.CompletedTask, _gone.Token);
        await paced.AskAsync();
        await paced.AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _done);
        await paced.AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _done);
        acting.SetResult();
        await paced.EndedAsync();
        Assert.Equal(3, _done);
    }

    [Fact]
    public async Task Gone_ActsNoMore()
    {
        var paced = new Paced(_time, TimeSpan.FromSeconds(1), () => Task.FromResult(++_done), _ => Task.CompletedTask, _gone.Token);
        await paced.AskAsync();
        await paced.AskAsync();
        await _gone.CancelAsync();
        await paced.EndedAsync();
        Assert.Equal(1, _done);
    }

    [Fact]
    public async Task WhatFailsLater_IsHandedOn()
    {
        Exception? failed = null;
        var paced = new Paced(_time, TimeSpan.FromSeconds(1), () => ++_done == 1 ? Task.CompletedTask : throw new InvalidOperationException("later"), fault => Task.FromResult(failed = fault), _gone.Token);
        await paced.AskAsync();
        await paced.AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await paced.EndedAsync();
        Assert.Equal("later", failed?.Message);
    }
}
