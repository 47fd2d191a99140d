using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class DetectionTabTests : LivePages
{
    [Fact]
    public void ProposalsThatCannotBeRead_AreSaid_AndReadAgain()
    {
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Detections = [new Detection { Id = new RequestId("d-1"), JobType = "echo", StartedAt = DateTimeOffset.UnixEpoch, Status = DetectionStatus.Succeeded }] };
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        Switch.IsBroken = true;
        var tab = Render<DetectionTab>(parameters => parameters.Add(its => its.Type, type));
        Assert.Contains("could not be read: the disk is not there", tab.Find("[data-testid=proposals] [data-testid=list-error]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was found", tab.Markup, StringComparison.Ordinal);
        Switch.IsBroken = false;
        tab.Find("[data-testid=proposals] > [data-testid=list-error] [data-testid=list-retry]").Click();
        Assert.Contains("Nothing was found", tab.Markup, StringComparison.Ordinal);
    }
}
