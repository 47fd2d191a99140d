using BlazorPluginAdmin.Components.Charts;
using BlazorPluginAdmin.Server.Core.Jobs;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Charts;

public sealed class SwimLaneBarTests : BunitContext
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What is written on a bar is cut and begins with a letter; the name of its link is whole, so the two must not be one.</summary>
    [Theory]
    [InlineData(5, "")]
    [InlineData(50, "T")]
    [InlineData(200, "TRebuild the index")]
    public void Writing_StandsBesideTheLink_WhoseNameSaysAll(double length, string written)
    {
        var bar = new SwimBar("b", new JobId("j"), "Rebuild the index", "command", "Timed out", "failed", "T", Noon, Noon.AddSeconds(90), 0, false, 0);
        var shown = Render<SwimLaneBar>(parameters => parameters.Add(lane => lane.Bar, bar).Add(lane => lane.PerSecond, length / 90).Add(lane => lane.Origin, Noon).Add(lane => lane.Edge, Noon));
        var link = shown.Find("a");
        Assert.Equal(("", "Rebuild the index: Timed out, took 1 min 30 s"), (link.TextContent.Trim(), link.GetAttribute("aria-label")));
        Assert.Equal(written, string.Concat(shown.FindAll("[aria-hidden=true] text").Select(text => text.TextContent)));
    }

    [Theory]
    [InlineData(0.003, "< 1 %")]
    [InlineData(0.995, "99 %")]
    public void Progress_IsNotRoundedUp(double done, string said)
    {
        var bar = new SwimBar("b", new JobId("j"), "Rebuild", "command", "Running", "running", "R", Noon, Noon.AddSeconds(50), 0, true, done);
        var shown = Render<SwimLaneBar>(parameters => parameters.Add(lane => lane.Bar, bar).Add(lane => lane.PerSecond, 1).Add(lane => lane.Origin, Noon).Add(lane => lane.Edge, Noon));
        Assert.Equal($"Rebuild: Running, {said}, since 50 s", shown.Find("a").GetAttribute("aria-label"));
    }

    /// <summary>Hundreds of ended bars stand still while their picture moves on.</summary>
    [Fact]
    public void Ended_IsDrawnAgainOnlyAtTheEdgeOfThePicture_OrAtAnotherAddress()
    {
        var bar = new SwimBar("b", new JobId("j"), "Rebuild", "command", "Succeeded", "succeeded", "S", Noon, Noon.AddSeconds(50), 0, false, 0);
        var shown = Render<SwimLaneBar>(parameters => parameters.Add(lane => lane.Bar, bar).Add(lane => lane.PerSecond, 1).Add(lane => lane.Origin, Noon).Add(lane => lane.Edge, Noon.AddMinutes(-1)));
        int DrawnBy(SwimBar now, DateTimeOffset edge)
        {
            var before = shown.RenderCount;
            shown.Render(parameters => parameters.Add(lane => lane.Bar, now).Add(lane => lane.Edge, edge));
            return shown.RenderCount - before;
        }

        DrawnBy(bar, Noon.AddSeconds(-59));
        Assert.Equal(0, DrawnBy(bar with { }, Noon.AddSeconds(-58)));
        Assert.Equal(1, DrawnBy(bar with { Until = Noon.AddSeconds(51) }, Noon.AddSeconds(-57)));
        Assert.Equal(1, DrawnBy(bar, Noon.AddSeconds(10)));
        Services.GetRequiredService<NavigationManager>().NavigateTo("workers");
        Assert.Equal(1, DrawnBy(bar, Noon.AddSeconds(10)));
        Assert.EndsWith("/workers?detail=j", shown.Find("a").GetAttribute("href"), StringComparison.Ordinal);
    }
}
