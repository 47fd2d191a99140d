using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class JobsPageTests : LivePages
{
    public JobsPageTests() => Store.Commit([new Change.JobSaved(Succeeded("job-1"), null, null)]);

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void QueryThatCannotBeRead_ListsCountsAndExportsNothing_UntilItIsMended()
    {
        Navigation.NavigateTo("jobs?q=type:echo");
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Equal("1 job", page.Find("[data-testid=total]").TextContent));
        Assert.Single(page.FindAll("[data-testid=export]"));

        Navigation.NavigateTo("jobs?q=type:echo%20stat:failed");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".query-errors")));
        Assert.Empty(page.FindAll("[data-testid=total], [data-testid=export], [data-testid=selection], [download], [data-testid=state-failed], input[type=checkbox]"));

        // What was found before stays to be read.
        Assert.Single(page.FindAll(".stale [data-testid=job-row]"));

        Navigation.NavigateTo("jobs?q=type:echo%20state:failed");
        page.WaitForAssertion(() => Assert.Contains("Nothing matches", page.Markup, StringComparison.Ordinal));
        Assert.Single(page.FindAll("[data-testid=export]"));
    }

    [Fact]
    public void QueryThatCannotBeRead_FromTheStart_ShowsNoRows()
    {
        Navigation.NavigateTo("jobs?q=type:echo%20stat:failed");
        var page = Render<JobsPage>();
        Assert.Contains("Not all of the query can be read", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=job-row], [data-testid=export]"));
    }

    [Fact]
    public void ReadThatFails_LeavesTheRows_WithTheirAge()
    {
        var time = (ManualTimeProvider)Services.GetRequiredService<TimeProvider>();
        var read = time.GetUtcNow();
        Navigation.NavigateTo("jobs?q=type:echo");
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=job-row]")));

        time.Advance(TimeSpan.FromMinutes(5));
        Switch.IsBroken = true;
        Navigation.NavigateTo("jobs?q=type:echo&sort=-created");
        page.WaitForAssertion(() => Assert.Equal($"{read:o}", page.Find("[data-testid=list-error] time").GetAttribute("datetime")));
        Assert.Single(page.FindAll("[data-testid=job-row]"));
    }

    /// <summary>A number that is estimated says so, and can be counted.</summary>
    [Theory]
    [InlineData(false, "≈ 7", 1)]
    [InlineData(true, "7", 0)]
    public void Count_ThatIsEstimated_CanBeCounted(bool isExact, string total, int buttons)
    {
        var asked = 0;
        var filter = Render<StateFilter>(parameters => parameters
            .Add(its => its.Count, new JobCount(ImmutableDictionary<JobState, long>.Empty.Add(JobState.Failed, 7), isExact))
            .Add(its => its.OnCountExactly, () => asked++));
        Assert.Equal([total, total], filter.FindAll("button span").Select(span => span.TextContent).Where(text => text.Contains('7', StringComparison.Ordinal)));
        foreach (var button in filter.FindAll("[data-testid=count-exactly]"))
        {
            button.Click();
        }

        Assert.Equal(buttons, asked);
    }

    /// <summary>Counting a million jobs takes a while, in which the jobs that are looked at go on.</summary>
    [Fact]
    public void CountThatTakesItsTime_HoldsUpNoRow()
    {
        var time = (ManualTimeProvider)Services.GetRequiredService<TimeProvider>();
        Store.Commit([new Change.JobSaved(Succeeded("job-1") with { State = JobState.Running, CompletedAt = null }, null, null)]);
        Navigation.NavigateTo("jobs");
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Equal("1 job", page.Find("[data-testid=total]").TextContent));
        Assert.Contains("Running", page.Find("[data-testid=job-row]").TextContent, StringComparison.Ordinal);

        var counts = Switch.Count("CountAsync");
        Switch.Instead = method => method == "CountAsync" ? new TaskCompletionSource<JobCount>().Task : null;
        Publish(1);
        page.WaitForAssertion(() => Assert.True(Switch.Count("CountAsync") > counts));
        Store.Commit([new Change.JobSaved(Succeeded("job-1"), null, null)]);
        page.WaitForAssertion(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Publish(2);
            Assert.Contains("Succeeded", page.Find("[data-testid=job-row]").TextContent, StringComparison.Ordinal);
        });

        void Publish(int n) => Admin.Views.Publish(new ReadModel { Totals = new Totals { Jobs = new JobCounts { Succeeded = n } } });
    }

    /// <summary>The query of the page that comes is none of its own.</summary>
    [Fact]
    public void PageThatIsLeft_ReadsNothingMore()
    {
        Navigation.NavigateTo("jobs?q=type:echo");
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Equal("1 job", page.Find("[data-testid=total]").TextContent));
        var asked = Switch.Asked.Count;
        Navigation.NavigateTo("workers?q=stat:failed");
        Navigation.NavigateTo("workers?q=w-1");
        Assert.Equal(asked, Switch.Asked.Count);
        Assert.DoesNotContain("w-1", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void NoJobsYet_ShowsHowToSubmitOne_ToBothTools()
    {
        Store.Commit([new Change.JobForgotten(new JobId("job-1"))]);
        Navigation.NavigateTo("jobs");
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Contains("No jobs yet", page.Markup, StringComparison.Ordinal));
        Assert.Contains(page.FindAll(".command pre"), line => line.TextContent == "pluginctl --address 'localhost:33646' run 'df -h'");
        Assert.Contains(page.FindAll(".command pre"), line => line.TextContent.StartsWith("curl ", StringComparison.Ordinal));
    }
}
