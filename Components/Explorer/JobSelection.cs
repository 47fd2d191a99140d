using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>The jobs somebody picked: one by one, a stretch of rows with Shift, a page, or all that match.</summary>
public sealed class JobSelection(Action changed)
{
    private int _last = -1;

    /// <summary>Empty when all that match are meant.</summary>
    public ImmutableHashSet<JobId> Picked { get; private set; } = [];

    public bool IsAllMatching { get; private set; }

    public bool IsEmpty => Picked.IsEmpty && !IsAllMatching;

    public bool Contains(JobId job) => IsAllMatching || Picked.Contains(job);

    /// <param name="stretch">From the row that was clicked before.</param>
    public void Click(IReadOnlyList<Job> rows, int place, bool stretch)
    {
        var picked = !Contains(rows[place].Id);
        var from = stretch && _last >= 0 && _last < rows.Count ? _last : place;
        _last = place;
        Set(rows.Skip(Math.Min(from, place)).Take(Math.Abs(from - place) + 1).Select(job => job.Id), picked);
    }

    public void Set(IEnumerable<JobId> jobs, bool picked)
    {
        IsAllMatching = false;
        Picked = picked ? Picked.Union(jobs) : Picked.Except(jobs);
        changed();
    }

    public void PickAllMatching()
    {
        (IsAllMatching, Picked) = (true, []);
        changed();
    }

    public void Clear()
    {
        (IsAllMatching, Picked, _last) = (false, [], -1);
        changed();
    }
}
