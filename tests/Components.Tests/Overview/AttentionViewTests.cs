using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.Overview;

/// <summary>What pages make of a read model of the real engine.</summary>
public sealed class AttentionViewTests : IDisposable
{
    private readonly AdminHarness _admin = new();
    private readonly ReadModelBuilder _builder = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void QuietAdmin_NeedsNothing()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        worker.Complete(worker.LastJob);
        Assert.Empty(AttentionView.From(Build()));
    }

    [Fact]
    public void WorkerGoneWithWork_IsBad_ThenOnlyGone()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        worker.Drop();
        var line = Assert.Single(AttentionView.From(Build()));
        Assert.True(line.IsBad);
        Assert.Contains("w-1 is gone with 1 job", line.Text, StringComparison.Ordinal);
        Assert.Equal("workers/w-1", line.Link);
        _admin.Advance(TimeSpan.FromSeconds(16));
        Assert.Contains(AttentionView.From(Build()), later => later is { IsBad: false } && later.Text.StartsWith("w-1 disconnected", StringComparison.Ordinal));
    }

    /// <summary>What stands still is read before who left; and a fleet that left is one line.</summary>
    [Fact]
    public void FleetThatIsGone_IsOneLine_BelowTheJobsThatCannotStart()
    {
        var workers = Enumerable.Range(0, 8).Select(n => _admin.ConnectDescribed($"w-{n}", runtime: new() { Enabled = true, GlobalExecutionConcurrency = 99, PerWorkerExecutionConcurrency = 9 })).ToList();
        workers.ForEach(worker => worker.Drop());
        _admin.Advance(TimeSpan.FromSeconds(16));
        for (var n = 0; n < 36; n++)
        {
            _admin.Submit();
        }

        var lines = AttentionView.From(Build());
        Assert.True(lines[0] is { IsBad: true, Code: "no_capable_worker" });
        Assert.StartsWith("36 jobs of echo cannot start", lines[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Key == "nobody echo");
        var gone = Assert.Single(lines, line => line.Key.StartsWith("gone", StringComparison.Ordinal));
        Assert.StartsWith("8 workers disconnected, the last 16 s ago (w-0, w-1, w-2 …): ", gone.Text, StringComparison.Ordinal);
        Assert.Equal("workers?health=disconnected", gone.Link);
    }

    [Fact]
    public void WorkersGoneWithWork_AreOneLine_AndComeFirstAmongWorkers()
    {
        var first = _admin.ConnectDescribed("a-gone", slots: 1, runtime: new() { GlobalExecutionConcurrency = 9, PerWorkerExecutionConcurrency = 9 });
        var second = _admin.Connect("b-gone", slots: 1);
        _admin.Submit();
        _admin.Submit();
        _admin.Connect("c-there");
        first.Drop();
        second.Drop();
        var model = Build();
        Assert.StartsWith(
            "2 workers are gone with 2 jobs at work; they may still come back with them (a-gone, b-gone): ", Assert.Single(AttentionView.From(model), line => line.Key == "gone at work" && line is { IsBad: true, IsJob: true }).Text, StringComparison.Ordinal);
        Assert.Equal(["a-gone", "b-gone", "c-there"], model.Workers.Select(view => view.Worker.Id.Value));
        _admin.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(["c-there", "a-gone", "b-gone"], Build().Workers.Select(view => view.Worker.Id.Value));
    }

    [Fact]
    public void WorkerThatComesAndGoes_Flaps()
    {
        for (var n = 0; n < 3; n++)
        {
            _admin.Connect().Drop();
        }

        Assert.Contains("lost its connection 3 times", Assert.Single(AttentionView.From(Build())).Text, StringComparison.Ordinal);
    }

    /// <summary>A hundred jobs that wait for the same thing are one thing.</summary>
    [Fact]
    public void JobsThatWaitForTheSame_AreOneLine()
    {
        _admin.ConnectDescribed(slots: 1);
        for (var n = 0; n < 100; n++)
        {
            _admin.Submit(change: job => job with { Labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") });
        }

        var line = Assert.Single(AttentionView.From(Build()));
        Assert.StartsWith("100 jobs of echo cannot start", line.Text, StringComparison.Ordinal);
        Assert.Equal(("plugin/queue?job=echo", "labels"), (line.Link, line.Code));
    }

    /// <summary>Waiting for a slot is normal for five minutes.</summary>
    [Fact]
    public void JobsThatWaitForASlot_AreNamedAfterFiveMinutes_WithTheirCode()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        _admin.Submit(change: job => job with { AttemptTimeout = TimeSpan.FromHours(2) });
        var running = worker.LastJob;
        _admin.Submit();
        for (var beats = 0; beats < 15; beats++)
        {
            Assert.DoesNotContain(AttentionView.From(Build()), line => line.Code.Length > 0);
            _admin.Advance(TimeSpan.FromSeconds(20));
            worker.Beat(new RunningWork(running.Job.Id.Value, false, "echo", 10, "", running.RequestId));
        }

        _admin.Advance(TimeSpan.FromSeconds(1));
        var stuck = Assert.Single(AttentionView.From(Build()), line => line.Code.Length > 0);
        Assert.Equal("worker_limit", stuck.Code);
        Assert.StartsWith("1 job of echo cannot start, the oldest for 5 min", stuck.Text, StringComparison.Ordinal);
    }

    /// <summary>Before a job is stuck: whoever detects has nobody to run it, or the other way round.</summary>
    [Fact]
    public void EnabledType_WithHalfOfItsWorkers_IsNamed()
    {
        _admin.ConnectDescribed(runtime: new() { Enabled = true, GlobalExecutionConcurrency = 1, PerWorkerExecutionConcurrency = 1 }).Drop();
        _admin.Advance(TimeSpan.FromSeconds(16));
        _admin.Connect("runs", detects: false);
        Assert.Contains(AttentionView.From(Build()), line => line is { Key: "undetected echo", Text: "echo is enabled, but no connected worker detects for it", Link: "workers?type=echo" });

        var model = Build() with { JobTypes = [Build().JobTypes[0] with { DetectorAvailable = true, ExecutorCount = 0 }] };
        Assert.Contains(AttentionView.From(model), line => line is { Key: "unexecuted echo" } && line.Text.StartsWith("echo is enabled, but its workers only detect", StringComparison.Ordinal));
    }

    [Fact]
    public void EnabledType_WithoutAWorker_IsNamed()
    {
        var worker = _admin.ConnectDescribed(runtime: new() { Enabled = true, GlobalExecutionConcurrency = 1, PerWorkerExecutionConcurrency = 1 });
        Assert.DoesNotContain(AttentionView.From(Build()), line => line.Key == "nobody echo");
        worker.Drop();
        Assert.Contains(AttentionView.From(Build()), line => line is { Key: "nobody echo", Text: "echo is enabled, but no connected worker offers it", Action: "Start a worker", Link: "workers" });
    }

    [Fact]
    public void SharedId_IsBad_AndNamesBothAddresses()
    {
        for (var n = 0; n < 6; n++)
        {
            _admin.Connect("twin", instance: $"p-{n % 2}");
        }

        var line = Assert.Single(AttentionView.From(Build()), line => line.Key == "conflict twin");
        Assert.True(line is { IsBad: true, Link: "workers/twin" });
        Assert.Matches(@"^Two processes use the id twin: 127\.0\.0\.1:\d+ and 127\.0\.0\.1:\d+$", line.Text);
    }

    [Fact]
    public void WorkerThatIgnoresCancel_IsBad_UntilItStops()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        var job = _admin.Submit();
        var work = new RunningWork(job.Id.Value, false, "echo", 0, "", worker.LastJob.RequestId);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "now", Force: true));
        worker.Beat(work);
        _admin.Advance(TimeSpan.FromSeconds(11));
        worker.Beat(work);
        Assert.Contains(AttentionView.From(Build()), line => line is { Key: "cancel w-1", IsBad: true, Text: "w-1 keeps running work that was taken from it" });
        worker.Beat();
        Assert.DoesNotContain(AttentionView.From(Build()), line => line.Key == "cancel w-1");
    }

    [Fact]
    public void WhatAWorkerSaysOfItsHealth_IsTold_UntilItIsWell()
    {
        var worker = _admin.ConnectDescribed();
        worker.Beat(ImmutableSortedDictionary<string, string>.Empty.Add("health", "echo: the disk is full"));
        Assert.Contains(AttentionView.From(Build()), line => line is { Key: "ails w-1", IsBad: false, Link: "workers/w-1", Text: "w-1 says: echo: the disk is full" });
        worker.Beat();
        Assert.DoesNotContain(AttentionView.From(Build()), line => line.Key == "ails w-1");
    }

    [Fact]
    public void JobThatLostThreeWorkers_IsQuarantined_AndLinked()
    {
        _admin.ConnectDescribed(runtime: new() { GlobalExecutionConcurrency = 1, PerWorkerExecutionConcurrency = 1, RetryLimit = 9, RetryBackoffSeconds = 1 }).Drop();
        _admin.Submit(change: job => job with { RetryLimit = 9 });
        for (var n = 0; n < 3; n++)
        {
            _admin.Connect($"v-{n}", ours: false).Drop();
            _admin.Advance(TimeSpan.FromMinutes(2));
        }

        var line = Assert.Single(AttentionView.From(Build()), line => line.Key == "quarantine echo");
        Assert.True(line.IsBad);
        Assert.StartsWith("1 job of echo given up: 3 workers in a row", line.Text, StringComparison.Ordinal);
        Assert.Equal("jobs?q=type%3Aecho%20reason%3Aworker_lost%20completed%3A%3C1d", line.Link);
    }

    [Fact]
    public void FailedDetection_IsNamedWithItsError()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        worker.EndDetection(worker.LastDetection, success: false, "no master answers");
        Assert.Contains(AttentionView.From(Build()), line => line is { Key: "detection echo", Text: "The last detection of echo ended with error: detection failed for echo: no master answers", Link: "plugin/detection?job=echo" });
    }

    [Fact]
    public void LockThatIsLongWaitedFor_IsNamedWithItsHolder()
    {
        var model = Build();
        AttentionLine? Line(TimeSpan waited) => AttentionView.From(model with { Cluster = model.Cluster with { Lock = ClusterLock.Free with { Phase = LockPhase.Taking, WaitingSince = model.At - waited, Reason = "held by weed shell" } } }).SingleOrDefault();
        Assert.Null(Line(TimeSpan.FromMinutes(5)));
        Assert.Equal("Locked lanes have been waiting for the cluster lock for 6 min, held by weed shell", Line(TimeSpan.FromMinutes(6))?.Text);
    }

    [Fact]
    public void SilentJob_IsNamed_AfterAWhile()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit(change: job => job with { Summary = "the quiet one", AttemptTimeout = TimeSpan.FromHours(2) });
        worker.Progress(worker.LastJob, 10);
        for (var beats = 0; beats < 33; beats++)
        {
            _admin.Advance(TimeSpan.FromSeconds(20));
            worker.Beat(new RunningWork(worker.LastJob.Job.Id.Value, false, "echo", 10, "", worker.LastJob.RequestId));
        }

        Assert.Contains(AttentionView.From(Build()), line => line.Text.StartsWith("No word about \"the quiet one\" for", StringComparison.Ordinal));
    }

    /// <summary>Three of its usual gaps, whatever such jobs take.</summary>
    [Fact]
    public void SilentJob_WithARhythm_IsNamedAfterThreeOfItsGaps()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit(change: job => job with { AttemptTimeout = TimeSpan.FromHours(2) });
        var job = worker.LastJob;
        void Pass(int seconds)
        {
            _admin.Advance(TimeSpan.FromSeconds(seconds));
            worker.Beat(new RunningWork(job.Job.Id.Value, false, "echo", 10, "", job.RequestId));
        }

        foreach (var stage in (string[])["a", "b", "c", "d", "e"])
        {
            worker.Progress(job, 10, stage);
            Pass(30);
        }

        Pass(30);
        Pass(28);
        Assert.Empty(AttentionView.From(Build()));
        Pass(4);
        Assert.EndsWith("it usually says something every 30 s", Assert.Single(AttentionView.From(Build())).Text, StringComparison.Ordinal);
    }

    /// <summary>Each job that the card counts is in the list of the same name, and the other way round.</summary>
    [Fact]
    public async Task Card_AndList_NameTheSameJobs()
    {
        var away = _admin.ConnectDescribed("w-away", slots: 1, runtime: new() { GlobalExecutionConcurrency = 9, PerWorkerExecutionConcurrency = 1 });
        var rhythmic = _admin.Connect("w-rhythm", slots: 1);
        Submit("away");
        Submit("rhythm");
        foreach (var stage in (string[])["a", "b", "c", "d", "e"])
        {
            rhythmic.Progress(rhythmic.LastJob, 10, stage);
            away.Progress(away.LastJob, 10, stage);
            Pass(30);
        }

        // At once: nobody has such labels. Only after a while: no slot is free. Never: somebody paused it.
        Submit("no such label", label: true);
        Submit("waits");
        _admin.Connect("w-paused", "held").Drop();
        _admin.Send(new PauseJobType(Actor.LocalUi, "held", true, "", null));
        Submit("paused", type: "held");
        Assert.Equal(["no such label"], await ListedAsync());
        Pass(31);
        Pass(31);
        Assert.Equal(["no such label", "rhythm"], await ListedAsync());
        Assert.Single(Lines(), line => line.Text.StartsWith("1 job of echo cannot start", StringComparison.Ordinal));
        Assert.Single(Lines(), line => line.Text.StartsWith("No word about \"rhythm\"", StringComparison.Ordinal));
        for (var beats = 0; beats < 13; beats++)
        {
            Pass(20);
        }

        Assert.Equal(["no such label", "rhythm", "waits"], await ListedAsync());
        away.Drop();
        Assert.Equal(["away", "no such label", "rhythm", "waits"], await ListedAsync());
        Assert.Single(Lines(), line => line.Text.StartsWith("w-away is gone with 1 job", StringComparison.Ordinal));
        _admin.Advance(TimeSpan.FromSeconds(16));
        Assert.Contains("away", await ListedAsync());
        Assert.Single(Lines(), line => line.Text == "1 job of echo failed because its worker was lost" && line.Link == "jobs?q=type%3Aecho%20reason%3Aworker_lost%20completed%3A%3C1d");

        // A type that nobody offers any more: every job of it, at once.
        _admin.Connect("w-other", "other").Drop();
        Submit("nobody", type: "other");
        Assert.Contains("nobody", await ListedAsync());
        Assert.Single(Lines(), line => line.Text == "1 job of other cannot start, the oldest for 0 ms: no connected worker offers other");
        Assert.All(Lines(), line => Assert.DoesNotContain("held", line.Text, StringComparison.Ordinal));

        void Submit(string summary, string type = "echo", bool label = false) => _admin.Submit(type, change: job => job with
        {
            Summary = summary,
            RetryLimit = 0,
            AttemptTimeout = TimeSpan.FromHours(2),
            Labels = label ? System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") : System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
        });

        // The one that is away later speaks up all the time; both are heard.
        void Pass(int seconds)
        {
            _admin.Advance(TimeSpan.FromSeconds(seconds));
            away.Progress(away.LastJob, 10, $"at {_admin.Time.GetUtcNow():HH:mm:ss}");
            foreach (var worker in (FakeWorker[])[away, rhythmic])
            {
                worker.Beat(new RunningWork(worker.LastJob.Job.Id.Value, false, "echo", 10, "", worker.LastJob.RequestId));
            }
        }

        IEnumerable<AttentionLine> Lines() => AttentionView.From(Build()).Where(line => line.IsJob);

        async Task<List<string>> ListedAsync()
        {
            var query = BlazorPluginAdmin.Server.Core.Queries.JobQuery.Parse("needs:attention state:pending,active,failed").Query;
            var page = await _admin.Store.History.JobsAsync(query.Filter(_admin.Now.Wall, _admin.State), CancellationToken.None);
            return [.. page.Items.Select(job => job.Summary).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void Activities_OfTheHour_AreCountedByType()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(20));
        worker.Complete(worker.LastJob);
        var model = Build();
        Assert.Equal(model.Activities.Count(activity => activity.JobType == "echo"), model.ActivityCounts.Of("echo"));
        Assert.Equal(0, model.ActivityCounts.Of("other"));
    }

    /// <summary>What was tried again failed here all the same; what the store knows too is one line.</summary>
    [Fact]
    public void FailuresOfAWorker_AreItsFailedAttempts_AndWhatTheStoreKnows()
    {
        var worker = _admin.ConnectDescribed();
        var failed = _admin.Submit(change: job => job with { Summary = "bad disk", RetryLimit = 0 });
        worker.Complete(worker.LastJob, success: false, "no room\nat all", permanent: true);
        _admin.Advance(TimeSpan.FromSeconds(1));
        _admin.Submit(change: job => job with { Summary = "good disk" });
        worker.Complete(worker.LastJob);
        var view = Build().Workers[0];
        var failure = Assert.Single(WorkerFailure.From(view, [], 8));
        Assert.Equal((failed.Id, "bad disk", 1, "Failed", "no room"), (failure.Job, failure.Name, failure.Attempt, failure.How, failure.Error));
        var stored = _admin.State.JobTypes["echo"].RecentEnded.Where(job => job.State == JobState.Failed).ToList();
        Assert.Single(stored);
        Assert.Equal(failure, Assert.Single(WorkerFailure.From(view, stored, 8)));
        Assert.Equal(failed.Id, Assert.Single(WorkerFailure.From(view with { Numbers = WorkerNumbers.Empty }, stored, 8)).Job);
    }

    [Theory]
    [InlineData(true, 1, true, 4, "D1 E4")]
    [InlineData(true, 0, true, 2, "D E2")]
    [InlineData(false, 3, true, 0, "E")]
    [InlineData(true, 2, false, 9, "D2")]
    public void Badge_SaysDetectsAndExecutes_WithItsSlots(bool detects, int detections, bool executes, int executions, string badge) =>
        Assert.Equal(badge, WorkerLook.Roles(new Capability("t", detects, executes, detections, executions, "", "", 0)));

    [Fact]
    public void Workers_AreFilteredByEverythingTheAddressSays()
    {
        _admin.Connect("a/b", "echo");
        _admin.Connect("c", "other");
        _admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("c"), true, ""));
        _admin.Connect("d", "echo").Drop();
        var workers = Build().Workers;
        string[] Ids(WorkersFilter filter) => [.. WorkersView.From(workers, filter, type => type == "echo" ? "loud" : null).Shown.Select(view => view.Worker.Id.Value).Order(StringComparer.Ordinal)];
        var all = new WorkersFilter("", "", "", "", "", "");
        Assert.Equal(["a/b", "c", "d"], Ids(all));
        Assert.Equal(["a/b"], Ids(all with { Health = "healthy" }));
        Assert.Equal(["c"], Ids(all with { Health = "draining" }));
        Assert.Equal(["d"], Ids(all with { Health = "disconnected" }));
        Assert.Equal(["a/b", "d"], Ids(all with { JobType = "echo" }));
        Assert.Equal(["a/b", "d"], Ids(all with { Lane = "loud" }));
        Assert.Equal(["c"], Ids(all with { Label = "worker_id:c" }));
        Assert.Equal(["a/b"], Ids(all with { Text = "A/B" }));
        Assert.Empty(Ids(all with { Version = "9" }));
        var totals = Build().Totals;
        var counted = WorkersView.From(workers, all, _ => null).ByHealth;
        Assert.Equal((totals.WorkersHealthy, totals.WorkersDraining, totals.WorkersDisconnected), (counted["healthy"], counted["draining"], counted["disconnected"]));
        var ofType = WorkersView.From(workers, all with { JobType = "echo", Health = "healthy" }, _ => null);
        Assert.Equal((1, 2, 1, 1, 0), (ofType.Shown.Length, ofType.OfAnyHealth, ofType.ByHealth["healthy"], ofType.ByHealth["disconnected"], ofType.ByHealth.GetValueOrDefault("draining")));
        Assert.Equal("workers/a%2Fb", WorkerLinks.To(new WorkerId("a/b")));
    }

    [Fact]
    public void Leases_WhatOneSideDoesNotKnow_IsMarkedSinceItWasSeen()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(10));
        worker.Beat(new RunningWork("ghost", false, "echo", 40, "haunting", null));
        var seen = _admin.Time.GetUtcNow();
        Build();
        _admin.Advance(TimeSpan.FromSeconds(10));
        worker.Beat(new RunningWork("ghost", false, "echo", 50, "haunting", null), new RunningWork("d-1", true, "echo", 0, "", null));
        var rows = LeaseView.From(Build().Workers[0]);
        Assert.Equal(3, rows.Length);
        Assert.Equal(("haunting, 50\u00a0%", seen), (rows.Single(row => row.Work == "ghost").Theirs, rows.Single(row => row.Work == "ghost").ApartSince));
        Assert.Equal(("", seen), (rows.Single(row => row.Ours.StartsWith("Assigned", StringComparison.Ordinal)).Theirs, rows.Single(row => row.Ours.StartsWith("Assigned", StringComparison.Ordinal)).ApartSince));
        Assert.Null(rows.Single(row => row.Work == "d-1").ApartSince);
    }

    private ReadModel Build() => _builder.Build(_admin.State, new Now(_admin.Time.GetUtcNow(), _admin.Time.GetElapsedTime(0)));
}
