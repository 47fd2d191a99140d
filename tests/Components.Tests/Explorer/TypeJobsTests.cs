using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class TypeJobsTests : LivePages
{
    private static readonly ImmutableArray<JobColumn> Columns = JobColumn.Read("state,job");

    public TypeJobsTests() => Store.Commit([new Change.JobSaved(Succeeded("job-1"), null, null)]);

    [Fact]
    public void StoreThatCannotBeRead_IsSaid_AndReadAgain()
    {
        Switch.IsBroken = true;
        var list = Jobs();
        Assert.Contains("could not be read: the disk is not there", list.Find("[data-testid=list-error]").TextContent, StringComparison.Ordinal);
        Switch.IsBroken = false;
        list.Find("[data-testid=list-retry]").Click();
        Assert.Empty(list.FindAll("[data-testid=list-error]"));
        Assert.Single(list.FindAll("[data-testid=job-row]"));

        // What was read stays, and says how old it is.
        Switch.IsBroken = true;
        Admin.Views.Publish(new ReadModel { Totals = new Totals { Jobs = new JobCounts { Running = 1 } } });
        list.WaitForAssertion(() => Assert.Contains("as of", list.Find("[data-testid=list-error]").TextContent, StringComparison.Ordinal));
        Assert.Single(list.FindAll(".stale [data-testid=job-row]"));
    }

    [Fact]
    public void CursorOfAnotherList_LeadsToTheFirstPage_AndIsSaid()
    {
        var list = Jobs("nonsense");
        Assert.Contains("after=nonsense", list.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
        Assert.Single(list.FindAll("[data-testid=job-row]"));
    }

    private IRenderedComponent<TypeJobs> Jobs(string? after = null) => Render<TypeJobs>(parameters => parameters
        .Add(list => list.Query, JobQuery.Parse("type:echo").Query).Add(list => list.Columns, Columns).Add(list => list.After, after));

    /// <summary>A row with the focus that was scrolled away goes from the page without a word; it must not hold the list for ever.</summary>
    [Fact]
    public void NewerOrder_ThatIsAskedFor_IsHeldNoMore()
    {
        var time = (ManualTimeProvider)Services.GetRequiredService<TimeProvider>();
        var list = Jobs();
        list.Find("div:has(> .scroll)").FocusIn();
        One(2);
        list.WaitForAssertion(() => Assert.NotEmpty(list.FindAll("[data-testid=moved-rows]")));
        Assert.Single(list.FindAll("[data-testid=job-row]"));
        list.Find("[data-testid=moved-rows]").Click();
        list.WaitForAssertion(() => Assert.Equal(2, list.FindAll("[data-testid=job-row]").Count));

        time.Advance(TimeSpan.FromSeconds(2));
        One(3);
        list.WaitForAssertion(() => Assert.Equal(3, list.FindAll("[data-testid=job-row]").Count));
        Assert.Empty(list.FindAll("[data-testid=moved-rows]"));

        void One(int n)
        {
            Store.Commit([new Change.JobSaved(Succeeded($"job-{n}"), null, null)]);
            Admin.Views.Publish(new ReadModel { Totals = new Totals { Jobs = new JobCounts { Succeeded = n } } });
        }
    }

    [Fact]
    public void OrderSizeAndColumns_AreTheAddresss_ElseThePersons()
    {
        Store.Commit([.. Enumerable.Range(2, 29).Select(n => new Change.JobSaved(Succeeded($"job-{n}") with { CreatedAt = DateTimeOffset.UnixEpoch.AddMinutes(n) }, null, null))]);
        Navigation.NavigateTo("plugin/execution?job=echo&size=25&sort=-created&cols=job,created");
        var list = Jobs();
        Assert.Equal(25, list.FindAll("[data-testid=job-row]").Count);
        Assert.Equal("job-1", list.Find("[data-testid=job-link]").TextContent);
        Assert.Equal(["Job", "Created▲"], list.FindAll("th").Select(head => head.TextContent));
        Assert.Equal("25", list.Find("[data-testid=rows] option[selected]").GetAttribute("value"));

        list.Find("th button.sort").Click();
        Assert.Contains("sort=created", Navigation.Uri, StringComparison.Ordinal);
        list.Render();
        Assert.Equal("job-30", list.Find("[data-testid=job-link]").TextContent);

        Navigation.NavigateTo("plugin/execution?job=echo&size=7&sort=queue&cols=shape");
        list = Jobs();
        Assert.Equal(30, list.FindAll("[data-testid=job-row]").Count);
        Assert.Contains("sort=queue, size=7, cols=shape", list.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SizeThatNobodyAskedFor_IsThePersonsChoice()
    {
        Store.Commit([.. Enumerable.Range(2, 29).Select(n => new Change.JobSaved(Succeeded($"job-{n}"), null, null))]);
        var viewer = Services.GetRequiredService<Viewer>();
        await viewer.ChooseAsync(viewer.Settings with { PageSize = 25 });
        Assert.Equal(25, Jobs().FindAll("[data-testid=job-row]").Count);
    }

    [Theory]
    [InlineData("25", 25)]
    [InlineData("7", 50)]
    public void Size_ThatIsChosenUnderAList_IsKept(string chosen, int kept)
    {
        Store.Commit([.. Enumerable.Range(2, 29).Select(n => new Change.JobSaved(Succeeded($"job-{n}"), null, null))]);
        Jobs().Find("[data-testid=rows]").Change(chosen);
        Assert.EndsWith($"?size={chosen}", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(kept, Services.GetRequiredService<Viewer>().Settings.PageSize);

        Navigation.NavigateTo("jobs");
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Equal(kept.ToString(CultureInfo.InvariantCulture), page.Find("#size option[selected]").GetAttribute("value")));
        page.Find("#size").Change("100");
        Assert.Equal(100, Services.GetRequiredService<Viewer>().Settings.PageSize);
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();
}
