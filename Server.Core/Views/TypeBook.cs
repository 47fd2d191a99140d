using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Keeps the numbers of one job type, or of all. Publisher's thread only.</summary>
internal sealed class TypeBook(DateTimeOffset now)
{
    public static readonly TimeSpan Fast = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(1);

    private readonly BucketRing _fast = new(Fast, 180, now);
    private readonly BucketRing _slow = new(Slow, 1440, now);
    private readonly LatencyBook _latencies = new();
    private TypeNumbers _numbers = new() { CompleteSince = now };
    private DateTimeOffset _minutesAt;
    private DateTimeOffset _latenciesAt;
    private DateTimeOffset _completeSince = now;
    private JobCounts? _counts;
    private (int Succeeded, int Failed, int Canceled) _seen;

    /// <summary>A job that ended for good.</summary>
    public void Ended(Job job)
    {
        var at = job.CompletedAt ?? job.UpdatedAt;
        var (succeeded, failed, canceled) = (job.State == JobState.Succeeded ? 1 : 0, job.State == JobState.Failed ? 1 : 0, job.State == JobState.Canceled ? 1 : 0);
        Count(at, succeeded, failed, canceled);
        _seen = (_seen.Succeeded + succeeded, _seen.Failed + failed, _seen.Canceled + canceled);
        if (job.Attempt is { EndedAt: { } ended } attempt)
        {
            _latencies.Add(at, attempt.SentAt - job.DueAt, ended - attempt.SentAt, succeeded == 1);
        }
    }

    /// <summary>What is there now. Returns what ended since the last time without having been seen one by one.</summary>
    public (int Succeeded, int Failed, int Canceled) Observe(JobCounts counts, DateTimeOffset at)
    {
        _fast.Advance(at);
        _slow.Advance(at);
        _fast.Level(counts.Queued, counts.Active);
        _slow.Level(counts.Queued, counts.Active);
        var before = _counts ?? new JobCounts();
        var missed = (Missed(counts.Succeeded - before.Succeeded, _seen.Succeeded), Missed(counts.Failed - before.Failed, _seen.Failed), Missed(counts.Canceled - before.Canceled, _seen.Canceled));
        (_counts, _seen) = (counts, default);
        if (missed != (0, 0, 0))
        {
            Count(at, missed.Item1, missed.Item2, missed.Item3);
        }

        return missed;
    }

    public void Count(DateTimeOffset at, int succeeded, int failed, int canceled)
    {
        _fast.Count(at, succeeded, failed, canceled);
        _slow.Count(at, succeeded, failed, canceled);
    }

    /// <summary>Jobs that ended before this process; whatever is older than <paramref name="since"/> was not read.</summary>
    public void Refill(IEnumerable<Job> oldestFirst, DateTimeOffset since)
    {
        foreach (var job in oldestFirst)
        {
            Ended(job);
        }

        (_seen, _completeSince) = (default, since);
    }

    /// <summary>The same record as before while nothing has changed and no bucket is over.</summary>
    public TypeNumbers Publish(DateTimeOffset at)
    {
        _fast.Advance(at);
        _slow.Advance(at);
        var series = _fast.IsDirty;
        var minutes = _slow.IsDirty && at - _minutesAt >= Fast;
        var latencies = _latencies.IsDirty && (_latencies.IsSmall || at - _latenciesAt >= TimeSpan.FromSeconds(1));
        if (!series && !minutes && !latencies && _completeSince == _numbers.CompleteSince)
        {
            return _numbers;
        }

        _minutesAt = minutes ? at : _minutesAt;
        _latenciesAt = latencies ? at : _latenciesAt;
        _numbers = new TypeNumbers
        {
            Series = _fast.Snapshot(),
            Minutes = minutes ? _slow.Snapshot() : _numbers.Minutes,
            Latencies = latencies ? _latencies.Points(at) : _numbers.Latencies,
            In = [.. ChartWindows.All.Select(window => Within(window, latencies))],
            Eta = _latencies.Eta,
            CompleteSince = _completeSince,
        };
        return _numbers;
    }

    private WindowNumbers Within(Window window, bool latencies)
    {
        var (succeeded, failed, canceled) = (0, 0, 0);
        var buckets = window == Window.Quarter ? _fast.Counted : _slow.Counted[^(int)ChartWindows.Span(window).TotalMinutes..];
        foreach (ref readonly var bucket in buckets)
        {
            (succeeded, failed, canceled) = (succeeded + bucket.Succeeded, failed + bucket.Failed, canceled + bucket.Canceled);
        }

        var before = _numbers.Of(window);
        var start = buckets[0].Start;
        var (wait, run) = latencies || start != before.Start ? _latencies.Since(start) : (before.Wait, before.Run);
        return new WindowNumbers(start, succeeded, failed, canceled, (succeeded + failed + canceled) / ChartWindows.Span(window).TotalMinutes, wait, run);
    }

    private static int Missed(long ended, int seen) => (int)Math.Clamp(ended - seen, 0, int.MaxValue);
}
