using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <content>How jobs are found: pages, filters, queries, counts.</content>
public abstract partial class AdminStoreConformance
{
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

    [Theory]
    [InlineData(JobOrder.Created, false, "")]
    [InlineData(JobOrder.Created, true, "state:failed")]
    [InlineData(JobOrder.Updated, false, "type:t1,t2")]
    [InlineData(JobOrder.Updated, true, "worker:w1")]
    [InlineData(JobOrder.Completed, false, "disk")]
    [InlineData(JobOrder.Completed, true, "")]
    public async Task Pages_FollowTheOrder_ForwardsAndBack(JobOrder order, bool ascending, string text)
    {
        Store.Load();
        var jobs = Many(300);
        Store.Commit([.. jobs.Select(job => new Change.JobSaved(job, JobPayload.Empty, null)), .. jobs.Select(job => new Change.AttemptSaved(job.Id, job.Attempt!))]);
        var filter = JobQuery.Parse(text).Query.Filter(Start) with { Order = order, Ascending = ascending, Limit = 7 };
        IEnumerable<Job> expected = order switch
        {
            JobOrder.Created => jobs.OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Id),
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
    public async Task EveryFilterOfJobs_Counts()
    {
        Store.Load();
        var worker = Attempt("r") with { Worker = new WorkerId("w,1"), Outcome = AttemptOutcome.Failed };
        Store.Commit(
        [
            new Change.JobSaved(Job("a") with { State = JobState.Failed, Phase = JobPhase.None, Reason = JobReason.Timeout, Attempt = worker }, JobPayload.Empty, null),
            new Change.AttemptSaved(new JobId("a"), worker),
            new Change.JobSaved(Job("b") with { DedupeKey = "twin", Origin = JobOrigin.Cli, UpdatedAt = Start.AddHours(1), Summary = "Two of 50%" }, JobPayload.Empty, null),
            new Change.JobSaved(Job("c") with { RetryOf = new JobId("a"), DedupeKey = "twin", Detection = new RequestId("d"), State = JobState.Canceled, Phase = JobPhase.None, Reason = JobReason.Person }, JobPayload.Empty, null),
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
        foreach (var order in (JobOrder[])[JobOrder.Created, JobOrder.Updated])
        {
            Assert.Equal("c", await Found(new JobFilter { RetryOf = [new JobId("a"), new JobId("b")], Order = order }));
            Assert.Equal("", await Found(new JobFilter { RetryOf = [new JobId("c")], Order = order }));
            Assert.Equal("bc", await Found(new JobFilter { JobTypes = ["t"], DedupeKeys = ["twin"], Order = order }));
            Assert.Equal("c", await Found(new JobFilter { JobTypes = ["t"], DedupeKeys = ["twin"], States = [JobState.Canceled], Order = order }));
            Assert.Equal("", await Found(new JobFilter { JobTypes = ["other"], DedupeKeys = ["twin"], Order = order }));
            Assert.Equal("", await Found(new JobFilter { JobTypes = ["t"], DedupeKeys = ["a"], Order = order }));
        }

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
            "updated:2026-03-01", "due:>1h", "-due:>1h state:pending", "needs:attention", "-needs:attention type:t1", "needs:attention state:pending,active,failed", "id:j007,j012", "detection:d1", "-detection:d1", "group:g0", "group:g0,g1 disk", "-group:g1 state:failed", "state:pending group:g1", "disk", "DISK", "no -disk", "\"disk 7\"", "j00", "type:t1 disk state:failed", $"fp:{Fingerprint.Of("t1", JobReason.Error, "disk 1")}", "state:failed -state:failed"])
        {
            var (query, errors) = JobQuery.Parse(text);
            Assert.Empty(errors);
            var filter = query.Filter(Start.AddMinutes(100)) with { Limit = 500 };
            var expected = jobs.Where(filter.Has).Select(job => job.Id.Value).Order().ToList();
            foreach (var order in (JobOrder[])[JobOrder.Created, JobOrder.Updated])
            {
                Assert.Equal(expected, (await Store.History.JobsAsync(filter with { Order = order }, CancellationToken.None)).Items.Select(job => job.Id.Value).Order());
            }

            // A list by the end has none that is open, and counts none.
            var ended = jobs.Count(job => job.IsTerminal && filter.Has(job));
            foreach (var exactly in (bool[])[false, true])
            {
                Assert.Equal(new(expected.Count, true), await TotalAsync(filter, exactly));
                Assert.Equal(new(ended, true), await TotalAsync(filter with { Order = JobOrder.Completed }, exactly));
            }
        }

        async Task<(long, bool)> TotalAsync(JobFilter filter, bool exactly)
        {
            var count = await Store.History.CountAsync(filter, exactly, CancellationToken.None);
            return (count.Total, count.IsExact);
        }
    }

    [Fact]
    public async Task Ids_ComePageByPage_EachOnce()
    {
        Store.Load();
        Store.Commit([.. Enumerable.Range(0, 10).Select(n => new Change.JobSaved(Job($"j{n}") with { State = n % 2 == 0 ? JobState.Pending : JobState.Failed }, JobPayload.Empty, null))]);
        var ids = new List<JobId>();
        while (await Store.History.JobIdsAsync(ids.Count == 0 ? null : ids[^1], 3, CancellationToken.None) is { IsEmpty: false } page)
        {
            ids.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"j{n}"), ids.Select(id => id.Value));
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
                Group = n % 7 == 0 ? new GroupPlace($"g{n % 2}", n, 300, 0, GroupFailPolicy.Continue) : null,
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
}
