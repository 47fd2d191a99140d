using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

public sealed class ScheduleTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void Schedule_SubmitsItsJobAtItsTime_AndNotAgainAfterARestart()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with
        {
            Template = spec.Template with { Summary = "say hi", Priority = 80, Labels = spec.Template.Labels.Add("team", "a"), QueueTtl = TimeSpan.FromMinutes(10), Deadline = Hour * 2, AttemptTimeout = Hour, RetryLimit = 3 },
        });
        Assert.Equal((1, scene.Admin.Time.GetUtcNow() + Hour), (schedule.Version, schedule.NextAt));
        scene.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(scene.Jobs);
        scene.Advance(TimeSpan.FromMinutes(1));
        var job = Assert.Single(scene.Jobs);
        var now = scene.Admin.Time.GetUtcNow();
        Assert.Equal((JobOrigin.Schedule, "ann", "say hi", 80, 3, Hour), (job.Origin, job.SubmittedBy, job.Summary, job.Priority, job.RetryLimit, job.AttemptTimeout));
        Assert.Equal(("nightly", "a"), (job.Labels["schedule"], job.Labels["team"]));
        Assert.Equal((now.AddMinutes(10), now + (Hour * 2)), (job.ExpiresAt, job.Deadline));
        Assert.Equal(schedule.Id.RunAt(now, 0), job.Id);
        scene.Admin.Restart();
        Assert.Single(scene.Jobs);
        var back = scene.Now(schedule);
        Assert.Equal((now, now + Hour, ScheduleOutcome.Started, job.Id), (back.LastAt, back.NextAt, back.Last!.Outcome, back.Last.Job));
        Assert.Equal([job.Id], scene.Admin.State.Schedules.OpenOf(schedule.Id));
    }

    [Theory]
    [InlineData(CatchUpPolicy.None, 0, 3)]
    [InlineData(CatchUpPolicy.Once, 1, 2)]
    [InlineData(CatchUpPolicy.All, 3, 0)]
    public void WhatPassedWhileTheAdminWasDown_IsCaughtUpAsWanted(CatchUpPolicy policy, int runs, int missed)
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { CatchUp = policy, Overlap = OverlapPolicy.Allow });
        scene.Admin.Time.Advance((Hour * 3) + TimeSpan.FromMinutes(20));
        scene.Admin.Restart();
        Assert.Equal((runs, (long)missed), (scene.Jobs.Count, scene.Now(schedule).Missed));
        scene.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(runs + 1, scene.Jobs.Count);
    }

    [Fact]
    public void MoreThanAHundredMissed_TheNewestHundredAreCaughtUp_OldestFirst()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Rule = new ScheduleRule.Every(TimeSpan.FromSeconds(10)), CatchUp = CatchUpPolicy.All, Overlap = OverlapPolicy.Allow });
        var end = scene.Admin.Time.GetUtcNow().AddDays(30);
        scene.Leap(TimeSpan.FromDays(30));
        Assert.Equal(100, scene.Jobs.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => schedule.Id.RunAt(end.AddSeconds(-10 * (99 - n)), 0)), scene.Jobs.Select(job => job.Id));
        Assert.Equal((end.AddSeconds(10), 900), (scene.Now(schedule).NextAt, scene.Now(schedule).Missed));
    }

    [Fact]
    public void LookedAtALittleLate_IsNotMissed()
    {
        using var scene = new ScheduleScene();
        scene.Save(spec => spec with { CatchUp = CatchUpPolicy.None });
        scene.Leap(Hour + TimeSpan.FromSeconds(50));
        Assert.Single(scene.Jobs);
    }

    [Fact]
    public void Overlap_Skip_IsCountedAndSaidOnce()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save();
        scene.Advance(Hour * 3);
        var now = scene.Now(schedule);
        var job = Assert.Single(scene.Jobs);
        Assert.Equal((2, ScheduleOutcome.Skipped, 2), (now.Skipped, now.Last!.Outcome, now.Last.Times));
        Assert.Contains(job.Id.Value, now.Last.Text, StringComparison.Ordinal);
        Assert.Single(scene.Admin.State.Activities, activity => activity.Stage == "schedule_skipped");
        scene.Admin.Send(new CancelJob(Actor.LocalRest, job.Id, ""));
        scene.Advance(Hour);
        Assert.NotEqual(job.Id, Assert.Single(scene.Jobs).Id);
        Assert.Equal(ScheduleOutcome.Canceled, scene.Now(schedule).Runs[^1].Outcome);
    }

    [Fact]
    public void Overlap_Queue_OneWaits_AlsoAcrossARestart()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Overlap = OverlapPolicy.Queue });
        var first = scene.Admin.Time.GetUtcNow() + Hour;
        scene.Advance(Hour * 3);
        Assert.Equal(first + Hour, Assert.Single(scene.Now(schedule).Waiting));
        Assert.Equal(1, scene.Now(schedule).Skipped);
        scene.Admin.Restart();
        scene.Admin.Send(new CancelJob(Actor.LocalRest, Assert.Single(scene.Jobs).Id, ""));
        Assert.Equal(schedule.Id.RunAt(first + Hour, 0), Assert.Single(scene.Jobs).Id);
        Assert.Empty(scene.Now(schedule).Waiting);
        Assert.DoesNotContain(scene.Now(schedule).Runs, run => run.Outcome == ScheduleOutcome.Waiting);
    }

    [Fact]
    public void Overlap_Queue_WithAllCaughtUp_RunsThemOneAfterTheOther()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Overlap = OverlapPolicy.Queue, CatchUp = CatchUpPolicy.All });
        scene.Leap(Hour * 4);
        for (var n = 0; n < 4; n++)
        {
            scene.Admin.Send(new CancelJob(Actor.LocalRest, Assert.Single(scene.Jobs).Id, ""));
        }

        Assert.Empty(scene.Jobs);
        Assert.Equal((0, 0, 4), (scene.Now(schedule).Skipped, scene.Now(schedule).Missed, scene.Now(schedule).Runs.Count(run => run.Outcome == ScheduleOutcome.Canceled)));
    }

    [Fact]
    public void Overlap_Cancel_EndsTheOther_ThenStarts()
    {
        using var scene = new ScheduleScene();
        var every = TimeSpan.FromSeconds(8);
        var schedule = scene.Save(spec => spec with { Rule = new ScheduleRule.Every(every), Overlap = OverlapPolicy.Cancel });
        var first = scene.Admin.Time.GetUtcNow() + every;
        scene.Leap(every);
        scene.Leap(every);
        Assert.Equal(schedule.Id.RunAt(first + every, 0), Assert.Single(scene.Jobs).Id);

        // One at work is asked to stop, and the next starts once it has.
        var worker = scene.Admin.Connect();
        var running = worker.LastJob;
        worker.Ack(running);
        scene.Leap(every);
        Assert.Equal(JobPhase.Canceling, Assert.Single(scene.Jobs).Phase);
        Assert.Equal(ScheduleOutcome.Waiting, scene.Now(schedule).Last!.Outcome);

        // One that waits gives way to the next as well.
        scene.Leap(every);
        Assert.Equal([ScheduleOutcome.Waiting, ScheduleOutcome.Skipped], scene.Now(schedule).Runs.Take(2).Select(run => run.Outcome));
        worker.Complete(running, success: false, error: "stopped");
        Assert.Equal(schedule.Id.RunAt(first + (every * 3), 0), Assert.Single(scene.Jobs).Id);
        Assert.Equal(schedule.Id.RunAt(first + (every * 3), 0), worker.LastJob.Job.Id);
    }

    [Fact]
    public void Paused_WhatWaitedIsSkipped()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Overlap = OverlapPolicy.Queue });
        scene.Advance(Hour * 2);
        scene.Admin.Send(new PauseSchedule(ScheduleScene.Author, schedule.Id, ""));
        scene.Admin.Send(new CancelJob(Actor.LocalRest, Assert.Single(scene.Jobs).Id, ""));
        Assert.Empty(scene.Jobs);
        Assert.Equal((1, ScheduleOutcome.Skipped), (scene.Now(schedule).Skipped, scene.Now(schedule).Last!.Outcome));
    }

    [Fact]
    public void MoreThanAThousand_AreRefused()
    {
        using var scene = new ScheduleScene();
        for (var n = 0; n < ScheduleRules.Most; n++)
        {
            scene.Save(spec => spec with { Name = $"s{n}" });
        }

        Assert.Equal(RefusalCode.Exhausted, scene.Try().Refusal!.Code);
        scene.Leap(Hour);
        Assert.Equal(ScheduleRules.Most, scene.Jobs.Count);
    }

    [Fact]
    public void Overlap_Allow_StartsBesideTheOther()
    {
        using var scene = new ScheduleScene();
        scene.Save(spec => spec with { Overlap = OverlapPolicy.Allow });
        scene.Advance(Hour * 3);
        Assert.Equal(3, scene.Jobs.Count);
    }

    [Fact]
    public void Paused_NothingStarts_AndWhatPassedIsDropped()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { CatchUp = CatchUpPolicy.All, Overlap = OverlapPolicy.Allow });
        Assert.True(scene.Admin.Send(new PauseSchedule(ScheduleScene.Author, schedule.Id, "audit")).IsAccepted);
        scene.Advance(Hour * 2.5);
        Assert.Empty(scene.Jobs);
        Assert.True(scene.Admin.Send(new ResumeSchedule(ScheduleScene.Author, schedule.Id)).IsAccepted);
        Assert.Empty(scene.Jobs);
        scene.Advance(Hour / 2);
        Assert.Single(scene.Jobs);
        Assert.Equal(RefusalCode.WrongState, scene.Admin.Send(new ResumeSchedule(ScheduleScene.Author, schedule.Id)).Refusal!.Code);
    }

    [Fact]
    public void PausedUntil_GoesOnByItself_AndCatchesUpFromThere()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { CatchUp = CatchUpPolicy.All, Overlap = OverlapPolicy.Allow });
        scene.Admin.Send(new PauseSchedule(ScheduleScene.Author, schedule.Id, "", scene.Admin.Time.GetUtcNow() + (Hour * 1.5)));
        scene.Admin.Time.Advance(Hour * 3.5);
        scene.Admin.Restart();
        Assert.Null(scene.Now(schedule).Pause);
        Assert.Equal(2, scene.Jobs.Count);
        Assert.Equal(RefusalCode.Invalid, scene.Admin.Send(new PauseSchedule(ScheduleScene.Author, schedule.Id, "", scene.Admin.Time.GetUtcNow())).Refusal!.Code);
    }

    [Fact]
    public void Once_RunsOnce_AndIsDone()
    {
        using var scene = new ScheduleScene();
        var at = scene.Admin.Time.GetUtcNow().AddMinutes(10);
        var schedule = scene.Save(spec => spec with { Rule = new ScheduleRule.Once(at) });
        scene.Advance(Hour);
        Assert.Single(scene.Jobs);
        Assert.Null(scene.Now(schedule).NextAt);

        // Its name may still change; the same instant never comes again.
        var renamed = scene.Save(spec => spec with { Name = "other" }, scene.Now(schedule));
        Assert.Equal((2, null), (renamed.Version, renamed.NextAt));
        Assert.Equal("at", Assert.Single(scene.Try(spec => spec with { Rule = new ScheduleRule.Once(at.AddSeconds(-1)) }, renamed).Refusal!.Fields).Path);
    }

    [Fact]
    public void RunNow_RunsBesideEverything_AndMovesNothing()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save();
        scene.Admin.Send(new PauseSchedule(ScheduleScene.Author, schedule.Id, ""));
        var jobs = Enumerable.Range(0, 2).Select(_ => scene.Admin.Send(new RunScheduleNow(Actor.LocalRest with { Name = "bob", Via = "ui" }, schedule.Id)).Value!).ToList();
        Assert.Equal(2, scene.Jobs.Count);
        Assert.Equal(("bob", "nightly"), (jobs[0].SubmittedBy, jobs[0].Labels["schedule"]));
        Assert.Equal(schedule.NextAt, scene.Now(schedule).NextAt);
        Assert.Equal(jobs[1].Id, scene.Now(schedule).Last!.Job);
        Assert.Equal(RefusalCode.NotFound, scene.Admin.Send(new RunScheduleNow(Actor.LocalRest, new ScheduleId("sch-0"))).Refusal!.Code);
    }

    [Fact]
    public void SchedulerPause_HoldsSchedules_AndAfterwardsTheyCatchUp()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save();
        Assert.True(scene.Admin.Send(new PauseScheduler(Actor.LocalUi, true, "", null)).IsAccepted);
        scene.Advance(Hour * 3);
        Assert.Empty(scene.Jobs);
        Assert.True(ScheduleRules.IsHeld(scene.Now(schedule), scene.Admin.State.Pause));
        Assert.True(scene.Admin.Send(new PauseScheduler(Actor.LocalUi, false, "", null)).IsAccepted);
        Assert.Single(scene.Jobs);
        Assert.Equal(2, scene.Now(schedule).Missed);
    }

    [Fact]
    public void RefusedRun_IsRemembered_AndTheScheduleGoesOn()
    {
        using var scene = new ScheduleScene(options: new AdminOptions { PendingLimit = 1 });
        var schedule = scene.Save();
        var other = scene.Admin.Submit();
        scene.Advance(Hour * 2);
        var now = scene.Now(schedule);
        Assert.Equal((ScheduleOutcome.Refused, 2), (now.Last!.Outcome, now.Last.Times));
        Assert.Contains("full", now.Last.Text, StringComparison.Ordinal);
        Assert.Single(scene.Admin.State.Activities, activity => activity.Stage == "schedule_refused");
        scene.Admin.Send(new CancelJob(Actor.LocalRest, other.Id, ""));
        scene.Advance(Hour);
        Assert.Single(scene.Jobs);
    }

    [Fact]
    public void JobTypeOfASchedule_IsDeletedAfterItOnly()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save();
        var refused = scene.Admin.Send(new ForgetJobType(Actor.LocalUi, "echo"));
        Assert.Equal(RefusalCode.WrongState, refused.Refusal!.Code);
        Assert.Contains("schedule nightly", refused.Refusal.Text, StringComparison.Ordinal);
        scene.Advance(Hour);
        var job = Assert.Single(scene.Jobs);
        scene.Admin.Send(new DeleteSchedule(Actor.LocalUi, schedule.Id));
        scene.Admin.Send(new CancelJob(Actor.LocalUi, job.Id, ""));
        Assert.True(scene.Admin.Send(new ForgetJobType(Actor.LocalUi, "echo")).IsAccepted);
    }

    [Fact]
    public void EndOfItsJob_IsWhatCameOfTheRun()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Template = spec.Template with { RetryLimit = 0 } });
        scene.Advance(Hour);
        var worker = scene.Admin.Connect();
        worker.Complete(worker.LastJob, success: false, error: "no paper");
        Assert.Equal((ScheduleOutcome.Failed, "no paper"), (scene.Now(schedule).Last!.Outcome, scene.Now(schedule).Last!.Text));
        scene.Admin.Restart();
        Assert.Equal(ScheduleOutcome.Failed, scene.Now(schedule).Last!.Outcome);
    }

    [Fact]
    public void Jitter_IsTheSameForTheSameInstant_AndNeverReachesTheNext()
    {
        using var scene = new ScheduleScene();
        var often = scene.Save(spec => spec with { Rule = new ScheduleRule.Every(TimeSpan.FromMinutes(1)), Jitter = Hour });
        var instants = ScheduleRules.Preview(often.Spec.Rule, scene.Admin.Time.GetUtcNow(), 100);
        var starts = instants.Select(instant => ScheduleRules.StartOf(often, instant)).ToList();
        Assert.All(instants.Zip(starts), pair => Assert.InRange(pair.Second - pair.First, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Assert.Equal(starts, instants.Select(instant => ScheduleRules.StartOf(scene.Now(often), instant)));
        Assert.True(starts.Zip(instants, (start, instant) => start - instant).Distinct().Count() > 50);
        scene.Leap(starts[0] - scene.Admin.Time.GetUtcNow() - TimeSpan.FromMilliseconds(1));
        Assert.Empty(scene.Jobs);
        scene.Leap(TimeSpan.FromMilliseconds(1));
        Assert.Single(scene.Jobs);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "name", "name" },
        { "long", "name" },
        { "reserved", "name" },
        { "taken", "name" },
        { "cron", "cron" },
        { "never", "cron" },
        { "zone", "zone" },
        { "every", "every" },
        { "fraction", "every" },
        { "past", "at" },
        { "far", "at" },
        { "anchor", "anchor" },
        { "jitter", "jitter" },
        { "type", "job_type" },
        { "ttl", "queue_ttl" },
        { "deadline", "deadline" },
        { "label", "labels" },
        { "timeout", "attempt_timeout" },
        { "priority", "priority" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WhatIsWrong_IsRefusedByField(string what, string field)
    {
        using var scene = new ScheduleScene();
        scene.Save(spec => spec with { Name = "Taken" });
        var refusal = scene.Try(spec => what switch
        {
            "name" => spec with { Name = " " },
            "long" => spec with { Name = new string('x', 65) },
            "reserved" => spec with { Name = "new" },
            "taken" => spec with { Name = "taken" },
            "cron" => spec with { Rule = new ScheduleRule.Cron("often", "UTC") },
            "never" => spec with { Rule = new ScheduleRule.Cron("0 0 30 2 *", "UTC") },
            "zone" => spec with { Rule = new ScheduleRule.Cron("0 0 * * *", "Mars/Olympus") },
            "every" => spec with { Rule = new ScheduleRule.Every(TimeSpan.Zero) },
            "fraction" => spec with { Rule = new ScheduleRule.Every(TimeSpan.FromSeconds(1.5)) },
            "past" => spec with { Rule = new ScheduleRule.Once(scene.Admin.Time.GetUtcNow()) },
            "far" => spec with { Rule = new ScheduleRule.Once(DateTimeOffset.MaxValue) },
            "anchor" => spec with { Rule = new ScheduleRule.Every(TimeSpan.FromDays(366), DateTimeOffset.MaxValue) },
            "jitter" => spec with { Jitter = TimeSpan.FromMinutes(61) },
            "type" => spec with { Template = spec.Template with { JobType = "ecko" } },
            "ttl" => spec with { Template = spec.Template with { QueueTtl = TimeSpan.Zero } },
            "deadline" => spec with { Template = spec.Template with { Deadline = TimeSpan.FromDays(-1) } },
            "label" => spec with { Template = spec.Template with { Labels = spec.Template.Labels.Add("schedule", "x") } },
            "timeout" => spec with { Template = spec.Template with { AttemptTimeout = TimeSpan.FromDays(31) } },
            "priority" => spec with { Template = spec.Template with { Priority = 101 } },
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        }).Refusal!;
        Assert.Equal(field, Assert.Single(refusal.Fields).Path);
        Assert.Equal(what == "jitter", refusal.Fields[0].Message == $"{ScheduleRules.JitterLabel}: 0 to 1 h");
        Assert.Single(scene.Admin.State.Schedules.All);
    }

    [Fact]
    public void Form_IsAskedOnSave_AndASecretStaysWhatItWas()
    {
        using var scene = new ScheduleScene(descriptor => descriptor with
        {
            WorkerForm = new FormSchema("f", "F", "", [new SectionSchema("job", "Job", "",
            [
                new FieldSchema { Name = "say", Type = FieldType.Text, Required = true },
                new FieldSchema { Name = "token", Type = FieldType.Text, Sensitive = true },
            ])], ConfigValues.Empty),
        });
        var wrong = scene.Try(spec => With(spec, "shout", "x"));
        Assert.Equal("shout", Assert.Single(wrong.Refusal!.Fields).Path);
        var schedule = scene.Save(spec => With(spec, "token", "secret"));
        foreach (var change in (Func<ScheduleSpec, ScheduleSpec>[])[spec => With(spec, "token", "***"), spec => spec with { Template = spec.Template with { Payload = new JobPayload("", spec.Template.Payload.Parameters.Without("token")) } }])
        {
            schedule = scene.Save(change, scene.Now(schedule));
            Assert.Equal(new ConfigValue.Text("secret"), schedule.Spec.Template.Payload.Parameters["token"]);
        }

        Assert.Equal(new ConfigValue.Text("new"), scene.Save(spec => With(spec, "token", "new"), schedule).Spec.Template.Payload.Parameters["token"]);

        static ScheduleSpec With(ScheduleSpec spec, string name, string value) =>
            spec with { Template = spec.Template with { Payload = new JobPayload("", spec.Template.Payload.Parameters.With(name, new ConfigValue.Text(value))) } };
    }

    [Fact]
    public void Save_OfAnOldVersion_IsAConflict_AndANewRuleStartsFromNow()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save();
        scene.Advance(TimeSpan.FromMinutes(30));
        var changed = scene.Save(spec => spec with { Rule = new ScheduleRule.Cron("0 * * * *", "UTC") }, schedule, version: 1);
        Assert.Equal((2, 0), (changed.Version, changed.NextAt!.Value.Minute));
        Assert.Equal(RefusalCode.Conflict, scene.Try(before: schedule, version: 1).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, scene.Admin.Send(new SaveSchedule(ScheduleScene.Author, ScheduleScene.Spec(), new ScheduleId("sch-0"))).Refusal!.Code);
        var dry = scene.Admin.Send(new SaveSchedule(ScheduleScene.Author, ScheduleScene.Spec("dry")) { DryRun = true });
        Assert.NotNull(dry.Value!.Schedule.NextAt);
        Assert.Single(scene.Admin.State.Schedules.All);
    }

    /// <summary>The data came from a machine that knows more time zones.</summary>
    [Fact]
    public void ZoneThatIsNotKnownHere_PausesTheSchedule_AndTheAdminStarts()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Jitter = Hour });
        scene.Admin.Store.Commit([new Change.JobScheduleSaved(schedule with { Spec = schedule.Spec with { Rule = new ScheduleRule.Cron("0 0 * * *", "Mars/Olympus") } })]);
        scene.Admin.Restart();
        Assert.Contains("Mars/Olympus", scene.Now(schedule).Pause!.Reason, StringComparison.Ordinal);
        Assert.Contains("Mars/Olympus", scene.Admin.Send(new ResumeSchedule(ScheduleScene.Author, schedule.Id)).Refusal!.Text, StringComparison.Ordinal);
        Assert.Single(new ReadModelBuilder().Build(scene.Admin.State, scene.Admin.Now).Schedules);
        scene.Save(spec => spec with { Rule = new ScheduleRule.Every(Hour) }, schedule);
        Assert.True(scene.Admin.Send(new ResumeSchedule(ScheduleScene.Author, schedule.Id)).IsAccepted);
    }

    [Fact]
    public void Deleted_StartsNothingMore_AndItsJobsGoOn()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save();
        scene.Advance(Hour);
        Assert.True(scene.Admin.Send(new DeleteSchedule(ScheduleScene.Author, schedule.Id)).IsAccepted);
        scene.Advance(Hour * 2);
        var job = Assert.Single(scene.Jobs);
        scene.Admin.Restart();
        Assert.Empty(scene.Admin.State.Schedules.All);
        Assert.True(scene.Admin.Send(new CancelJob(Actor.LocalRest, job.Id, "")).IsAccepted);
        Assert.Empty(scene.Admin.State.Schedules.Open);
    }

    [Fact]
    public void ReadModel_ListsTheNextFirst_AndTakesOverWhatDidNotChange()
    {
        using var scene = new ScheduleScene();
        var late = scene.Save(spec => spec with { Name = "late", Rule = new ScheduleRule.Every(Hour * 2) });
        scene.Save(spec => spec with { Name = "soon" });
        var paused = scene.Save(spec => spec with { Name = "a paused one" });
        scene.Admin.Send(new PauseSchedule(ScheduleScene.Author, paused.Id, ""));
        var builder = new ReadModelBuilder();
        var first = builder.Build(scene.Admin.State, scene.Admin.Now);
        Assert.Equal(["soon idle", "late idle", "a paused one paused"], first.Schedules.Select(view => $"{view.Schedule.Name} {view.Phase}"));
        Assert.Equal(Enumerable.Range(1, 5).Select(n => late.CreatedAt + (Hour * 2 * n)), first.Schedule("LATE")!.Upcoming);
        scene.Advance(Hour);
        var second = builder.Build(scene.Admin.State, scene.Admin.Now);
        Assert.Equal(("running", 1), (second.Schedule("soon")!.Phase, second.Schedule("soon")!.Open.Length));
        Assert.Same(first.Schedule("late"), second.Schedule(late.Id.Value));
        scene.Admin.Send(new PauseScheduler(Actor.LocalUi, true, "", null));
        Assert.Equal("held", builder.Build(scene.Admin.State, scene.Admin.Now).Schedule("late")!.Phase);
    }
}
