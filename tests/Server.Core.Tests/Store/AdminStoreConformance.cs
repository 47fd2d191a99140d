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
public abstract partial class AdminStoreConformance : IDisposable
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
        var canceling = job.Attempt with { Cancel = CancelCause.Person, CancelReason = "no need", CancelGrace = TimeSpan.FromMinutes(2), ForcedAt = Start.AddMinutes(7) };
        Store.Commit([new Change.JobSaved(job, payload, null), new Change.AttemptSaved(job.Id, job.Attempt)]);
        Store.Commit([new Change.AttemptSaved(job.Id, canceling)]);
        Reopen();
        var open = Assert.Single(Store.Load().OpenJobs);
        var plain = open with { Labels = job.Labels, RefusedBy = job.RefusedBy, Attempt = null };
        Assert.Equal(job with { Attempt = null, Payload = null }, plain);
        Assert.Equal(job.Labels, open.Labels);
        Assert.Equal("w,9", Assert.Single(open.RefusedBy).Value);
        Assert.Equal((job.Attempt.RequestId, job.Attempt.CanResume, job.Attempt.Timeout, "transient"), (open.Attempt!.RequestId, open.Attempt.CanResume, open.Attempt.Timeout, open.Attempt.ErrorClass));
        Assert.Equal((canceling.Cancel, canceling.CancelReason, canceling.CancelGrace, canceling.ForcedAt), (open.Attempt.Cancel, open.Attempt.CancelReason, open.Attempt.CancelGrace, open.Attempt.ForcedAt));
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
        var ended = attempt with { Outcome = AttemptOutcome.Failed, StartedAt = Start, EndedAt = Start.AddSeconds(1), Error = "broke", Generation = 5, Instance = "i-5", ExitCode = -7 };
        Store.Commit([new Change.AttemptSaved(new JobId("j"), ended), new Change.AttemptSaved(new JobId("j"), Attempt("r2") with { Number = 2 }), new Change.JobSaved(job with { Summary = "newer" }, null, null)]);
        Reopen();
        var open = Assert.Single(Store.Load().OpenJobs);
        Assert.Equal(("newer", "r2"), (open.Summary, open.Attempt!.RequestId.Value));
        var record = (await Store.History.JobAsync(open.Id, CancellationToken.None))!;
        Assert.Equal(payload, record.Payload);
        Assert.Null(record.Result);
        Assert.Equal([("r1", AttemptOutcome.Failed, "broke", Start.AddSeconds(1), 5, "i-5", -7L), ("r2", AttemptOutcome.Open, "", null, 4, "", null)],
            record.Attempts.Select(one => (one.RequestId.Value, one.Outcome, one.Error, one.EndedAt, one.Generation, one.Instance, one.ExitCode)));
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

    protected static Job Job(string id) => new() { Id = new JobId(id), JobType = "t", DedupeKey = id, CreatedAt = Start, UpdatedAt = Start, DueAt = Start };

    private static Attempt Attempt(string request) => new()
    {
        Number = 1,
        RequestId = new RequestId(request),
        Worker = new WorkerId("w"),
        Session = new SessionId(9),
        Generation = 4,
        ErrorClass = "transient",
        CanResume = true,
        SentAt = Start,
        Timeout = TimeSpan.FromMinutes(5),
        TimeoutAt = TimeSpan.FromDays(3),
    };

    private static Activity Activity(long sequence) => new() { Sequence = sequence, At = Start.AddSeconds(sequence), Source = "admin", Message = $"line {sequence}", Details = ConfigValues.Empty.With("n", new ConfigValue.Int64(sequence)) };
}
