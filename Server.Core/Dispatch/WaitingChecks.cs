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
/// <param name="Text">What stops it, naming the blocker; of a rule that cannot be judged, why.</param>
/// <param name="Subject">The blocker alone; see <see cref="Views.Waiting"/>.</param>
/// <param name="Since">When the blocker came into the way; null where that is not known, see <see cref="Views.Waiting"/>. It may be earlier or later than the job.</param>
public sealed record WaitingCheck(string Rule, string Code = "", string Text = "", DateTimeOffset? Until = null, string Subject = "", DateTimeOffset? Since = null)
{
    /// <summary>False: there is nothing to ask it of. Only behind a rule that stops the job.</summary>
    public bool IsJudged { get; init; } = true;

    public bool Passed => IsJudged && Code.Length == 0;
}

/// <summary>
/// The rules by which <see cref="DispatchPlanner"/> lets a job start, in their order and for people: the first that stops it is
/// why it waits. Those behind it are judged too: a rule about workers of those that met the ones before it, and where none did, of
/// the last that did. Lazy: whoever wants only the first pays for no other.
/// </summary>
public static class WaitingChecks
{
    private const string AsksForNoLabels = "It asks for no labels";

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
        foreach (var (rule, hold) in Holds.EachOnJob(state, type, job.IsAsked, now))
        {
            yield return hold is null ? new(rule) : new(rule, hold.Code, hold.Text, hold.Until, hold.Subject, hold.Since);
        }

        var (active, limit) = (type.Counts.Active, type.Policy.GlobalConcurrency);
        yield return Check($"Fewer than {Text(limit)} of {type.Name} run: {Text(active)} do", active < limit, "type_limit", $"{type.Name} may run {Text(limit)} at once and does", type.Name);

        foreach (var check in places.Count > 0 ? OfWorkers(state, type, job, places, now) : Unjudged(type, job))
        {
            yield return check;
        }
    }

    private static IEnumerable<WaitingCheck> OfWorkers(AdminState state, JobType type, Job job, List<Place> places, Now now)
    {
        var of = places;
        var left = of.Where(place => DispatchPlanner.CouldTake(type, job, place.Worker)).ToList();
        yield return Labels(type, job, of.Count, left.Count) with { Since = left.Count > 0 ? null : LastLeft(state, type, worker => DispatchPlanner.CouldTake(type, job, worker)) };

        of = left.Count > 0 ? left : of;
        left = of.Where(place => !place.Worker.Draining).ToList();
        yield return Check($"One of them takes new work: {Of(left.Count, of.Count)}, the others drain", left.Count > 0, "all_draining", $"all workers that offer {type.Name} are draining", About(type, of)) with
        {
            Since = left.Count > 0 ? null : Later(of.Max(place => place.Worker.DrainingSince), LastLeft(state, type, worker => !worker.Draining && DispatchPlanner.CouldTake(type, job, worker))),
        };

        of = left.Count > 0 ? left : of;
        left = of.Where(place => place.Worker.Health == WorkerHealth.Healthy && !(place.Session.CapacityPauseUntil > now.Stamp)).ToList();
        yield return Check($"One of them answers and asked for no pause: {Of(left.Count, of.Count)}", left.Count > 0, "no_free_slot", "no worker that could take it answers, or each asked for a moment", About(type, of));

        of = left.Count > 0 ? left : of;
        var slots = of.Sum(place => DispatchPlanner.TotalSlots(place.Session, place.Worker));
        left = of.Where(place => DispatchPlanner.FreeSlots(place.Session, place.Worker, now) > 0).ToList();
        yield return Check($"One of them has a free slot: {Of(left.Count, of.Count)}", left.Count > 0, "no_free_slot", slots == 1 ? "the only slot is busy" : $"all {Text(slots)} slots are busy", About(type, of));

        of = left.Count > 0 ? left : of;
        left = of.Where(place => DispatchPlanner.RoomFor(state, type, place.Session, place.Worker) > 0).ToList();
        var limits = of.Select(place => DispatchPlanner.LimitOf(type, place.Worker)).Distinct().ToList();
        var each = limits.Count == 1 ? Text(limits[0]) : $"{Text(limits.Min())} to {Text(limits.Max())}";
        yield return Check(
            $"One of them runs fewer than {each} of {type.Name}: {Of(left.Count, of.Count)}", left.Count > 0, "worker_limit", $"each worker may run {each} of {type.Name} at once and does", About(type, of));

        of = left.Count > 0 ? left : of;
        var willing = of.Count(place => !job.RefusedBy.Contains(place.Worker.Id));
        yield return Check($"One of them has not refused it: {Of(willing, of.Count)}", willing > 0 || !DispatchPlanner.OthersMayTake(state, type, job), "refused", "those with room refused it; it waits for another worker", About(type, of));
    }

    /// <summary>The rules of <see cref="OfWorkers"/> where there is none.</summary>
    private static IEnumerable<WaitingCheck> Unjudged(JobType type, Job job) => new[]
    {
        Wanted(type, job) is { Length: > 0 } wanted ? $"One of them has {wanted}" : AsksForNoLabels,
        "One of them takes new work",
        "One of them answers and asked for no pause",
        "One of them has a free slot",
        $"One of them runs fewer than {Text(type.Policy.PerWorkerConcurrency)} of {type.Name}",
        "One of them has not refused it",
    }.Select(rule => rule == AsksForNoLabels ? new WaitingCheck(rule) : new(rule, Text: "cannot be judged without a worker") { IsJudged = false });

    /// <summary>The only worker there is, else the job type whose workers they are.</summary>
    private static string About(JobType type, List<Place> places) => places is [var only] ? only.Worker.Id.Value : type.Name;

    private static WaitingCheck Due(Job job) => job.Phase switch
    {
        JobPhase.Scheduled => new("It is due", "not_before", "scheduled", job.DueAt),
        JobPhase.Backoff => new("It is due", "backoff", Backoff(job), job.DueAt, job.Attempt?.Worker.Value ?? ""),
        _ => new("It is due"),
    };

    private static string Backoff(Job job) =>
        $"attempt {Text(job.Attempt?.Number ?? 0)}{(job.Error.Length > 0 ? $": {job.Error.Split('\n', 2)[0]}" : " failed")}";

    private static WaitingCheck Pause(JobType type) => type.IsPaused
        ? new($"{type.Name} is not paused", "paused", $"{type.Name} is paused by {type.PausedBy}" + (type.Schedule.PausedReason.Length > 0 ? $": {type.Schedule.PausedReason}" : ""), type.Schedule.PausedUntil, type.Name, type.Schedule.PausedAt)
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
        var wanted = Wanted(type, job);
        return Check(
            wanted.Length == 0 ? AsksForNoLabels : $"One of them has {wanted}: {Of(matching, workers)}",
            matching > 0,
            "labels",
            workers == 1 ? $"the only worker that offers {type.Name} does not have {wanted}" : $"{Text(workers)} workers offer {type.Name}, none has {wanted}",
            wanted);
    }

    /// <summary>Labels that the job and its type ask of the worker; empty: none.</summary>
    private static string Wanted(JobType type, Job job)
    {
        var own = job.Labels.Where(label => label.Key.StartsWith(DispatchPlanner.Selector, StringComparison.Ordinal)).Select(label => $"{label.Key[DispatchPlanner.Selector.Length..]}={label.Value}");
        return string.Join(", ", type.Dispatch.RequireLabels.Select(label => $"{label.Key}={label.Value}").Union(own));
    }

    private static WaitingCheck Check(string rule, bool passed, string code, string text, string subject) => passed ? new(rule) : new(rule, code, text, Subject: subject);

    private static string Of(int some, int all) => $"{Text(some)} of {Text(all)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
