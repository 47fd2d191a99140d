using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Tests.Lanes;

namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

public sealed class TimetableTests
{
    [Theory]
    [InlineData("22:00-06:00", "2026-03-01T21:59:59Z", null)]
    [InlineData("22:00-06:00", "2026-03-01T22:00:00Z", "2026-03-02T06:00:00Z")]
    [InlineData("22:00-06:00", "2026-03-02T05:59:59Z", "2026-03-02T06:00:00Z")]
    [InlineData("22:00-06:00", "2026-03-02T06:00:00Z", null)]
    [InlineData("22:00-06:00 sun", "2026-03-02T05:00:00Z", "2026-03-02T06:00:00Z")]
    [InlineData("22:00-06:00 mon", "2026-03-02T05:00:00Z", null)]
    [InlineData("00:00-24:00 sun", "2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z")]
    [InlineData("08:00-12:00\n12:00-13:00", "2026-03-01T09:00:00Z", "2026-03-01T13:00:00Z")]
    [InlineData("08:00-24:00\n00:00-08:00", "2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z", true)]
    public void Quiet_HasItsEnd(string windows, string at, string? until, bool atLeast = false)
    {
        var table = new Timetable { Quiet = [.. windows.Split('\n').Select(line => TimetableText.Window(line)!)] };
        var end = table.QuietUntil(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
        DateTimeOffset? expected = until is null ? null : DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(atLeast ? end >= expected : end == expected, $"{end}");
    }

    [Theory]
    [InlineData("22:00-06:00", "2026-03-01T21:59:59Z", null)]
    [InlineData("22:00-06:00", "2026-03-01T22:00:00Z", "2026-03-01T22:00:00Z")]
    [InlineData("22:00-06:00", "2026-03-02T05:59:59Z", "2026-03-01T22:00:00Z")]
    [InlineData("22:00-06:00", "2026-03-02T06:00:00Z", null)]
    [InlineData("08:00-12:00\n12:00-13:00", "2026-03-01T12:30:00Z", "2026-03-01T08:00:00Z")]
    [InlineData("08:00-24:00\n00:00-08:00", "2026-03-01T09:00:00Z", null)]
    public void Quiet_HasItsBegin(string windows, string at, string? since)
    {
        var table = new Timetable { Quiet = [.. windows.Split('\n').Select(line => TimetableText.Window(line)!)] };
        DateTimeOffset? expected = since is null ? null : DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(expected, table.QuietSince(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>The night of 29 March 2026 has no 02:30 in Berlin.</summary>
    [Fact]
    public void WindowThatBeginsInAGapOfTheClock_BeginsAtItsEnd()
    {
        var table = new Timetable { TimeZone = "Europe/Berlin", Quiet = [TimetableText.Window("02:30-04:00")!] };
        Assert.Null(table.QuietUntil(new DateTimeOffset(2026, 3, 29, 0, 59, 0, TimeSpan.Zero)));
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 2, 0, 0, TimeSpan.Zero), table.QuietUntil(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("22:00")]
    [InlineData("22:00-25:00")]
    [InlineData("22:00-06:00 someday")]
    [InlineData("")]
    public void WindowThatIsNone_IsNotRead(string text) => Assert.Null(TimetableText.Window(text));

    [Fact]
    public void Timetable_SavedOverAnotherThanWasRead_IsRefused()
    {
        using var scene = new LaneScene("free");
        var first = new Timetable { Cron = "0 15 * * *", Quiet = [TimetableText.Window("22:00-06:00 sun")!] };
        Assert.True(scene.Admin.Send(new SetTimetable(Actor.LocalUi, "free", first, Timetable.None)).IsAccepted);
        Assert.Equal(RefusalCode.Conflict, scene.Admin.Send(new SetTimetable(Actor.LocalUi, "free", new Timetable { Cron = "0 3 * * *" }, Timetable.None)).Refusal!.Code);
        Assert.True(scene.Admin.Send(new SetTimetable(Actor.LocalUi, "free", new Timetable { Cron = "0 3 * * *" }, first with { Quiet = [TimetableText.Window("22:00-06:00 sun")!] })).IsAccepted);
    }

    [Fact]
    public void Cron_TakesThePlaceOfTheInterval_AlsoAfterARestart()
    {
        using var scene = new LaneScene("free");
        Assert.True(scene.Admin.Send(new SetTimetable(Actor.LocalUi, "free", new Timetable { Cron = "0 15 * * *", TimeZone = "UTC" })).IsAccepted);
        scene.Admin.Restart();
        var type = scene.Admin.State.JobTypes["free"];
        Assert.Equal(15, type.Schedule.NextAt!.Value.Hour);
        Assert.Equal("0 15 * * *", type.Timetable.Cron);
        scene.Admin.Time.Advance(type.Schedule.NextAt.Value - scene.Admin.Time.GetUtcNow() - TimeSpan.FromSeconds(5));
        var worker = scene.Admin.Connect(jobType: "free");
        Assert.Empty(scene.Admin.Link.To<Links.Outbound.RunDetection>(worker.Session));
        scene.Admin.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(scene.Admin.Link.To<Links.Outbound.RunDetection>(worker.Session));
        Assert.Equal(15, scene.Admin.State.JobTypes["free"].Schedule.NextAt!.Value.Hour);
        Assert.True(scene.Admin.State.JobTypes["free"].Schedule.NextAt > scene.Admin.Time.GetUtcNow());
    }

    [Fact]
    public void InAQuietWindow_NothingStartsByItself_WhatIsAskedForDoes_AndAtItsEndTheRestGoesOn()
    {
        using var scene = new LaneScene("free");
        var now = scene.Admin.Time.GetUtcNow();
        scene.Wait(6);
        scene.Found("free", "1", "2");
        Assert.Single(scene.Sent("free"));
        var quiet = new Timetable { Quiet = [new QuietWindow(TimeOnly.FromDateTime(now.UtcDateTime), TimeOnly.FromDateTime(now.UtcDateTime.AddMinutes(60)), [])] };
        Assert.True(scene.Admin.Send(new SetTimetable(Actor.LocalUi, "free", quiet)).IsAccepted);
        scene.Finish("free");
        scene.Wait(45 * 60);
        Assert.Single(scene.Sent("free"));
        Assert.Single(scene.Detections("free"));
        scene.Admin.Submit("free");
        Assert.Equal(2, scene.Sent("free").Count());
        scene.Finish("free");
        scene.Wait(20 * 60);
        Assert.Equal(3, scene.Sent("free").Count());
        Assert.Equal(2, scene.Detections("free").Count());
    }

    [Theory]
    [InlineData("nonsense", "UTC", "'nonsense' is not a cron expression of five fields (minute hour day month weekday): it has 1")]
    [InlineData("0 0 30 2 *", "UTC", "never comes")]
    [InlineData("", "Mars/Olympus", "not a time zone")]
    public void TimetableThatCannotBe_IsRefused(string cron, string zone, string why)
    {
        using var scene = new LaneScene("free");
        var refusal = scene.Admin.Send(new SetTimetable(Actor.LocalUi, "free", new Timetable { Cron = cron, TimeZone = zone })).Refusal!;
        Assert.Equal((RefusalCode.Invalid, true), (refusal.Code, refusal.Text.Contains(why, StringComparison.Ordinal)));
    }
}
