using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;

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
}
