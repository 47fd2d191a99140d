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
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <content>What is kept beside the jobs.</content>
public abstract partial class AdminStoreConformance
{
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
    public void SchedulesOfJobs_ComeBackAsTheyWere()
    {
        Store.Load();
        var template = new JobTemplate("echo", new JobPayload("d", ConfigValues.Empty.With("n", new ConfigValue.Int64(long.MaxValue))))
        {
            Summary = "say",
            Priority = 0,
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "a"),
            AttemptTimeout = TimeSpan.FromSeconds(9),
            RetryLimit = 0,
            RetryBackoff = TimeSpan.FromSeconds(3),
            QueueTtl = TimeSpan.FromHours(3),
            Deadline = TimeSpan.FromDays(3),
            RequireWorker = true,
        };
        ScheduleRule[] rules = [new ScheduleRule.Cron("*/5 * * * *", "Europe/Berlin"), new ScheduleRule.Every(TimeSpan.FromSeconds(90), Start), new ScheduleRule.Once(Start)];
        var schedules = rules.Select((rule, n) => new JobSchedule
        {
            Id = ScheduleId.From(n),
            Spec = new ScheduleSpec($"s{n}", rule, template) { Overlap = (OverlapPolicy)n, CatchUp = (CatchUpPolicy)n, Jitter = TimeSpan.FromSeconds(n) },
            Version = 7,
            CreatedBy = "ann",
            CreatedAt = Start,
            UpdatedBy = "bob",
            UpdatedAt = Start.AddHours(1),
            Pause = n == 0 ? null : new SchedulePause("audit", "bob", Start, n == 1 ? null : Start.AddDays(1)),
            NextAt = n == 2 ? null : Start.AddDays(2),
            LastAt = Start,
            Waiting = [Start.AddMinutes(1)],
            Runs = [new ScheduledRun(Start, Start, ScheduleOutcome.Started, new JobId("j1"), ""), new ScheduledRun(Start, Start, ScheduleOutcome.Skipped, null, "busy") { Times = 3 }],
            Skipped = 3,
            Missed = 4,
            Era = 1,
        }).ToList();
        Store.Commit([.. schedules.Select(schedule => new Change.JobScheduleSaved(schedule with { Version = 6 })), .. schedules.Select(schedule => new Change.JobScheduleSaved(schedule)), new Change.JobScheduleSaved(schedules[0] with { Id = ScheduleId.From(99) }), new Change.JobScheduleForgotten(ScheduleId.From(99))]);
        Reopen();
        var back = Store.Load().Schedules;
        Assert.Equal(3, back.Length);
        foreach (var (was, now) in schedules.Zip(back))
        {
            Assert.Equal(was.Spec.Template.Labels, now.Spec.Template.Labels);
            Assert.Equal((was.Waiting.AsEnumerable(), was.Runs.AsEnumerable()), (now.Waiting.AsEnumerable(), now.Runs.AsEnumerable()), (one, other) => one.Item1.SequenceEqual(other.Item1) && one.Item2.SequenceEqual(other.Item2));
            Assert.Equal(was, now with { Waiting = was.Waiting, Runs = was.Runs, Spec = now.Spec with { Template = now.Spec.Template with { Labels = template.Labels } } });
        }
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
        Assert.Equal((Start, new WorkerId("w")), (Assert.Single(state.JobTypes).DescribedAt, state.JobTypes[0].DescribedBy));
        Store.Commit([new Change.RetentionSaved(null)]);
        Reopen();
        Assert.Null(Store.Load().Retention);
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
    public async Task Activities_NewestFirst_ByWhatTheyAreAbout()
    {
        Store.Load();
        Store.Commit([.. Enumerable.Range(1, 9).Select(n => new Change.ActivityAdded(Activity(n) with { Job = n % 2 == 0 ? new JobId("j") : null, JobType = n < 5 ? "t" : "u" }))]);
        Assert.Equal([8L, 6, 4, 2], (await Store.History.ActivitiesAsync(new ActivityFilter { Job = new JobId("j") }, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal([4L, 3], (await Store.History.ActivitiesAsync(new ActivityFilter { JobTypes = ["t"], Limit = 2 }, CancellationToken.None)).Select(activity => activity.Sequence));
        Assert.Equal([2L, 1], (await Store.History.ActivitiesAsync(new ActivityFilter { Before = 3 }, CancellationToken.None)).Select(activity => activity.Sequence));
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
    public async Task Activities_AreTalliedByTypeAndMinute()
    {
        Store.Load();
        Store.Commit(
        [
            .. new[] { (1, -90, "t"), (2, 0, "t"), (3, 5, ""), (4, 59, "t"), (5, 60, "t"), (6, 61, "t") }.Select(line =>
                new Change.ActivityAdded(Activity(line.Item1) with { At = Start.AddSeconds(line.Item2), JobType = line.Item3 })),
        ]);
        var tally = await Store.History.TallyActivitiesAsync(Start, 6, CancellationToken.None);
        Assert.Equal([("", Start, 1), ("t", Start, 2), ("t", Start.AddMinutes(1), 1)], tally.Select(each => (each.JobType, each.Minute, each.Count)).Order());
    }

    [Fact]
    public async Task Detections_NewestFirst_TheirProposalsInOrder()
    {
        Store.Load();
        Detection Of(string id, string type, int minute, bool settled) =>
            new() { Id = new RequestId(id), JobType = type, StartedAt = Start.AddMinutes(minute), SettledAt = settled ? Start.AddHours(1) : null, Status = DetectionStatus.Succeeded };
        ProposalTrace Trace(int n) => new(n, new Proposal($"p{n}", "", "", 50, "", "", ConfigValues.Empty, ImmutableSortedDictionary<string, string>.Empty, null, null), n % 2 == 0 ? ProposalOutcome.Queued : ProposalOutcome.DuplicateInRun, null, "");
        Store.Commit(
        [
            new Change.DetectionSaved(Of("a", "t", 1, true)), new Change.DetectionSaved(Of("b", "u", 2, true)), new Change.DetectionSaved(Of("c", "t", 3, false)),
            new Change.ProposalsSaved(new RequestId("c"), [Trace(0), Trace(1)]), new Change.ProposalsSaved(new RequestId("c"), [Trace(2), Trace(3)]),
        ]);
        Reopen();
        var state = Store.Load();
        Assert.Equal("c", Assert.Single(state.OpenDetections).Id.Value);
        Assert.Equal(["c", "b", "a"], (await Store.History.DetectionsAsync([], 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(["c", "a"], (await Store.History.DetectionsAsync(["t"], 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(["c"], (await Store.History.DetectionsAsync(["t"], 1, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(["c", "b", "a"], (await Store.History.DetectionsAsync(["u", "t"], 9, CancellationToken.None)).Select(one => one.Id.Value));
        Assert.Equal(Start.AddMinutes(2), (await Store.History.DetectionAsync(new RequestId("b"), CancellationToken.None))!.StartedAt);
        Assert.Equal([1, 2], (await Store.History.ProposalsAsync(new RequestId("c"), 1, 2, CancellationToken.None)).Select(trace => trace.Index));
        Assert.Equal([1, 3], (await Store.History.ProposalsAsync(new RequestId("c"), 0, 9, CancellationToken.None, [ProposalOutcome.DuplicateInRun, ProposalOutcome.Invalid])).Select(trace => trace.Index));
    }

    /// <summary>Page by page, none is passed over or seen twice, also of those that started at once.</summary>
    [Fact]
    public async Task Detections_ArePaged()
    {
        Store.Load();
        Store.Commit([.. Enumerable.Range(0, 9).Select(n => new Change.DetectionSaved(new Detection { Id = new RequestId($"d{n}"), JobType = n == 4 ? "u" : "t", StartedAt = Start.AddMinutes(n / 3), SettledAt = Start, Status = DetectionStatus.Succeeded }))]);
        var seen = new List<string>();
        for (var page = await Store.History.DetectionsAsync(["t"], 2, CancellationToken.None); page.Length > 0; page = await Store.History.DetectionsAsync(["t"], 2, CancellationToken.None, page[^1]))
        {
            seen.AddRange(page.Select(one => one.Id.Value));
        }

        Assert.Equal(["d8", "d7", "d6", "d5", "d3", "d2", "d1", "d0"], seen);
    }
}
