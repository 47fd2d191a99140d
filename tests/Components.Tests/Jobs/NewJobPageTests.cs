using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class NewJobPageTests : LivePages
{
    private IEnumerable<string> Keys => Admin.Sent.OfType<SubmitJob>().Select(command => command.DedupeKey);

    [Fact]
    public void Several_AreJobsOfTheirOwn_WithNumberedKeys()
    {
        Admin.Answer = command => new Submission(Succeeded(((SubmitJob)command).DedupeKey));
        var page = Page();
        page.Find("#job-key").Change("night");
        page.Find("#job-copies").Change("51");
        page.Find("form").Submit();
        Assert.Contains("1 to 50", page.Find("#job-copies-help").TextContent, StringComparison.Ordinal);
        Assert.Empty(Keys);

        page.Find("#job-copies").Change("3");
        page.Find("form").Submit();
        Assert.Equal(["night-1", "night-2", "night-3"], Keys);
        Assert.EndsWith("jobs?q=id%3Anight-1%2Cnight-2%2Cnight-3", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstThatIsRefused_IsTheLast()
    {
        Admin.Answer = command => ((SubmitJob)command).DedupeKey == "night-1" ? new Submission(Succeeded("a")) : command;
        var page = Page();
        page.Find("#job-key").Change("night");
        page.Find("#job-copies").Change("3");
        page.Find("form").Submit();
        Assert.Equal(["night-1", "night-2"], Keys);
        Assert.Contains("1 of 3 were submitted, then: nothing is changed here", page.Find("[data-testid=submit-refusal]").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<NewJobPage> Page()
    {
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo" }] });
        Services.GetRequiredService<NavigationManager>().NavigateTo("jobs/new?type=echo");
        return Render<NewJobPage>();
    }
}
