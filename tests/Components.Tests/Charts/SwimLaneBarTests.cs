using BlazorPluginAdmin.Components.Charts;
using BlazorPluginAdmin.Server.Core.Jobs;
using Bunit;

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
        var bar = new SwimBar("b", new JobId("j"), "Rebuild the index", "command", "Timed out", "failed", "T", 0, length, 0, false, 0, Noon, Noon.AddSeconds(90));
        var shown = Render<SwimLaneBar>(parameters => parameters.Add(lane => lane.Bar, bar).Add(lane => lane.PerSecond, 1));
        var link = shown.Find("a");
        Assert.Equal(("", "Rebuild the index: Timed out, took 1 min 30 s"), (link.TextContent.Trim(), link.GetAttribute("aria-label")));
        Assert.Equal(written, string.Concat(shown.FindAll("[aria-hidden=true] text").Select(text => text.TextContent)));
    }

    [Theory]
    [InlineData(0.003, "< 1 %")]
    [InlineData(0.995, "99 %")]
    public void Progress_IsNotRoundedUp(double done, string said)
    {
        var bar = new SwimBar("b", new JobId("j"), "Rebuild", "command", "Running", "running", "R", 0, 50, 0, true, done, Noon, null);
        var shown = Render<SwimLaneBar>(parameters => parameters.Add(lane => lane.Bar, bar).Add(lane => lane.PerSecond, 1));
        Assert.Equal($"Rebuild: Running, {said}, since 50 s", shown.Find("a").GetAttribute("aria-label"));
    }
}
