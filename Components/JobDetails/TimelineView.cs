using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A stretch of time in a job's life.</summary>
/// <param name="Kind">scheduled, blocked, queued, backoff, assigned, running, reconnecting, canceling; the last one of an attempt also says how it ended.</param>
/// <param name="To">Null: it goes on.</param>
/// <param name="X">Where it starts, in per cent of the width; <paramref name="Width"/> likewise.</param>
/// <param name="IsBreak">Drawn shorter than it was.</param>
public sealed record TimelineBar(string Kind, string Label, DateTimeOffset From, DateTimeOffset? To, AttemptOutcome Outcome, double X, double Width, bool IsBreak);

/// <summary>A moment in an attempt: a cancel asked or acknowledged, a lease lost, the admin restarted.</summary>
public sealed record TimelineMark(string Kind, string Label, DateTimeOffset At, double X);

public sealed record TimelineRow(string Label, ImmutableArray<TimelineBar> Bars, ImmutableArray<TimelineMark> Marks);

/// <summary>
/// The life of a job as rows of bars: how it waited, then each attempt. Made from what is stored: its times, its attempts, its
/// activities. A wait that would take more than a fifth of the width is drawn as a break, unless the true scale is asked for.
/// </summary>
public sealed record TimelineView(ImmutableArray<TimelineRow> Rows, DateTimeOffset Start, DateTimeOffset End, bool HasBreaks)
{
    private const double LongestWait = 0.2;
    private const double BreakWidth = 12;
    private const int MostStages = 40;

    /// <param name="activities">Those of the job, in any order.</param>
    /// <param name="now">How far what goes on has come.</param>
    public static TimelineView From(Job job, IReadOnlyList<Attempt> attempts, IReadOnlyList<Activity> activities, DateTimeOffset now, bool trueScale)
    {
        var end = job.CompletedAt ?? (now > job.CreatedAt ? now : job.CreatedAt);
        var told = activities.OrderBy(activity => activity.Sequence).ToList();
        var waits = Waits(job, attempts, told, end).ToList();
        var scale = Scale.Of(job.CreatedAt, end, trueScale || attempts.Count == 0 ? [] : waits);
        var rows = ImmutableArray.CreateBuilder<TimelineRow>(attempts.Count + 1);
        if (waits.Count > 0)
        {
            rows.Add(new TimelineRow("Waiting", [.. waits.Select(scale.Place)], []));
        }

        foreach (var attempt in attempts)
        {
            var own = told.Where(activity => activity.Request == attempt.RequestId).ToList();
            var given = attempt.Outcome is AttemptOutcome.AtCapacity or AttemptOutcome.NotSent;
            rows.Add(new TimelineRow(
                given ? "Given back" : string.Create(CultureInfo.InvariantCulture, $"Attempt {attempt.Number}"),
                [.. Phases(attempt, own, end).Select(scale.Place)],
                [.. Marks(attempt, own).Select(mark => mark with { X = scale.At(mark.At) })]));
        }

        return new TimelineView(rows.ToImmutable(), job.CreatedAt, end, scale.HasBreaks);
    }

    /// <summary>From, to and how long, in words.</summary>
    /// <param name="clock">A moment as the person reads it.</param>
    public static string Describe(TimelineBar bar, DateTimeOffset now, Func<DateTimeOffset, string> clock) =>
        $"{bar.Label}: {clock(bar.From)} – {(bar.To is { } to ? clock(to) : "now")}, {Words.Span((bar.To ?? now) - bar.From)}";

    private static IEnumerable<TimelineBar> Waits(Job job, IReadOnlyList<Attempt> attempts, List<Activity> told, DateTimeOffset end)
    {
        var from = job.CreatedAt;
        for (var n = 0; n <= attempts.Count; n++)
        {
            var open = n == attempts.Count;
            if (open && (job.IsActive || (job.IsTerminal && attempts.Count > 0 && attempts[^1].EndedAt is { } last && last >= end)))
            {
                yield break;
            }

            if (open && job.Phase == JobPhase.Blocked)
            {
                yield return Bar("blocked", "blocked", from, null);
                yield break;
            }

            var to = open ? end : attempts[n].SentAt;
            if (n == 0 && told.Find(activity => activity.Stage == JobTimeline.Released)?.At is { } released && released > from && released <= to)
            {
                yield return Bar("blocked", "blocked", from, released);
                from = released;
            }

            var due = n == 0 ? (attempts.Count == 0 || job.DueAt <= to ? job.DueAt : from) : Due(told, attempts[n - 1]) ?? (open ? job.DueAt : from);
            var later = n == 0 ? "scheduled" : "backoff";
            var until = due < to ? due : to;
            DateTimeOffset? stop = open && !job.IsTerminal ? null : to;
            if (until > from)
            {
                yield return Bar(later, later, from, due >= to ? stop : until);
            }

            var queued = until > from ? until : from;
            if (to > queued || (stop is null && due <= to))
            {
                yield return Bar("queued", "queued", queued, stop);
            }

            from = open ? end : attempts[n].EndedAt ?? end;
        }
    }

    private static DateTimeOffset? Due(List<Activity> told, Attempt attempt) => told
        .Where(activity => activity.Request == attempt.RequestId && activity.Details.Find(JobTimeline.DueAt) is ConfigValue.Text)
        .Select(activity => DateTimeOffset.TryParse(((ConfigValue.Text)activity.Details[JobTimeline.DueAt]).Value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var due) ? due : (DateTimeOffset?)null)
        .LastOrDefault();

    private static IEnumerable<TimelineBar> Phases(Attempt attempt, List<Activity> told, DateTimeOffset end)
    {
        var stop = attempt.EndedAt ?? end;
        var changes = new List<(DateTimeOffset At, string Kind, string Label)> { (attempt.SentAt, "assigned", "assigned") };
        if (attempt.StartedAt is { } started)
        {
            changes.Add((started, "running", "running"));
        }

        foreach (var activity in told)
        {
            var (_, kind, label) = changes[^1];
            var (next, name) = (activity.Source, activity.Stage) switch
            {
                ("admin", "reconnecting") => ("reconnecting", "reconnecting"),
                ("admin", JobTimeline.Adopted) => (kind == "canceling" ? kind : "running", "running"),
                ("admin" or "person", "canceling") => ("canceling", "canceling"),
                ("worker_progress", { Length: > 0 } stage) when kind == "running" && changes.Count < MostStages => ("running", stage),
                _ => (kind, label),
            };
            if ((next, name) != (kind, label) && activity.At >= changes[^1].At && activity.At <= stop)
            {
                changes.Add((activity.At, next, name));
            }
        }

        for (var n = 0; n < changes.Count; n++)
        {
            var last = n == changes.Count - 1;
            DateTimeOffset? to = last ? attempt.EndedAt : changes[n + 1].At;
            if (last || to > changes[n].At)
            {
                yield return Bar(changes[n].Kind, changes[n].Label, changes[n].At, to) with { Outcome = last ? attempt.Outcome : AttemptOutcome.Open };
            }
        }
    }

    private static IEnumerable<TimelineMark> Marks(Attempt attempt, List<Activity> told)
    {
        foreach (var activity in told)
        {
            if ((activity.Source, activity.Stage) switch
            {
                ("admin" or "person", "canceling") => "cancel asked",
                ("worker_progress", JobTimeline.CancelAcknowledged) => "cancel acknowledged",
                ("admin", JobTimeline.Restarted) => "admin restarted",
                _ => null,
            } is { } label)
            {
                yield return new TimelineMark(label.Replace(' ', '-'), label, activity.At, 0);
            }
        }

        if (attempt is { Outcome: AttemptOutcome.WorkerLost, EndedAt: { } lost })
        {
            yield return new TimelineMark("lease-lost", "lease lost", lost, 0);
        }
    }

    private static TimelineBar Bar(string kind, string label, DateTimeOffset from, DateTimeOffset? to) => new(kind, Words.Visible(label), from, to, AttemptOutcome.Open, 0, 0, false);

    /// <summary>Time → place, with long waits drawn short.</summary>
    private sealed class Scale(List<(DateTimeOffset From, DateTimeOffset To, double X, double Width)> stretches, HashSet<DateTimeOffset> breaks)
    {
        private const double Narrowest = 0.4;

        public bool HasBreaks => breaks.Count > 0;

        public static Scale Of(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<TimelineBar> waits)
        {
            var whole = Math.Max(1, (to - from).Ticks);
            var cut = waits.Where(wait => ((wait.To ?? to) - wait.From).Ticks > whole * LongestWait).ToList();
            var rest = whole - cut.Sum(wait => ((wait.To ?? to) - wait.From).Ticks);
            if (rest <= 0)
            {
                cut = [];
                rest = whole;
            }

            var share = (100 - (cut.Count * BreakWidth)) / rest;
            var stretches = new List<(DateTimeOffset, DateTimeOffset, double, double)>();
            var (at, x) = (from, 0d);
            foreach (var wait in cut)
            {
                Add(wait.From, (wait.From - at).Ticks * share);
                Add(wait.To ?? to, BreakWidth);
            }

            Add(to, (to - at).Ticks * share);
            return new Scale(stretches, [.. cut.Select(wait => wait.From)]);

            void Add(DateTimeOffset until, double width)
            {
                stretches.Add((at, until, x, width));
                (at, x) = (until, x + width);
            }
        }

        public double At(DateTimeOffset time)
        {
            var (from, to, x, width) = stretches.FirstOrDefault(stretch => time >= stretch.From && time <= stretch.To && stretch.To > stretch.From, stretches[^1]);
            return to <= from ? x : Math.Clamp(x + ((time - from) / (to - from) * width), 0, 100);
        }

        public TimelineBar Place(TimelineBar bar)
        {
            var x = Math.Min(At(bar.From), 100 - Narrowest);
            var end = bar.To is { } to ? At(to) : 100;
            return bar with { X = x, Width = Math.Max(Narrowest, end - x), IsBreak = bar.Kind is "scheduled" or "blocked" or "queued" or "backoff" && breaks.Contains(bar.From) };
        }
    }
}
