using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <summary>What every store does. A new one derives from this and passes.</summary>
public abstract class AdminStoreConformance : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected abstract IAdminStore Store { get; }

    public abstract void Dispose();

    protected abstract void Reopen();

    [Fact]
    public async Task Job_ComesBackAsItWas()
    {
        Store.Load();
        var job = Job("j1") with
        {
            Summary = "Größe \u0001 \U0001F600 '; DROP TABLE jobs",
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.x", "1"),
            ExpiresAt = Start.AddHours(1),
            Detection = new RequestId("d1"),
            State = JobState.Running,
            Phase = JobPhase.Working,
            Attempts = 1,
            RefusedBy = [new WorkerId("w,9")],
            RetryLimit = 3,
            AttemptTimeout = TimeSpan.FromDays(25000),
            Deadline = Start.AddHours(2),
            RetryBackoff = TimeSpan.FromSeconds(7),
            SubmittedBy = "me",
            IdempotencyKey = "night-1",
            IdempotencyDigest = "00ff",
            Group = new GroupPlace("g-1", 3, 9, 2, GroupFailPolicy.CancelRest),
            Percent = 12.5,
            Attempt = Attempt("r1"),
        };
        var payload = new JobPayload("detail", ConfigValues.Empty.With("n", new ConfigValue.Int64(long.MinValue)).With("b", new ConfigValue.Bytes([0, 255])));
        Store.Commit([new Change.JobSaved(job, payload, null), new Change.AttemptSaved(job.Id, job.Attempt)]);
        Reopen();
        var open = Assert.Single(Store.Load().OpenJobs);
        var plain = open with { Labels = job.Labels, RefusedBy = job.RefusedBy, Attempt = null };
        Assert.Equal(job with { Attempt = null, Payload = null }, plain);
        Assert.Equal(job.Labels, open.Labels);
        Assert.Equal("w,9", Assert.Single(open.RefusedBy).Value);
        Assert.Equal((job.Attempt.RequestId, job.Attempt.CanResume, job.Attempt.Timeout), (open.Attempt!.RequestId, open.Attempt.CanResume, open.Attempt.Timeout));
        var record = await Store.History.JobAsync(job.Id, CancellationToken.None);
        Assert.Equal(payload, record!.Payload);
        Assert.Equal(payload, Store.History.ReadPayload(job.Id));
        Assert.Single(record.Attempts);
    }

    [Fact]
    public async Task EndedJob_IsHistory_WithItsResult()
    {
        Store.Load();
        var job = Job("j1") with { State = JobState.Succeeded, Phase = JobPhase.None, CompletedAt = Start, Attempt = Attempt("r1") with { Outcome = AttemptOutcome.Succeeded, EndedAt = Start } };
        var result = new JobResult("fine", ConfigValues.Empty.With("x", new ConfigValue.TextList(["a", "b"])));
        Store.Commit([new Change.JobSaved(job, JobPayload.Empty, null), new Change.AttemptSaved(job.Id, job.Attempt), new Change.JobSaved(job, null, result)]);
        Reopen();
        var state = Store.Load();
        Assert.Empty(state.OpenJobs);
        Assert.Equal(job.Id, Assert.Single(Assert.Single(state.JobTypes).RecentJobs).Id);
        Assert.Equal(result, (await Store.History.JobAsync(job.Id, CancellationToken.None))!.Result);
        Assert.Equal("r1", Assert.Single(await Store.History.RunsAsync("t", succeeded: true, 10, CancellationToken.None)).Attempt!.RequestId.Value);
    }

    [Fact]
    public async Task TypesConfigsWorkersDetections_ComeBack()
    {
        Store.Load();
        var descriptor = new Descriptor { JobType = "t", DisplayName = "T", Version = 3, RuntimeDefaults = new RuntimeSettings { Enabled = true, RetryLimit = 2 } };
        var dispatch = new DispatchSettings { Strategy = DispatchStrategy.Random, DefaultPriority = 0, AgeingPerMinute = 0, QueueTtl = TimeSpan.FromHours(3), RequireLabels = ImmutableSortedDictionary<string, string>.Empty.Add("pool", "gpu") };
        var config = new ConfigDocument { JobType = "t", Version = 1, SavedAt = Start, SavedBy = "me", Runtime = descriptor.RuntimeDefaults, WorkerValues = ConfigValues.Empty.With("d", new ConfigValue.Duration(90, 5)), Dispatch = dispatch };
        var schedule = new ScheduleRow(Start.AddHours(1), Start, null, "success", 3, "", Start, "why", "me", Start, null);
        var worker = new Worker { Id = new WorkerId("w"), FirstSeenAt = Start, Draining = true, Capabilities = ImmutableSortedDictionary<string, Capability>.Empty.Add("t", new Capability("t", true, true, 1, 2, "T", "", 5)) };
        var detection = new Detection { Id = new RequestId("d"), JobType = "t", StartedAt = Start, Mode = DetectionMode.Run, Status = DetectionStatus.Proposing, Worker = worker.Id, Counts = new DetectionCounts { Found = 2, Queued = 1 } };
        var trace = new ProposalTrace(0, new Proposal("p", "k", "t", 75, "s", "", ConfigValues.Empty.With("v", new ConfigValue.Double(0.3)), ImmutableSortedDictionary<string, string>.Empty.Add("a", "b"), null, Start), ProposalOutcome.Queued, new JobId("j"), "");
        Store.Commit(
        [
            new Change.DescriptorSaved(descriptor, Start, worker.Id), new Change.FormsKnown(descriptor with { Version = 2 }), new Change.ConfigSaved(config), new Change.ConfigSaved(config with { Version = 2, SavedBy = "you" }),
            new Change.ScheduleSaved("t", schedule), new Change.WorkerSaved(worker), new Change.DetectionSaved(detection), new Change.ProposalsSaved(detection.Id, [trace]), new Change.CounterSaved("c", long.MaxValue),
        ]);
        Reopen();
        var state = Store.Load();
        var type = Assert.Single(state.JobTypes);
        Assert.Equal(DescriptorJson.Write(descriptor), DescriptorJson.Write(type.Descriptor!));
        Assert.Equal(DescriptorJson.Write(descriptor with { Version = 2 }), DescriptorJson.Write(type.KnownForms!));
        Assert.Equal((2L, "you"), (type.Config!.Version, type.Config.SavedBy));
        Assert.Equal((config.WorkerValues, dispatch), (type.Config.WorkerValues, type.Config.Dispatch));
        Assert.Equal(schedule, type.Schedule);
        Assert.Equal((true, 5), (Assert.Single(state.Workers).Draining, state.Workers[0].Capabilities["t"].Weight));
        Assert.Equal((DetectionStatus.Proposing, 2), (Assert.Single(state.OpenDetections).Status, state.OpenDetections[0].Counts.Found));
        Assert.Equal(long.MaxValue, state.Counters["c"]);
        var read = Assert.Single(await Store.History.ProposalsAsync(detection.Id, 0, 5, CancellationToken.None));
        Assert.Equal((trace.Outcome, trace.Job, trace.Proposal.Parameters, 75), (read.Outcome, read.Job, read.Proposal.Parameters, read.Proposal.Priority));
        Assert.Equal([2L, 1L], (await Store.History.ConfigVersionsAsync("t", 5, CancellationToken.None)).Select(version => version.Version));
    }

    [Fact]
    public void Pages_HaveNoDoublesAndNoGaps_WhileJobsArrive()
    {
        Store.Load();
        Store.Commit([.. Enumerable.Range(0, 250).Select(n => new Change.JobSaved(Job($"j{n:000}") with { UpdatedAt = Start.AddSeconds(n / 3) }, JobPayload.Empty, null))]);
        var seen = new List<string>();
        string? after = null;
        do
        {
            // Commits belong to one thread, so this test stays on its own.
            var page = Store.History.JobsAsync(new JobFilter { After = after, Limit = 40 }, CancellationToken.None).GetAwaiter().GetResult();
            seen.AddRange(page.Items.Select(job => job.Id.Value));
            Store.Commit([new Change.JobSaved(Job($"new{seen.Count}") with { UpdatedAt = Start.AddDays(1) }, JobPayload.Empty, null)]);
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(250, seen.Count(id => id.StartsWith('j')));
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Throws<FormatException>(() => { _ = Store.History.JobsAsync(new JobFilter { After = "nonsense" }, CancellationToken.None); });
    }

    [Fact]
    public async Task Filters_AllMustHold()
    {
        Store.Load();
        Store.Commit(
        [
            new Change.JobSaved(Job("a") with { State = JobState.Failed, Phase = JobPhase.None, Error = "Disk Full" }, JobPayload.Empty, null),
            new Change.JobSaved(Job("b") with { JobType = "other" }, JobPayload.Empty, null),
            new Change.JobSaved(Job("c"), JobPayload.Empty, null),
        ]);
        async Task<string> Found(JobFilter filter) => string.Concat((await Store.History.JobsAsync(filter, CancellationToken.None)).Items.Select(job => job.Id.Value).Order());
        Assert.Equal("a", await Found(new JobFilter { States = [JobState.Failed] }));
        Assert.Equal("b", await Found(new JobFilter { JobTypes = ["other"] }));
        Assert.Equal("a", await Found(new JobFilter { Text = "disk full" }));
        Assert.Equal("bc", await Found(new JobFilter { States = [JobState.Pending, JobState.Running] }));
        Assert.Equal(2, (await Store.History.CountJobsAsync(new JobFilter(), CancellationToken.None))[JobState.Pending]);
    }

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
    public async Task Groups_AreReadWhole_ByIndex_WithTheLastAttempts()
    {
        Store.Load();
        var changes = Enumerable.Range(0, 12).Reverse().Select(n => (Change)new Change.JobSaved(Job($"g{n}") with { Group = new GroupPlace("g-1", n, 12, 0, GroupFailPolicy.Continue) }, JobPayload.Empty, null));
        Store.Commit([.. changes, new Change.JobSaved(Job("alone"), JobPayload.Empty, null), new Change.AttemptSaved(new JobId("g3"), Attempt("r1"))]);
        var members = await Store.History.GroupAsync("g-1", CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 12), members.Select(job => job.Group!.Index));
        Assert.Empty(await Store.History.GroupAsync("g-2", CancellationToken.None));
    }

    [Fact]
    public async Task SubmitKeys_AreForgotten_WithTheirJob()
    {
        Store.Load();
        Store.Commit([new Change.JobSaved(Job("keyed") with { SubmittedBy = "me", IdempotencyKey = "k", State = JobState.Failed, Phase = JobPhase.None }, JobPayload.Empty, null)]);
        Store.Commit([new Change.Pruned(new RetentionLimits(TimeSpan.FromMinutes(1), 20, 2, 3, RunsKept: 0), Start.AddHours(25))]);
        Assert.Null(await Store.History.SubmittedAsync(new SubmitKey("me", "k"), CancellationToken.None));
    }

    [Fact]
    public async Task Activities_NewestFirst_ByWhatTheyAreAbout()
    {
        Store.Load();
        Store.Commit([.. Enumerable.Range(1, 9).Select(n => new Change.ActivityAdded(Activity(n) with { Job = n % 2 == 0 ? new JobId("j") : null, JobType = n < 5 ? "t" : "u" }))]);
        Assert.Equal([8L, 6, 4, 2], (await Store.History.ActivitiesAsync(new ActivityFilter { Job = new JobId("j") }, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal([4L, 3], (await Store.History.ActivitiesAsync(new ActivityFilter { JobTypes = ["t"], Limit = 2 }, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal([2L, 1], (await Store.History.ActivitiesAsync(new ActivityFilter { Before = 3 }, CancellationToken.None)).Select(activity => activity.Sequence));
    }

    [Fact]
    public void CommitThatThrows_AppliesNothing()
    {
        Store.Load();
        Assert.ThrowsAny<Exception>(() => Store.Commit([new Change.JobSaved(Job("half"), JobPayload.Empty, null), new Change.CounterSaved("c", 1), new Change.ActivityAdded(null!)]));
        Store.Commit([new Change.JobSaved(Job("whole"), JobPayload.Empty, null)]);
        Reopen();
        var state = Store.Load();
        Assert.Equal("whole", Assert.Single(state.OpenJobs).Id.Value);
        Assert.Empty(state.Counters);
    }

    [Fact]
    public async Task SavedAgain_ReplacesTheRow_AndKeepsThePayload()
    {
        Store.Load();
        var payload = new JobPayload("as it came", ConfigValues.Empty);
        var attempt = Attempt("r1");
        var job = Job("j") with { State = JobState.Running, Phase = JobPhase.Working };
        Store.Commit([new Change.JobSaved(job, payload, null), new Change.AttemptSaved(job.Id, attempt)]);
        var ended = attempt with { Outcome = AttemptOutcome.Failed, StartedAt = Start, EndedAt = Start.AddSeconds(1), Error = "broke", Generation = 5, ExitCode = -7 };
        Store.Commit([new Change.AttemptSaved(new JobId("j"), ended), new Change.AttemptSaved(new JobId("j"), Attempt("r2") with { Number = 2 }), new Change.JobSaved(job with { Summary = "newer" }, null, null)]);
        Reopen();
        var open = Assert.Single(Store.Load().OpenJobs);
        Assert.Equal(("newer", "r2"), (open.Summary, open.Attempt!.RequestId.Value));
        var record = (await Store.History.JobAsync(open.Id, CancellationToken.None))!;
        Assert.Equal(payload, record.Payload);
        Assert.Null(record.Result);
        Assert.Equal([("r1", AttemptOutcome.Failed, "broke", Start.AddSeconds(1), 5, -7L), ("r2", AttemptOutcome.Open, "", null, 4, null)],
            record.Attempts.Select(one => (one.RequestId.Value, one.Outcome, one.Error, one.EndedAt, one.Generation, one.ExitCode)));
    }

    [Fact]
    public async Task UnknownIds_AreNothing()
    {
        Store.Load();
        Assert.Null(await Store.History.JobAsync(new JobId("no"), CancellationToken.None));
        Assert.Null(Store.History.ReadPayload(new JobId("no")));
        Assert.Null(await Store.History.DetectionAsync(new RequestId("no"), CancellationToken.None));
        Assert.Empty(await Store.History.ProposalsAsync(new RequestId("no"), 0, 9, CancellationToken.None));
        Assert.Empty(await Store.History.ConfigVersionsAsync("no", 9, CancellationToken.None));
        Assert.Empty(await Store.History.RunsAsync("no", true, 9, CancellationToken.None));
        Assert.Empty(await Store.History.CountJobsAsync(new JobFilter(), CancellationToken.None));
    }

    [Fact]
    public async Task EveryFilterOfJobs_Counts()
    {
        Store.Load();
        var worker = Attempt("r") with { Worker = new WorkerId("w,1"), Outcome = AttemptOutcome.Failed };
        Store.Commit(
        [
            new Change.JobSaved(Job("a") with { State = JobState.Failed, Phase = JobPhase.None, Reason = JobReason.Timeout, Attempt = worker }, JobPayload.Empty, null),
            new Change.AttemptSaved(new JobId("a"), worker),
            new Change.JobSaved(Job("b") with { Origin = JobOrigin.Cli, UpdatedAt = Start.AddHours(1), Summary = "Two of 50%" }, JobPayload.Empty, null),
            new Change.JobSaved(Job("c") with { Detection = new RequestId("d"), State = JobState.Canceled, Phase = JobPhase.None, Reason = JobReason.Person }, JobPayload.Empty, null),
        ]);
        async Task<string> Found(JobFilter filter)
        {
            var found = string.Concat((await Store.History.JobsAsync(filter, CancellationToken.None)).Items.Select(job => job.Id.Value).Order());
            Assert.Equal(found.Length, (await Store.History.CountJobsAsync(filter, CancellationToken.None)).Values.Sum());
            return found;
        }

        Assert.Equal("a", await Found(new JobFilter { Reasons = [JobReason.Timeout] }));
        Assert.Equal("ac", await Found(new JobFilter { Reasons = [JobReason.Timeout, JobReason.Person] }));
        Assert.Equal("a", await Found(new JobFilter { Worker = new WorkerId("w,1") }));
        Assert.Equal("c", await Found(new JobFilter { Detection = new RequestId("d") }));
        Assert.Equal("b", await Found(new JobFilter { Origin = JobOrigin.Cli }));
        Assert.Equal("b", await Found(new JobFilter { UpdatedSince = Start.AddMinutes(1) }));
        Assert.Equal("b", await Found(new JobFilter { Text = "of 50%" }));
        Assert.Equal("", await Found(new JobFilter { Text = "%", Origin = JobOrigin.Detection, Reasons = [JobReason.Person] }));
        Assert.Equal("ac", string.Concat((await Store.History.RunsAsync("t", succeeded: false, 9, CancellationToken.None)).Select(job => job.Id.Value)));
    }

    /// <summary>One rule: what the filter says of a job is what the store finds.</summary>
    [Fact]
    public async Task Queries_FindWhatTheFilterSays()
    {
        Store.Load();
        var jobs = Many(300);
        Store.Commit([.. jobs.Select(job => new Change.JobSaved(job, JobPayload.Empty, null)), .. jobs.Select(job => new Change.AttemptSaved(job.Id, job.Attempt!))]);
        foreach (var text in (string[])["", "state:failed", "state:pending,failed", "-state:succeeded", "state:active type:t0", "type:t1,t2 state:ended", "phase:backoff", "reason:timeout", "-reason:timeout,error", "worker:w1", "-worker:w1",
            "origin:cli", "by:anna", "label.env:prod", "label.env:prod,test", "label.env:*", "-label.env:prod", "label.\"a\\\"b\":1", "priority:>=75", "priority:20..60 state:pending", "created:<1h", "created:>1h", "-created:<1h", "completed:<1d", "-completed:<1d",
            "updated:2026-03-01", "due:>1h", "-due:>1h state:pending", "needs:attention", "-needs:attention type:t1", "needs:attention state:pending,active,failed", "id:j007,j012", "detection:d1", "-detection:d1", "disk", "DISK", "no -disk", "\"disk 7\"", "j00", "type:t1 disk state:failed", $"fp:{Fingerprint.Of("t1", JobReason.Error, "disk 1")}", "state:failed -state:failed"])
        {
            var (query, errors) = JobQuery.Parse(text);
            Assert.Empty(errors);
            var filter = query.Filter(Start.AddMinutes(100)) with { Limit = 500 };
            var expected = jobs.Where(filter.Has).Select(job => job.Id.Value).Order().ToList();
            foreach (var order in (JobOrder[])[JobOrder.Created, JobOrder.Updated])
            {
                Assert.Equal(expected, (await Store.History.JobsAsync(filter with { Order = order }, CancellationToken.None)).Items.Select(job => job.Id.Value).Order());
            }

            Assert.Equal(new(expected.Count, true), await TotalAsync(filter, false));
            Assert.Equal(new(expected.Count, true), await TotalAsync(filter, true));
        }

        async Task<(long, bool)> TotalAsync(JobFilter filter, bool exactly)
        {
            var count = await Store.History.CountAsync(filter, exactly, CancellationToken.None);
            return (count.Total, count.IsExact);
        }
    }

    [Theory]
    [InlineData(JobOrder.Created, false, "")]
    [InlineData(JobOrder.Created, true, "state:failed")]
    [InlineData(JobOrder.Updated, false, "type:t1,t2")]
    [InlineData(JobOrder.Updated, true, "worker:w1")]
    [InlineData(JobOrder.Completed, false, "disk")]
    [InlineData(JobOrder.Completed, true, "")]
    [InlineData(JobOrder.Queue, false, "")]
    [InlineData(JobOrder.Queue, true, "priority:>10")]
    public async Task Pages_FollowTheOrder_ForwardsAndBack(JobOrder order, bool ascending, string text)
    {
        Store.Load();
        var jobs = Many(300);
        Store.Commit([.. jobs.Select(job => new Change.JobSaved(job, JobPayload.Empty, null)), .. jobs.Select(job => new Change.AttemptSaved(job.Id, job.Attempt!))]);
        var filter = JobQuery.Parse(text).Query.Filter(Start) with { Order = order, Ascending = ascending, Limit = 7 };
        IEnumerable<Job> expected = order switch
        {
            JobOrder.Created => jobs.OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Id),
            JobOrder.Queue => jobs.Where(job => job is { State: JobState.Pending, Phase: JobPhase.Queued }).OrderByDescending(job => job.Priority).ThenBy(job => job.DueAt).ThenBy(job => job.Id),
            JobOrder.Completed => jobs.Where(job => job.IsTerminal).OrderByDescending(job => job.UpdatedAt).ThenBy(job => job.Id),
            _ => jobs.OrderByDescending(job => job.UpdatedAt).ThenBy(job => job.Id),
        };
        var ids = expected.Where(filter.Has).Select(job => job.Id.Value).ToList();
        ids = ascending ? [.. ids.AsEnumerable().Reverse()] : ids;
        var forwards = new List<string>();
        var page = await Store.History.JobsAsync(filter, CancellationToken.None);
        Assert.Null(page.Previous);
        while (true)
        {
            forwards.AddRange(page.Items.Select(job => job.Id.Value));
            if (page.Next is null)
            {
                break;
            }

            page = await Store.History.JobsAsync(filter with { After = page.Next }, CancellationToken.None);
        }

        Assert.Equal(ids, forwards);
        var backwards = page.Items.Select(job => job.Id.Value).ToList();
        while (page.Previous is { } previous)
        {
            page = await Store.History.JobsAsync(filter with { Before = previous }, CancellationToken.None);
            backwards.InsertRange(0, page.Items.Select(job => job.Id.Value));
        }

        Assert.Equal(ids, backwards);
        Assert.Throws<FormatException>(() => { _ = Store.History.JobsAsync(filter with { After = JobCursorOfAnotherOrder(order) }, CancellationToken.None); });
    }

    [Fact]
    public void OperationsAndViews_ComeBack()
    {
        Store.Load();
        var operation = new BulkOperation
        {
            Id = "b1",
            Action = BulkAction.SetLabels,
            Query = "type:t",
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", ""),
            Reason = "why",
            StartedAt = Start,
            Skipped = ImmutableSortedDictionary<string, int>.Empty.Add("has ended", 3),
            ChangedJobs = [new JobId("done")],
            SkippedJobs = [new BulkOutcome(new JobId("left"), "has ended")],
            Failures = [new BulkOutcome(new JobId("j"), "no")],
            Failed = 1,
        };
        var view = new SavedView("mine", "state:failed", "", "", "me", Start);
        Store.Commit([new Change.OperationSaved(operation), new Change.OperationSaved(operation with { Id = "b0" }), new Change.OperationForgotten("b0"), new Change.SavedViewsSaved(ImmutableSortedDictionary<string, SavedView>.Empty.Add("mine", view))]);
        Reopen();
        var state = Store.Load();
        var back = Assert.Single(state.Operations);
        Assert.Equal((BulkAction.SetLabels, "", 3, "no"), (back.Action, back.Labels["a"], back.Skipped["has ended"], back.Failures[0].Why));
        Assert.Equal(("done", "left", "has ended"), (back.ChangedJobs[0].Value, back.SkippedJobs[0].Job.Value, back.SkippedJobs[0].Why));
        Assert.Equal(view, Assert.Single(state.SavedViews!).Value);
    }

    [Fact]
    public void Retention_Pause_AndWhenADescriptorCame_ComeBack()
    {
        Store.Load();
        var limits = new RetentionLimits(TimeSpan.FromDays(2), 5_000, 7, 9, 3);
        var pause = new SchedulerPause(Start, "me", "why", Start.AddHours(1)) { HoldsEverything = true, JobTypes = ["t"] };
        var change = new RetentionChange(Start, "me", limits with { RunsKept = 10 });
        Store.Commit([new Change.RetentionSaved(limits, change), new Change.SchedulerSaved(pause), new Change.DescriptorSaved(new Descriptor { JobType = "t", DisplayName = "T", Version = 1 }, Start, new WorkerId("w"))]);
        Reopen();
        var state = Store.Load();
        Assert.Equal((limits, change), (state.Retention, state.RetentionChange));
        Assert.Equal((true, "t", Start.AddHours(1)), (state.Pause!.HoldsEverything, Assert.Single(state.Pause.JobTypes), state.Pause.Until));
        Assert.Equal(Start, Assert.Single(state.JobTypes).DescribedAt);
        Store.Commit([new Change.RetentionSaved(null)]);
        Reopen();
        Assert.Null(Store.Load().Retention);
    }

    [Fact]
    public async Task Tally_CountsTypesAndStates()
    {
        Store.Load();
        var jobs = Many(60);
        Store.Commit([.. jobs.Select(job => new Change.JobSaved(job, JobPayload.Empty, null))]);
        Assert.Equal(
            jobs.GroupBy(job => (job.JobType, job.State)).Select(group => (group.Key.JobType, group.Key.State, group.LongCount())).Order(),
            (await Store.History.TallyAsync(CancellationToken.None)).Select(row => (row.JobType, row.State, row.Count)).Order());
    }

    [Fact]
    public async Task EveryFilterOfActivities_Counts()
    {
        Store.Load();
        Store.Commit(
        [
            new Change.ActivityAdded(Activity(1) with { Worker = new WorkerId("w") }),
            new Change.ActivityAdded(Activity(2) with { Request = new RequestId("r"), Actor = "me", Severity = ActivitySeverity.Bad }),
            new Change.ActivityAdded(Activity(3) with { Message = "The Disk" }),
        ]);
        async Task<string> Found(ActivityFilter filter) => string.Join(',', (await Store.History.ActivitiesAsync(filter, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal("1", await Found(new ActivityFilter { Worker = new WorkerId("w") }));
        Assert.Equal("2", await Found(new ActivityFilter { Request = new RequestId("r") }));
        Assert.Equal("3", await Found(new ActivityFilter { Text = "the disk" }));
        Assert.Equal("1", await Found(new ActivityFilter { Text = "W", Worker = new WorkerId("w") }));
        Assert.Equal("2", await Found(new ActivityFilter { Severity = ActivitySeverity.Warning }));
        Assert.Equal("", await Found(new ActivityFilter { Sources = ["person"] }));
        Assert.Equal("3,2,1", await Found(new ActivityFilter { Sources = [Activity(1).Source, "person"] }));
        Assert.Equal("3,2", await Found(new ActivityFilter { Limit = 2 }));
        Assert.Equal("2", await Found(new ActivityFilter { At = new TimeRange(Activity(2).At, Activity(3).At) }));
        Assert.Equal("1", await Found(new ActivityFilter { At = new TimeRange(null, Activity(2).At) }));
        var back = (await Store.History.ActivitiesAsync(new ActivityFilter { Before = 3, Limit = 1 }, CancellationToken.None))[0];
        Assert.Equal(Activity(2) with { Request = new RequestId("r"), Actor = "me", Severity = ActivitySeverity.Bad }, back);
    }

    [Fact]
    public async Task Detections_NewestFirst_TheirProposalsInOrder()
    {
        Store.Load();
        Detection Of(string id, string type, int minute, bool settled) =>
            new() { Id = new RequestId(id), JobType = type, StartedAt = Start.AddMinutes(minute), SettledAt = settled ? Start.AddHours(1) : null, Status = DetectionStatus.Succeeded };
        ProposalTrace Trace(int n) => new(n, new Proposal($"p{n}", "", "", 50, "", "", ConfigValues.Empty, ImmutableSortedDictionary<string, string>.Empty, null, null), ProposalOutcome.Queued, null, "");
        Store.Commit(
        [
            new Change.DetectionSaved(Of("a", "t", 1, true)), new Change.DetectionSaved(Of("b", "u", 2, true)), new Change.DetectionSaved(Of("c", "t", 3, false)),
            new Change.ProposalsSaved(new RequestId("c"), [Trace(0), Trace(1)]), new Change.ProposalsSaved(new RequestId("c"), [Trace(2), Trace(3)]),
        ]);
        Reopen();
        var state = Store.Load();
        Assert.Equal("c", Assert.Single(state.OpenDetections).Id.Value);
        Assert.Equal(["c", "b", "a"], (await Store.History.DetectionsAsync(null, 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(["c", "a"], (await Store.History.DetectionsAsync("t", 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(["c"], (await Store.History.DetectionsAsync("t", 1, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(Start.AddMinutes(2), (await Store.History.DetectionAsync(new RequestId("b"), CancellationToken.None))!.StartedAt);
        Assert.Equal([1, 2], (await Store.History.ProposalsAsync(new RequestId("c"), 1, 2, CancellationToken.None)).Select(trace => trace.Index));
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
        Assert.Equal(["d5", "d4", "open"], (await Store.History.DetectionsAsync("t", 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Empty(await Store.History.ProposalsAsync(new RequestId("d0"), 0, 9, CancellationToken.None));
        Assert.Single(await Store.History.ProposalsAsync(new RequestId("d5"), 0, 9, CancellationToken.None));
        Assert.Equal([6L, 5, 4], (await Store.History.ConfigVersionsAsync("t", 9, CancellationToken.None)).Select(version => version.Version));
    }

    [Fact]
    public async Task ConfigVersions_SayWhoAndWhen()
    {
        Store.Load();
        var version = new ConfigDocument { JobType = "t", Version = 1, DescriptorVersion = 7, SavedAt = Start, SavedBy = "me", Via = "ui", Reason = "why not" };
        Store.Commit([new Change.ConfigSaved(version), new Change.ConfigSaved(version with { Version = 2, SavedBy = "you", SavedAt = Start.AddDays(1) })]);
        Reopen();
        Store.Load();
        var versions = await Store.History.ConfigVersionsAsync("t", 9, CancellationToken.None);
        Assert.Equal(version with { Version = 2, SavedBy = "you", SavedAt = Start.AddDays(1) }, versions[0]);
        Assert.Equal(version, versions[1]);
        Assert.Single(await Store.History.ConfigVersionsAsync("t", 1, CancellationToken.None));
        Assert.Equal(1L, Assert.Single(await Store.History.ConfigVersionsAsync("t", 9, CancellationToken.None, before: 2)).Version);
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

    private static string JobCursorOfAnotherOrder(JobOrder order) => order == JobOrder.Created ? "u1~j" : "c1~j";

    /// <summary>Jobs of every kind, many with equal times.</summary>
    private static ImmutableArray<Job> Many(int count) =>
    [
        .. Enumerable.Range(0, count).Select(n =>
        {
            var state = (JobState)((n % 6) + 1);
            var failed = state == JobState.Failed;
            return Job($"j{n:000}") with
            {
                JobType = $"t{n % 3}",
                State = state,
                Phase = state == JobState.Pending ? (n % 4 == 0 ? JobPhase.Queued : JobPhase.Backoff) : JobPhase.None,
                Reason = failed ? (JobReason)((n / 6 % 3) + 1) : JobReason.None,
                Origin = (JobOrigin)(n % 4),
                Priority = n % 100,
                CreatedAt = Start.AddMinutes(n / 3),
                UpdatedAt = Start.AddMinutes((n / 3) + (n % 7)),
                DueAt = Start.AddMinutes(-(n % 5)),
                CompletedAt = state >= JobState.Succeeded ? Start.AddMinutes((n / 3) + (n % 7)) : null,
                SubmittedBy = n % 2 == 0 ? "anna" : "",
                Detection = n % 5 == 0 ? new RequestId($"d{n % 2}") : null,
                Summary = n % 8 == 0 ? "Disk of rack" : "",
                Error = failed ? $"no disk {n % 10}" : "",
                Labels = (n % 4) switch
                {
                    0 => ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod"),
                    1 => ImmutableSortedDictionary<string, string>.Empty.Add("env", "test").Add("a\"b", "1"),
                    _ => ImmutableSortedDictionary<string, string>.Empty,
                },
                Attempt = Attempt($"r{n}") with { Worker = new WorkerId($"w{n % 3}"), Outcome = AttemptOutcome.Succeeded },
            };
        }),
    ];

    protected static Job Job(string id) => new() { Id = new JobId(id), JobType = "t", DedupeKey = id, CreatedAt = Start, UpdatedAt = Start, DueAt = Start };

    private static Attempt Attempt(string request) => new()
    {
        Number = 1,
        RequestId = new RequestId(request),
        Worker = new WorkerId("w"),
        Session = new SessionId(9),
        Generation = 4,
        CanResume = true,
        SentAt = Start,
        Timeout = TimeSpan.FromMinutes(5),
        TimeoutAt = TimeSpan.FromDays(3),
    };

    private static Activity Activity(long sequence) => new() { Sequence = sequence, At = Start.AddSeconds(sequence), Source = "admin", Message = $"line {sequence}", Details = ConfigValues.Empty.With("n", new ConfigValue.Int64(sequence)) };
}

public sealed class InMemoryAdminStoreTests : AdminStoreConformance
{
    protected override IAdminStore Store { get; } = new InMemoryAdminStore();

    public override void Dispose() => Store.Dispose();

    protected override void Reopen()
    {
        // It lives as long as its process.
    }
}
