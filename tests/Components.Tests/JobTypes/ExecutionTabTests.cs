using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class ExecutionTabTests : LivePages
{
    /// <summary>Memory begins anew with each start of the admin; the store does not.</summary>
    [Fact]
    public void WhatWasSaidBeforeAStart_IsReadFromTheStore()
    {
        Store.Commit([Line(1, "echo", "job-1"), Line(2, "echo", null), Line(3, "other", "job-2")]);
        var tab = Render<ExecutionTab>(parameters => parameters.Add(tab => tab.Scope, new TypeScope("echo", null, ["echo"])));
        tab.WaitForAssertion(() => Assert.Contains("line 1", tab.Find("[data-testid=execution-activities]").TextContent, StringComparison.Ordinal));
        var said = tab.Find("[data-testid=execution-activities]").TextContent;
        Assert.DoesNotContain("line 2", said, StringComparison.Ordinal);
        Assert.DoesNotContain("line 3", said, StringComparison.Ordinal);
    }

    private static Change.ActivityAdded Line(long sequence, string jobType, string? job) => new(new Activity
    {
        Sequence = sequence,
        At = DateTimeOffset.UnixEpoch,
        Source = "admin",
        Message = $"line {sequence}",
        JobType = jobType,
        Job = job is null ? null : new JobId(job),
    });

    /// <summary>What is added up in advance costs nothing; with times every row that matches would be read, once a second.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("&since=1h", false)]
    [InlineData("&until=2026-01-02", false)]
    public void OneType_IsCountedExactly_UnlessTimesAreAskedFor(string times, bool exactly)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"plugin/execution?job=echo{times}");
        var tab = Render<ExecutionTab>(parameters => parameters.Add(tab => tab.Scope, new TypeScope("echo", null, ["echo"])));
        tab.WaitForAssertion(() => Assert.NotEmpty(tab.FindAll("[data-testid=execution-activities]")));
        Assert.Equal([exactly], Switch.Asked.Where(call => call.Method == nameof(IAdminHistory.CountAsync)).Select(call => (bool)call.Arguments[1]!));
    }

    [Theory]
    [InlineData("worker=w-1", "job-1")]
    [InlineData("q=job-2", "job-2")]
    public void WorkerAndText_OfTheAddress_NarrowTheList_AndCanBeTakenBack(string asked, string found)
    {
        Store.Commit([.. Enumerable.Range(1, 2).Select(n => new Change.JobSaved(Succeeded($"job-{n}") with { Attempt = new Attempt { Number = 1, RequestId = new RequestId($"r-{n}"), Worker = new WorkerId($"w-{n}"), Session = new SessionId(n), SentAt = DateTimeOffset.UnixEpoch, TimeoutAt = default, Timeout = default } }, null, null))]);
        foreach (var address in new[] { "execution", "history" })
        {
            Services.GetRequiredService<NavigationManager>().NavigateTo($"plugin/{address}?job=echo&{asked}&state=succeeded");
            var scope = new TypeScope("echo", null, ["echo"]);
            IRenderedComponent<IComponent> tab = address == "execution" ? Render<ExecutionTab>(parameters => parameters.Add(tab => tab.Scope, scope)) : Render<HistoryTab>(parameters => parameters.Add(tab => tab.Scope, scope));
            tab.WaitForAssertion(() => Assert.Equal([found], tab.FindAll("[data-testid=job-row] [data-testid=job-link]").Select(link => link.TextContent)));
            Assert.Equal("2", tab.Find("[data-testid=filter-count]").FirstChild!.TextContent);
            var all = $"plugin/{address}?job=echo&state=succeeded";
            if (asked.StartsWith("q=", StringComparison.Ordinal))
            {
                Assert.EndsWith(all, tab.Find("[data-testid=without-q]").GetAttribute("href"), StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal("w-1", tab.Find("#worker").GetAttribute("value"));
                tab.Find("#worker").Change(" ");
                Assert.EndsWith(all, Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
            }
        }
    }
}
