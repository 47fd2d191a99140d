using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobRelatedTests : LivePages
{
    /// <summary>Two jobs that belong together, with more of the same type between them and after than a page of a list has.</summary>
    [Fact]
    public void RetryAndTwin_AreFound_HoweverManyOthersThereAre()
    {
        var job = Succeeded("old") with { DedupeKey = "volume-7" };
        Store.Commit(
        [
            new Change.JobSaved(job, null, null),
            .. Enumerable.Range(1, 600).Select(n => new Change.JobSaved(At(Succeeded($"other-{n}"), n), null, null)),
            new Change.JobSaved(At(Succeeded("again"), 300) with { RetryOf = job.Id }, null, null),
            new Change.JobSaved(At(Succeeded("twin"), 300) with { DedupeKey = "volume-7" }, null, null),
        ]);
        var related = Render<JobRelated>(parameters => parameters.Add(card => card.Job, job));
        Assert.Equal(["Retried as", "Same dedupe key"], related.FindAll("h3").Select(title => title.TextContent.Trim()));
        Assert.Equal(["again", "twin"], related.FindAll("[data-testid=job-link]").Select(link => link.TextContent));
    }

    [Fact]
    public void MembersOfItsGroup_AreFound()
    {
        var place = new GroupPlace("g-1", 0, 3, 0, GroupFailPolicy.Continue);
        var job = Succeeded("m-0") with { Group = place };
        Store.Commit([new Change.JobSaved(job, null, null), .. Enumerable.Range(1, 2).Select(n => new Change.JobSaved(At(Succeeded($"m-{n}"), n) with { Group = place with { Index = n } }, null, null)), new Change.JobSaved(Succeeded("other"), null, null)]);
        var related = Render<JobRelated>(parameters => parameters.Add(card => card.Job, job));
        Assert.Equal("Same group all", related.Find("h3").TextContent.Trim());
        Assert.Equal(["m-1", "m-2"], related.FindAll("[data-testid=job-link]").Select(link => link.TextContent).Order());
        Assert.Contains("group", related.Find("h3 a").GetAttribute("href"), StringComparison.Ordinal);
    }

    /// <summary>Somebody retries it elsewhere: the open page says so.</summary>
    [Fact]
    public void RetryMadeElsewhere_IsShown()
    {
        var job = Succeeded("old");
        Store.Commit([new Change.JobSaved(job, null, null)]);
        var page = Render<JobDetail>(parameters => parameters.Add(detail => detail.Id, "old"));
        page.WaitForAssertion(() => Assert.Equal("old", page.Find("h1").TextContent));
        Assert.Empty(page.FindAll("[data-testid=related]"));
        Store.Commit([new Change.JobSaved(At(Succeeded("again"), 1) with { RetryOf = job.Id }, null, null)]);
        Admin.Views.Publish(ReadModel.Empty with { Activities = [new Activity { Sequence = 1, At = DateTimeOffset.UnixEpoch, Source = "person", Stage = JobTimeline.Retried, Message = "queued again", Job = job.Id }] });
        page.WaitForAssertion(() => Assert.Contains("Retried as", page.Find("[data-testid=related]").TextContent, StringComparison.Ordinal));
    }

    /// <summary>Only that part of a job's page says that it failed.</summary>
    [Fact]
    public void StoreThatCannotBeRead_FailsThatPartAlone()
    {
        var job = Succeeded("old") with { DedupeKey = "volume-7" };
        Store.Commit([new Change.JobSaved(job, null, null)]);
        (Switch.IsBroken, Switch.Only) = (true, nameof(IAdminHistory.JobsAsync));
        var page = Render<JobDetail>(parameters => parameters.Add(detail => detail.Id, "old"));
        page.WaitForAssertion(() => Assert.Contains("This part failed. The store could not be read: the disk is not there. The admin's log has the reason under", page.Find("section[aria-label='Related jobs'] [role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal("old", page.Find("h1").TextContent);
    }

    private static Job At(Job job, int minutes) => job with { CreatedAt = job.CreatedAt.AddMinutes(minutes), UpdatedAt = job.UpdatedAt.AddMinutes(minutes) };
}
