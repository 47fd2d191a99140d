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
        var shown = Render(bar, new SwimScale(length / 90, Noon, Noon, ""));
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
        var shown = Render(bar, new SwimScale(1, Noon, Noon, ""));
        Assert.Equal($"Rebuild: Running, {said}, since 50 s", shown.Find("a").GetAttribute("aria-label"));
    }

    /// <summary>What is written stays in sight when the bar began before the picture; the bar itself keeps its place.</summary>
    [Fact]
    public void Writing_StaysWithinThePicture()
    {
        var bar = new SwimBar("b", new JobId("j"), "Rebuild", "command", "Succeeded", "succeeded", "S", Noon, Noon.AddSeconds(50), 0, false, 0);
        foreach (var (edge, written) in new[] { (-60, "4"), (10, "14") })
        {
            var shown = Render(bar, new SwimScale(1, Noon, Noon.AddSeconds(edge), ""));
            Assert.Equal(("0", written), (shown.Find("a rect").GetAttribute("x"), shown.Find("text").GetAttribute("x")));
        }
    }

    private IRenderedComponent<IComponent> Render(SwimBar bar, SwimScale scale) => Render(SwimLaneBar.Of(Services.GetRequiredService<NavigationManager>(), bar, scale, 0));
}
