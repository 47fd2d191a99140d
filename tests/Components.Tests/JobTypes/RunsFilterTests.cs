using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class RunsFilterTests
{
    private static readonly string?[] States = [null, "succeeded", "failed"];

    [Theory]
    [InlineData("failed", "1h", "", "updated:<1h", "", 2)]
    [InlineData("FAILED", null, "2026-01-02", "updated:<2026-01-02", "", 2)]
    [InlineData("pending", "soon", "2026-01-02T25:00", "", "state=pending, since=soon, until=2026-01-02T25:00", 0)]
    [InlineData(null, null, null, "", "", 0)]
    public void WhatIsNotUnderstood_IsLeftOut_AndSaid(string? state, string? since, string? until, string terms, string odd, int count)
    {
        var filter = RunsFilter.From(States, state, since, until);
        Assert.Equal((terms, odd, count), (filter.Query("updated").ToString(), filter.NotUnderstood, filter.Count));
    }

    [Theory]
    [InlineData("w/1", null, "worker:w/1", "", 1)]
    [InlineData("w-1", "label.env:prod -state:canceled disk", "label.env:prod -state:canceled disk worker:w-1", "", 2)]
    [InlineData(null, "stat:failed", "", "q=stat:failed", 0)]
    [InlineData("", " ", "", "", 0)]
    public void WorkerAndText_AreTermsOfTheQuery(string? worker, string? text, string terms, string odd, int count)
    {
        var filter = RunsFilter.From(States, null, null, null, worker, text);
        Assert.Equal((terms, odd, count), (filter.Query("updated").ToString(), filter.NotUnderstood, filter.Count));
        Assert.Equal(count == 0, filter.IsWide);
    }

    [Theory]
    [InlineData(null, "", "state:active,ended")]
    [InlineData("failed", "", "state:failed")]
    [InlineData(null, "state:canceled", "state:canceled")]
    [InlineData("failed", "state:canceled", "state:failed")]
    public void State_IsTheChosenOne_ElseThatOfTheText_ElseTheUsual(string? state, string text, string terms) =>
        Assert.Equal(terms, RunsFilter.From(States, state, null, null, null, text) is var asked ? asked.In(asked.Query("updated"), "active", "ended").ToString() : "");

    [Theory]
    [InlineData("", "type:a,b")]
    [InlineData("type:b,c", "type:b")]
    [InlineData("type:c", "type:c -type:c")]
    public void Scope_KeepsToItsTypes_WhateverTheTextAsksFor(string text, string terms) =>
        Assert.Equal(terms, new TypeScope(null, "lane", ["a", "b"]).Narrow(JobQuery.Parse(text).Query).ToString());
}
