using BlazorPluginAdmin.Server.Core.Schedules;

namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

/// <summary>Ten years of cron in twelve zones, against a clock that knows nothing of cron.</summary>
public sealed class CronScheduleTests
{
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset End = Start.AddYears(10);

    public static readonly string[] ZoneNames =
    [
        "UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago", "America/St_Johns", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
    ];

    public static TheoryData<string> Zones => [.. ZoneNames];

    [Theory]
    [MemberData(nameof(Zones))]
    public void TimeOfTheDay_ComesOnceADay_AtTheEndOfAGap_AtTheFirstOfTwo(string zone)
    {
        var clock = new WallClock(zone, Start.AddDays(-2), End.AddDays(2));
        foreach (var (hour, minute) in ((int, int)[])[(0, 0), (0, 30), (1, 45), (2, 0), (2, 15), (2, 30), (3, 0), (23, 59)])
        {
            var expected = Days().Select(day => clock.First(day.ToDateTime(new TimeOnly(hour, minute)))).Where(at => at > Start && at <= End);
            Assert.Equal(expected, CronSchedule.After($"{minute} {hour} * * *", zone, Start).TakeWhile(at => at <= End));
        }
    }

    /// <summary>Several hours by name: each comes once a day too.</summary>
    [Theory]
    [MemberData(nameof(Zones))]
    public void HoursByName_ComeOnceADay(string zone)
    {
        var clock = new WallClock(zone, Start.AddDays(-2), End.AddDays(2));
        var expected = Days().SelectMany(day => ((int[])[1, 13]).Select(hour => clock.First(day.ToDateTime(new TimeOnly(hour, 30))))).Where(at => at > Start && at <= End);
        Assert.Equal(expected, CronSchedule.After("30 1,13 * * *", zone, Start).TakeWhile(at => at <= End));
    }

    /// <summary>Every hour is every hour of real time, also when the clock shows one twice or none.</summary>
    [Theory]
    [MemberData(nameof(Zones))]
    public void EveryMinutes_FollowRealTime_WhereTheClockMoves(string zone)
    {
        var clock = new WallClock(zone, Start.AddDays(-2), End.AddDays(2));
        foreach (var move in clock.Moves.Where(move => move > Start && move < End).Prepend(Start.AddDays(9)))
        {
            var (from, to) = (move.AddHours(-30), move.AddHours(30));
            var expected = Enumerable.Range(1, 60 * 60).Select(minute => from.AddMinutes(minute)).Where(at => at <= to && clock.Shown(at).Minute % 20 == 0);
            Assert.Equal(expected, CronSchedule.After("*/20 * * * *", zone, from).TakeWhile(at => at <= to));
        }
    }

    [Theory]
    [InlineData("30 2 * * *", "2026-03-29T01:00Z", "skips")]
    [InlineData("0 3 * * *", "2026-03-29T01:00Z", "")]
    [InlineData("30 2 * * *", "2026-10-25T00:30Z", "twice")]
    [InlineData("*/30 * * * *", "2026-10-25T00:30Z", "")]
    [InlineData("*/30 * * * *", "2026-10-25T01:30Z", "again")]
    [InlineData("30 2 * * *", "2026-06-01T00:30Z", "")]
    public void Preview_SaysWhereTheClockIsOdd(string cron, string at, string says)
    {
        var instant = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        var rule = new ScheduleRule.Cron(cron, "Europe/Berlin");
        Assert.Equal(instant, Assert.Single(ScheduleRules.Preview(rule, instant.AddSeconds(-1), 1)));
        var note = ScheduleRules.NoteOn(rule, instant);
        Assert.True(says.Length == 0 ? note.Length == 0 : note.Contains(says, StringComparison.Ordinal), note);
    }

    private static IEnumerable<DateOnly> Days()
    {
        for (var day = DateOnly.FromDateTime(Start.UtcDateTime).AddDays(-2); day < DateOnly.FromDateTime(End.UtcDateTime).AddDays(2); day = day.AddDays(1))
        {
            yield return day;
        }
    }

    /// <summary>The library has numbers of its own for "every" and "none", beyond all others.</summary>
    [Theory]
    [InlineData(0, 0, 59)]
    [InlineData(1, 0, 23)]
    [InlineData(2, 1, 31)]
    [InlineData(3, 1, 12)]
    [InlineData(4, 0, 7)]
    public void NumberBeyondItsField_IsRefused_AloneAndInAList(int field, int least, int most)
    {
        for (var number = 0; number <= 130; number++)
        {
            foreach (var text in (string[])[$"{number}", $"{most},{number}", $"{number},{most}", $"{number}/2"])
            {
                var fields = "0 * * * *".Split(' ');
                fields[field] = text;
                var cron = string.Join(' ', fields);
                Assert.True((number >= least && number <= most) == CronSchedule.Problem(cron, "UTC") is null, $"{cron}: {CronSchedule.Problem(cron, "UTC") ?? "taken"}");
            }
        }
    }
}
