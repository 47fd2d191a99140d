using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// Everything that pages show and no single state holds: what happened over time, by job type and by worker. Fed with each
/// published state and the endings since the one before. Publisher's thread only.
/// </summary>
internal sealed class NumbersBook
{
    /// <summary>Ended jobs read back after a restart.</summary>
    public const int RefillLimit = 20_000;

    private readonly Dictionary<string, TypeBook> _types = new(StringComparer.Ordinal);
    /// <summary>A job counts for the lane its type was in when it ended; what ended before this process, for the lane its type is in now.</summary>
    private readonly Dictionary<string, TypeBook> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<WorkerId, WorkerBook> _workers = [];
    private readonly FailureBook _failures = new();
    private readonly ActivityBook _activities = new();
    private TypeBook? _all;
    private long _lastEnding;

    /// <summary>When this process began to count; what ended before comes from the store.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>The oldest activity that this process counted.</summary>
    public long FirstActivity => _activities.First;

    public void Take(AdminState state, DateTimeOffset now)
    {
        _activities.Take(state, now);
        StartedAt ??= state.Endings.Recent.IsEmpty ? now : state.Endings.Recent.Peek().At;
        _all ??= new TypeBook(now);
        if (state.Endings.Last == _lastEnding)
        {
            return;
        }

        foreach (var ending in state.Endings.Recent.Where(ending => ending.Sequence > _lastEnding))
        {
            if (ending.Attempt is { } attempt)
            {
                Of(attempt.Worker, now).Ended(ending);
            }

            if (ending.Job.IsTerminal)
            {
                Of(ending.Job.JobType, now).Ended(ending.Job);
                _all.Ended(ending.Job);
                OfLane(state.JobType(ending.Job.JobType).Rules.Lane, now).Ended(ending.Job);
                if (ending.Job.State == JobState.Failed)
                {
                    _failures.Failed(ending.Job);
                }
            }
        }

        _lastEnding = state.Endings.Last;
    }

    public TypeNumbers Type(string name, JobCounts counts, DateTimeOffset now)
    {
        var book = Of(name, now);
        var missed = book.Observe(counts, now);
        if (missed != (0, 0, 0))
        {
            _all!.Count(now, missed.Succeeded, missed.Failed, missed.Canceled);
        }

        return book.Publish(now);
    }

    /// <summary>After the types, whose sum it is.</summary>
    public TypeNumbers All(JobCounts totals, DateTimeOffset now)
    {
        _all!.Observe(totals with { Succeeded = 0, Failed = 0, Canceled = 0 }, now);
        return _all.Publish(now);
    }

    /// <summary>What ended in a lane; how much waits and runs is the types' to say.</summary>
    public TypeNumbers Lane(string name, JobCounts counts, DateTimeOffset now)
    {
        var book = OfLane(name, now);
        book.Observe(counts with { Succeeded = 0, Failed = 0, Canceled = 0 }, now);
        return book.Publish(now);
    }

    public WorkerNumbers Worker(WorkerView view, DateTimeOffset now)
    {
        var book = Of(view.Worker.Id, now);
        book.Observe(view.Worker, view.Session, view.Running, view.ExecutionUsed, view.ExecutionTotal, now);
        return book.Publish(now);
    }

    public ActivityCounts Activities(DateTimeOffset now) => _activities.Publish(now);

    public ImmutableArray<FailureGroup> Failures(AdminState state, DateTimeOffset now) => _failures.Publish(now, state.Muted);

    /// <summary>Forgets who is no longer known.</summary>
    public void Keep(AdminState state)
    {
        _activities.Keep(state);
        foreach (var gone in _workers.Keys.Where(id => !state.Workers.ContainsKey(id)).ToList())
        {
            _workers.Remove(gone);
        }

        foreach (var gone in _types.Keys.Where(name => !state.JobTypes.ContainsKey(name)).ToList())
        {
            _types.Remove(gone);
        }

        foreach (var gone in _lanes.Keys.Where(name => state.Lanes.Settings.Find(name) is null).ToList())
        {
            _lanes.Remove(gone);
        }
    }

    /// <summary>Activities before the first that this process counted.</summary>
    /// <param name="since">Everything from then on is among them.</param>
    public void Refill(IEnumerable<ActivityTally> activities, DateTimeOffset since) => _activities.Refill(activities, since);

    /// <summary>Jobs that ended within the last day and before this process.</summary>
    /// <param name="since">Everything that ended from then on is among them.</param>
    /// <param name="laneOf">The lane of a job type.</param>
    public void Refill(IReadOnlyList<Job> newestFirst, DateTimeOffset since, DateTimeOffset now, Func<string, string> laneOf)
    {
        var oldestFirst = newestFirst.Where(job => job.IsTerminal && (job.CompletedAt ?? job.UpdatedAt) < StartedAt).Reverse().ToList();
        _all!.Refill(oldestFirst, since);
        foreach (var group in oldestFirst.GroupBy(job => job.JobType).ToDictionary(group => group.Key))
        {
            Of(group.Key, now).Refill(group.Value, since);
        }

        foreach (var group in oldestFirst.GroupBy(job => laneOf(job.JobType), StringComparer.Ordinal))
        {
            OfLane(group.Key, now).Refill(group, since);
        }

        foreach (var book in _types.Values.Concat(_lanes.Values))
        {
            book.Refill([], since);
        }

        foreach (var job in oldestFirst.Where(job => job.State == JobState.Failed))
        {
            _failures.Failed(job);
        }
    }

    private TypeBook Of(string name, DateTimeOffset now)
    {
        if (!_types.TryGetValue(name, out var book))
        {
            _types[name] = book = new TypeBook(now);
        }

        return book;
    }

    private TypeBook OfLane(string name, DateTimeOffset now)
    {
        if (!_lanes.TryGetValue(name, out var book))
        {
            _lanes[name] = book = new TypeBook(now);
        }

        return book;
    }

    private WorkerBook Of(WorkerId id, DateTimeOffset now)
    {
        if (!_workers.TryGetValue(id, out var book))
        {
            _workers[id] = book = new WorkerBook(now);
        }

        return book;
    }
}
