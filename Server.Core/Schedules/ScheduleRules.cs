using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>What the instants that have come mean for a schedule.</summary>
/// <param name="Start">To be run, oldest first.</param>
/// <param name="Missed">Get no run of their own.</param>
/// <param name="Last">The last that has come.</param>
/// <param name="Next">The first that has not; null: there is none.</param>
public sealed record DueRuns(ImmutableArray<DateTimeOffset> Start, int Missed, DateTimeOffset Last, DateTimeOffset? Next);

/// <summary>When schedules run. Pure: from the schedule and an instant alone.</summary>
public static class ScheduleRules
{
    public const int Most = 1000;
    public const int MostCaughtUp = 100;

    /// <summary>Of one gap.</summary>
    public const int MostCounted = 1000;

    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);
    public static readonly TimeSpan LongestJitter = TimeSpan.FromHours(1);

    /// <summary>What people call the jitter, in forms and in what is said of it.</summary>
    public const string JitterLabel = "Spread starts over";

    private static readonly DateTimeOffset LastInstant = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An instant that is looked at so much later has been missed: the clock may be looked at no more than once a minute.</summary>
    public static readonly TimeSpan OnTime = TimeSpan.FromMinutes(1);

    /// <summary>All instants of the rule after that one, in order. Lazy.</summary>
    public static IEnumerable<DateTimeOffset> After(ScheduleRule rule, DateTimeOffset after) => rule switch
    {
        ScheduleRule.Cron cron => CronSchedule.After(cron.Expression, cron.Zone, after),
        ScheduleRule.Every every => After(every.Anchor ?? after, every.Interval, after),
        ScheduleRule.Once once => once.At > after ? [once.At] : [],
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.GetType().Name, "unknown rule"),
    };

    public static DateTimeOffset? NextAfter(ScheduleRule rule, DateTimeOffset after)
    {
        foreach (var next in After(rule, after))
        {
            return next;
        }

        return null;
    }

    /// <summary>When the run of an instant starts: its jitter later.</summary>
    public static DateTimeOffset StartOf(JobSchedule schedule, DateTimeOffset instant)
    {
        var most = schedule.Spec.Jitter;
        if (most <= TimeSpan.Zero)
        {
            return instant;
        }

        if (NextAfter(schedule.Spec.Rule, instant) - instant is { } gap && gap < most)
        {
            most = gap;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{schedule.Id}|{instant.UtcTicks}")));
        var share = BinaryPrimitives.ReadUInt32BigEndian(digest) / (double)uint.MaxValue;
        return instant + TimeSpan.FromMilliseconds(Math.Floor(most.TotalMilliseconds * share));
    }

    /// <summary>A pause of the scheduler holds what starts by itself, schedules too; afterwards it is caught up as after a time without the admin.</summary>
    public static bool IsHeld(JobSchedule schedule, SchedulerPause? pause) => pause is not null && pause.Covers(schedule.Spec.Template.JobType);

    /// <summary>Stamp at which the schedule needs a look; null while nothing can happen by itself.</summary>
    public static TimeSpan? NextWake(JobSchedule schedule, bool hasOpenJobs, SchedulerPause? pause, Now now)
    {
        if (schedule.Pause is { } own)
        {
            return own.Until is { } until ? JobDeadlines.StampOf(until, now) : null;
        }

        return IsHeld(schedule, pause) ? null
            : !schedule.Waiting.IsEmpty && !hasOpenJobs ? now.Stamp
            : schedule.NextAt is { } next ? JobDeadlines.StampOf(StartOf(schedule, next), now)
            : null;
    }

    /// <summary>What to do now that <see cref="JobSchedule.NextAt"/> has come.</summary>
    public static DueRuns Due(JobSchedule schedule, DateTimeOffset now)
    {
        var (come, next) = Come(schedule, now);
        var last = come[^1];
        var isLate = now - StartOf(schedule, last) > OnTime;
        var run = schedule.Spec.CatchUp switch
        {
            CatchUpPolicy.None => isLate ? [] : come[^1..],
            CatchUpPolicy.Once => come[^1..],
            CatchUpPolicy.All => come[Math.Max(0, come.Length - MostCaughtUp)..],
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule.Spec.CatchUp, "unknown policy"),
        };
        return new DueRuns(run, come.Length - run.Length, last, next);
    }

    /// <summary>The next runs as people are shown them.</summary>
    /// <param name="count">At most 100.</param>
    public static ImmutableArray<DateTimeOffset> Preview(ScheduleRule rule, DateTimeOffset after, int count) => [.. After(rule, after).Take(Math.Clamp(count, 0, 100))];

    /// <summary>Why a run of a time zone's clock is not what one would expect: moved to the end of a gap, or one of two.</summary>
    /// <returns>Empty: there is nothing to say.</returns>
    public static string NoteOn(ScheduleRule rule, DateTimeOffset instant)
    {
        if (rule is not ScheduleRule.Cron cron || !TimeZoneInfo.TryFindSystemTimeZoneById(cron.Zone, out var zone))
        {
            return "";
        }

        if (CronSchedule.IsMoved(cron.Expression, zone, instant))
        {
            return "the clock skips this time; it runs when the clock goes on";
        }

        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return !zone.IsAmbiguousTime(local) ? ""
            : CronSchedule.NamesHours(cron.Expression) ? "the clock shows this time twice; it runs at the first"
            : CronSchedule.IsRepeated(zone, instant) ? "the clock shows this time again"
            : "";
    }

    /// <summary>The rule in words.</summary>
    public static string Text(ScheduleRule rule) => rule switch
    {
        ScheduleRule.Cron cron => $"{cron.Expression} ({cron.Zone})",
        ScheduleRule.Every every => $"every {DurationText.Format(ConfigValue.Duration.From(every.Interval))}",
        ScheduleRule.Once once => string.Create(CultureInfo.InvariantCulture, $"once at {once.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.GetType().Name, "unknown rule"),
    };

    /// <summary>What is wrong with a rule that somebody wrote, by field.</summary>
    public static IEnumerable<FieldError> Errors(ScheduleRule rule)
    {
        switch (rule)
        {
            case ScheduleRule.Every { Anchor: { } anchor } when anchor > LastInstant:
                yield return SubmitRules.Error("anchor", FieldErrorCodes.Max, "an interval begins before the year 3000");
                break;
            case ScheduleRule.Once { At: var at } when at > LastInstant:
                yield return SubmitRules.Error("at", FieldErrorCodes.Max, "a schedule runs before the year 3000");
                break;
            case ScheduleRule.Cron cron when CronSchedule.Problem(cron.Expression, cron.Zone) is { } problem:
                yield return SubmitRules.Error(TimeZoneInfo.TryFindSystemTimeZoneById(cron.Zone, out _) ? "cron" : "zone", FieldErrorCodes.Regex, problem);
                break;
            case ScheduleRule.Every { Interval: var interval } when interval < ShortestInterval || interval > LongestInterval || interval.Ticks % TimeSpan.TicksPerSecond != 0:
                yield return SubmitRules.Error("every", FieldErrorCodes.Min, "an interval has whole seconds, 1 s to 366 days");
                break;
            default:
                break;
        }
    }

    /// <summary>All that have come, at least one, ascending; of a long gap the newest. And the first that has not.</summary>
    private static (ImmutableArray<DateTimeOffset> Come, DateTimeOffset? Next) Come(JobSchedule schedule, DateTimeOffset now)
    {
        var (rule, first) = (schedule.Spec.Rule, schedule.NextAt!.Value);
        var come = ImmutableArray.CreateBuilder<DateTimeOffset>();
        come.Add(first);
        DateTimeOffset? next = null;
        foreach (var instant in After(rule, first))
        {
            if (instant > now)
            {
                next = instant;
                break;
            }

            if (come.Count == MostCounted)
            {
                // Too many to count: as many of the newest as can matter, found from now backwards.
                come.Clear();
                come.AddRange(Newest(rule, first, now));
                next = NextAfter(rule, come[^1]);
                break;
            }

            come.Add(instant);
        }

        // The last may have its jitter before it.
        if (come.Count > 1 && StartOf(schedule, come[^1]) > now)
        {
            next = come[^1];
            come.RemoveAt(come.Count - 1);
        }

        return (come.ToImmutable(), next);
    }

    private static ImmutableArray<DateTimeOffset> Newest(ScheduleRule rule, DateTimeOffset first, DateTimeOffset now)
    {
        for (var span = TimeSpan.FromMinutes(2); ; span *= 2)
        {
            var from = now - first > span ? now - span : first;
            ImmutableArray<DateTimeOffset> found = [.. After(rule, from).TakeWhile(instant => instant <= now)];
            if (found.Length >= MostCounted || from == first)
            {
                return found[Math.Max(0, found.Length - MostCounted)..];
            }
        }
    }

    private static IEnumerable<DateTimeOffset> After(DateTimeOffset anchor, TimeSpan interval, DateTimeOffset after)
    {
        if (after > DateTimeOffset.MaxValue - interval)
        {
            yield break;
        }

        var steps = after < anchor ? 0 : ((after - anchor).Ticks / interval.Ticks) + 1;
        for (var next = anchor.AddTicks(interval.Ticks * steps); ; next += interval)
        {
            yield return next;
            if (next > DateTimeOffset.MaxValue - interval)
            {
                yield break;
            }
        }
    }
}
