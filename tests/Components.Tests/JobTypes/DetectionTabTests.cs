using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class DetectionTabTests : LivePages
{
    [Fact]
    public void ProposalsThatCannotBeRead_AreSaid_AndReadAgain()
    {
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Detections = [new Detection { Id = new RequestId("d-1"), JobType = "echo", StartedAt = DateTimeOffset.UnixEpoch, Status = DetectionStatus.Succeeded }] };
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        Switch.IsBroken = true;
        var tab = Render<DetectionTab>(parameters => parameters.Add(its => its.Type, type));
        Assert.Contains("could not be read: the disk is not there", tab.Find("[data-testid=proposals] [data-testid=list-error]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was found", tab.Markup, StringComparison.Ordinal);
        Switch.IsBroken = false;
        tab.Find("[data-testid=proposals] > [data-testid=list-error] [data-testid=list-retry]").Click();
        Assert.Contains("Nothing was found", tab.Markup, StringComparison.Ordinal);
    }

    /// <summary>The duplicates may stand behind the first two hundred proposals.</summary>
    [Fact]
    public void ProposalsOfOneOutcome_AreThoseThatAreCounted()
    {
        var detection = new Detection { Id = new RequestId("d-1"), JobType = "echo", StartedAt = DateTimeOffset.UnixEpoch, Status = DetectionStatus.Succeeded, Counts = new DetectionCounts { Found = 303, Queued = 300, DuplicateInRun = 3 } };
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Detections = [detection] };
        Store.Commit([new Change.ProposalsSaved(detection.Id, [.. Enumerable.Range(0, 303).Select(n => Trace(n, n < 300 ? ProposalOutcome.Queued : ProposalOutcome.DuplicateInRun))])]);
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection?job=echo&id=d-1&outcome=duplicate");
        var tab = Render<DetectionTab>(parameters => parameters.Add(its => its.Type, type));
        Assert.Contains("Only 3 duplicates", tab.Find(".narrowed").TextContent, StringComparison.Ordinal);
        Assert.Equal(["p300", "p301", "p302"], tab.FindAll("[data-testid=proposal-row] td:first-child").Select(cell => cell.TextContent));
        Assert.DoesNotContain("The first", tab.Markup, StringComparison.Ordinal);

        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection?job=echo&id=d-1");
        tab.Render(parameters => parameters.Add(its => its.Type, type));
        Assert.Equal(200, tab.FindAll("[data-testid=proposal-row]").Count);
        Assert.Contains("The first 200 of 303", tab.Markup, StringComparison.Ordinal);

        // The others come when they are asked for, also after a store that did not answer.
        Switch.IsBroken = true;
        tab.Find("[data-testid=more-proposals]").Click();
        Assert.Equal(200, tab.FindAll("[data-testid=proposal-row]").Count);
        Switch.IsBroken = false;
        tab.Find("[data-testid=proposals] [data-testid=list-retry]").Click();
        Assert.Equal(Enumerable.Range(0, 303).Select(n => $"p{n}"), tab.FindAll("[data-testid=proposal-row] td:first-child").Select(cell => cell.TextContent));
        Assert.Empty(tab.FindAll("[data-testid=more-proposals], [data-testid=list-error]"));
    }

    /// <summary>The model looks back fifty detections of a type; the store has what is kept.</summary>
    [Fact]
    public void OlderDetections_AreShownAsked_AndOpened()
    {
        var all = Detections("echo", 0, 120);
        Store.Commit([.. all.Select(detection => new Change.DetectionSaved(detection))]);
        Store.Commit([new Change.ProposalsSaved(new RequestId("echo-3"), [Trace(0, ProposalOutcome.Queued)])]);
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Detections = [.. all.Take(50)] };
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        var tab = Render<DetectionTab>(parameters => parameters.Add(its => its.Type, type));
        Assert.Equal(50, tab.FindAll("[data-testid=detection-row]").Count);
        tab.Find("[data-testid=more-detections]").Click();
        Assert.Equal(100, tab.FindAll("[data-testid=detection-row]").Count);

        // One more begins meanwhile: none of those that are shown goes.
        var newest = Detections("echo", 120, 121);
        Admin.Views.Publish(new ReadModel { JobTypes = [type with { Detections = [.. newest, .. all.Take(49)] }] });
        tab.WaitForAssertion(() => Assert.Equal(101, tab.FindAll("[data-testid=detection-row]").Count));
        tab.Find("[data-testid=more-detections]").Click();
        tab.WaitForAssertion(() => Assert.Equal(121, tab.FindAll("[data-testid=detection-row]").Count));
        Assert.Equal(newest.Concat(all).Select(detection => detection.Id.Value), tab.FindAll("[data-testid=detection-row] [aria-label='Copy request id']").Select(button => button.Closest("td")!.QuerySelector(".small")!.GetAttribute("title")));
        Assert.Empty(tab.FindAll("[data-testid=more-detections]"));

        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection?job=echo&id=echo-3");
        tab.Render(parameters => parameters.Add(its => its.Type, type));
        Assert.Equal("p0", tab.Find("[data-testid=proposal-row] td").TextContent);
        Assert.Empty(tab.FindAll("[data-testid=not-understood]"));
        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection?job=echo&id=other-0");
        tab.Render(parameters => parameters.Add(its => its.Type, type));
        Assert.Contains("No detection other-0", tab.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
    }

    /// <summary>Whoever comes back to the address, by a reload or by Back, sees as far as before, whatever began since.</summary>
    [Fact]
    public void HowFarOneLooked_IsInTheAddress()
    {
        var all = Detections("echo", 0, 220);
        Store.Commit([.. all.Select(detection => new Change.DetectionSaved(detection))]);
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Detections = [.. all.Take(50)] };
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("plugin/detection?job=echo");
        var page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        page.Find("[data-testid=more-detections]").Click();
        page.Find("[data-testid=more-detections]").Click();
        Assert.EndsWith("plugin/detection?job=echo&oldest=echo-70", navigation.Uri, StringComparison.Ordinal);
        Assert.True(((Bunit.TestDoubles.BunitNavigationManager)navigation).History.First().Options.ReplaceHistoryEntry);

        Admin.Views.Publish(new ReadModel { JobTypes = [type with { Detections = [.. Detections("echo", 220, 225), .. all.Take(45)] }] });
        page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        page.WaitForAssertion(() => Assert.Equal(155, page.FindAll("[data-testid=detection-row]").Count));
        Assert.Equal("echo-70", Ids(page)[^1]);
        Assert.Empty(page.FindAll("[data-testid=not-understood]"));

        // The filters narrow the same stretch; what lies further back is asked for as ever.
        page.Find("#detection-text").Change("echo-70");
        page.WaitForAssertion(() => Assert.Equal("echo-70", Assert.Single(Ids(page))));
        Assert.Contains("of the newest 155", page.Find("[aria-label=Detections]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void DetectionToLookBackTo_ThatIsNotKept_IsLeftOut_AndOneThatCannotBeRead_IsLookedForAgain()
    {
        var all = Detections("echo", 0, 120, _ => (DetectionStatus.Succeeded, "w-1"));
        Store.Commit([.. all.Select(detection => new Change.DetectionSaved(detection))]);
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("plugin/detection?job=echo&oldest=gone");
        var page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        Assert.EndsWith(": oldest=gone", page.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
        Assert.Equal(50, Ids(page).Count);

        navigation.NavigateTo("plugin/detection?job=echo&oldest=echo-20");
        Switch.IsBroken = true;
        page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        Assert.Equal(50, Ids(page).Count);
        Switch.IsBroken = false;
        page.Find("[aria-label=Detections] [data-testid=list-retry]").Click();
        page.WaitForAssertion(() => Assert.Equal("echo-20", Ids(page)[^1]));
        Assert.Empty(page.FindAll("[aria-label=Detections] [data-testid=list-error], [data-testid=not-understood]"));
        Assert.EndsWith("oldest=echo-20", navigation.Uri, StringComparison.Ordinal);
    }

    /// <summary>A type that detects all the time does not hide what others found, nor break the order.</summary>
    [Fact]
    public void DetectionsOfAllTypes_AreInOrder_PageByPage()
    {
        var (busy, quiet) = (Detections("busy", 0, 200), Detections("quiet", 90, 100));
        Store.Commit([.. busy.Concat(quiet).Select(detection => new Change.DetectionSaved(detection))]);
        var types = new[] { ("busy", busy), ("quiet", quiet) }.Select(type => new JobTypeView { Name = type.Item1, DisplayName = type.Item1, CanDetect = true, Detections = [.. type.Item2.Take(50)] }).ToImmutableArray();
        Admin.Views.Publish(new ReadModel { JobTypes = types, Detections = [.. types.SelectMany(type => type.Detections).OrderByDescending(detection => detection.StartedAt)] });
        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection");
        var page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        Assert.Equal(50, page.FindAll("[data-testid=detection-row]").Count);
        while (page.FindAll("[data-testid=more-detections]") is [var more])
        {
            more.Click();
        }

        Assert.Equal(
            busy.Concat(quiet).OrderByDescending(detection => detection.StartedAt).ThenByDescending(detection => detection.Id.Value, StringComparer.Ordinal).Select(detection => detection.JobType),
            page.FindAll("[data-testid=detection-row] td:nth-child(2)").Select(cell => cell.TextContent));
    }

    [Theory]
    [InlineData("state=failed", "4, 3")]
    [InlineData("worker=w-2", "5")]
    [InlineData("state=failed&worker=w-1&since=1970-01-01T00:04", "4")]
    [InlineData("until=1970-01-01T00:01", "0")]
    [InlineData("q=ECHO-4", "4")]
    [InlineData("q=w-2", "5")]
    [InlineData("q=disk%203&worker=w-1", "3")]
    [InlineData("q=state:failed", "")]
    [InlineData("state=odd&since=never", "5, 4, 3, 2, 1, 0")]
    public void Detections_AreNarrowedByTheAddress(string asked, string found)
    {
        Detections("echo", 0, 6, n => (n is 3 ? DetectionStatus.Failed : n is 4 ? DetectionStatus.TimedOut : DetectionStatus.Succeeded, n == 5 ? "w-2" : "w-1"));
        foreach (var job in new[] { "job=echo&", "" })
        {
            Services.GetRequiredService<NavigationManager>().NavigateTo($"plugin/detection?{job}{asked}");
            var page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
            Assert.Equal(found, string.Join(", ", page.FindAll("[data-testid=detection-row] [aria-label='Copy request id']").Select(button => button.Closest("td")!.QuerySelector(".small")!.GetAttribute("title")!["echo-".Length..])));
            var said = page.FindAll("[data-testid=not-understood]").Select(notice => notice.TextContent).ToList();
            Assert.Equal(asked.StartsWith("state=odd", StringComparison.Ordinal), said is [var notice] && notice.EndsWith(": state=odd, since=never", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Text_IsAskedForInABox()
    {
        Detections("echo", 0, 6, _ => (DetectionStatus.Succeeded, "w-1"));
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("plugin/detection?job=echo&q=echo-1");
        var page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        Assert.Equal("echo-1", page.Find("#detection-text").GetAttribute("value"));
        page.Find("#detection-text").Change(" echo-2 ");
        Assert.EndsWith("plugin/detection?job=echo&q=echo-2", navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=detection-row]")));
        page.Find("#detection-text").Change("");
        Assert.EndsWith("plugin/detection?job=echo", navigation.Uri, StringComparison.Ordinal);
    }

    /// <summary>The model looks back fifty; whoever asks for something rare may look as far as the store does.</summary>
    [Fact]
    public void DetectionsThatMatchNone_SaySo_AndAreLookedForFurtherBack()
    {
        var all = Detections("echo", 0, 120, n => (n == 7 ? DetectionStatus.Failed : DetectionStatus.Succeeded, "w-1"));
        Store.Commit([.. all.Select(detection => new Change.DetectionSaved(detection))]);
        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection?job=echo&state=failed");
        var page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        Assert.Contains("Nothing matches", page.Find("[aria-label=Detections]").TextContent, StringComparison.Ordinal);
        Assert.Contains("0 of the newest 50", page.Find("[aria-label=Detections]").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("plugin/detection?job=echo", page.Find("[aria-label=Detections] .empty a").GetAttribute("href"), StringComparison.Ordinal);
        page.Find("[data-testid=more-detections]").Click();
        Assert.Single(page.FindAll("[data-testid=detection-row]"));
        Assert.Empty(page.FindAll("[data-testid=more-detections]"));

        // Behind the time that is asked for nothing can match.
        Services.GetRequiredService<NavigationManager>().NavigateTo("plugin/detection?job=echo&state=failed&since=1970-01-01T01:30");
        page = Render<JobTypePage>(parameters => parameters.Add(its => its.Tab, "detection"));
        Assert.Contains("Nothing matches", page.Find("[aria-label=Detections]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=more-detections]"));
    }

    private static List<string> Ids(IRenderedComponent<JobTypePage> page) => [.. page.FindAll("[data-testid=detection-row] [aria-label='Copy request id']").Select(button => button.Closest("td")!.QuerySelector(".small")!.GetAttribute("title")!)];

    /// <summary>The newest of them, one a minute, as the model has them.</summary>
    private List<Detection> Detections(string type, int from, int to, Func<int, (DetectionStatus Status, string Worker)> look)
    {
        List<Detection> all = [.. Detections(type, from, to).Select((detection, place) => look(to - 1 - place) is var (status, worker) ? detection with { Status = status, Worker = new WorkerId(worker), Error = status == DetectionStatus.Failed ? $"disk {to - 1 - place} is full" : "" } : detection)];
        var view = new JobTypeView { Name = type, DisplayName = type, CanDetect = true, Detections = [.. all.Take(50)] };
        Admin.Views.Publish(new ReadModel { JobTypes = [view], Detections = view.Detections });
        return all;
    }

    /// <summary>One a minute, newest first.</summary>
    private static List<Detection> Detections(string type, int from, int to) => [.. Enumerable.Range(from, to - from).Reverse().Select(n => new Detection
    {
        Id = new RequestId($"{type}-{n}"), JobType = type, StartedAt = DateTimeOffset.UnixEpoch.AddMinutes(n), EndedAt = DateTimeOffset.UnixEpoch.AddMinutes(n), SettledAt = DateTimeOffset.UnixEpoch.AddMinutes(n), Status = DetectionStatus.Succeeded,
    })];

    private static ProposalTrace Trace(int n, ProposalOutcome outcome) =>
        new(n, new Proposal($"p{n}", "", "", 50, "", "", ConfigValues.Empty, ImmutableSortedDictionary<string, string>.Empty, null, null), outcome, null, "");
}
