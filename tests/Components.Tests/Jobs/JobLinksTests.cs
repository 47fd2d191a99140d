using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Jobs;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobLinksTests : BunitContext
{
    private const string InAnOutput = "jobs?q=state:failed&detail=job-1&tab=output&attempt=2&stream=stderr&offset=4096&plan=a:1";

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    /// <summary>The output of the next job has other attempts and other bytes.</summary>
    [Fact]
    public void PlaceInTheOutput_EndsWithTheJobItIsOf()
    {
        Navigation.NavigateTo(InAnOutput);
        Assert.Equal($"{Navigation.BaseUri}jobs?q=state:failed&detail=job-2", JobLinks.Detail(Navigation, "job-2"));
        Assert.Equal($"{Navigation.BaseUri}jobs?q=state:failed", JobLinks.Closed(Navigation));
        Assert.Equal($"{Navigation.BaseUri}jobs?q=type%3Aecho", Navigation.GetUriWithQueryParameters(JobListAddress.ToText("type:echo")));
    }
}
