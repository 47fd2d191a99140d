using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Overview;

/// <summary>Something that will not get better by itself, and the one thing to do about it.</summary>
/// <param name="Key">The same as long as it is the same thing.</param>
/// <param name="IsBad">It costs work now; others only may.</param>
/// <param name="Code">The stable code of what jobs wait for; empty: they do not.</param>
/// <param name="IsJob">It is about jobs, which the list of the same name has too.</param>
public sealed record AttentionLine(string Key, string Text, string Action, string Link, bool IsBad = false, string Code = "", bool IsJob = false);

/// <summary>What a person should look at, the worst first.</summary>
public static class AttentionView
{
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
            yield return new AttentionLine($"gone {id}", $"{id} is gone with {Words.Count(view.Running.Length, "job")} at work; it may still come back with {(view.Running.Length == 1 ? "it" : "them")}: {worker.DisconnectReason}", "Worker", link, true, IsJob: true);
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

        var lost = type.RecentEnded.Where(job => Needs.LostItsWorker(job, now)).ToList();
        if (lost.Count > 0)
        {
            var given = lost.Count(job => job.LostInARow >= RetryPolicy.LossesToQuarantine);
            var text = given == lost.Count
                ? $"{Words.Count(given, "job")} of {type.DisplayName} given up: {RetryPolicy.LossesToQuarantine} workers in a row were lost with {(given == 1 ? "it" : "each")}"
                : $"{Words.Count(lost.Count, "job")} of {type.DisplayName} failed because {(lost.Count == 1 ? "its worker was" : "their workers were")} lost{(given > 0 ? $", {given} after {RetryPolicy.LossesToQuarantine} in a row" : "")}";
            yield return new AttentionLine($"quarantine {type.Name}", text, "Jobs", JobQueries.To($"type:{type.Name} reason:worker_lost completed:<1d"), given > 0, IsJob: true);
        }

        // One line per reason: a hundred jobs that wait for the same thing are one thing.
        foreach (var group in type.Queue.Where(view => IsStuck(view, type, now)).GroupBy(view => (view.Waiting!.Code, view.Waiting.Text)))
        {
            var oldest = group.Min(view => view.Job.DueAt);
            var count = $"{(type.Counts.Queued > Needs.Looked ? "at least " : "")}{Words.Count(group.Count(), "job")}";
            yield return new AttentionLine(
                $"stuck {type.Name} {group.Key}", $"{Words.Sentence(count, "")} of {type.DisplayName} cannot start, the oldest for {Words.Span(now - oldest)}: {group.Key.Text}", "Queue", JobTypeLinks.To("queue", type.Name), Code: group.Key.Code, IsJob: true);
        }
    }

    private static bool IsStuck(JobView view, JobTypeView type, DateTimeOffset now) =>
        view is { Waiting: { } waiting, QueuePosition: not null } && (Needs.CannotStart(waiting) || Needs.WaitsTooLong(view.Job, type.IsPaused, now));

    private static IEnumerable<AttentionLine> Stalled(ReadModel model)
    {
        var quiet = model.Active.Where(view => Needs.MaybeSilent(view.Job, model.At)).Select(view => view.Job).ToList();
        if (quiet.Count == 0)
        {
            yield break;
        }

        var said = Needs.Said(model.Activities.Reverse());
        foreach (var job in quiet)
        {
            var patience = ProgressRhythm.PatienceWith([.. said[job.Attempt!.RequestId]], model.JobType(job.JobType)?.RecentEnded ?? []);
            if (Needs.IsSilent(job, patience, model.At))
            {
                var than = patience.Gap is { } gap ? $"; it usually says something every {Words.Span(gap)}" : patience.Run is { } run ? $"; such jobs usually take {Words.Span(run)}" : "";
                yield return new AttentionLine(
                    $"stalled {job.Id}", $"No word about \"{Words.Name(job)}\" for {Words.Span(model.At - job.UpdatedAt)}, on {job.Worker}{than}", "Job", $"jobs/{Uri.EscapeDataString(job.Id.Value)}", IsJob: true);
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
        if (model.Cluster.Lock is { WaitingSince: { } since } waiting && model.At - since > Needs.LongWait)
        {
            yield return new AttentionLine("lock", $"Locked lanes have been waiting for the cluster lock for {Words.Span(model.At - since)}{(waiting.Reason.Length > 0 ? $", {waiting.Reason}" : "")}", "Lanes", "plugin/lanes");
        }
    }
}
