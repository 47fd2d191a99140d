using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;

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
}
