using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// The newest spans of equal width, always as many as fit, the oldest first. Publisher's thread only. Two times 40 bytes a
/// bucket: what is counted, and what was published of it.
/// </summary>
internal sealed class BucketRing
{
    private readonly TimeSpan _width;
    private readonly Bucket[] _buckets;
    private ImmutableArray<Bucket> _published;
    private (int Queued, int Active) _level = (-1, -1);

    public BucketRing(TimeSpan width, int capacity, DateTimeOffset now)
    {
        _width = width;
        _buckets = new Bucket[capacity];
        var newest = Floor(now);
        for (var n = 0; n < capacity; n++)
        {
            _buckets[n] = new Bucket(newest - (width * (capacity - 1 - n)), -1, -1, 0, 0);
        }
    }

    /// <summary>Start of the newest bucket.</summary>
    public DateTimeOffset Newest => _buckets[^1].Start;

    /// <summary>The next snapshot is another array than the last one.</summary>
    public bool IsDirty => _published.IsDefault;

    /// <summary>As they are counted, not as they were published.</summary>
    public ReadOnlySpan<Bucket> Counted => _buckets;

    /// <summary>Moves on to now. Nothing happened in between, or it would have been counted: levels stay as they were.</summary>
    public void Advance(DateTimeOffset now)
    {
        var newest = Floor(now);
        var by = (int)Math.Min((newest - Newest) / _width, _buckets.Length);
        if (by <= 0)
        {
            return;
        }

        Array.Copy(_buckets, by, _buckets, 0, _buckets.Length - by);
        for (var n = _buckets.Length - by; n < _buckets.Length; n++)
        {
            _buckets[n] = new Bucket(newest - (_width * (_buckets.Length - 1 - n)), _level.Queued, _level.Active, 0, 0);
        }

        _published = default;
    }

    /// <summary>What is queued and active now; a bucket keeps the most it saw.</summary>
    public void Level(int queued, int active)
    {
        _level = (queued, active);
        ref var newest = ref _buckets[^1];
        if (queued > newest.Queued || active > newest.Active)
        {
            newest = newest with { Queued = Math.Max(queued, newest.Queued), Active = Math.Max(active, newest.Active) };
            _published = default;
        }
    }

    /// <summary>Ended jobs; of a time that is no longer shown, nothing happens.</summary>
    public void Count(DateTimeOffset at, int succeeded, int failed, int canceled)
    {
        Advance(at);
        var index = _buckets.Length - 1 - (int)Math.Clamp((Newest - Floor(at)) / _width, 0, _buckets.Length);
        if (index < 0)
        {
            return;
        }

        ref var bucket = ref _buckets[index];
        bucket = bucket with { Succeeded = bucket.Succeeded + succeeded, Failed = bucket.Failed + failed, Canceled = bucket.Canceled + canceled };
        _published = default;
    }

    /// <summary>The same array as before while nothing has changed.</summary>
    public ImmutableArray<Bucket> Snapshot()
    {
        if (_published.IsDefault)
        {
            _published = [.. _buckets];
        }

        return _published;
    }

    private DateTimeOffset Floor(DateTimeOffset at) => at.AddTicks(-(at.UtcTicks % _width.Ticks));
}
