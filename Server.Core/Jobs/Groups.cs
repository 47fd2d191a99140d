using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What becomes of the other members when one has failed for good.</summary>
public enum GroupFailPolicy
{
    Continue = 0,

    /// <summary>They are cancelled, waiting and running ones.</summary>
    CancelRest = 1,
}

/// <summary>The place of a job among those that were submitted with it. The whole of a group is known from any of its members.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">Members, 1–10,000.</param>
/// <param name="MaxRunning">Members that may be under way at once; 0: all.</param>
public sealed record GroupPlace(string Id, int Index, int Count, int MaxRunning, GroupFailPolicy FailPolicy);

public enum GroupState
{
    Pending = 1,
    Running = 2,
    Succeeded = 3,
    Failed = 4,
    Canceled = 5,
}

/// <summary>A group as its members say.</summary>
/// <param name="Total">As submitted; ended members may have been deleted since.</param>
public sealed record GroupView(
    string Id, GroupState State, int Total, int Pending, int Running, int Succeeded, int Failed, int Canceled, ImmutableArray<JobId> Jobs, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt)
{
    /// <summary>Null: there is no such group.</summary>
    public static GroupView? From(ImmutableArray<Job> members)
    {
        if (members.FirstOrDefault() is not { Group: { } place } first)
        {
            return null;
        }

        var (pending, running, succeeded, failed, canceled) = (0, 0, 0, 0, 0);
        foreach (var job in members)
        {
            _ = job.State switch
            {
                JobState.Pending => pending++,
                JobState.Assigned or JobState.Running => running++,
                JobState.Succeeded => succeeded++,
                JobState.Failed => failed++,
                JobState.Canceled => canceled++,
                _ => throw new ArgumentOutOfRangeException(nameof(members), job.State, "unknown state"),
            };
        }

        var state = pending + running > 0 ? (members.Any(job => job.Attempt is not null || job.IsTerminal) ? GroupState.Running : GroupState.Pending)
            : failed > 0 ? GroupState.Failed
            : canceled > 0 ? GroupState.Canceled
            : GroupState.Succeeded;
        return new GroupView(
            place.Id, state, place.Count, pending, running, succeeded, failed, canceled, [.. members.OrderBy(job => job.Group!.Index).Select(job => job.Id)], first.CreatedAt,
            pending + running > 0 ? null : members.Max(job => job.CompletedAt));
    }
}

/// <summary>The open members of all groups, by index. What is under way and what waits for room follows from their phases.</summary>
public sealed record GroupIndex(ImmutableDictionary<string, ImmutableSortedDictionary<int, JobId>> Open)
{
    public static readonly GroupIndex Empty = new(ImmutableDictionary.Create<string, ImmutableSortedDictionary<int, JobId>>(StringComparer.Ordinal));

    public ImmutableSortedDictionary<int, JobId> Members(string group) => Open.GetValueOrDefault(group, ImmutableSortedDictionary<int, JobId>.Empty);

    public GroupIndex With(Job job)
    {
        if (job.Group is not { } place)
        {
            return this;
        }

        var members = Members(place.Id);
        if (members.ContainsKey(place.Index) != job.IsTerminal)
        {
            return this;
        }

        members = job.IsTerminal ? members.Remove(place.Index) : members.Add(place.Index, job.Id);
        return new GroupIndex(members.IsEmpty ? Open.Remove(place.Id) : Open.SetItem(place.Id, members));
    }

    public GroupIndex WithRange(IEnumerable<Job> open) => new(Open.SetItems(open
        .Where(job => job.Group is not null)
        .GroupBy(job => job.Group!.Id)
        .Select(group => KeyValuePair.Create(group.Key, Members(group.Key).SetItems(group.Select(job => KeyValuePair.Create(job.Group!.Index, job.Id)))))));
}
