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

    /// <summary>Of many workers so many are told by name.</summary>
    private const int Named = 3;

    public static ImmutableArray<AttentionLine> From(ReadModel model) =>
        [.. model.JobTypes.SelectMany(type => Stuck(type, model.At)).Concat(Gone(model)).Concat(model.Workers.SelectMany(view => Of(view, model.At))).Concat(model.JobTypes.SelectMany(type => Of(type, model.At))).Concat(Stalled(model)).Concat(Locked(model)).Concat(Full(model)).OrderByDescending(line => line.IsBad)];

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

        if (WorkerLook.Ailment(view) is { Length: > 0 } ailment)
        {
            yield return new AttentionLine($"ails {id}", $"{id} says: {Words.Visible(ailment)}", "Worker", link);
        }

        if (worker.Health == WorkerHealth.Unhealthy)
        {
            yield return new AttentionLine($"silent {id}", $"{id} misses heartbeats, last heard {Words.Ago(now - (view.Session?.Heartbeat?.At ?? worker.LastSeenAt))}", "Worker", link, true);
        }

        if (Flapped(worker, now) is { } flaps)
        {
            yield return new AttentionLine($"flaps {id}", $"{id} lost its connection {flaps} times in {Words.Span(LostLately)}: {worker.Sessions[0].Reason}", "Sessions", $"{link}#sessions");
        }
    }

    /// <summary>A fleet that went away is one thing, however many workers it had.</summary>
    private static IEnumerable<AttentionLine> Gone(ReadModel model)
    {
        var gone = model.Workers.Where(view => view.Worker.Health == WorkerHealth.Disconnected && Flapped(view.Worker, model.At) is null).ToList();
        var working = gone.Where(view => view.Running.Length > 0).ToList();
        if (working.Count > 0)
        {
            var jobs = working.Sum(view => view.Running.Length);
            yield return Lost("gone at work", working, $"gone with {Words.Count(jobs, "job")} at work; {(working.Count == 1 ? "it" : "they")} may still come back with {(jobs == 1 ? "it" : "them")}", model.At) with { IsBad = true, IsJob = true };
        }

        var lately = gone.Where(view => view.Running.IsEmpty && model.At - view.Worker.DisconnectedAt < LostLately && view.Worker.Sessions is [{ } last, ..] && last.Reason != "the worker ended its stream").ToList();
        if (lately.Count > 0)
        {
            yield return Lost("gone", lately, "", model.At);
        }
    }

    /// <param name="how">Empty: disconnected, and when.</param>
    private static AttentionLine Lost(string key, List<WorkerView> lost, string how, DateTimeOffset now)
    {
        var last = lost.MaxBy(view => view.Worker.DisconnectedAt)!.Worker;
        var ago = last.DisconnectedAt is { } at ? $" {Words.Ago(now - at)}" : "";
        if (lost.Count == 1)
        {
            return new AttentionLine($"{key} {last.Id}", $"{last.Id} {(how.Length > 0 ? $"is {how}" : $"disconnected{ago}")}: {last.DisconnectReason}", "Worker", WorkerLinks.To(last.Id));
        }

        var names = string.Join(", ", lost.Take(Named).Select(view => view.Worker.Id.Value)) + (lost.Count > Named ? " …" : "");
        return new AttentionLine(key, $"{Words.Count(lost.Count, "worker")} {(how.Length > 0 ? $"are {how}" : $"disconnected, the last{ago}")} ({names}): {last.DisconnectReason}", "Workers", "workers?health=disconnected");
    }

    private static int? Flapped(Worker worker, DateTimeOffset now) =>
        worker.Conflict is null && worker.Sessions.Count(session => now - session.To < LostLately) is >= Flaps and var flaps ? flaps : null;

    private static IEnumerable<AttentionLine> Of(JobTypeView type, DateTimeOffset now)
    {
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
    }

    /// <summary>Work that stands still, first of all.</summary>
    private static IEnumerable<AttentionLine> Stuck(JobTypeView type, DateTimeOffset now)
    {
        // One line per reason: a hundred jobs that wait for the same thing are one thing.
        var stuck = type.Queue.Where(view => IsStuck(view, type, now)).GroupBy(view => (view.Waiting!.Code, view.Waiting.Text)).ToList();
        if (type.Policy.Enabled && type.Workers.IsEmpty && stuck.TrueForAll(group => group.Key.Code != "no_capable_worker"))
        {
            yield return new AttentionLine($"nobody {type.Name}", $"{type.DisplayName} is enabled, but no connected worker offers it", "Start a worker", "workers", type.Counts.Queued > 0);
        }

        // Half of what it takes is there; the jobs that already stand still for it say so themselves.
        if (type.Policy.Enabled && !type.Workers.IsEmpty && type.CanDetect && !type.DetectorAvailable)
        {
            yield return new AttentionLine($"undetected {type.Name}", $"{type.DisplayName} is enabled, but no connected worker detects for it", "Show the workers", WorkersOf(type));
        }
        else if (type.Policy.Enabled && !type.Workers.IsEmpty && type.ExecutorCount == 0 && stuck.TrueForAll(group => group.Key.Code != "detector_only"))
        {
            yield return new AttentionLine($"unexecuted {type.Name}", $"{type.DisplayName} is enabled, but its workers only detect: nobody would run what they find", "Show the workers", WorkersOf(type));
        }

        foreach (var group in stuck)
        {
            var oldest = group.Min(view => view.Job.DueAt);
            var count = $"{(type.Counts.Queued > Needs.Looked ? "at least " : "")}{Words.Count(group.Count(), "job")}";
            yield return new AttentionLine(
                $"stuck {type.Name} {group.Key}", $"{Words.Sentence(count, "")} of {type.DisplayName} cannot start, the oldest for {Words.Span(now - oldest)}: {group.Key.Text}", "Queue", JobTypeLinks.To("queue", type.Name), group.Any(view => Needs.CannotStart(view.Waiting!)), group.Key.Code, IsJob: true);
        }
    }

    private static string WorkersOf(JobTypeView type) => $"workers?type={Uri.EscapeDataString(type.Name)}";

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
