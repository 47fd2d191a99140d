using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class JobTypePageTests : LivePages
{
    [Theory]
    [InlineData("?state=zzz&detail=job-1&offset=7", "state=zzz")]
    [InlineData("?since=soon", "since=soon")]
    public void Queue_SaysWhatItDoesNotUnderstand(string parameters, string said)
    {
        Navigation.NavigateTo($"plugin/queue{parameters}");
        var page = Render<JobTypePage>(page => page.Add(its => its.Tab, "queue"));
        Assert.EndsWith($": {said}", page.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_ThatIsAskedForNothingElse_SaysNothing()
    {
        Navigation.NavigateTo("plugin/queue?detail=job-1");
        Assert.Empty(Render<JobTypePage>(page => page.Add(its => its.Tab, "queue")).FindAll("[data-testid=not-understood]"));
    }

    [Theory]
    [InlineData("state=running", "runs", 1)]
    [InlineData("state=pending", "waits for w-1", 1)]
    [InlineData("worker=w-1", "runs", 1)]
    [InlineData("q=waits", "waits for w-1", 1)]
    [InlineData("q=label.env:prod&state=running", "runs", 2)]
    [InlineData("since=1970-01-01T01:00", "waits for w-1", 1)]
    [InlineData("until=1970-01-01T01:00", "runs", 1)]
    public void Queue_IsNarrowedByTheAddress(string asked, string found, int filters)
    {
        foreach (var address in new[] { "plugin/queue?job=echo&", "plugin/queue?" })
        {
            var page = Queue($"{address}{asked}", open: 2);
            page.WaitForAssertion(() => Assert.Equal([found], page.FindAll("[data-testid=job-row] [data-testid=job-link]").Select(link => link.TextContent)));
            Assert.Equal($"{filters}", page.Find("[data-testid=filter-count]").FirstChild!.TextContent);
            Assert.Empty(page.FindAll("[data-testid=not-understood], .card-foot"));
        }
    }

    /// <summary>An empty queue and one in which nothing is meant are not the same, and neither is one that was looked through in part.</summary>
    [Fact]
    public void Queue_InWhichNothingMatches_SaysSo_AndWhereTheRestIs()
    {
        var page = Queue("plugin/queue?job=echo&worker=w-9", open: 700);
        page.WaitForAssertion(() => Assert.Contains("Nothing matches", page.Find(".empty").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("plugin/queue?job=echo", page.Find(".empty a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("Only the first 2 of 700", page.Find("[data-testid=queue-searched]").TextContent, StringComparison.Ordinal);
        Assert.Contains("worker%3Aw-9", page.Find("[data-testid=queue-searched] a").GetAttribute("href"), StringComparison.Ordinal);

        page = Queue("plugin/queue?job=echo&state=running&q=nonsense:1", open: 2);
        page.WaitForAssertion(() => Assert.EndsWith(": q=nonsense:1", page.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal));
        Assert.Equal(["runs"], page.FindAll("[data-testid=job-row] [data-testid=job-link]").Select(link => link.TextContent));
    }

    private IRenderedComponent<JobTypePage> Queue(string address, int open)
    {
        var waits = Succeeded("waits for w-1") with { State = JobState.Pending, Phase = JobPhase.Queued, CreatedAt = DateTimeOffset.UnixEpoch.AddHours(2), CompletedAt = null };
        var runs = Succeeded("runs") with
        {
            State = JobState.Running,
            CompletedAt = null,
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod"),
            Attempt = new Attempt { Number = 1, RequestId = new RequestId("r-1"), Worker = new WorkerId("w-1"), Session = new SessionId(1), SentAt = DateTimeOffset.UnixEpoch, TimeoutAt = default, Timeout = default },
        };
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", Queue = [new JobView(runs, null, null), new JobView(waits, null, 1)], Counts = new JobCounts { Running = 1, Queued = open - 1 } };
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        Navigation.NavigateTo(address);
        return Render<JobTypePage>(page => page.Add(its => its.Tab, "queue"));
    }

    /// <summary>Whoever does not see the rows move hears how many there are.</summary>
    [Fact]
    public void Queue_SaysItsNumbersAloud()
    {
        Navigation.NavigateTo("plugin/queue");
        var page = Render<JobTypePage>(page => page.Add(its => its.Tab, "queue"));
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Counts = new JobCounts { Queued = 3, Running = 2 } }] });
        page.WaitForAssertion(() => Assert.Equal("2 at work, 3 waiting", Services.GetRequiredService<Announcer>().Said));
    }

    [Fact]
    public void Circuits_ThatLookAtOneModel_ShareItsMergedQueue()
    {
        var model = new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Counts = new JobCounts { Queued = 1 } }] };
        Assert.Same(AllQueues.Of(model, null), AllQueues.Of(model, null));
        Assert.Equal(0, AllQueues.Of(model, "other").Counts.Open);
        Assert.NotSame(AllQueues.Of(model, null), AllQueues.Of(model with { At = DateTimeOffset.UnixEpoch }, null));
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();
}
