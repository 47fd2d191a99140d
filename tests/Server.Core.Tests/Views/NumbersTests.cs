using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Views;

/// <summary>What is counted over time, from sequences made by hand.</summary>
public sealed class NumbersTests : IDisposable
{
    private readonly AdminHarness _admin = new();
    private readonly ReadModelBuilder _builder = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Series_CountWhatEndedInEachFiveSeconds_AndKeepTheirLength()
    {
        var worker = _admin.ConnectDescribed(slots: 10);
        Assert.Equal((180, 1440), (Build().Numbers.Series.Length, Build().Numbers.Minutes.Length));
        End(worker, succeeded: 2, failed: 1);
        var start = Build().Numbers.Series[^1].Start;
        _admin.Advance(TimeSpan.FromSeconds(15));
        _admin.Submit();
        End(worker, succeeded: 4, failed: 0);
        var series = Build().JobType("echo")!.Numbers.Series;
        Assert.Equal([(2, 1), (0, 0), (0, 0), (4, 0)], series.SkipWhile(bucket => bucket.Start < start).Select(bucket => (bucket.Succeeded, bucket.Failed)));
        Assert.True(series.SequenceEqual(Build().Numbers.Series));
        Assert.Equal(180, series.Length);
        Assert.All(series.Zip(series.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(5), pair.Second.Start - pair.First.Start));
        Assert.False(series[0].IsKnown);
    }

    /// <summary>The most within a bucket: what came and went between two looks was there all the same.</summary>
    [Fact]
    public void Series_ShowTheDepth_RisingAndFalling()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        for (var n = 0; n < 8; n++)
        {
            _admin.Submit();
        }

        Assert.Equal((7, 1), (Build().Numbers.Series[^1].Queued, Build().Numbers.Series[^1].Active));
        for (var n = 0; n < 8; n++)
        {
            worker.Complete(worker.LastJob);
        }

        Assert.Equal(7, Build().Numbers.Series[^1].Queued);
        _admin.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((0, 0), (Build().Numbers.Series[^1].Queued, Build().Numbers.Series[^1].Active));
    }

    [Fact]
    public void Windows_CountFromTheirStart_AndLeaveOutWhatIsOlder()
    {
        var worker = _admin.ConnectDescribed(slots: 10);
        Build();
        End(worker, succeeded: 3, failed: 1);
        Build();
        _admin.Time.Advance(TimeSpan.FromMinutes(30));
        _admin.Settle();
        worker = _admin.ConnectDescribed(slots: 10);
        End(worker, succeeded: 1, failed: 0);
        var numbers = Build().Numbers;
        var (quarter, hour) = (numbers.Of(Window.Quarter), numbers.Of(Window.Hour));
        Assert.Equal((1, 0, 4, 1), (quarter.Succeeded, quarter.Failed, hour.Succeeded, hour.Failed));
        Assert.Equal(0.2, hour.FailedShare);
        Assert.Equal(5 / 60.0, hour.PerMinute);
        Assert.Equal(0, quarter.FailedShare);

        // A list that begins where the count begins has as many.
        var listed = _admin.Store.History.CountJobsAsync(new JobFilter { UpdatedSince = hour.Start, States = [JobState.Succeeded] }, CancellationToken.None).GetAwaiter().GetResult();
        Assert.Equal(hour.Succeeded, listed[JobState.Succeeded]);
    }

    [Fact]
    public void WaitAndRun_AreSaidFromFiveSamplesOn()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        Build();
        for (var n = 1; n <= 4; n++)
        {
            _admin.Submit();
            _admin.Advance(TimeSpan.FromSeconds(n));
            worker.Complete(worker.LastJob);
        }

        Assert.Equal((null, 4), (Build().Numbers.Of(Window.Quarter).Run.P50, Build().Numbers.Of(Window.Quarter).Run.Samples));
        Assert.Null(Build().Numbers.Eta);

        // Two at once in one slot: the second waits as long as the first runs.
        _admin.Submit();
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(10));
        worker.Complete(worker.LastJob);
        _admin.Advance(TimeSpan.FromSeconds(5));
        worker.Complete(worker.LastJob);
        var numbers = Build().JobType("echo")!.Numbers;
        var (wait, run) = (numbers.Of(Window.Quarter).Wait, numbers.Of(Window.Quarter).Run);
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10), 6), (run.P50, run.P95, run.Samples));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(10)), (wait.P50, wait.P95));
        Assert.Equal(TimeSpan.FromSeconds(3), numbers.Eta);
        Assert.Equal(6, numbers.Latencies.Sum(point => point.Samples));
    }

    [Fact]
    public void NothingChanged_NumbersAreTheSameRecords()
    {
        var worker = _admin.ConnectDescribed();
        End(worker, succeeded: 1, failed: 1);
        var before = Build();
        var after = Build();
        Assert.Same(before.Numbers, after.Numbers);
        Assert.Same(before.JobTypes[0], after.JobTypes[0]);
        Assert.True(before.Workers == after.Workers && before.Failures == after.Failures && before.Busiest == after.Busiest);
        _admin.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotSame(before.JobTypes[0].Numbers, Build().JobTypes[0].Numbers);
    }

    /// <summary>More end between two looks than the log of endings holds: still counted, only not looked at one by one.</summary>
    [Fact]
    public void MoreEndings_ThanAreSeenOneByOne_AreCountedAllTheSame()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        Build();
        for (var n = 0; n < EndingLog.Capacity + 50; n++)
        {
            _admin.Submit();
            worker.Complete(worker.LastJob);
        }

        var numbers = Build().Numbers.Of(Window.Quarter);
        Assert.Equal((EndingLog.Capacity + 50, EndingLog.Capacity), (numbers.Succeeded, numbers.Run.Samples));
    }

    [Fact]
    public void AfterARestart_NumbersComeFromTheStore_Once()
    {
        var worker = _admin.ConnectDescribed(slots: 10);
        Build();
        for (var n = 0; n < 6; n++)
        {
            _admin.Submit();
            _admin.Advance(TimeSpan.FromSeconds(2));
            worker.Complete(worker.LastJob);
        }

        _admin.Advance(TimeSpan.FromMinutes(2));
        _admin.Restart();
        var builder = new ReadModelBuilder();
        var now = new Now(_admin.Time.GetUtcNow(), TimeSpan.Zero);
        var first = builder.Build(_admin.State, now);
        Assert.Equal((0, now.Wall), (first.Numbers.Of(Window.Hour).Succeeded, first.Numbers.CompleteSince));
        End(_admin.ConnectDescribed(), succeeded: 1, failed: 0);
        builder.Build(_admin.State, now);
        var past = _admin.Store.History.JobsAsync(new JobFilter { Limit = 500 }, CancellationToken.None).GetAwaiter().GetResult();
        builder.Refill(past.Items, now.Wall.AddHours(-24), now);
        var numbers = builder.Build(_admin.State, now).JobType("echo")!.Numbers;
        Assert.Equal((7, now.Wall.AddHours(-24)), (numbers.Of(Window.Hour).Succeeded, numbers.CompleteSince));
        Assert.Equal(TimeSpan.FromSeconds(2), numbers.Of(Window.Hour).Run.P50);
        Assert.Equal(7, builder.Build(_admin.State, now).LaneNumbers[builder.Build(_admin.State, now).JobType("echo")!.Rules.Lane].Of(Window.Day).Succeeded);
        Assert.Equal(7, builder.Build(_admin.State, now).Numbers.Of(Window.Day).Succeeded);
    }

    [Fact]
    public void Activities_OfTheHour_AreCountedAllOfThem_AndAreKnownAfterARestart()
    {
        var worker = _admin.ConnectDescribed();
        var builder = new ReadModelBuilder();
        ReadModel Build() => builder.Build(_admin.State, new Now(_admin.Time.GetUtcNow(), TimeSpan.Zero));
        Build();
        for (var n = 0; n < 600; n++)
        {
            _admin.Submit();
            worker.Complete(worker.LastJob);
            Build();
        }

        async Task<int> StoredAsync(ActivityCounts counts, string jobType) => (await _admin.Store.History.ActivitiesAsync(
            new ActivityFilter { JobTypes = jobType.Length == 0 ? [] : [jobType], At = new TimeRange(counts.From, null), Limit = 5_000 }, CancellationToken.None)).Length;
        void AssertAsStored()
        {
            var counts = Build().ActivityCounts;
            Assert.InRange(counts.All, 1_001, int.MaxValue);
            Assert.Equal(StoredAsync(counts, "").GetAwaiter().GetResult(), counts.All);
            Assert.Equal(StoredAsync(counts, "echo").GetAwaiter().GetResult(), counts.Of("echo"));
        }

        _admin.Advance(TimeSpan.FromMinutes(2));
        AssertAsStored();

        _admin.Restart();
        builder = new ReadModelBuilder();
        var now = _admin.Time.GetUtcNow();
        Assert.False(Build().ActivityCounts.IsWholeHour);
        _admin.ConnectDescribed();
        builder.Refill(_admin.Store.History.TallyActivitiesAsync(now.AddHours(-1), builder.FirstActivity, CancellationToken.None).GetAwaiter().GetResult(), now.AddHours(-1));
        AssertAsStored();

        _admin.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, Build().ActivityCounts.Of("echo"));
    }

    [Fact]
    public void Failures_ThatDifferOnlyInNumbers_AreOneGroup_AndCanBeMuted()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        Build();
        for (var n = 0; n < 37; n++)
        {
            _admin.Submit();
            worker.Complete(worker.LastJob, success: false, error: $"disk {n} of 10.0.0.{n}:8080 is full\nat line {n}", permanent: true);
        }

        _admin.Submit();
        worker.Complete(worker.LastJob, success: false, error: "no route to host", permanent: true);
        var groups = Build().Failures;
        Assert.Equal([1, 37], groups.Select(group => group.Count));
        Assert.Equal("disk 36 of 10.0.0.36:8080 is full", groups[1].Sample);
        Assert.Equal("w-1", Assert.Single(groups[1].Workers));
        Assert.Equal(37, groups[1].Hours.Sum());

        Assert.True(_admin.Send(new MuteFailure(Actor.LocalUi, groups[1].Fingerprint, TimeSpan.FromHours(24))).IsAccepted);
        Assert.NotNull(Build().Failures[1].MutedUntil);
        _admin.Restart();
        Assert.Contains(groups[1].Fingerprint, _admin.State.Muted.Keys);
        _admin.Send(new MuteFailure(Actor.LocalUi, groups[1].Fingerprint, TimeSpan.Zero));
        Assert.Empty(_admin.State.Muted);
        _admin.Restart();
        Assert.Empty(_admin.State.Muted);
    }

    [Fact]
    public void Worker_BackWithinItsCell_KeepsTheGapOfThatCell()
    {
        var worker = _admin.ConnectDescribed();
        Build();
        worker.Drop();
        Build();
        _admin.Connect();
        Build();
        Assert.Equal(new LoadCell(0, false, Broke: true), Build().Workers[0].Numbers.Load[^1]);
        _admin.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([new LoadCell(0, false, Broke: true), new LoadCell(0, false)], Build().Workers[0].Numbers.Load.TakeLast(2));
    }

    [Fact]
    public void Lane_CountsWhatEndedInIt()
    {
        var worker = _admin.ConnectDescribed(slots: 10);
        _admin.Send(new SaveLane(Actor.LocalUi, new LaneRules("night")));
        End(worker, succeeded: 2, failed: 1);
        Assert.Equal(2, Build().LaneNumbers[Build().JobType("echo")!.Rules.Lane].Of(Window.Day).Succeeded);
        _admin.Send(new PlaceJobType(Actor.LocalUi, "echo", new TypePlacement("night", false)));
        End(worker, succeeded: 3, failed: 0);
        var lane = Build().LaneNumbers["night"];
        Assert.Equal((3, 0), (lane.Of(Window.Day).Succeeded, lane.Of(Window.Day).Failed));
        Assert.Equal(5, Build().Numbers.Of(Window.Day).Succeeded);
    }

    [Fact]
    public void Worker_ShowsItsLoad_ItsGap_AndWhatItEnded()
    {
        var worker = _admin.ConnectDescribed(slots: 4);
        var first = _admin.Submit();
        _admin.Submit();
        Build();
        _admin.Advance(TimeSpan.FromSeconds(15));
        worker.Complete(worker.Jobs.First(job => job.Job.Id == first.Id));
        Build();
        worker.Drop();
        _admin.Advance(TimeSpan.FromSeconds(15));
        Build();
        _admin.Advance(TimeSpan.FromSeconds(15));
        worker = _admin.ConnectDescribed(slots: 4);
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, true, ""));
        var view = Build().Workers[0];
        Assert.Equal([new LoadCell(50, false), new LoadCell(25, false), LoadCell.Gone, new LoadCell(25, true)], view.Numbers.Load.TakeLast(4));
        Assert.Equal(LoadCell.Unknown, view.Numbers.Load[0]);
        Assert.Equal(WorkerNumbers.Cells, view.Numbers.Load.Length);

        // One succeeded; the other was lost with its worker, after its grace.
        Assert.Equal([AttemptOutcome.Succeeded, AttemptOutcome.WorkerLost], view.Numbers.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(0.5, view.Numbers.FailedShare);
        Assert.Equal((1, "the stream broke"), (view.Worker.Sessions.Length, view.Worker.Sessions[0].Reason));
    }

    [Fact]
    public void Worker_ShowsTheGapsBetweenItsHeartbeats()
    {
        var worker = _admin.ConnectDescribed();
        foreach (var seconds in (int[])[10, 10, 25])
        {
            _admin.Advance(TimeSpan.FromSeconds(seconds));
            worker.Beat();
            Build();
        }

        var view = Build().Workers[0];
        Assert.Equal([10, 10, 25], view.Numbers.Beats.Select(beat => beat.Gap.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(10), view.BeatEvery);
    }

    [Fact]
    public void Funnel_AddsUp()
    {
        var worker = _admin.ConnectDescribed(slots: 2);
        _admin.Send(new Core.Detections.RequestDetection(Actor.LocalUi, "echo", Core.Detections.DetectionMode.Run, MaxResults: 3));
        worker.Propose(worker.LastDetection, false, "a", "b", "a", "c", "d", "e");
        worker.EndDetection(worker.LastDetection);
        worker.Complete(worker.LastJob);
        _admin.Send(new Core.Detections.RequestDetection(Actor.LocalUi, "echo", Core.Detections.DetectionMode.Preview));
        worker.Propose(worker.LastDetection, false, "x");
        worker.EndDetection(worker.LastDetection);
        var funnel = Build().JobType("echo")!.Funnel!;
        Assert.Equal((6, 1, 2, 3), (funnel.Found, funnel.Duplicates, funnel.OverLimit, funnel.Queued));
        Assert.Equal(funnel.Found, funnel.Duplicates + funnel.Suppressed + funnel.Refreshed + funnel.OverLimit + funnel.Invalid + funnel.Queued);
        Assert.Equal((1, 2), (funnel.Succeeded, funnel.StillActive));
    }

    [Fact]
    public void Busiest_HaveWorkersAtWorkFirst()
    {
        _admin.Connect("idle", "other");
        var busy = _admin.ConnectDescribed("z-busy", slots: 4);
        _admin.Submit();
        Assert.Equal(["z-busy", "idle"], Build().Busiest.Select(view => view.Worker.Id.Value));
        _admin.Send(new ForgetWorker(Actor.LocalUi, busy.Id));
        busy.Drop();
        Assert.Equal(2, Build().Busiest.Length);
    }

    private ReadModel Build() => _builder.Build(_admin.State, new Now(_admin.Time.GetUtcNow(), _admin.Time.GetElapsedTime(0)));

    private void End(FakeWorker worker, int succeeded, int failed)
    {
        for (var n = 0; n < succeeded + failed; n++)
        {
            var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
            worker.Complete(worker.Jobs.Last(sent => sent.Job.Id == job.Id), success: n < succeeded, error: n < succeeded ? "" : "broken");
        }
    }
}
