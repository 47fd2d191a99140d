using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Shared;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobPartsTests : BunitContext
{
    private const string Opened = "jobs?q=state:failed&detail=job-1";

    private readonly BunitJSModuleInterop _script;

    public JobPartsTests()
    {
        _script = JSInterop.SetupModule("./_content/Components/JobDetails/JobParts.razor.js");
        _script.Mode = JSRuntimeMode.Loose;
    }

    private BunitNavigationManager Navigation => Services.GetRequiredService<BunitNavigationManager>();

    [Fact]
    public void Part_IsLinkedTo_BesideWhatTheAddressSays()
    {
        Navigation.NavigateTo(Opened);
        var shown = Parts();
        Assert.Equal(["Timeline", "Output"], shown.FindAll("nav a").Select(part => part.TextContent));
        Assert.Equal(Navigation.BaseUri + Opened + "&tab=output", shown.FindAll("nav a")[1].GetAttribute("href"));
        Assert.Empty(shown.FindAll("[aria-current]"));
        Assert.Empty(_script.Invocations);
    }

    [Fact]
    public void Choice_IsInTheAddress_InItsPlace()
    {
        Navigation.NavigateTo(Opened);
        var shown = Parts();
        shown.Find("[data-testid=part-output]").Click();
        Assert.Equal(Navigation.BaseUri + Opened + "&tab=output", Navigation.Uri);
        Assert.True(Navigation.History.First().Options.ReplaceHistoryEntry);
        Assert.Equal("output", Assert.Single(_script.Invocations["show"]).Arguments[0]);
        Assert.Equal("Output", shown.Find("[aria-current=location]").TextContent);
    }

    [Theory]
    [InlineData("output", 1, 0)]
    [InlineData("plan", 0, 1)]
    [InlineData("<b>", 0, 1)]
    public void Address_LeadsToAPart_OrIsSaidToMeanNothing(string tab, int shows, int notices)
    {
        Navigation.NavigateTo($"{Opened}&tab={Uri.EscapeDataString(tab)}");
        var shown = Parts();
        Assert.Equal(shows, _script.Invocations.Count(call => call.Identifier == "show"));
        var said = shown.FindComponents<NotUnderstood>();
        Assert.Equal(notices, said.Count);
        Assert.All(said, notice => Assert.Contains($"tab={tab}", notice.Find("code").TextContent, StringComparison.Ordinal));
    }

    private IRenderedComponent<JobParts> Parts() => Render<JobParts>(parameters => parameters.Add(parts => parts.Parts, [("timeline", "Timeline"), ("output", "Output")]));
}
