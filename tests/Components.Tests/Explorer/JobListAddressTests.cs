using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class JobListAddressTests
{
    private static readonly Dictionary<string, SavedView> Views = new() { ["Night"] = new("Night", "state:failed", "-updated", "job,state", "me", default) };

    [Theory]
    [InlineData("", "")]
    [InlineData("?q=state:failed%20disk", "state:failed disk")]
    [InlineData("?job=vacuum&state=failed&worker=w%201", "type:vacuum state:failed worker:\"w 1\"")]
    [InlineData("?since=1h", "created:<1h")]
    [InlineData("?since=2026-01-02&until=2026-01-03T10:00", "created:>=2026-01-02 created:<2026-01-03T10:00")]
    [InlineData("?view=Night", "state:failed")]
    [InlineData("?view=Failed%20today", "state:failed completed:today")]
    [InlineData("?view=Night&q=type:a", "type:a")]
    [InlineData("?view=unheard", "")]
    public void Address_SaysTheQuery(string parameters, string query) => Assert.Equal(query, Read(parameters).Query.ToString());

    [Theory]
    [InlineData("", JobOrder.Created, false)]
    [InlineData("?sort=-created", JobOrder.Created, true)]
    [InlineData("?sort=completed", JobOrder.Completed, false)]
    [InlineData("?sort=nonsense", JobOrder.Created, false)]
    [InlineData("?view=Night", JobOrder.Updated, true)]
    public void Address_SaysTheOrder(string parameters, JobOrder order, bool ascending) => Assert.Equal((order, ascending), (Read(parameters).Order, Read(parameters).Ascending));

    [Fact]
    public void WhatTheAddressDoesNotSay_IsThePersonsChoice()
    {
        var viewer = new ViewerSettings { PageSize = 100, JobColumns = "job,error", JobsView = "Night" };
        var plain = JobListAddress.Read("http://admin/jobs", viewer, Views);
        Assert.Equal(("Night", 100, "job,state"), (plain.View, plain.Size, JobColumn.Write(plain.Columns)));
        var asked = JobListAddress.Read("http://admin/jobs?q=&size=25&cols=state,unheard,job,state", viewer, Views);
        Assert.Equal(("", 25, "state,job"), (asked.View, asked.Size, JobColumn.Write(asked.Columns)));
        Assert.Equal("job,error", JobColumn.Write(JobListAddress.Read("http://admin/jobs?q=a&size=7", viewer, Views).Columns));
    }

    [Theory]
    [InlineData("?sort=-created&size=25&cols=job,place&view=Night", "")]
    [InlineData("?sort=colour&size=7&cols=job,shape&view=unheard", "sort=colour, size=7, view=unheard, cols=job,shape")]
    [InlineData("?sort=&view=", "")]
    public void WhatIsNotUnderstood_IsSaid(string parameters, string said) => Assert.Equal(said, Read(parameters).NotUnderstood);

    [Theory]
    [InlineData("24h", null, "updated:<24h")]
    [InlineData("2026-01-02", "1h", "updated:>=2026-01-02 updated:>1h")]
    [InlineData("", "", "")]
    public void Span_IsTerms(string? since, string? until, string terms) => Assert.Equal(terms, JobListAddress.Span("updated", since, until));

    [Fact]
    public void SortedAgain_IsTurnedRound()
    {
        Assert.Equal("-created", Read("").ToSort(JobOrder.Created)["sort"]);
        Assert.Equal("created", Read("?sort=-created").ToSort(JobOrder.Created)["sort"]);
        Assert.Equal("updated", Read("").ToSort(JobOrder.Updated)["sort"]);
    }

    private static JobListAddress Read(string parameters) => JobListAddress.Read($"http://admin/jobs{parameters}", new ViewerSettings(), Views);
}
