using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>The jobs somebody picked: one by one, a stretch of rows with Shift, a page, or all that match.</summary>
public sealed class JobSelection(Action changed)
{
    private JobId? _last;

    /// <summary>Empty when all that match are meant.</summary>
    public ImmutableHashSet<JobId> Picked { get; private set; } = [];

    public bool IsAllMatching { get; private set; }

    public bool IsEmpty => Picked.IsEmpty && !IsAllMatching;

    public bool Contains(JobId job) => IsAllMatching || Picked.Contains(job);

    /// <param name="stretch">From the row that was clicked before, if that is still there.</param>
    public void Click(IReadOnlyList<Job> rows, JobId job, bool stretch)
    {
        var ids = rows.Select(row => row.Id).ToList();
        var (place, last) = (ids.IndexOf(job), stretch && _last is { } before ? ids.IndexOf(before) : -1);
        if (place < 0)
        {
            return;
        }

        var from = last < 0 ? place : last;
        _last = job;
        Set(ids.Skip(Math.Min(from, place)).Take(Math.Abs(from - place) + 1), !Contains(job));
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
        (IsAllMatching, Picked, _last) = (false, [], null);
        changed();
    }
}
