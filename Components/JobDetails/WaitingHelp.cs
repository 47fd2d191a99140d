using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Groups;
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

    /// <summary>A query may not be much longer.</summary>
    private const int LongestQuery = 3_000;

    /// <summary>When the first of those that hold what it waits for should be done, by what such jobs usually take; null: not known.</summary>
    public TimeSpan? NextIn { get; init; }

    /// <summary>Since when what is in the way is there, in words that end with "since".</summary>
    public (string Words, DateTimeOffset At)? Since { get; init; }

    public static WaitingHelp From(string code, Job job, JobTypeView type, ReadModel model)
    {
        var runners = model.Workers.Where(view => view.Worker.Capabilities.GetValueOrDefault(type.Name) is { CanExecute: true }).Select(view => view.Worker).ToList();
        var connected = runners.Where(worker => worker.Session is not null).ToList();
        var holders = Holders(code, type, model);
        return new WaitingHelp(
            code == "group_limit" && job.Group is { } group ? ("Open the group", GroupLinks.To(group.Id))
            : holders.IsEmpty ? LinkOf(code, type) : LinkTo(holders, code, type) ?? LinkOf(code, type),
            code == "all_draining" ? [.. connected.Where(worker => worker.Draining).Select(worker => worker.Id)] : [],
            code is "no_capable_worker" or "detector_only" ? runners.Where(worker => worker.Session is null).MaxBy(worker => worker.DisconnectedAt) : null,
            code == "labels" ? [.. connected.Take(MostWorkers).Select(worker => (worker.Id, Compare(job, worker)))] : [])
        {
            NextIn = NextOf(holders, model),
            Since = SinceOf(code, type, model),
        };
    }

    /// <summary>The jobs that hold what it waits for, where those are jobs.</summary>
    private static ImmutableArray<Job> Holders(string code, JobTypeView type, ReadModel model) => code switch
    {
        "type_limit" => [.. model.Active.Select(view => view.Job).Where(job => job.JobType == type.Name)],
        "worker_limit" => [.. Runners(type, model).SelectMany(view => view.Running).Where(job => job.JobType == type.Name)],
        "no_free_slot" => [.. Runners(type, model).SelectMany(view => view.Running)],
        _ => [],
    };

    private static IEnumerable<WorkerView> Runners(JobTypeView type, ReadModel model) =>
        model.Workers.Where(view => view.Worker.Session is not null && !view.Worker.Draining && view.Worker.Capabilities.GetValueOrDefault(type.Name) is { CanExecute: true });

    /// <summary>To those very jobs; null where something else is to be done, or they are on too many workers to be named.</summary>
    private static (string Text, string Address)? LinkTo(ImmutableArray<Job> holders, string code, JobTypeView type)
    {
        var workers = holders.Select(job => job.Worker).OfType<WorkerId>().Distinct().ToList();
        var query = code switch
        {
            "worker_limit" or "no_free_slot" when workers.Count <= MostWorkers => $"state:assigned,running worker:{string.Join(',', workers.Select(worker => JobQueries.Quoted(worker.Value)))}{(code == "worker_limit" ? $" type:{type.Name}" : "")}",
            _ => "",
        };
        return query.Length is 0 or > LongestQuery ? null : (holders.Length == 1 ? "Show the job" : $"Show the {holders.Length} jobs", JobQueries.To(query));
    }

    private static TimeSpan? NextOf(ImmutableArray<Job> holders, ReadModel model)
    {
        var usual = model.JobTypes.ToDictionary(type => type.Name, type => type.Numbers.Eta, StringComparer.Ordinal);
        var left = holders.Where(job => job.Attempt is not null).Select(job => usual.GetValueOrDefault(job.JobType) - (model.At - job.Attempt!.SentAt)).OfType<TimeSpan>().ToList();
        return left.Count == 0 ? null : left.Min() is var next && next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }

    private static (string Words, DateTimeOffset At)? SinceOf(string code, JobTypeView type, ReadModel model) => code switch
    {
        "lane_busy" when model.Lane(type.Rules.Lane)?.Turn is { JobType.Length: > 0, Since: { } at } turn && turn.JobType != type.Name => ($"{model.JobType(turn.JobType)?.DisplayName ?? turn.JobType} has had the turn since", at),
        "cluster_lock" when model.Cluster.Lock is { Reason: { Length: > 0 } reason, ReasonSince: { } at } => ($"{reason}, as seen from here since", at),
        "cluster_lock" when model.Cluster.Lock.WaitingSince is { } at => ("waiting for the lock since", at),
        _ => null,
    };

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
