using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>The list of jobs in queue order is what the dispatcher does, page by page.</summary>
public sealed class QueueListTests : IDisposable
{
    private static readonly (string Type, double Pace)[] Paces = [("a", 0), ("b", 1), ("c", 3.3)];

    private readonly AdminHarness _admin = new();

    public QueueListTests()
    {
        var worker = _admin.Connect(jobType: "a,b,c");
        worker.Describe();
        foreach (var (type, pace) in Paces)
        {
            Assert.True(_admin.Send(new SaveDispatch(Actor.LocalUi, type, null, new DispatchSettings { AgeingPerMinute = pace })).IsAccepted);
        }

        worker.Drop();
        var random = new Random(7);
        for (var n = 0; n < 60; n++)
        {
            _admin.Submit(Paces[random.Next(3)].Type, random.Next(0, 101), command => command with { Summary = $"number {n}" });
            _admin.Time.Advance(TimeSpan.FromSeconds(random.Next(0, 3) * 40));
        }
    }

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void List_IsTheOrderOfDispatch_WithJobsOfTypesThatAgeDifferently()
    {
        var list = Walk("", limit: 7);
        Assert.NotEqual(Ids(_admin.State.Jobs.Values.OrderByDescending(job => job.Priority).ThenBy(job => job.DueAt).ThenBy(job => job.Id)), list);

        var worker = _admin.Connect(jobType: "a,b,c", slots: 100);

        Assert.Equal(60, list.Count);
        Assert.Equal(list, [.. worker.Jobs.Select(sent => sent.Job.Id)]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("type:b,c")]
    [InlineData("priority:>=40 number")]
    [InlineData("state:pending -state:failed type:a")]
    public void Pages_GoBothWays_InBothOrders(string query)
    {
        var expected = Walk("", limit: 500).Where(id => Filter(query).Has(_admin.State.Jobs[id])).ToList();
        Assert.Equal(expected, Walk(query, limit: 7));
        Assert.Equal(Enumerable.Reverse(expected), Walk(query, limit: 7, ascending: true));
        Assert.Equal(expected.Count, QueueList.Count(_admin.State, Filter(query)).Total);

        var page = Read(Filter(query) with { Limit = expected.Count - 3 });
        page = Read(Filter(query) with { Limit = 7, After = page.Next });
        Assert.Equal(expected[^3..], Ids(page.Items));
        var back = Ids(page.Items);
        while (page.Previous is { } previous)
        {
            page = Read(Filter(query) with { Limit = 7, Before = previous });
            back.InsertRange(0, Ids(page.Items));
        }

        Assert.Equal(expected, back);
    }

    /// <summary>Types that gain at different paces overtake each other meanwhile; what leaves or comes moves nobody else.</summary>
    [Fact]
    public void Pages_StayStable_WhileTimePassesAndJobsComeAndGo()
    {
        var all = Walk("", limit: 500);
        var page = Read(Filter("") with { Limit = 10 });
        var seen = Ids(page.Items);
        while (page.Next is { } next)
        {
            _admin.Time.Advance(TimeSpan.FromMinutes(40));
            _admin.Submit("c", 100);
            _admin.Send(new CancelJob(Actor.LocalUi, seen[^1], ""));
            page = Read(Filter("") with { Limit = 10, After = next });
            seen.AddRange(Ids(page.Items));
        }

        Assert.Equal(all, seen.Where(all.Contains));
        Assert.Equal(seen.Distinct(), seen);
        Assert.NotEqual(Walk("", limit: 500).Where(all.Contains), all.Where(id => _admin.State.Jobs.ContainsKey(id)));
    }

    [Fact]
    public void OtherStates_AreNotInTheQueue() => Assert.Equal((0, 0), (QueueList.Count(_admin.State, Filter("state:failed")).Total, Read(Filter("state:failed")).Items.Length));

    [Theory]
    [InlineData("q1.2~j")]
    [InlineData("qa1.2.3~j")]
    [InlineData("u1~j")]
    [InlineData("q1.2.99999999999999999999~j")]
    [InlineData("q-1.2.3~j")]
    public void WhatIsNoCursorOfTheList_IsRefused(string cursor) => Assert.Throws<FormatException>(() => Read(Filter("") with { After = cursor }));

    private static JobFilter Filter(string query) => JobQuery.Parse(query).Query.Filter(DateTimeOffset.UnixEpoch) with { Order = JobOrder.Queue };

    private static List<JobId> Ids(IEnumerable<Job> jobs) => [.. jobs.Select(job => job.Id)];

    private Page<Job> Read(JobFilter filter) => QueueList.Read(_admin.State, filter, _admin.Now.Wall);

    private List<JobId> Walk(string query, int limit, bool ascending = false)
    {
        var filter = Filter(query) with { Limit = limit, Ascending = ascending };
        var page = Read(filter);
        Assert.Null(page.Previous);
        var ids = Ids(page.Items);
        while (page.Next is { } next)
        {
            page = Read(filter with { After = next });
            ids.AddRange(Ids(page.Items));
        }

        return ids;
    }
}
