using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Counts activities by the minute, of all and by job type, for an hour. Publisher's thread only.</summary>
internal sealed class ActivityBook
{
    private const int Minutes = 60;

    /// <summary>Counts of one series; a slot is of its minute only.</summary>
    private sealed class Hour
    {
        private readonly (long Minute, int Count)[] _slots = new (long, int)[Minutes];

        public void Add(long minute, int count)
        {
            ref var slot = ref _slots[minute % Minutes];
            slot = slot.Minute == minute ? (minute, slot.Count + count) : slot.Minute < minute ? (minute, count) : slot;
        }

        public int Since(long minute) => _slots.Where(slot => slot.Minute >= minute).Sum(slot => slot.Count);
    }

    private readonly Dictionary<string, Hour> _types = new(StringComparer.Ordinal);
    private readonly Hour _all = new();
    private ActivityCounts _published = ActivityCounts.Empty;
    private DateTimeOffset? _completeSince;
    private long _last;
    private bool _isDirty = true;

    /// <summary>The oldest one that was counted as it came; those before it are in the store.</summary>
    public long First { get; private set; }

    public void Take(AdminState state, DateTimeOffset now)
    {
        if (_completeSince is null)
        {
            var oldest = state.Activities.IsEmpty ? null : state.Activities.Peek();
            (_completeSince, First) = (oldest?.At ?? now, oldest?.Sequence ?? (state.LastActivity + 1));
            _last = First - 1;
        }

        if (state.LastActivity == _last)
        {
            return;
        }

        var unseen = state.LastActivity - _last;
        foreach (var activity in state.Activities.Where(activity => activity.Sequence > _last))
        {
            Add(activity.JobType, MinuteOf(activity.At), 1);
            unseen--;
        }

        // More than are at hand came since the last look; of which types, only the store knows.
        _all.Add(MinuteOf(now), (int)Math.Clamp(unseen, 0, int.MaxValue));
        _last = state.LastActivity;
    }

    /// <summary>What was said before <see cref="First"/>.</summary>
    /// <param name="since">Everything from then on is among it.</param>
    public void Refill(IEnumerable<ActivityTally> before, DateTimeOffset since)
    {
        foreach (var tally in before)
        {
            Add(tally.JobType, MinuteOf(tally.Minute), tally.Count);
        }

        (_completeSince, _isDirty) = (since, true);
    }

    /// <summary>Forgets who is no longer known.</summary>
    public void Keep(AdminState state)
    {
        foreach (var gone in _types.Keys.Where(name => !state.JobTypes.ContainsKey(name)).ToList())
        {
            _types.Remove(gone);
        }
    }

    /// <summary>The same record as before while nothing was said and no minute is over.</summary>
    public ActivityCounts Publish(DateTimeOffset now)
    {
        var first = MinuteOf(now) - (Minutes - 1);
        var start = new DateTimeOffset(first * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        if (_isDirty || _published.Start != start)
        {
            _published = new ActivityCounts(
                start,
                _completeSince ?? now,
                _all.Since(first),
                _types.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Since(first))).Where(pair => pair.Value > 0).ToImmutableDictionary(StringComparer.Ordinal));
            _isDirty = false;
        }

        return _published;
    }

    private void Add(string jobType, long minute, int count)
    {
        _all.Add(minute, count);
        _isDirty = true;
        if (jobType.Length == 0)
        {
            return;
        }

        if (!_types.TryGetValue(jobType, out var type))
        {
            _types[jobType] = type = new Hour();
        }

        type.Add(minute, count);
    }

    private static long MinuteOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMinute;
}
