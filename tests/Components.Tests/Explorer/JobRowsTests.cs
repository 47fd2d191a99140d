using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class JobRowsTests : LivePages
{
    /// <summary>A list in queue order is explained by what the jobs have come to.</summary>
    [Fact]
    public void Priority_IsShownWithWhatWasGainedByWaiting()
    {
        ImmutableArray<Job> jobs = [Succeeded("old") with { Priority = 25 }, Succeeded("new") with { Priority = 50 }];
        var rows = Render<JobRows>(parameters => parameters
            .Add(list => list.Jobs, jobs)
            .Add(list => list.Columns, [.. JobColumn.All.Where(column => column.Name == "priority")])
            .Add(list => list.PriorityOf, job => job.Priority == 25 ? 61 : job.Priority));
        Assert.Equal(["25 now 61", "50"], rows.FindAll("td").Select(cell => cell.TextContent));
    }

    /// <summary>Where the job has no limit of its own, its type's counts.</summary>
    [Fact]
    public void Attempts_AreShownOutOfHowMany()
    {
        ImmutableArray<Job> jobs = [Succeeded("usual") with { Attempts = 2 }, Succeeded("own") with { Attempts = 1, RetryLimit = 0 }, Succeeded("gone") with { Attempts = 3, JobType = "gone" }];
        var rows = Render<JobRows>(parameters => parameters
            .Add(list => list.Jobs, jobs)
            .Add(list => list.Columns, JobColumn.Read("attempt"))
            .Add(list => list.RetriesOf, type => type == "gone" ? null : 4));
        Assert.Equal(["2/5", "1/1", "3"], rows.FindAll("td").Select(cell => cell.TextContent));
    }

    /// <summary>Beside its name there is no room for it, and nothing else stands there.</summary>
    [Fact]
    public void WhatBecameOfIt_IsItsErrorOrWhyItWaits_WhereAResultWouldBe()
    {
        ImmutableArray<Job> jobs =
        [
            Succeeded("failed") with { State = JobState.Failed, Error = "the disk is full\nat line 3" },
            Succeeded("waits") with { State = JobState.Pending, Phase = JobPhase.Queued, CompletedAt = null },
            Succeeded("done") with { ResultSummary = "exit code 0" },
        ];
        var rows = Render<JobRows>(parameters => parameters
            .Add(list => list.Jobs, jobs)
            .Add(list => list.Columns, JobColumn.Read("job,progress"))
            .Add(list => list.WaitingOf, _ => new Waiting("labels", "no worker has gpu=yes", DateTimeOffset.UnixEpoch, null)));
        var cells = rows.FindAll("td").Select(cell => cell.TextContent.Trim()).ToList();
        Assert.StartsWith("No worker has gpu=yes, since ", cells[3], StringComparison.Ordinal);
        Assert.Equal(["failed", "the disk is full", "waits", "done", "exit code 0"], cells.Where((_, n) => n != 3));
        Assert.Equal("1970-01-01T00:00:00.0000000+00:00", rows.Find("td.doing time").GetAttribute("datetime"));

        // Without that column the error is beside the name.
        var names = Render<JobRows>(parameters => parameters.Add(list => list.Jobs, jobs).Add(list => list.Columns, JobColumn.Read("job")));
        Assert.Contains("the disk is full", names.Find("td").TextContent, StringComparison.Ordinal);
    }

    /// <summary>So much that a browser scrolls it lightly; what is not drawn is counted, picked and stepped to all the same.</summary>
    [Fact]
    public async Task LongList_IsDrawnOnlyWhereItIsLookedAt()
    {
        ImmutableArray<Job> jobs = [.. Enumerable.Range(0, 200).Select(n => Succeeded($"job-{n}"))];
        var init = JSInterop.SetupVoid("Blazor._internal.Virtualize.init", _ => true).SetVoidResult();
        var selection = new JobSelection(() => { });
        var rows = Render<JobRows>(parameters => parameters.Add(list => list.Jobs, jobs).Add(list => list.Columns, JobColumn.Usual).Add(list => list.Selection, selection));
        await ScrollAsync(rows, init, before: 0);
        Assert.InRange(rows.FindAll("[data-testid=job-row]").Count, 20, 50);
        Assert.Equal(("201", "2"), (rows.Find("table").GetAttribute("aria-rowcount"), rows.Find("[data-testid=job-row]").GetAttribute("aria-rowindex")));

        await rows.Find("[data-row-select]").ClickAsync(new());
        await ScrollAsync(rows, init, before: 100 * 40);
        var last = rows.FindAll("[data-testid=job-row]").Single(row => row.GetAttribute("aria-rowindex") == "102");
        Assert.Equal("job-100", last.QuerySelector("[data-testid=job-link]")!.TextContent);
        await last.QuerySelector("[data-row-select]")!.ClickAsync(new() { ShiftKey = true });
        Assert.Equal(101, selection.Picked.Count);
        await rows.Find("[data-testid=select-page]").ChangeAsync(new() { Value = true });
        Assert.Equal(200, selection.Picked.Count);
        Assert.InRange(rows.FindAll("[data-testid=job-row]").Count, 20, 60);
    }

    [Fact]
    public void ShortList_IsDrawnWhole()
    {
        var rows = Render<JobRows>(parameters => parameters.Add(list => list.Jobs, [.. Enumerable.Range(0, 50).Select(n => Succeeded($"job-{n}"))]).Add(list => list.Columns, JobColumn.Usual));
        Assert.Equal(50, rows.FindAll("[data-testid=job-row]:not([aria-rowindex])").Count);
        Assert.False(rows.Find("table").HasAttribute("aria-rowcount"));
    }

    /// <summary>An open job goes on to its neighbours in the list, drawn or not, as long as the list is there.</summary>
    [Fact]
    public async Task Neighbours_AreThoseOfTheList()
    {
        var listed = Services.GetRequiredService<ListedJobs>();
        Render<JobRows>(parameters => parameters.Add(list => list.Jobs, [.. Enumerable.Range(0, 200).Select(n => Succeeded($"job-{n}"))]).Add(list => list.Columns, JobColumn.Usual));
        Assert.Equal((new JobId("job-149"), new JobId("job-151")), (listed.Beside(new("job-150"), -1), listed.Beside(new("job-150"), 1)));
        Assert.Null(listed.Beside(new("job-0"), -1));
        Assert.Null(listed.Beside(new("job-199"), 1));
        Assert.Null(listed.Beside(new("other"), 1));
        await DisposeComponentsAsync();
        Assert.False(listed.Has(new("job-150")));
    }

    /// <summary>What the browser says when the row in place of what is above the drawn ones comes into sight, in a window of 800 pixels.</summary>
    private static async Task ScrollAsync(IRenderedComponent<JobRows> rows, JSRuntimeInvocationHandler init, float before)
    {
        var list = init.Invocations.Last().Arguments[0]!;
        var target = list.GetType().GetProperty("Value")!.GetValue(list)!;
        var drawn = 40f * rows.FindAll("[data-testid=job-row]").Count;
        await rows.InvokeAsync(() => target.GetType().GetMethod("OnSpacerBeforeVisible")!.Invoke(target, [before, drawn, 800f]));
    }
}
