using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>An attempt as a bar.</summary>
/// <param name="Style">As of the state's chip.</param>
/// <param name="Letter">The state without colour.</param>
/// <param name="Until">Its end; of one that is still growing, the time of the picture.</param>
/// <param name="Done">0–1, of a bar that is still growing and whose worker says how far it is.</param>
/// <param name="Count">More than one: a crowd of attempts that are too short to be told apart; it leads to the last of them.</param>
public sealed record SwimBar(string Key, JobId Job, string Name, string JobType, string State, string Style, string Letter, DateTimeOffset SentAt, DateTimeOffset Until, int Track, bool IsOpen, double Done, int Count = 1)
{
    public TimeSpan Took => Until - SentAt;

    /// <summary>One that waits for its worker to come back, or to stop.</summary>
    public bool IsUneasy => Style == "uneasy";

    public bool IsFailed => Style == "failed";
}

/// <param name="Lane">Where it stands in a group; empty without lanes.</param>
/// <param name="Tracks">Bars side by side; at least 1.</param>
public sealed record SwimRow(WorkerId Worker, string Name, string Lane, bool IsConnected, int Tracks, ImmutableArray<SwimBar> Bars);

/// <summary>Workers and their attempts within a span of time.</summary>
/// <param name="More">Workers that had attempts and are not shown.</param>
public sealed record SwimView(ImmutableArray<SwimRow> Rows, DateTimeOffset Start, DateTimeOffset End, int More)
{
    /// <summary>Bars that overlap are stacked up to this; further ones lie over the last.</summary>
    public const int MostTracks = 6;

    /// <summary>Rows of a picture of all workers.</summary>
    public const int Most = 12;

    public static readonly SwimView Empty = new([], default, default, 0);

    private static readonly OncePerModel<(WorkerId? Worker, DateTimeOffset From, DateTimeOffset To, DateTimeOffset Now, TimeSpan Least), SwimView> Known = new((model, asked) => asked.Worker is { } worker
        ? From([.. model.Workers.Where(view => view.Worker.Id == worker)], asked.From, asked.To, asked.Now, asked.Least, 1, null)
        : From(model.Busiest, asked.From, asked.To, asked.Now, asked.Least, Most, jobType => model.JobType(jobType)?.Rules.Lane ?? ""));

    /// <summary>The busiest workers by lane, or one; worked out once for all who look at the same.</summary>
    public static SwimView Of(ReadModel model, WorkerId? worker, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, TimeSpan least) => Known.Of(model, (worker, from, to, now, least));

    /// <param name="least">The shortest bar that can be seen; what is shorter and begins beside its like is one bar with it.</param>
    /// <param name="laneOf">The lane of a job type; null groups nothing.</param>
    public static SwimView From(IEnumerable<WorkerView> workers, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, TimeSpan least, int most, Func<string, string>? laneOf)
    {
        var rows = workers
            .Select(view => Row(view, from, to, now, least, laneOf))
            .Where(row => !row.Bars.IsEmpty)
            .ToList();
        return new SwimView([.. rows.Take(most).OrderBy(row => row.Lane, StringComparer.Ordinal)], from, to, Math.Max(0, rows.Count - most));
    }

    private static SwimRow Row(WorkerView view, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, TimeSpan least, Func<string, string>? laneOf)
    {
        var running = view.Running.Select(job => Open(job, now));
        var ended = view.Numbers.Attempts.Where(attempt => view.Running.All(job => job.Id != attempt.Job || job.Attempt!.Number != attempt.Number)).Select(Ended);
        var bars = Crowded(ended, least).Concat(running)
            .Where(bar => bar.SentAt <= to && bar.Until >= from)
            .OrderBy(bar => bar.SentAt).ThenBy(bar => bar.Key, StringComparer.Ordinal)
            .ToList();
        var tracks = new List<DateTimeOffset>();
        for (var n = 0; n < bars.Count; n++)
        {
            var free = tracks.FindIndex(end => end <= bars[n].SentAt);
            if (free < 0 && tracks.Count < MostTracks)
            {
                tracks.Add(default);
                free = tracks.Count - 1;
            }

            free = free < 0 ? MostTracks - 1 : free;
            tracks[free] = bars[n].IsOpen ? DateTimeOffset.MaxValue : bars[n].Until;
            bars[n] = bars[n] with { Track = free };
        }

        var lane = laneOf is null || bars.Count == 0 ? "" : bars.GroupBy(bar => laneOf(bar.JobType)).MaxBy(group => group.Count())!.Key;
        return new SwimRow(view.Worker.Id, Words.Visible(view.Worker.Id.Value), lane, view.Session is not null, Math.Max(1, tracks.Count), [.. bars]);
    }

    /// <summary>In a grid of time, so that a crowd keeps its place and only the newest one grows.</summary>
    private static IEnumerable<SwimBar> Crowded(IEnumerable<SwimBar> ended, TimeSpan least) => ended
        .GroupBy(bar => bar.Took < least ? $"{bar.SentAt.UtcTicks / least.Ticks} {bar.State} {bar.JobType}" : bar.Key)
        .Select(crowd => crowd.MaxBy(bar => bar.Until)! is var last && crowd.Count() is > 1 and var count
            ? last with { Key = crowd.Key, Name = $"{count} attempts of {last.JobType}", SentAt = crowd.Min(bar => bar.SentAt), Count = count }
            : last);

    private static SwimBar Open(Job job, DateTimeOffset now)
    {
        var attempt = job.Attempt!;
        var letter = job.Phase switch { JobPhase.Reconnecting => "?", JobPhase.Canceling => "C", _ => job.State == JobState.Assigned ? "A" : "R" };
        return new SwimBar(
            attempt.RequestId.Value, job.Id, Words.Name(job), job.JobType, Words.State(job.State, job.Phase, job.Reason), Words.Look(job.State, job.Phase, job.Reason).Style, letter,
            attempt.SentAt, now, 0, true, job.Percent / 100);
    }

    private static SwimBar Ended(EndedAttempt attempt)
    {
        var (state, style, letter) = attempt.Outcome switch
        {
            AttemptOutcome.Succeeded => ("Succeeded", "succeeded", "S"),
            AttemptOutcome.TimedOut => ("Timed out", "failed", "T"),
            AttemptOutcome.WorkerLost => ("Worker lost", "failed", "L"),
            AttemptOutcome.Canceled => ("Canceled", "canceled", "C"),
            AttemptOutcome.Rejected => ("Refused", "canceled", "G"),
            AttemptOutcome.AtCapacity or AttemptOutcome.NotSent => ("Given back", "canceled", "G"),
            _ => ("Failed", "failed", "F"),
        };
        return new SwimBar(
            $"{attempt.Job} {attempt.Number} {attempt.SentAt.UtcTicks}", attempt.Job, Words.Visible(attempt.Summary.Length > 0 ? attempt.Summary : attempt.Job.Value), attempt.JobType,
            state, style, letter, attempt.SentAt, attempt.EndedAt, 0, false, 0);
    }
}
