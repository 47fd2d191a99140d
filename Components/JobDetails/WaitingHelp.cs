using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Lanes;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A label that a job asks for, and what a worker has under its name; empty: nothing.</summary>
public sealed record LabelMatch(string Name, string Wanted, string Has)
{
    public bool IsMet => Wanted == Has;
}

/// <summary>What helps a waiting job along, beside what the person can do to it directly.</summary>
/// <param name="Link">Where to look or to change something; null where a button does it.</param>
/// <param name="Draining">Workers that would take it if they did not drain.</param>
/// <param name="LastGone">The last of the workers that ran its type and are gone.</param>
/// <param name="Labels">Workers that run its type, with the labels it asks for; only when those are what it waits for.</param>
public sealed record WaitingHelp(
    (string Text, string Address)? Link, ImmutableArray<WorkerId> Draining, Worker? LastGone, ImmutableArray<(WorkerId Worker, ImmutableArray<LabelMatch> Labels)> Labels)
{
    private const int MostWorkers = 20;

    public static WaitingHelp From(string code, Job job, JobTypeView type, ReadModel model)
    {
        var runners = model.Workers.Where(view => view.Worker.Capabilities.GetValueOrDefault(type.Name) is { CanExecute: true }).Select(view => view.Worker).ToList();
        var connected = runners.Where(worker => worker.Session is not null).ToList();
        return new WaitingHelp(
            LinkOf(code, type),
            code == "all_draining" ? [.. connected.Where(worker => worker.Draining).Select(worker => worker.Id)] : [],
            code is "no_capable_worker" or "detector_only" ? runners.Where(worker => worker.Session is null).MaxBy(worker => worker.DisconnectedAt) : null,
            code == "labels" ? [.. connected.Take(MostWorkers).Select(worker => (worker.Id, Compare(job, worker)))] : []);
    }

    private static (string Text, string Address)? LinkOf(string code, JobTypeView type) => code switch
    {
        "type_limit" or "worker_limit" => ("Change the limit", JobTypeLinks.To("configuration", type.Name)),
        "no_capable_worker" or "detector_only" or "labels" or "all_draining" => ("Show the workers", $"workers?type={Uri.EscapeDataString(type.Name)}"),
        "no_cluster" or "other_admin" => ("Settings", "settings"),
        "maintenance" => ("Maintenance", "settings#scheduler"),
        "paused" when !type.IsPaused => ("Settings", "settings#scheduler"),
        "quiet" => ("Change the timetable", JobTypeLinks.To("configuration", type.Name)),
        "lane_busy" or "gate" or "keyless" or "cluster_lock" => ("Open the lane", LaneLinks.To(type.Rules.Lane)),
        "no_free_slot" or "refused" => ("Show what runs", JobQueries.To("state:assigned,running")),
        _ => null,
    };

    private static ImmutableArray<LabelMatch> Compare(Job job, Worker worker) =>
    [
        .. job.Labels
            .Where(label => label.Key.StartsWith(DispatchPlanner.Selector, StringComparison.Ordinal))
            .Select(label => label.Key[DispatchPlanner.Selector.Length..] is var name ? new LabelMatch(name, label.Value, worker.Labels.GetValueOrDefault(name, "")) : default!),
    ];
}
