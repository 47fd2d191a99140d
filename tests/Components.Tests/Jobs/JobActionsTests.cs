using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobActionsTests : LivePages
{
    [Fact]
    public void RetryInBackoff_AsksFirst()
    {
        var actions = Render<JobActions>(parameters => parameters.Add(its => its.Job, Succeeded("j") with { State = JobState.Pending, Phase = JobPhase.Backoff, CompletedAt = null }));
        actions.Find("[data-testid=retry-job]").Click();
        Assert.Equal("Do not wait, retry now", actions.Find("[data-testid=retry-job-confirm]").TextContent);
        actions.FindAll("button").Single(button => button.TextContent == "Keep waiting").Click();
        Assert.Empty(actions.FindAll("[data-testid=retry-job-confirm]"));
    }

    /// <summary>What has no key is still something that the palette can do.</summary>
    [Fact]
    public void ActionsWithoutAKey_AreOfferedToThePalette()
    {
        var actions = Render<JobActions>(parameters => parameters.Add(its => its.Job, Succeeded("j") with { State = JobState.Pending, CompletedAt = null }));
        Assert.Equal(["Schedule", "Expire", "Labels"], actions.FindAll("[data-deed]").Select(action => action.GetAttribute("data-deed")));
    }
}
