using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>One piece of work as both sides see it.</summary>
/// <param name="Ours">What the admin thinks; empty: it knows nothing of it.</param>
/// <param name="Theirs">What the worker's last heartbeat said; empty: it left it out.</param>
/// <param name="ApartSince">Since when they disagree; null: they do not, or it is too early to tell.</param>
public sealed record LeaseRow(string Work, string Name, string Kind, string Ours, string Theirs, DateTimeOffset? ApartSince, bool IsJob);

/// <summary>Our leases beside the worker's own word.</summary>
public static class LeaseView
{
    public static ImmutableArray<LeaseRow> From(WorkerView view)
    {
        var said = (view.Session?.Heartbeat?.RunningWork ?? []).ToLookup(work => work.WorkId, StringComparer.Ordinal);
        var held = view.Running.ToDictionary(job => job.Id.Value, StringComparer.Ordinal);
        DateTimeOffset? Apart(string work) => view.Numbers.Differences.TryGetValue(work, out var since) ? since : null;
        return
        [
            .. view.Running.Select(job => new LeaseRow(
                    job.Id.Value, Words.Name(job), job.JobType, $"{Words.State(job.State, job.Phase, job.Reason)}{Percent(job.Percent)}, attempt {job.Attempt!.Number}", Theirs(said[job.Id.Value].FirstOrDefault()), Apart(job.Id.Value), true))
                .Concat(said.SelectMany(group => group).Where(work => !held.ContainsKey(work.WorkId)).Select(work => new LeaseRow(
                    work.WorkId, work.IsDetection ? "a detection" : work.WorkId, work.JobType, work.IsDetection ? "asked for" : "", Theirs(work), work.IsDetection ? null : Apart(work.WorkId), !work.IsDetection)))
                .OrderByDescending(row => row.ApartSince is not null),
        ];
    }

    private static string Theirs(RunningWork? work) => work is null ? "" : $"{(work.Stage.Length > 0 ? Words.Visible(work.Stage) : "at work")}{Percent(work.Percent)}";

    private static string Percent(double percent) => percent > 0 ? $", {Words.OfHundred(percent).Replace(' ', '\u00a0')}" : "";
}
