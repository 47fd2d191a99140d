using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
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
        var config = new ConfigDocument { JobType = "t", Version = 1, SavedAt = Start, SavedBy = "me", Runtime = descriptor.RuntimeDefaults, WorkerValues = ConfigValues.Empty.With("d", new ConfigValue.Duration(90, 5)) };
        var schedule = new ScheduleRow(Start.AddHours(1), Start, null, "success", 3, "", Start, "why", "me", Start, null);
        var worker = new Worker { Id = new WorkerId("w"), FirstSeenAt = Start, Draining = true, Capabilities = ImmutableSortedDictionary<string, Capability>.Empty.Add("t", new Capability("t", true, true, 1, 2, "T", "", 5)) };
        var detection = new Detection { Id = new RequestId("d"), JobType = "t", StartedAt = Start, Mode = DetectionMode.Run, Status = DetectionStatus.Proposing, Worker = worker.Id, Counts = new DetectionCounts { Found = 2, Queued = 1 } };
        var trace = new ProposalTrace(0, new Proposal("p", "k", "t", 75, "s", "", ConfigValues.Empty.With("v", new ConfigValue.Double(0.3)), ImmutableSortedDictionary<string, string>.Empty.Add("a", "b"), null, Start), ProposalOutcome.Queued, new JobId("j"), "");
        Store.Commit(
        [
            new Change.DescriptorSaved(descriptor, Start, worker.Id), new Change.ConfigSaved(config), new Change.ConfigSaved(config with { Version = 2, SavedBy = "you" }),
            new Change.ScheduleSaved("t", schedule), new Change.WorkerSaved(worker), new Change.DetectionSaved(detection), new Change.ProposalsSaved(detection.Id, [trace]), new Change.CounterSaved("c", long.MaxValue),
        ]);
        Reopen();
        var state = Store.Load();
        var type = Assert.Single(state.JobTypes);
        Assert.Equal(DescriptorJson.Write(descriptor), DescriptorJson.Write(type.Descriptor!));
        Assert.Equal((2L, "you"), (type.Config!.Version, type.Config.SavedBy));
        Assert.Equal(config.WorkerValues, type.Config.WorkerValues);
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
    public async Task Activities_NewestFirst_ByWhatTheyAreAbout()
    {
        Store.Load();
        Store.Commit([.. Enumerable.Range(1, 9).Select(n => new Change.ActivityAdded(Activity(n) with { Job = n % 2 == 0 ? new JobId("j") : null, JobType = n < 5 ? "t" : "u" }))]);
        Assert.Equal([8L, 6, 4, 2], (await Store.History.ActivitiesAsync(new ActivityFilter { Job = new JobId("j") }, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal([4L, 3], (await Store.History.ActivitiesAsync(new ActivityFilter { JobTypes = ["t"], Limit = 2 }, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal([2L, 1], (await Store.History.ActivitiesAsync(new ActivityFilter { Before = 3 }, CancellationToken.None)).Select(activity => activity.Sequence));
    }

    protected static Job Job(string id) => new() { Id = new JobId(id), JobType = "t", DedupeKey = id, CreatedAt = Start, UpdatedAt = Start, DueAt = Start };

    private static Attempt Attempt(string request) => new()
    {
        Number = 1,
        RequestId = new RequestId(request),
        Worker = new WorkerId("w"),
        Session = new SessionId(9),
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

public sealed class SqliteAdminStoreTests : AdminStoreConformance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;
    private SqliteAdminStore _store;

    public SqliteAdminStoreTests() => _store = new SqliteAdminStore(File);

    protected override IAdminStore Store => _store;

    private string File => Path.Combine(_folder, "admin.db");

    public override void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("not a database at all, just some words that somebody put here .......................................................")]
    [InlineData("x")]
    public void ForeignFile_IsRefused_AndLeftAsItIs(string content)
    {
        System.IO.File.WriteAllText(File, content);
        var refused = Assert.Throws<StoreRefusedException>(() => _store.Load());
        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data-dir", refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void NewerFile_IsRefused()
    {
        _store.Load();
        _store.Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        _store = new SqliteAdminStore(File);
        Assert.Contains("newer version", Assert.Throws<StoreRefusedException>(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFile_IsRefused()
    {
        _store.Load();
        _store.Commit([.. Enumerable.Range(0, 200).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 500), ConfigValues.Empty), null))]);
        _store.Dispose();
        using (var stream = System.IO.File.OpenWrite(File))
        {
            stream.SetLength(stream.Length / 3);
        }

        _store = new SqliteAdminStore(File);
        Assert.Throws<StoreRefusedException>(() => _store.Load());
    }

    [Fact]
    public void InterruptedFirstStart_IsAFirstStart()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
        }

        Assert.Empty(_store.Load().OpenJobs);
    }

    [Fact]
    public void FullDisk_IsKnownNotDone()
    {
        _store.Load();
        _store.Commit([new Change.JobSaved(Job("before"), JobPayload.Empty, null)]);
        var pages = _store.LimitPages(0);
        var bulk = Enumerable.Range(0, 500).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 10_000), ConfigValues.Empty), null)).ToList();
        Assert.Throws<StoreUnavailableException>(() => _store.Commit(bulk));
        Assert.Null(_store.History.JobAsync(new JobId("j0"), CancellationToken.None).GetAwaiter().GetResult());
        _store.LimitPages(pages + 100_000);
        _store.Commit(bulk);
        Assert.NotNull(_store.History.JobAsync(new JobId("j499"), CancellationToken.None).GetAwaiter().GetResult());
    }

    [Fact]
    public void Commit_OnAnotherThread_IsRefused()
    {
        _store.Load();
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => _store.Commit([])));
        thread.Start();
        thread.Join();
        Assert.IsType<InvalidOperationException>(thrown);
    }

    protected override void Reopen()
    {
        _store.Dispose();
        _store = new SqliteAdminStore(File);
    }
}
