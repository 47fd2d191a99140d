using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Five-second buckets of the last quarter of an hour, from counts seen at each publish. Publisher's thread only.</summary>
public sealed class SeriesBook
{
    public static readonly TimeSpan Width = TimeSpan.FromSeconds(5);

    private const int Capacity = 180;

    private readonly Dictionary<string, (JobCounts Last, ImmutableArray<Bucket> Buckets)> _series = new(StringComparer.Ordinal);

    /// <summary>Adds what changed since the last call for this name; the empty name is "all".</summary>
    public ImmutableArray<Bucket> Observe(string name, JobCounts counts, DateTimeOffset now)
    {
        if (!_series.TryGetValue(name, out var entry))
        {
            _series[name] = (counts, [new Bucket(StartOf(now), counts.Queued, counts.Active, 0, 0)]);
            return _series[name].Buckets;
        }

        var start = StartOf(now);
        var last = entry.Buckets[^1];
        var succeeded = (int)(counts.Succeeded - entry.Last.Succeeded);
        var failed = (int)(counts.Failed - entry.Last.Failed);
        if (last.Start == start)
        {
            var updated = last with { Queued = counts.Queued, Active = counts.Active, Succeeded = last.Succeeded + succeeded, Failed = last.Failed + failed };
            if (updated != last)
            {
                entry.Buckets = entry.Buckets.SetItem(entry.Buckets.Length - 1, updated);
            }
        }
        else
        {
            entry.Buckets = [.. Filled(entry.Buckets, start), new Bucket(start, counts.Queued, counts.Active, succeeded, failed)];
        }

        _series[name] = (counts, entry.Buckets);
        return entry.Buckets;
    }

    /// <summary>Nothing happened between two publishes: the buckets between them say so.</summary>
    private static IEnumerable<Bucket> Filled(ImmutableArray<Bucket> buckets, DateTimeOffset start)
    {
        var last = buckets[^1];
        var gap = (int)Math.Clamp((start - last.Start) / Width - 1, 0, Capacity - 1);
        return buckets
            .Concat(Enumerable.Range(0, gap).Select(n => last with { Start = start - (Width * (gap - n)), Succeeded = 0, Failed = 0 }))
            .TakeLast(Capacity - 1);
    }

    private static DateTimeOffset StartOf(DateTimeOffset now) => now.AddTicks(-(now.Ticks % Width.Ticks));
}
