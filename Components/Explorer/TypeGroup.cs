using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>All kept jobs of a type in one line.</summary>
/// <param name="Counts">By state.</param>
/// <param name="FailedPercent">Of those that succeeded or failed; null: none did.</param>
/// <param name="OldestQueued">Since when the job that waits longest is due, of the first in the queue.</param>
public sealed record TypeGroup(string JobType, string Name, ImmutableDictionary<JobState, long> Counts, double? FailedPercent, DateTimeOffset? OldestQueued)
{
    public long Count(JobState state) => Counts.GetValueOrDefault(state);

    public static ImmutableArray<TypeGroup> From(ReadModel model, ImmutableArray<JobTally> tally)
    {
        var kept = tally.GroupBy(row => row.JobType, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToImmutableDictionary(row => row.State, row => row.Count), StringComparer.Ordinal);
        var types = model.JobTypes.Select(type => (type.Name, type.DisplayName)).Concat(kept.Keys.Except(model.JobTypes.Select(type => type.Name)).Order(StringComparer.Ordinal).Select(name => (name, name)));
        return [.. types.Select(type => Group(type.Item1, type.Item2, kept.GetValueOrDefault(type.Item1), model.JobType(type.Item1))).Where(group => group.Counts.Values.Sum() > 0)];
    }

    private static TypeGroup Group(string name, string shown, ImmutableDictionary<JobState, long>? kept, JobTypeView? view)
    {
        // What waits and runs moves by the second, and the model knows it better than a count some seconds old.
        var counts = kept ?? ImmutableDictionary<JobState, long>.Empty;
        counts = view is null ? counts : counts.SetItems([new(JobState.Pending, view.Counts.Pending), new(JobState.Assigned, view.Counts.Assigned), new(JobState.Running, view.Counts.Running)]);
        var (good, bad) = (counts.GetValueOrDefault(JobState.Succeeded), counts.GetValueOrDefault(JobState.Failed));
        var waiting = view?.Queue.Where(job => job.QueuePosition is not null).Select(job => (DateTimeOffset?)job.Job.DueAt).Min();
        return new TypeGroup(name, shown, counts, good + bad == 0 ? null : 100.0 * bad / (good + bad), waiting);
    }
}
