using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// How long jobs wait and run, from the newest 2,048 of them: 24 bytes each, and 56 for every minute of the day that had
/// any. Publisher's thread only.
/// </summary>
internal sealed class LatencyBook
{
    /// <summary>Jobs that are remembered one by one; on a busy type they reach less far back than the window.</summary>
    public const int Capacity = 2048;

    private const int EtaSamples = 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly List<(DateTimeOffset At, TimeSpan Wait, TimeSpan Run)> _samples = [];
    private readonly Queue<TimeSpan> _successes = new();
    private readonly SortedDictionary<DateTimeOffset, LatencyPoint> _points = [];
    private readonly HashSet<DateTimeOffset> _touched = [];
    private readonly List<TimeSpan> _sorting = [];

    /// <summary>Samples came since the last <see cref="Points"/>.</summary>
    public bool IsDirty => _touched.Count > 0;

    /// <summary>Few enough to look at each time.</summary>
    public bool IsSmall => _samples.Count <= 256;

    public void Add(DateTimeOffset at, TimeSpan wait, TimeSpan run, bool succeeded)
    {
        _samples.Add((at, wait < TimeSpan.Zero ? TimeSpan.Zero : wait, run < TimeSpan.Zero ? TimeSpan.Zero : run));
        _touched.Add(Floor(at));
        if (succeeded)
        {
            _successes.Enqueue(run);
            if (_successes.Count > EtaSamples)
            {
                _successes.Dequeue();
            }
        }

        if (_samples.Count >= Capacity * 2)
        {
            Settle();
            _samples.RemoveRange(0, _samples.Count - Capacity);
        }
    }

    /// <summary>The median run of the last 20 successes; null with fewer than five.</summary>
    public TimeSpan? Eta => _successes.Count < Latency.Least ? null : Rank(_successes, 0.5);

    public (Latency Wait, Latency Run) Since(DateTimeOffset start)
    {
        var from = Math.Max(0, _samples.Count - Capacity);
        var within = _samples.Skip(from).Where(sample => sample.At >= start).ToList();
        return (Of(within.ConvertAll(sample => sample.Wait)), Of(within.ConvertAll(sample => sample.Run)));
    }

    /// <summary>Minutes of the last day that had jobs, oldest first.</summary>
    public ImmutableArray<LatencyPoint> Points(DateTimeOffset now)
    {
        Settle();
        while (_points.Count > 0 && _points.First().Key is var oldest && oldest < now - ChartWindows.Span(Window.Day))
        {
            _points.Remove(oldest);
        }

        return [.. _points.Values];
    }

    /// <summary>Minutes with new samples, from those that are remembered of them.</summary>
    private void Settle()
    {
        foreach (var start in _touched)
        {
            var within = _samples.Where(sample => Floor(sample.At) == start).ToList();
            var (waits, runs) = (within.ConvertAll(sample => sample.Wait), within.ConvertAll(sample => sample.Run));
            _points[start] = new LatencyPoint(start, within.Count, Rank(waits, 0.5), Rank(waits, 0.95), Rank(runs, 0.5), Rank(runs, 0.95));
        }

        _touched.Clear();
    }

    private Latency Of(List<TimeSpan> spans) => spans.Count < Latency.Least ? new Latency(null, null, spans.Count) : new Latency(Rank(spans, 0.5), Rank(spans, 0.95), spans.Count);

    /// <summary>Nearest rank: a value that really occurred.</summary>
    private TimeSpan Rank(IReadOnlyCollection<TimeSpan> spans, double share)
    {
        _sorting.Clear();
        _sorting.AddRange(spans);
        _sorting.Sort();
        return _sorting[Math.Max(0, (int)Math.Ceiling(share * _sorting.Count) - 1)];
    }

    private static DateTimeOffset Floor(DateTimeOffset at) => at.AddTicks(-(at.UtcTicks % Minute.Ticks));
}
