using BlazorPluginAdmin.Components.JobTypes;

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
        Assert.Equal((terms, odd, count), (filter.Times("updated").ToString(), filter.NotUnderstood, filter.Count));
    }
}
