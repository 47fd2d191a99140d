using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;

namespace BlazorPluginAdmin.Components.Activities;

/// <summary>
/// What one page shows of the stream, newest first: what came since it was opened joins at the top, what the store has joins
/// at the end, and nothing in between is missing. It holds at most <see cref="Most"/>; beyond, the oldest go.
/// </summary>
public sealed class ActivityTail(Func<Activity, bool> matches)
{
    public const int Most = 1_000;

    private readonly List<Activity> _rows = [];
    private long _newest;

    public IReadOnlyList<Activity> Rows => _rows;

    /// <summary>The store continues below this sequence number; null before anything was taken.</summary>
    public long? Oldest { get; private set; }

    /// <summary>The store has nothing older.</summary>
    public bool IsWhole { get; private set; }

    /// <param name="window">The newest of all, newest first, without gaps.</param>
    /// <returns>How many rows are new.</returns>
    public int Take(ImmutableArray<Activity> window)
    {
        if (window.IsEmpty || window[0].Sequence == _newest)
        {
            return 0;
        }

        if (Oldest is null || window[^1].Sequence > _newest + 1)
        {
            // What fell out between this window and the last one is in the store.
            _rows.Clear();
            (_newest, Oldest, IsWhole) = (0, window[^1].Sequence, window[^1].Sequence <= 1);
        }

        var fresh = window.TakeWhile(activity => activity.Sequence > _newest).Where(matches).ToList();
        _rows.InsertRange(0, fresh);
        _newest = window[0].Sequence;
        Trim();
        return fresh.Count;
    }

    /// <param name="page">What the store has below <see cref="Oldest"/>, newest first, all of it matching.</param>
    /// <param name="isLast">Nothing matches below it.</param>
    public void TakeOlder(ImmutableArray<Activity> page, bool isLast)
    {
        _rows.AddRange(page);
        (Oldest, IsWhole) = (page.IsEmpty ? Oldest : page[^1].Sequence, isLast);
    }

    private void Trim()
    {
        if (_rows.Count > Most)
        {
            _rows.RemoveRange(Most, _rows.Count - Most);
            (Oldest, IsWhole) = (_rows[^1].Sequence, false);
        }
    }
}
