using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.Server.Core.Tests.Detections;

/// <summary>Who detects, when nobody can, and what a detector may bring.</summary>
public sealed class DetectorTests : IDisposable
{
    private static readonly RuntimeSettings Hourly = new() { Enabled = true, DetectionIntervalMinutes = 60, MaxJobsPerDetection = 100 };

    private readonly FaultyStore _store = new();
    private readonly AdminHarness _admin;

    public DetectorTests() => _admin = new AdminHarness(_store);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void AllDetectorsDrain_WaitsWithoutPolling_UntilOneIsTakenBack()
    {
        var worker = _admin.ConnectDescribed(runtime: Hourly);
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, true, ""));
        _admin.Advance(TimeSpan.FromSeconds(6));
        worker.Beat();
        var commits = _store.Commits;
        _admin.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(commits, _store.Commits);
        Assert.Empty(Asked(worker));
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, false, ""));
        Assert.Single(Asked(worker));
    }

    [Fact]
    public void DetectionBeyondTheQueueLimit_IsCut_AndSaysSo_OncePerBatch()
    {
        using var admin = new AdminHarness(options: new AdminOptions { QueueLimit = 3 });
        var worker = admin.ConnectDescribed(runtime: Hourly);
        admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        admin.Send(new PauseJobType(Actor.LocalUi, "echo", true, "so that all of it waits", null));
        worker.Propose(worker.LastDetection, true, "a", "b");
        Assert.Empty(Full());
        worker.Propose(worker.LastDetection, false, "c", "d", "e");
        worker.EndDetection(worker.LastDetection);
        Assert.Equal(3, admin.State.JobTypes["echo"].Counts.Pending);
        Assert.Equal("the queue of echo is full (3 jobs wait): 2 proposals were cut", Assert.Single(Full()));

        IEnumerable<string> Full() => admin.State.Activities.Where(line => line.Stage == "queue_full").Select(line => line.Message);
    }

    [Fact]
    public void NewDetector_WhileTheOthersDrain_IsAskedAtOnce()
    {
        var worker = _admin.ConnectDescribed(runtime: Hourly);
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, true, ""));
        _admin.Advance(TimeSpan.FromSeconds(6));
        var other = _admin.Connect("w-2");
        _admin.Settle();
        Assert.Single(Asked(other));
    }

    [Fact]
    public void DetectorThatIsHeardAgain_IsAsked()
    {
        var worker = _admin.ConnectDescribed(runtime: Hourly with { DetectionIntervalMinutes = 1 });
        _admin.Advance(TimeSpan.FromSeconds(6));
        worker.EndDetection(worker.LastDetection);
        _admin.Advance(TimeSpan.FromSeconds(25));
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(WorkerHealth.Unhealthy, _admin.State.Workers[worker.Id].Health);
        Assert.Single(Asked(worker));
        worker.Beat();
        Assert.Equal(2, Asked(worker).Count());
    }

    [Fact]
    public void GoodDetector_KeepsTheRole_AndOneAtATimeHoldsIt()
    {
        var one = _admin.ConnectDescribed("w-1");
        var two = _admin.Connect("w-2");
        for (var n = 0; n < 3; n++)
        {
            _admin.Advance(TimeSpan.FromSeconds(1));
            _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
            one.EndDetection(one.LastDetection);
        }

        Assert.Equal(3, Asked(one).Count());
        Assert.Empty(Asked(two));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DetectorThatFails_IsAskedLast_EvenWhenItHasMoreRoom(bool answers)
    {
        var one = _admin.ConnectDescribed("w-1");
        var two = _admin.Connect("w-2");
        one.Beat();
        _admin.Post(new WorkerInput.Beat(two.Session, new Heartbeat(_admin.Time.GetUtcNow(), [], 1, 1, 0, 4, ImmutableSortedDictionary<string, string>.Empty)));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview, Timeout: TimeSpan.FromSeconds(1)));
        Assert.Single(Asked(one));
        if (answers)
        {
            one.EndDetection(one.LastDetection, success: false, "no master");
        }

        _admin.Advance(TimeSpan.FromSeconds(2));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
        two.EndDetection(Assert.Single(Asked(two)), success: false, "no master");
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
        Assert.Equal(2, Asked(one).Count());
    }

    [Fact]
    public async Task ProposalForATypeNobodyOffers_IsInvalid_AndMakesNoType()
    {
        var worker = _admin.ConnectDescribed();
        var detection = _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Value!;
        _admin.Post(new WorkerInput.Proposed(worker.Session, detection.Id, "echo", [FakeWorker.Proposal("a") with { JobType = "made-up" }], false));
        Assert.DoesNotContain("made-up", _admin.State.JobTypes.Keys);
        Assert.Equal(ProposalOutcome.Invalid, (await _store.History.ProposalsAsync(detection.Id, 0, 5, CancellationToken.None))[0].Outcome);
    }

    [Fact]
    public void TwinOfAWaitingJob_TakesTheNewTimes_AndKeepsItsPlace()
    {
        var worker = _admin.ConnectDescribed();
        var later = _admin.Time.GetUtcNow().AddHours(1);
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        Propose(worker, FakeWorker.Proposal("a") with { NotBefore = later });
        worker.EndDetection(worker.LastDetection);
        var job = Assert.Single(_admin.State.Jobs.Values);
        Assert.Equal((JobPhase.Scheduled, later), (job.Phase, job.DueAt));
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        Propose(worker, FakeWorker.Proposal("a", "newer"));
        Assert.Equal((job.Id, "newer"), (worker.LastJob.Job.Id, worker.LastJob.Job.Summary));
    }

    [Fact]
    public void SkippedForBacklog_IsTriedAgainAfterTheInterval()
    {
        var worker = _admin.ConnectDescribed(slots: 1, runtime: Hourly with { DetectionIntervalMinutes = 1 });
        for (var n = 0; n < 9; n++)
        {
            _admin.Submit(change: job => job with { AttemptTimeout = TimeSpan.FromHours(1) });
        }

        _admin.Advance(TimeSpan.FromSeconds(6));
        Assert.Empty(Asked(worker));
        worker.Complete(worker.LastJob);
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(29));
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(29));
        worker.Beat();
        _admin.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(Asked(worker));
    }

    [Fact]
    public void DetectorThatDiesOfItsDetection_IsAskedLaterEachTime_NeverLaterThanItWasDue()
    {
        using var admin = new AdminHarness();
        admin.ConnectDescribed(runtime: Hourly with { DetectionIntervalMinutes = 2 }).Drop();
        var pauses = new List<double>();
        for (var n = 0; n < 7; n++)
        {
            var worker = admin.Connect();
            for (var seconds = 0; !admin.Link.To<Outbound.RunDetection>(worker.Session).Any(); seconds++)
            {
                Assert.True(seconds < 200, "never asked again");
                admin.Advance(TimeSpan.FromSeconds(1));
                worker.Beat();
            }

            worker.Drop();
            pauses.Add((admin.State.JobTypes["echo"].Schedule.NextAt!.Value - admin.Time.GetUtcNow()).TotalSeconds);
        }

        Assert.Equal([5, 10, 20, 40], pauses.Take(4));
        Assert.All(pauses, pause => Assert.True(pause <= 120));
    }

    [Theory]
    [InlineData(500, 0, "200 200 100")]
    [InlineData(5, 400_000, "3 2")]
    [InlineData(2, 2_000_000, "1 1")]
    [InlineData(0, 0, "0")]
    public async Task HugeBatch_ComesInParts(int count, int size, string expected)
    {
        using var engine = new AdminEngine(_store, new RecordingLink(), new NoLaneLock(), new AdminOptions(), TimeProvider.System, new IdSource(new Random(1)), NullLogger<AdminEngine>.Instance);
        using var views = new ReadModelPublisher(engine, TimeProvider.System);
        var admin = new Admin(engine, _store, views);
        var batch = new WorkerInput.Proposed(admin.NextSession(), new RequestId("r"), "echo", [.. Enumerable.Range(0, count).Select(n => FakeWorker.Proposal($"k{n}") with { Detail = new string('x', size) })], false);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        var posting = admin.PostAsync(batch, limit.Token).AsTask();
        var parts = new List<WorkerInput.Proposed>();
        while (!posting.IsCompleted)
        {
            if (engine.Inbox.TryTake(out var letter))
            {
                // One at a time: others get their turn between them.
                Assert.True(engine.Inbox.IsEmpty);
                parts.Add((WorkerInput.Proposed)letter.Input);
                letter.Settled!();
            }

            await Task.Yield();
        }

        await posting;
        Assert.Equal(expected, string.Join(' ', parts.Select(part => part.Proposals.Length)));
        Assert.Equal(batch.Proposals.AsEnumerable(), parts.SelectMany(part => part.Proposals));
    }

    /// <summary>A hundred thousand plans of 64 KiB fill the disk once, not twice.</summary>
    [Fact]
    public async Task LargeParameters_AreKeptWithTheJob_AndInTheTraceOnlyUpToALimit()
    {
        using var admin = new AdminHarness(options: new AdminOptions { TraceLimit = 15_000 });
        var worker = admin.ConnectDescribed();
        var large = ConfigValues.Empty.With("plan", new ConfigValue.Text(new string('x', 10_000)));
        async Task<ImmutableArray<ProposalTrace>> FoundAsync(DetectionMode mode)
        {
            var id = admin.Send(new RequestDetection(Actor.LocalRest, "echo", mode)).Value!.Id;
            admin.Post(new WorkerInput.Proposed(worker.Session, id, "echo", [.. ((string[])["a", "b"]).Select(key => FakeWorker.Proposal(key) with { Parameters = large })], false));
            worker.EndDetection(worker.LastDetection);
            return await admin.Store.History.ProposalsAsync(id, 0, 10, CancellationToken.None);
        }

        var previewed = await FoundAsync(DetectionMode.Preview);
        Assert.Equal([true, false], previewed.Select(trace => trace.Proposal.Parameters.ContainsKey("plan")));
        Assert.Contains("not kept", previewed[1].Note, StringComparison.Ordinal);
        var queued = await FoundAsync(DetectionMode.Run);
        Assert.All(queued, trace => Assert.Equal((false, "its parameters are with the job"), (trace.Proposal.Parameters.ContainsKey("plan"), trace.Note)));
        Assert.Equal(large, (await admin.Store.History.JobAsync(queued[0].Job!.Value, CancellationToken.None))!.Payload.Parameters);
    }

    [Fact]
    public void CanceledDetection_IsToldToItsWorker_AndLateProposalsCountForNothing()
    {
        var worker = _admin.ConnectDescribed();
        var detection = _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Value!;
        Assert.True(_admin.Send(new CancelDetection(Actor.LocalUi, detection.Id, "wrong folder")).IsAccepted);
        Assert.Equal((detection.Id, WorkKind.Detection), (_admin.Link.To<Outbound.Cancel>(worker.Session).Single().Target, _admin.Link.To<Outbound.Cancel>(worker.Session).Single().Kind));
        worker.Propose(worker.LastDetection, false, "a");
        Assert.Empty(_admin.State.Jobs);
        Assert.Equal(DetectionStatus.Canceled, _admin.State.JobTypes["echo"].RecentDetections[0].Status);
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new CancelDetection(Actor.LocalUi, detection.Id, "")).Refusal!.Code);
    }

    private IEnumerable<Outbound.RunDetection> Asked(FakeWorker worker) => _admin.Link.To<Outbound.RunDetection>(worker.Session);

    private void Propose(FakeWorker worker, params ImmutableArray<Proposal> proposals) =>
        _admin.Post(new WorkerInput.Proposed(worker.Session, worker.LastDetection.RequestId, "echo", proposals, false));
}
