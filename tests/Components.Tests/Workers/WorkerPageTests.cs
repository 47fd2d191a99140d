using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Workers;

public sealed class WorkerPageTests : LivePages
{
    /// <summary>An attempt that was made again leaves no failed job that a list could find.</summary>
    [Fact]
    public void FailedAttempts_LeadToTheTableThatHasAllOfThem()
    {
        var attempts = Enumerable.Range(0, 12).Select(n => new EndedAttempt(new JobId($"j-{n}"), "echo", "", 1, AttemptOutcome.Failed, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(n), "no room"));
        Admin.Views.Publish(new ReadModel
        {
            Workers = [new WorkerView { Worker = new Worker { Id = new WorkerId("w/1"), FirstSeenAt = DateTimeOffset.UnixEpoch }, Numbers = new WorkerNumbers { Attempts = [.. attempts], Failed = 12, Succeeded = 3 } }],
        });
        var page = Render<WorkerPage>(parameters => parameters.Add(page => page.Id, "w/1"));
        page.WaitForAssertion(() => Assert.Equal("workers/w%2F1#failures", page.Find("[data-testid=failed-share]").GetAttribute("href")));
        Assert.Equal(12, page.FindAll("#failures tbody tr").Count);
    }

    [Fact]
    public void AddressAndInstance_AreCopied_NumbersAreReadable_AndAConflictSaysHowOften()
    {
        var worker = new Worker
        {
            Id = new WorkerId("w-1"),
            Address = "10.0.0.7:1",
            InstanceId = "i-1",
            WorkerVersion = "2",
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            Conflict = new WorkerConflict(DateTimeOffset.UnixEpoch, "10.0.0.7:1", "i-0", "10.0.0.8:2", "i-1", 1200),
            Capabilities = ImmutableSortedDictionary<string, Capability>.Empty.Add("echo", new Capability("echo", true, true, 1, 5000, "Echo", "", 1000)),
        };
        Admin.Views.Publish(new ReadModel { Workers = [new WorkerView { Worker = worker, ExecutionTotal = 6000 }] });
        var page = Render<WorkerPage>(parameters => parameters.Add(page => page.Id, "w-1"));
        Assert.Equal(["10.0.0.7:1", "10.0.0.7:1", "i-1"], page.FindComponents<CopyButton>().Where(copy => copy.Instance.Label is "address" or "says it is at" or "instance").Select(copy => copy.Instance.Text));
        Assert.Equal(["1", "5\u202f000", "1\u202f000", "5\u202f000"], page.FindAll("[aria-label=Capabilities] td.num").Select(cell => cell.TextContent));
        Assert.Contains("10.0.0.7:1 and 10.0.0.8:2, 1\u202f200 replacements. The newest wins.", page.Find("[data-testid=worker-conflict]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void WorkerThatIgnoresCancel_IsMarked_InTheListAndOnItsPage_AndNoOther()
    {
        Admin.Views.Publish(new ReadModel { Workers = [.. new[] { true, false }.Select(ignores => new WorkerView { Worker = new Worker { Id = new WorkerId(ignores ? "deaf" : "good"), FirstSeenAt = DateTimeOffset.UnixEpoch, IgnoresCancel = ignores } })] });
        var rows = Render<WorkersPage>().FindAll("[data-testid=worker-row]");
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.TextContent.Contains("deaf", StringComparison.Ordinal), row.QuerySelector("[data-testid=ignores-cancel]")?.TextContent == "ignores cancel"));
        Assert.Contains("It ignores cancel", Render<WorkerPage>(parameters => parameters.Add(page => page.Id, "deaf")).Find("[data-testid=ignores-cancel]").TextContent, StringComparison.Ordinal);
        Assert.Empty(Render<WorkerPage>(parameters => parameters.Add(page => page.Id, "good")).FindAll("[data-testid=ignores-cancel]"));
    }

    [Fact]
    public void StoreThatCannotBeRead_IsSaid_AndReadAgain()
    {
        Store.Commit([new Change.JobSaved(Succeeded("job-1") with { Attempt = On("w-1") }, null, null), new Change.AttemptSaved(new JobId("job-1"), On("w-1"))]);
        Admin.Views.Publish(new ReadModel { Workers = [new WorkerView { Worker = new Worker { Id = new WorkerId("w-1"), FirstSeenAt = DateTimeOffset.UnixEpoch } }] });
        Switch.IsBroken = true;
        var page = Render<WorkerPage>(parameters => parameters.Add(page => page.Id, "w-1"));
        page.WaitForAssertion(() => Assert.Contains("could not be read: the disk is not there", page.Find("[data-testid=list-error]").TextContent, StringComparison.Ordinal));
        Assert.NotEmpty(page.FindAll(".stale"));
        Switch.IsBroken = false;
        page.Find("[data-testid=list-retry]").Click();
        Assert.Empty(page.FindAll("[data-testid=list-error], .stale"));
        Assert.Single(page.FindAll("[data-testid=job-row]"));
    }

    /// <summary>As the other lists call it; from the first choice on it has its usual name.</summary>
    [Fact]
    public void List_IsNarrowedByJob_AsByType()
    {
        Admin.Views.Publish(new ReadModel
        {
            JobTypes = [.. new[] { "echo", "run" }.Select(type => new JobTypeView { Name = type, DisplayName = type })],
            Workers = [.. new[] { "echo", "run" }.Select(type => new WorkerView { Worker = new Worker { Id = new WorkerId($"w-{type}"), FirstSeenAt = DateTimeOffset.UnixEpoch, Capabilities = ImmutableSortedDictionary<string, Capability>.Empty.Add(type, new Capability(type, true, true, 1, 1, type, "", 0)) } })],
        });
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("workers?job=run");
        var page = Render<WorkersPage>();
        Assert.Contains("w-run", Assert.Single(page.FindAll("[data-testid=worker-row]")).TextContent, StringComparison.Ordinal);
        page.Find("#q").Change("w-");
        Assert.Equal($"{navigation.BaseUri}workers?type=run&q=w-", navigation.Uri);
        page.Find("#type").Change("");
        Assert.Equal($"{navigation.BaseUri}workers?q=w-", navigation.Uri);
    }

    private static Attempt On(string worker) => new()
    {
        Number = 1,
        RequestId = new RequestId("r-1"),
        Worker = new WorkerId(worker),
        Session = default,
        SentAt = DateTimeOffset.UnixEpoch,
        EndedAt = DateTimeOffset.UnixEpoch,
        Outcome = AttemptOutcome.Succeeded,
        Timeout = TimeSpan.FromMinutes(1),
        TimeoutAt = default,
    };
}
