using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>One rule of dispatch, asked of one job.</summary>
/// <param name="Rule">What must hold, with the count behind it.</param>
/// <param name="Code">The stable code of what stops the job here; empty while it is let through.</param>
/// <param name="Text">What stops it, naming the blocker.</param>
/// <param name="Subject">The blocker alone; see <see cref="Views.Waiting"/>.</param>
/// <param name="Since">When the blocker came into the way; null where that is not known, see <see cref="Views.Waiting"/>. It may be earlier or later than the job.</param>
public sealed record WaitingCheck(string Rule, string Code = "", string Text = "", DateTimeOffset? Until = null, string Subject = "", DateTimeOffset? Since = null)
{
    public bool Passed => Code.Length == 0;
}

/// <summary>
/// The rules by which <see cref="DispatchPlanner"/> lets a job start, in their order and for people: the first that stops it is
/// why it waits. Once no worker is left, rules about workers are not asked. Lazy: whoever wants only the first pays for no other.
/// </summary>
public static class WaitingChecks
{
    /// <summary>All that <see cref="Holds"/> and <see cref="Gate"/> may say, as rules; a hold stops at its own, those behind it are not asked.</summary>
    private static readonly (string Rule, string[] Codes)[] HoldRules =
    [
        ("The cluster is reachable", ["no_cluster"]),
        ("No maintenance, no pause of the scheduler holds it", [Hold.MaintenanceCode]),
        ("It is not kept quiet by the timetable", ["quiet"]),
        ("No other admin schedules the work", ["other_admin"]),
        ("Its lane lets it start", ["keyless", "lane_busy"]),
        ("The cluster lock is had, or not needed", [Hold.LockCode]),
        ("Nothing that runs alone is at work", ["gate"]),
    ];

    private sealed record Place(Session Session, Worker Worker);

    /// <param name="job">One that is pending.</param>
    public static IEnumerable<WaitingCheck> Of(AdminState state, JobType type, Job job, Now now)
    {
        yield return Due(job);
        if (job.Group is { MaxRunning: > 0 } group)
        {
            yield return Check($"Fewer than {Text(group.MaxRunning)} jobs of its group are under way", job.Phase != JobPhase.Blocked, "group_limit", $"{Text(group.MaxRunning)} jobs of group {group.Id} may be under way at once and are", group.Id);
        }

        yield return Pause(type);

        var places = type.Executors.Select(id => new Place(state.Sessions[id], state.Workers[state.Sessions[id].Worker])).ToList();
        yield return Offered(state, type, places.Count);
        if (places.Count == 0)
        {
            yield break;
        }

        var hold = job.IsAsked ? Holds.OnAskedJobs(state, type) ?? Gate.From(state).OnJob(type) : Holds.OnDetectedJobs(state, type, now);
        foreach (var (rule, codes) in HoldRules)
        {
            if (hold is not null && codes.Contains(hold.Code))
            {
                yield return new WaitingCheck(rule, hold.Code, hold.Text, hold.Until, hold.Subject, hold.Since);
                break;
            }

            yield return new WaitingCheck(rule);
        }

        var (active, limit) = (type.Counts.Active, type.Policy.GlobalConcurrency);
        yield return Check($"Fewer than {Text(limit)} of {type.Name} run: {Text(active)} do", active < limit, "type_limit", $"{type.Name} may run {Text(limit)} at once and does", type.Name);

        var matching = places.Where(place => DispatchPlanner.CouldTake(type, job, place.Worker)).ToList();
        yield return Labels(type, job, places.Count, matching.Count) with { Since = matching.Count > 0 ? null : LastLeft(state, type, worker => DispatchPlanner.CouldTake(type, job, worker)) };

        if (matching.Count == 0)
        {
            yield break;
        }

        var taking = matching.Where(place => !place.Worker.Draining).ToList();
        yield return Check($"One of them takes new work: {Of(taking.Count, matching.Count)}, the others drain", taking.Count > 0, "all_draining", $"all workers that offer {type.Name} are draining", About(type, matching)) with
        {
            Since = taking.Count > 0 ? null : Later(matching.Max(place => place.Worker.DrainingSince), LastLeft(state, type, worker => !worker.Draining && DispatchPlanner.CouldTake(type, job, worker))),
        };

        if (taking.Count == 0)
        {
            yield break;
        }

        var well = taking.Where(place => place.Worker.Health == WorkerHealth.Healthy && !(place.Session.CapacityPauseUntil > now.Stamp)).ToList();
        yield return Check($"One of them answers and asked for no pause: {Of(well.Count, taking.Count)}", well.Count > 0, "no_free_slot", "no worker that could take it answers, or each asked for a moment", About(type, taking));

        if (well.Count == 0)
        {
            yield break;
        }

        var slots = well.Sum(place => DispatchPlanner.TotalSlots(place.Session, place.Worker));
        var free = well.Where(place => DispatchPlanner.FreeSlots(place.Session, place.Worker, now) > 0).ToList();
        yield return Check($"One of them has a free slot: {Of(free.Count, well.Count)}", free.Count > 0, "no_free_slot", slots == 1 ? "the only slot is busy" : $"all {Text(slots)} slots are busy", About(type, well));

        if (free.Count == 0)
        {
            yield break;
        }

        var room = free.Where(place => DispatchPlanner.RoomFor(state, type, place.Session, place.Worker) > 0).ToList();
        var limits = free.Select(place => DispatchPlanner.LimitOf(type, place.Worker)).Distinct().ToList();
        var each = limits.Count == 1 ? Text(limits[0]) : $"{Text(limits.Min())} to {Text(limits.Max())}";
        yield return Check(
            $"One of them runs fewer than {each} of {type.Name}: {Of(room.Count, free.Count)}", room.Count > 0, "worker_limit", $"each worker may run {each} of {type.Name} at once and does", About(type, free));

        if (room.Count == 0)
        {
            yield break;
        }

        var willing = room.Count(place => !job.RefusedBy.Contains(place.Worker.Id));
        yield return Check($"One of them has not refused it: {Of(willing, room.Count)}", willing > 0 || !DispatchPlanner.OthersMayTake(state, type, job), "refused", "those with room refused it; it waits for another worker", About(type, room));
    }

    /// <summary>The only worker there is, else the job type whose workers they are.</summary>
    private static string About(JobType type, List<Place> places) => places is [var only] ? only.Worker.Id.Value : type.Name;

    private static WaitingCheck Due(Job job) => job.Phase switch
    {
        JobPhase.Scheduled => new("It is due", "not_before", "scheduled", job.DueAt),
        JobPhase.Backoff => new("It is due", "backoff", Backoff(job), job.DueAt, job.Attempt?.Worker.Value ?? ""),
        _ => new("It is due"),
    };

    private static string Backoff(Job job) =>
        job.Attempt is { Outcome: AttemptOutcome.AtCapacity } full ? $"{full.Worker} was at capacity; it cost no attempt"
        : job.Error.Length > 0 ? $"attempt {Text(job.Attempt?.Number ?? 0)}: {job.Error.Split('\n', 2)[0]}"
        : "a worker had no free slot";

    private static WaitingCheck Pause(JobType type) => type.IsPaused
        ? new($"{type.Name} is not paused", "paused", $"{type.Name} is paused by {type.Schedule.PausedBy}" + (type.Schedule.PausedReason.Length > 0 ? $": {type.Schedule.PausedReason}" : ""), type.Schedule.PausedUntil, type.Name, type.Schedule.PausedAt)
        : new($"{type.Name} is not paused");

    /// <summary>When the last of those that ran the type went away; null when none is known. One that came back without the type counts no more.</summary>
    private static DateTimeOffset? LastLeft(AdminState state, JobType type, Func<Worker, bool> counts) => state.Workers.Values
        .Where(worker => worker.Session is null && worker.Capabilities.GetValueOrDefault(type.Name) is { CanExecute: true } && counts(worker))
        .Max(worker => worker.DisconnectedAt);

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => other is null || one > other ? one : other;

    private static WaitingCheck Offered(AdminState state, JobType type, int executors)
    {
        var rule = $"A connected worker runs {type.Name}: {Text(executors)}";
        if (executors > 0)
        {
            return new(rule);
        }

        var since = LastLeft(state, type, _ => true);
        return type.Detectors.Length == 0 ? new(rule, "no_capable_worker", $"no connected worker offers {type.Name}", Subject: type.Name, Since: since)
            : new(rule, "detector_only", type.Detectors.Length == 1
                ? $"the only connected worker that knows {type.Name} only detects"
                : $"{Text(type.Detectors.Length)} connected workers know {type.Name} but only detect", Subject: type.Detectors is [var only] ? state.Sessions[only].Worker.Value : type.Name, Since: since);
    }

    private static WaitingCheck Labels(JobType type, Job job, int workers, int matching)
    {
        var own = job.Labels.Where(label => label.Key.StartsWith(DispatchPlanner.Selector, StringComparison.Ordinal)).Select(label => $"{label.Key[DispatchPlanner.Selector.Length..]}={label.Value}");
        var wanted = string.Join(", ", type.Dispatch.RequireLabels.Select(label => $"{label.Key}={label.Value}").Union(own));
        return Check(
            wanted.Length == 0 ? "It asks for no labels" : $"One of them has {wanted}: {Of(matching, workers)}",
            matching > 0,
            "labels",
            workers == 1 ? $"the only worker that offers {type.Name} does not have {wanted}" : $"{Text(workers)} workers offer {type.Name}, none has {wanted}",
            wanted);
    }

    private static WaitingCheck Check(string rule, bool passed, string code, string text, string subject) => passed ? new(rule) : new(rule, code, text, Subject: subject);

    private static string Of(int some, int all) => $"{Text(some)} of {Text(all)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
