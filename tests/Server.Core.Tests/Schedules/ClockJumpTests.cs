using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

/// <summary>Schedules under a wall clock that jumps by up to an hour either way: no instant twice, none missing.</summary>
public sealed class ClockJumpTests
{
    /// <summary>The rules alone, over ten years, on a clock that jumps every few days and looks when it likes.</summary>
    [Theory]
    [MemberData(nameof(CronScheduleTests.Zones), MemberType = typeof(CronScheduleTests))]
    public void TenYears_RunEveryInstantOnce(string zone)
    {
        var random = new Random(zone.Length * 31);
        ScheduleRule[] rules = [new ScheduleRule.Cron("30 2 * * *", zone), new ScheduleRule.Cron("0 */6 * * *", zone), new ScheduleRule.Every(TimeSpan.FromHours(7), CronScheduleTests.Start)];
        foreach (var rule in rules)
        {
            var schedule = Scheduled(rule) with { NextAt = ScheduleRules.NextAfter(rule, CronScheduleTests.Start) };
            var (now, latest) = (CronScheduleTests.Start, CronScheduleTests.Start);
            var runs = new List<DateTimeOffset>();
            while (latest < CronScheduleTests.End)
            {
                now += TimeSpan.FromMinutes(random.Next(1, 60 * 20));
                now += random.Next(8) == 0 ? TimeSpan.FromMinutes(random.Next(-60, 61)) : TimeSpan.Zero;
                latest = now > latest ? now : latest;
                if (schedule.NextAt is { } next && ScheduleRules.StartOf(schedule, next) <= now)
                {
                    var due = ScheduleRules.Due(schedule, now);
                    Assert.Equal(0, due.Missed);
                    runs.AddRange(due.Start);
                    schedule = schedule with { NextAt = due.Next, LastAt = due.Last };
                }
            }

            Assert.Equal(ScheduleRules.After(rule, CronScheduleTests.Start).Take(runs.Count), runs);
            Assert.True(ScheduleRules.StartOf(schedule, schedule.NextAt!.Value) > latest);
        }
    }

    /// <summary>The whole engine over two weeks around the end of summer time, restarted now and then.</summary>
    [Fact]
    public void Engine_MakesOneJobForEveryInstant()
    {
        using var scene = new ScheduleScene();
        var admin = scene.Admin;
        admin.Time.Advance(new DateTimeOffset(2026, 3, 22, 0, 0, 0, TimeSpan.Zero) - admin.Time.GetUtcNow());
        admin.Settle();
        var random = new Random(7);
        var start = admin.Time.GetUtcNow();
        var rules = CronScheduleTests.ZoneNames.Select(zone => (ScheduleRule)new ScheduleRule.Cron("30 */2 * * *", zone)).ToList();
        var ids = rules.Select((rule, n) => admin.Send(new SaveSchedule(Actor.LocalRest, Scheduled(rule).Spec with { Name = $"s{n}" })).Value!.Schedule.Id).ToList();
        var latest = start;
        for (var step = 0; step < 500; step++)
        {
            admin.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 80)));
            if (random.Next(10) == 0)
            {
                admin.Time.Jump(TimeSpan.FromMinutes(random.Next(-60, 61)));
            }

            if (random.Next(25) == 0)
            {
                admin.Restart();
            }

            admin.Settle();
            latest = admin.Time.GetUtcNow() > latest ? admin.Time.GetUtcNow() : latest;
        }

        foreach (var (rule, id) in rules.Zip(ids))
        {
            var schedule = admin.State.Schedules.All[id];
            var expected = ScheduleRules.After(rule, start).TakeWhile(at => ScheduleRules.StartOf(schedule, at) <= latest).Select(at => id.RunAt(at, 0)).Order();
            Assert.Equal(expected, admin.State.Jobs.Keys.Where(job => job.Value.StartsWith(id.Value, StringComparison.Ordinal)).Order());
            Assert.Equal(0, schedule.Missed);
        }
    }

    [Fact]
    public void ClockAnHourAhead_RunsOnceForAllItPassed_AndBack_Nothing()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Rule = new ScheduleRule.Every(TimeSpan.FromMinutes(5)), Overlap = OverlapPolicy.Allow });
        scene.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(scene.Jobs);
        scene.Admin.Time.Jump(TimeSpan.FromHours(1));
        scene.Admin.Settle();
        Assert.Equal(2, scene.Jobs.Count);
        Assert.Equal(11, scene.Now(schedule).Missed);
        scene.Admin.Time.Jump(TimeSpan.FromHours(-1));
        scene.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(2, scene.Jobs.Count);
        scene.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(3, scene.Jobs.Count);
    }

    /// <summary>A clock that was a year ahead by mistake does not silence a schedule for a year.</summary>
    [Fact]
    public void ClockThatWasFarAhead_AndIsRightAgain_GoesOnFromNow()
    {
        using var scene = new ScheduleScene();
        var schedule = scene.Save(spec => spec with { Rule = new ScheduleRule.Every(TimeSpan.FromHours(1)), Overlap = OverlapPolicy.Allow });
        scene.Admin.Time.Jump(TimeSpan.FromDays(365));
        scene.Admin.Settle();
        scene.Admin.Time.Jump(TimeSpan.FromDays(-365));
        scene.Admin.Settle();
        Assert.Equal(scene.Admin.Time.GetUtcNow().AddHours(1), scene.Now(schedule).NextAt);
        scene.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, scene.Jobs.Count);
    }

    private static JobSchedule Scheduled(ScheduleRule rule) => new()
    {
        Id = ScheduleId.From(42),
        Spec = new ScheduleSpec("s", rule, new JobTemplate("echo", JobPayload.Empty)) { CatchUp = CatchUpPolicy.All, Overlap = OverlapPolicy.Allow, Jitter = TimeSpan.FromMinutes(20) },
        CreatedBy = "me",
        CreatedAt = CronScheduleTests.Start,
        UpdatedBy = "me",
        UpdatedAt = CronScheduleTests.Start,
    };
}
