using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>The beat of a circuit, by a clock that only the test moves.</summary>
public sealed class LiveComponentTests : BunitContext
{
    /// <summary>After a page stood still; its tests draw no more than it has in hand.</summary>
    private static readonly TimeSpan Beat = Beats.Shortest;

    private readonly ManualTimeProvider _time = new();
    private readonly StillAdmin _admin = new();
    private int _queued;

    public LiveComponentTests()
    {
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddSingleton<IAdmin>(_admin);
        Services.AddLive();
        Render<BatchHost>();
    }

    private Attention Attention => Services.GetRequiredService<Attention>();

    [Fact]
    public async Task Versions_InBetween_AreSkipped()
    {
        var page = Render<Shown>();
        Publish();
        page.WaitForAssertion(() => Assert.Equal("1", page.Markup));
        await _time.ArmedAsync(Beat);
        Publish();
        Publish();
        Publish();
        Assert.Equal("1", page.Markup);
        _time.Advance(Beat);
        page.WaitForAssertion(() => Assert.Equal("4", page.Markup));
        Assert.Equal(3, page.RenderCount);
    }

    [Fact]
    public async Task ShortChain_IsSeenAsItHappens()
    {
        var page = Render<Shown>();
        foreach (var step in (string[])["1", "2", "3"])
        {
            Publish();
            page.WaitForAssertion(() => Assert.Equal(step, page.Markup));
            await _time.ArmedAsync(step == "3" ? 3 * Beat : Beat);
            _time.Advance(Beat);
        }
    }

    [Fact]
    public async Task Components_OfAPage_AreDrawnTogether()
    {
        var pages = Enumerable.Range(0, 5).Select(_ => Render<Shown>()).ToList();
        var host = Render<Counting>();
        Publish();
        pages[4].WaitForAssertion(() => Assert.All(pages, page => Assert.Equal("1", page.Markup)));
        await _time.ArmedAsync(Beat);
        Assert.All(pages, page => Assert.Equal(2, page.RenderCount));
        Assert.Equal(1, host.Instance.Models);
    }

    [Fact]
    public async Task Paused_PagesStandStill_TheFrameGoesOn_NothingIsLost()
    {
        var page = Render<Shown>();
        var frame = Render<ShownInFrame>();
        Publish();
        page.WaitForAssertion(() => Assert.Equal("1", page.Markup));
        await page.InvokeAsync(Attention.Pause);
        await _time.ArmedAsync(Beat);
        Publish();
        _time.Advance(Beat);
        frame.WaitForAssertion(() => Assert.Equal("2", frame.Markup));
        Assert.Equal("1", page.Markup);
        Assert.Equal("1", Render<Shown>().Markup);
        await page.InvokeAsync(Attention.Resume);
        page.WaitForAssertion(() => Assert.Equal("2", page.Markup));
    }

    [Fact]
    public async Task Hidden_ForAMinute_NothingIsDrawn_UntilSeenAgain()
    {
        var page = Render<Shown>();
        await page.InvokeAsync(() => Attention.See(false));
        Publish();
        page.WaitForAssertion(() => Assert.Equal("1", page.Markup));
        await _time.ArmedAsync(Beat);
        _time.Advance(Attention.Patience);
        await page.InvokeAsync(() => Assert.True(Attention.IsAsleep));
        Publish();
        Publish();
        await page.InvokeAsync(() => Assert.Equal("1", page.Markup));
        await page.InvokeAsync(() => Attention.See(true));
        page.WaitForAssertion(() => Assert.Equal("3", page.Markup));
    }

    [Fact]
    public async Task SlowPace_IsKept_AndTheNewestComesWithoutAnotherPublish()
    {
        var slow = Render<Slow>();
        var page = Render<Shown>();
        Publish();
        page.WaitForAssertion(() => Assert.Equal("1", page.Markup));
        Assert.Equal("0", slow.Markup);
        await _time.ArmedAsync(Beat);
        _time.Advance(TimeSpan.FromSeconds(1));
        slow.WaitForAssertion(() => Assert.Equal("1", slow.Markup));
    }

    [Fact]
    public async Task SameSlice_IsNotDrawn()
    {
        var sliced = Render<Sliced>();
        var page = Render<Shown>();
        Publish();
        page.WaitForAssertion(() => Assert.Equal("1", page.Markup));
        await _time.ArmedAsync(Beat);
        Assert.Equal(1, sliced.RenderCount);
    }

    [Fact]
    public async Task SlowReader_DoesNotHoldUpTheOthers_AndEndsWithItsPage()
    {
        var reading = Render<Reading>();
        var page = Render<Shown>();
        Publish();
        page.WaitForAssertion(() => Assert.Equal("1", page.Markup));
        await _time.ArmedAsync(Beat);
        Assert.Equal("0", reading.Markup);
        await reading.InvokeAsync(async () => await reading.Instance.DisposeAsync());
        Assert.Equal("0", reading.Markup);
    }

    /// <summary>What reads in several steps goes on after the page was left: it is told so, and nothing faults.</summary>
    [Fact]
    public async Task Left_TokenIsStillThere_AndCancelled()
    {
        var page = Render<Shown>();
        await page.InvokeAsync(async () => await page.Instance.DisposeAsync());
        Assert.True(page.Instance.Left.IsCancellationRequested);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.InfiniteTimeSpan, _time, page.Instance.Left));
    }

    [Fact]
    public async Task Fault_GoesToTheComponent_AndTheOthersGoOn()
    {
        var boundary = Render<Boundary>(parameters => parameters.AddChildContent<Faulty>());
        var page = Render<Shown>();
        Publish();
        boundary.WaitForAssertion(() => Assert.Equal("failed: cannot read", boundary.Markup));
        await _time.ArmedAsync(Beat);
        Publish();
        _time.Advance(Beat);
        page.WaitForAssertion(() => Assert.Equal("2", page.Markup));
    }

    private void Publish() => _admin.Views.Publish(new ReadModel { At = _time.GetUtcNow(), Totals = new Totals { Jobs = new JobCounts { Queued = ++_queued } } });

    private class Shown : LiveComponent
    {
        public CancellationToken Left => Gone;

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, Model.Totals.Jobs.Queued.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class ShownInFrame : Shown
    {
        protected override bool StandsStill => false;
    }

    private sealed class Slow : Shown
    {
        protected override TimeSpan RenderPace => TimeSpan.FromSeconds(1);
    }

    private sealed class Sliced : Shown
    {
        protected override object? Slice => (Model.JobTypes, Model.Workers);
    }

    private sealed class Counting : Shown
    {
        public int Models { get; private set; }

        protected override Task OnModelAsync()
        {
            Models++;
            return Task.CompletedTask;
        }
    }

    private sealed class Reading : Shown
    {
        protected override Task OnModelAsync() => Task.Delay(Timeout.InfiniteTimeSpan, Time, Gone);
    }

    private sealed class Boundary : ErrorBoundaryBase
    {
        protected override Task OnErrorAsync(Exception exception) => Task.CompletedTask;

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, CurrentException is { } failed ? text => text.AddContent(0, $"failed: {failed.Message}") : ChildContent);
    }

    private sealed class Faulty : Shown
    {
        protected override Task OnModelAsync() => throw new InvalidOperationException("cannot read");
    }
}
