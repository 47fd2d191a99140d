using System.Globalization;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Why a job is not running: the first rule of dispatch that holds it back, with the blocker's name.</summary>
public static class WaitingReason
{
    public static Waiting? For(AdminState state, JobType type, Job job, Now now)
    {
        if (job.State != JobState.Pending)
        {
            return null;
        }

        Waiting Because(string code, string text, DateTimeOffset? until = null) => new(code, text, job.UpdatedAt, until);
        switch (job.Phase)
        {
            case JobPhase.Scheduled:
                return Because("not_before", "scheduled", job.DueAt);
            case JobPhase.Backoff:
                return Because("backoff", job.Error.Length > 0 ? $"attempt {Text(job.Attempt?.Number ?? 0)}: {FirstLine(job.Error)}" : "a worker had no free slot", job.DueAt);
        }

        if (type.IsPaused)
        {
            return Because("paused", $"{type.Name} is paused by {type.Schedule.PausedBy}" + (type.Schedule.PausedReason.Length > 0 ? $": {type.Schedule.PausedReason}" : ""), type.Schedule.PausedUntil);
        }

        var executors = type.Executors.Select(id => (Session: state.Sessions[id], Worker: state.Workers[state.Sessions[id].Worker])).ToList();
        if (executors.Count == 0)
        {
            return type.Detectors.Length > 0
                ? Because("detector_only", type.Detectors.Length == 1
                    ? $"the only connected worker that knows {type.Name} only detects"
                    : $"{Text(type.Detectors.Length)} connected workers know {type.Name} but only detect")
                : Because("no_capable_worker", $"no connected worker offers {type.Name}");
        }

        var hold = job.IsAsked
            ? Holds.OnAskedJobs(state, type) ?? Gate.From(state).OnJob(type)
            : Holds.OnDetectedJobs(state, type, now);
        if (hold is not null)
        {
            return Because(hold.Code, hold.Text);
        }

        if (type.Counts.Active >= type.Policy.GlobalConcurrency)
        {
            return Because("type_limit", $"{type.Name} may run {Text(type.Policy.GlobalConcurrency)} at once and does");
        }

        var matching = executors.Where(pair => DispatchPlanner.Matches(job, pair.Worker)).ToList();
        if (matching.Count == 0)
        {
            var wanted = string.Join(", ", job.Labels.Where(label => label.Key.StartsWith("require.", StringComparison.Ordinal)).Select(label => $"{label.Key["require.".Length..]}={label.Value}"));
            return Because(
                "labels",
                executors.Count == 1 ? $"the only worker that offers {type.Name} does not have {wanted}" : $"{Text(executors.Count)} workers offer {type.Name}, none has {wanted}");
        }

        if (matching.TrueForAll(pair => pair.Worker.Draining))
        {
            return Because("all_draining", $"all workers that offer {type.Name} are draining");
        }

        var full = matching.TrueForAll(pair => DispatchPlanner.FreeSlots(pair.Session, pair.Worker, now) <= 0);
        return full
            ? Because("no_free_slot", $"all {Text(matching.Sum(pair => DispatchPlanner.TotalSlots(pair.Session, pair.Worker)))} slots are busy")
            : Because("worker_limit", $"each worker may run {Text(type.Policy.PerWorkerConcurrency)} of {type.Name} at once and does");
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
