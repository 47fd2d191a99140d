using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <content>What goes, and what goes with it.</content>
public abstract partial class AdminStoreConformance
{
    [Fact]
    public async Task Pruning_KeepsTheLastRuns_AndEverythingOpen()
    {
        Store.Load();
        var changes = new List<Change> { new Change.JobSaved(Job("open") with { UpdatedAt = Start.AddYears(-2) }, JobPayload.Empty, null) };
        for (var n = 0; n < 15; n++)
        {
            changes.Add(new Change.JobSaved(Job($"ok{n:00}") with { State = JobState.Succeeded, Phase = JobPhase.None, UpdatedAt = Start.AddYears(-1).AddMinutes(n) }, JobPayload.Empty, null));
            changes.Add(new Change.JobSaved(Job($"bad{n:00}") with { State = JobState.Failed, Phase = JobPhase.None, UpdatedAt = Start.AddYears(-1).AddMinutes(n) }, JobPayload.Empty, null));
        }

        changes.AddRange(Enumerable.Range(1, 50).Select(n => new Change.ActivityAdded(Activity(n))));
        Store.Commit(changes);
        for (var n = 0; n < 3; n++)
        {
            Store.Commit([new Change.Pruned(new RetentionLimits(TimeSpan.FromDays(30), 20, 10, 10), Start)]);
        }

        Assert.Equal(10, (await Store.History.RunsAsync("t", true, 100, CancellationToken.None)).Length);
        Assert.Equal("bad14", (await Store.History.RunsAsync("t", false, 100, CancellationToken.None))[0].Id.Value);
        Assert.Equal(10, (await Store.History.RunsAsync("t", false, 100, CancellationToken.None)).Length);
        Assert.NotNull(await Store.History.JobAsync(new JobId("open"), CancellationToken.None));
        Assert.Equal(20, (await Store.History.ActivitiesAsync(new ActivityFilter(), CancellationToken.None)).Length);
    }

    [Fact]
    public async Task Pruning_OfDetectionsAndConfigs_KeepsTheNewest_AndWhatIsNotSettled()
    {
        Store.Load();
        var changes = new List<Change> { new Change.DetectionSaved(new Detection { Id = new RequestId("open"), JobType = "t", StartedAt = Start.AddDays(-1) }) };
        for (var n = 0; n < 6; n++)
        {
            var id = new RequestId($"d{n}");
            changes.Add(new Change.DetectionSaved(new Detection { Id = id, JobType = "t", StartedAt = Start.AddMinutes(n), SettledAt = Start.AddHours(1) }));
            changes.Add(new Change.ProposalsSaved(id, [new ProposalTrace(0, new Proposal("p", "", "", 50, "", "", ConfigValues.Empty, ImmutableSortedDictionary<string, string>.Empty, null, null), ProposalOutcome.Queued, null, "")]));
            changes.Add(new Change.ConfigSaved(new ConfigDocument { JobType = "t", Version = n + 1, SavedAt = Start, SavedBy = "me" }));
        }

        Store.Commit(changes);
        Store.Commit([new Change.Pruned(new RetentionLimits(TimeSpan.FromDays(30), 20, 2, 3), Start)]);
        Assert.Equal(["d5", "d4", "open"], (await Store.History.DetectionsAsync(["t"], 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Empty(await Store.History.ProposalsAsync(new RequestId("d0"), 0, 9, CancellationToken.None));
        Assert.Single(await Store.History.ProposalsAsync(new RequestId("d5"), 0, 9, CancellationToken.None));
        Assert.Equal([6L, 5, 4], (await Store.History.ConfigVersionsAsync("t", 9, CancellationToken.None)).Select(version => version.Version));
    }

    [Fact]
    public async Task SubmitKeys_FindTheirJob_ForADayAfterItsEnd_WhateverElseIsKept()
    {
        Store.Load();
        var ended = Job("keyed") with { SubmittedBy = "me", IdempotencyKey = "k", IdempotencyDigest = "d", State = JobState.Succeeded, Phase = JobPhase.None, UpdatedAt = Start };
        Store.Commit(
        [
            new Change.JobSaved(ended, JobPayload.Empty, null),
            new Change.JobSaved(Job("plain") with { SubmittedBy = "me", State = JobState.Succeeded, Phase = JobPhase.None }, JobPayload.Empty, null),
            new Change.JobSaved(Job("open") with { SubmittedBy = "you", IdempotencyKey = "k" }, JobPayload.Empty, null),
        ]);
        var little = new RetentionLimits(TimeSpan.FromMinutes(1), 20, 2, 3, RunsKept: 0);
        Store.Commit([new Change.Pruned(little, Start.AddHours(23))]);
        Reopen();
        Store.Load();
        Assert.Equal(("keyed", "d"), await Found("me", "k"));
        Assert.Equal(("open", ""), await Found("you", "k"));
        Assert.Null(await Store.History.SubmittedAsync(new SubmitKey("me", "other"), CancellationToken.None));
        Assert.Null(await Store.History.JobAsync(new JobId("plain"), CancellationToken.None));

        async Task<(string, string)?> Found(string caller, string key) =>
            await Store.History.SubmittedAsync(new SubmitKey(caller, key), CancellationToken.None) is { } job ? (job.Id.Value, job.IdempotencyDigest) : null;
    }

    [Fact]
    public async Task SubmitKeys_AreForgotten_WithTheirJob()
    {
        Store.Load();
        Store.Commit([new Change.JobSaved(Job("keyed") with { SubmittedBy = "me", IdempotencyKey = "k", State = JobState.Failed, Phase = JobPhase.None }, JobPayload.Empty, null)]);
        Store.Commit([new Change.Pruned(new RetentionLimits(TimeSpan.FromMinutes(1), 20, 2, 3, RunsKept: 0), Start.AddHours(25))]);
        Assert.Null(await Store.History.SubmittedAsync(new SubmitKey("me", "k"), CancellationToken.None));
    }

    /// <summary>What lies beside the store goes with the job, whichever way it is deleted.</summary>
    [Fact]
    public void DeletedJobs_AreTold_WhenTheyAreGone()
    {
        Store.Load();
        var gone = new List<string>();
        Store.JobsGone += jobs => gone.AddRange(jobs.Select(job => job.Value));
        Store.Commit([.. ((string[])["old", "picked", "typed", "kept"]).Select(id => new Change.JobSaved(Job(id) with { JobType = id, State = JobState.Succeeded, Phase = JobPhase.None, UpdatedAt = id == "kept" ? Start.AddHours(25) : Start }, JobPayload.Empty, null))]);
        Store.Commit([new Change.JobForgotten(new JobId("picked"))]);
        Store.Commit([new Change.JobTypeForgotten("typed")]);
        Assert.ThrowsAny<Exception>(() => Store.Commit([new Change.JobForgotten(new JobId("kept")), new Change.ActivityAdded(null!)]));
        Store.Commit([new Change.Pruned(new RetentionLimits(TimeSpan.FromMinutes(1), 20, 2, 3, RunsKept: 0), Start.AddHours(25))]);
        Assert.Equal(["picked", "typed", "old"], gone);
    }

    [Fact]
    public void ForgottenWorker_DoesNotComeBack()
    {
        Store.Load();
        Store.Commit([new Change.WorkerSaved(new Worker { Id = new WorkerId("a"), FirstSeenAt = Start }), new Change.WorkerSaved(new Worker { Id = new WorkerId("b"), FirstSeenAt = Start })]);
        Store.Commit([new Change.WorkerForgotten(new WorkerId("a"))]);
        Reopen();
        Assert.Equal("b", Assert.Single(Store.Load().Workers).Id.Value);
    }
}
