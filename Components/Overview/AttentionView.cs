using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Overview;

/// <summary>Something that will not get better by itself, and the one thing to do about it.</summary>
/// <param name="Key">The same as long as it is the same thing.</param>
/// <param name="IsBad">It costs work now; others only may.</param>
/// <param name="Code">The stable code of what jobs wait for; empty: they do not.</param>
public sealed record AttentionLine(string Key, string Text, string Action, string Link, bool IsBad = false, string Code = "");

/// <summary>What a person should look at, the worst first.</summary>
public static class AttentionView
{
    /// <summary>Waiting is normal up to here.</summary>
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Not a word about a running job for three of its usual gaps, and this long at least. Where it said too little to have a
    /// usual gap: for three times what such jobs take, and <see cref="Silent"/> at least.
    /// </summary>
    private static readonly TimeSpan SilentAtLeast = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LostLately = TimeSpan.FromMinutes(10);
    private const int Flaps = 3;

    public static ImmutableArray<AttentionLine> From(ReadModel model) =>
        [.. model.Workers.SelectMany(view => Of(view, model.At)).Concat(model.JobTypes.SelectMany(type => Of(type, model.At))).Concat(Stalled(model)).Concat(Locked(model)).Concat(Full(model)).OrderByDescending(line => line.IsBad)];

    private static IEnumerable<AttentionLine> Of(WorkerView view, DateTimeOffset now)
    {
        var worker = view.Worker;
        var (id, link) = (worker.Id.Value, WorkerLinks.To(worker.Id));
        if (worker.Conflict is { } conflict)
        {
            yield return new AttentionLine($"conflict {id}", $"Two processes use the id {id}: {conflict.OlderAddress} and {conflict.NewerAddress}", "Worker", link, true);
        }

        if (worker.IgnoresCancel)
        {
            yield return new AttentionLine($"cancel {id}", $"{id} keeps running work that was taken from it", "Worker", link, true);
        }

        if (worker.Health == WorkerHealth.Unhealthy)
        {
            yield return new AttentionLine($"silent {id}", $"{id} misses heartbeats, last heard {Words.Ago(now - (view.Session?.Heartbeat?.At ?? worker.LastSeenAt))}", "Worker", link, true);
        }

        if (worker.Sessions.Count(session => now - session.To < LostLately) is >= Flaps and var flaps && worker.Conflict is null)
        {
            yield return new AttentionLine($"flaps {id}", $"{id} lost its connection {flaps} times in {Words.Span(LostLately)}: {worker.Sessions[0].Reason}", "Sessions", $"{link}#sessions");
        }
        else if (worker.Health == WorkerHealth.Disconnected && view.Running.Length > 0)
        {
            yield return new AttentionLine($"gone {id}", $"{id} is gone with {Words.Count(view.Running.Length, "job")} at work; it may still come back with {(view.Running.Length == 1 ? "it" : "them")}: {worker.DisconnectReason}", "Worker", link, true);
        }
        else if (worker.Sessions.FirstOrDefault() is { } last && worker.DisconnectedAt is { } gone && now - gone < LostLately && last.Reason != "the worker ended its stream")
        {
            yield return new AttentionLine($"gone {id}", $"{id} disconnected {Words.Ago(now - gone)}: {worker.DisconnectReason}", "Worker", link);
        }
    }

    private static IEnumerable<AttentionLine> Of(JobTypeView type, DateTimeOffset now)
    {
        if (type.Policy.Enabled && type.Workers.IsEmpty)
        {
            yield return new AttentionLine($"nobody {type.Name}", $"{type.DisplayName} is enabled, but no connected worker offers it", "Start a worker", "workers");
        }

        if (type.LastStatus is "error" or "timeout")
        {
            yield return new AttentionLine($"detection {type.Name}", $"The last detection of {type.DisplayName} ended with {type.LastStatus}: {type.LastError}", "Detections", JobTypeLinks.To("detection", type.Name));
        }

        if (type.RecentEnded.Count(job => job.LostInARow >= RetryPolicy.LossesToQuarantine && now - job.CompletedAt < TimeSpan.FromDays(1)) is > 0 and var given)
        {
            yield return new AttentionLine($"quarantine {type.Name}", $"{Words.Count(given, "job")} of {type.DisplayName} given up: {RetryPolicy.LossesToQuarantine} workers in a row were lost with {(given == 1 ? "it" : "each")}", "Jobs", JobQueries.To($"type:{type.Name} reason:worker_lost completed:<1d"), true);
        }

        // One line per reason: a hundred jobs that wait for the same thing are one thing.
        foreach (var group in type.Queue.Where(view => IsStuck(view, type, now)).GroupBy(view => (view.Waiting!.Code, view.Waiting.Text)))
        {
            var oldest = group.Min(view => view.Job.DueAt);
            yield return new AttentionLine(
                $"stuck {type.Name} {group.Key}", $"{Words.Count(group.Count(), "job")} of {type.DisplayName} cannot start, the oldest for {Words.Span(now - oldest)}: {group.Key.Text}", "Queue", JobTypeLinks.To("queue", type.Name), Code: group.Key.Code);
        }
    }

    private static bool IsStuck(JobView view, JobTypeView type, DateTimeOffset now) =>
        view.Waiting is { Code: "no_capable_worker" or "labels" or "all_draining" or "detector_only" }
        || (view is { QueuePosition: not null, Waiting: not null, Job.Phase: JobPhase.Queued } && now - view.Job.DueAt > TooLong && !type.IsPaused);

    private static IEnumerable<AttentionLine> Stalled(ReadModel model)
    {
        var silent = model.Active.Where(view => view.Job is { State: JobState.Running, Phase: JobPhase.Working } && model.At - view.Job.UpdatedAt > SilentAtLeast).Select(view => view.Job).ToList();
        if (silent.Count == 0)
        {
            yield break;
        }

        var said = model.Activities.Where(ProgressRhythm.IsReport).ToLookup(activity => activity.Request, activity => activity.At);
        foreach (var job in silent)
        {
            var gap = ProgressRhythm.UsualGap([.. said[job.Attempt!.RequestId].Reverse()]);
            var usual = model.JobType(job.JobType)?.Numbers.Eta;
            var (patience, than) = gap is { } known ? (known * ProgressRhythm.Patience, $"; it usually says something every {Words.Span(known)}")
                : usual * ProgressRhythm.Patience is { } lengthy && lengthy > Silent ? (lengthy, $"; such jobs usually take {Words.Span(usual)}")
                : (Silent, "");
            if (model.At - job.UpdatedAt > patience)
            {
                yield return new AttentionLine(
                    $"stalled {job.Id}", $"No word about \"{Words.Name(job)}\" for {Words.Span(model.At - job.UpdatedAt)}, on {job.Worker}{than}", "Job", $"jobs/{Uri.EscapeDataString(job.Id.Value)}");
            }
        }
    }

    private static IEnumerable<AttentionLine> Full(ReadModel model)
    {
        if (model.Host.LowDisk is { } disk)
        {
            yield return new AttentionLine("disk", $"{ConfigValueText.Size(disk.FreeBytes)} of {ConfigValueText.Size(disk.TotalBytes)} are left on the disk for what is stored", "What is kept", "settings#retention", true);
        }
    }

    private static IEnumerable<AttentionLine> Locked(ReadModel model)
    {
        if (model.Cluster.Lock is { WaitingSince: { } since } waiting && model.At - since > TooLong)
        {
            yield return new AttentionLine("lock", $"Locked lanes have been waiting for the cluster lock for {Words.Span(model.At - since)}{(waiting.Reason.Length > 0 ? $", {waiting.Reason}" : "")}", "Lanes", "plugin/lanes");
        }
    }
}
