using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Bunit;

namespace BlazorPluginAdmin.Components.Tests.Overview;

/// <summary>Slots of a worker: used, free, and free but shut.</summary>
public sealed class LoadBarsTests : BunitContext
{
    [Fact]
    public void Bars_AreBothRoles_AndWhatIsFreeOfADrainingWorkerIsShut()
    {
        var view = new WorkerView { Worker = new Worker { Id = new WorkerId("w"), FirstSeenAt = DateTimeOffset.UnixEpoch }, ExecutionUsed = 1, ExecutionTotal = 3, DetectionTotal = 1 };
        var shown = Render(LoadBars.Of(view));
        Assert.Equal(["1 / 3 execute", "0 / 1 detect"], shown.FindAll(".slots > span:last-child").Select(text => text.TextContent));
        Assert.Equal((1, 0), (shown.FindAll("i.used").Count, shown.FindAll("i.shut").Count));
        var draining = Render(LoadBars.Of(view with { Worker = view.Worker with { Draining = true } }));
        Assert.Equal((1, 3), (draining.FindAll("i.used").Count, draining.FindAll("i.shut").Count));
        Assert.Contains("the others take nothing", draining.Markup, StringComparison.Ordinal);
    }
}
