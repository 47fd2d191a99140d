using BlazorPluginAdmin.Components.Activities;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Tests.Activities;

/// <summary>What the address of the stream says.</summary>
public class ActivityQueryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Address_SaysTheFilter_AndTheFileHasTheSame()
    {
        var query = ActivityQuery.From("disk", "person", "vacuum", "w-1", "bad", "1h", "2026-03-01T11:30Z");
        var filter = query.Filter(Now);
        Assert.Equal(("disk", "vacuum", "w-1", ActivitySeverity.Bad), (filter.Text, filter.JobTypes[0], filter.Worker!.Value.Value, filter.Severity));
        Assert.Equal(new TimeRange(Now.AddHours(-1), Now.AddMinutes(-30)), filter.At);
        Assert.EndsWith("&since=1h&until=2026-03-01T11%3A30Z", query.Export("csv"), StringComparison.Ordinal);
        Assert.Equal("", query.NotUnderstood);
    }

    [Fact]
    public void WhatIsNotUnderstood_IsLeftOut_AndSaid()
    {
        var query = ActivityQuery.From(null, "nobody", null, null, "worst", "yesteryear", null);
        Assert.False(query.IsFiltered);
        Assert.Equal("source=nobody, severity=worst, since=yesteryear", query.NotUnderstood);
    }

    [Fact]
    public void Ages_HaveWords_AndAWiderOne()
    {
        Assert.Equal(("last hour", "24h"), (TimeFilter.Last("1h"), TimeFilter.Wider("1h")));
        Assert.Null(TimeFilter.Last("3h"));
        Assert.Null(TimeFilter.Wider("7d"));
    }
}
