using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>All "3 s ago" of a page grow old together, and cost nothing in the seconds in which they read the same.</summary>
public sealed class CircuitClockTests : BunitContext
{
    private readonly ManualTimeProvider _time = new();

    public CircuitClockTests()
    {
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddLive();
        Render<BatchHost>();
    }

    [Fact]
    public void Ago_IsDrawn_OnlyWhenItReadsDifferently()
    {
        var now = _time.GetUtcNow();
        var fresh = Render<Ago>(parameters => parameters.Add(ago => ago.At, now));
        var old = Render<Ago>(parameters => parameters.Add(ago => ago.At, now - TimeSpan.FromMinutes(20)));
        _time.Advance(TimeSpan.FromSeconds(3));
        fresh.WaitForAssertion(() => Assert.Equal("3 s ago", fresh.Find("time").TextContent));
        Assert.Equal(("20 min ago", 1), (old.Find("time").TextContent, old.RenderCount));
    }

    [Fact]
    public void Running_Ticks_AndEndedStands()
    {
        var now = _time.GetUtcNow();
        var running = Render<Elapsed>(parameters => parameters.Add(elapsed => elapsed.From, now - TimeSpan.FromSeconds(58)));
        var ended = Render<Elapsed>(parameters => parameters.Add(elapsed => elapsed.From, now).Add(elapsed => elapsed.To, now + TimeSpan.FromSeconds(59.9)));
        _time.Advance(TimeSpan.FromSeconds(1));
        running.WaitForAssertion(() => Assert.Equal("59 s", running.Find("span").TextContent));
        Assert.Equal("59 s", ended.Find("span").TextContent);
    }

    /// <summary>"2 s ago" after an hour would be wrong, whoever paused what.</summary>
    [Fact]
    public async Task Paused_AgoGrowsOld_WhatRunsStands()
    {
        var now = _time.GetUtcNow();
        var fresh = Render<Ago>(parameters => parameters.Add(ago => ago.At, now - TimeSpan.FromSeconds(2)));
        var running = Render<Elapsed>(parameters => parameters.Add(elapsed => elapsed.From, now - TimeSpan.FromSeconds(2)));
        await fresh.InvokeAsync(Services.GetRequiredService<Attention>().Pause);
        _time.Advance(TimeSpan.FromHours(1));
        fresh.WaitForAssertion(() => Assert.Equal("1 h ago", fresh.Find("time").TextContent));
        Assert.Equal("2 s", running.Find("span").TextContent);
    }

    [Fact]
    public void Compact_IsShorter_AndAsTrue()
    {
        var ago = Render<Ago>(parameters => parameters.Add(ago => ago.At, _time.GetUtcNow() - TimeSpan.FromSeconds(433)).Add(ago => ago.Compact, true));
        Assert.Equal("7 m 13 s ago", ago.Find("time").TextContent);
    }

    [Fact]
    public void Left_TheClockStops()
    {
        var page = Render<Ago>(parameters => parameters.Add(ago => ago.At, _time.GetUtcNow()));
        page.Instance.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, page.RenderCount);
    }
}
