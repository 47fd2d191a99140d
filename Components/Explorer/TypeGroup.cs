using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>All kept jobs of a type in one line.</summary>
/// <param name="Counts">By state; what has no number yet is not counted yet.</param>
/// <param name="FailedPercent">Of those that succeeded or failed; null: none did.</param>
/// <param name="OldestQueued">Since when the job that waits longest is due, of the first in the queue.</param>
public sealed record TypeGroup(string JobType, string Name, ImmutableDictionary<JobState, long> Counts, double? FailedPercent, DateTimeOffset? OldestQueued)
{
    private static readonly ImmutableDictionary<JobState, long> None = Enum.GetValues<JobState>().ToImmutableDictionary(state => state, _ => 0L);

    /// <summary>Null: not counted yet.</summary>
    public long? Count(JobState state) => Counts.TryGetValue(state, out var count) ? count : null;

    /// <summary>Every type there is, so that a line stays where it is while its jobs come and go.</summary>
    /// <param name="tally">Null: the store has not answered yet. What the model knows is shown meanwhile.</param>
    public static ImmutableArray<TypeGroup> From(ReadModel model, ImmutableArray<JobTally>? tally)
    {
        var kept = (tally ?? []).GroupBy(row => row.JobType, StringComparer.Ordinal).ToDictionary(group => group.Key, group => None.SetItems(group.Select(row => KeyValuePair.Create(row.State, row.Count))), StringComparer.Ordinal);
        var types = model.JobTypes.Select(type => (type.Name, type.DisplayName)).Concat(kept.Keys.Except(model.JobTypes.Select(type => type.Name)).Order(StringComparer.Ordinal).Select(name => (name, name)));
        var absent = tally is null ? ImmutableDictionary<JobState, long>.Empty : None;
        return [.. types.Select(type => Group(type.Item1, type.Item2, kept.GetValueOrDefault(type.Item1, absent), model.JobType(type.Item1)))];
    }

    private static TypeGroup Group(string name, string shown, ImmutableDictionary<JobState, long> kept, JobTypeView? view)
    {
        // What waits and runs moves by the second, and the model knows it better than a count some seconds old.
        var counts = view is null ? kept : kept.SetItems([new(JobState.Pending, view.Counts.Pending), new(JobState.Assigned, view.Counts.Assigned), new(JobState.Running, view.Counts.Running)]);
        var (good, bad) = (counts.GetValueOrDefault(JobState.Succeeded), counts.GetValueOrDefault(JobState.Failed));
        var waiting = view?.Queue.Where(job => job.QueuePosition is not null).Select(job => (DateTimeOffset?)job.Job.DueAt).Min();
        return new TypeGroup(name, shown, counts, good + bad == 0 ? null : 100.0 * bad / (good + bad), waiting);
    }
}
