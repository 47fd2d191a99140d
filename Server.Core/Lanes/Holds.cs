using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>Why something does not start: a stable code, a sentence that names what is in the way, and when it goes, if known.</summary>
/// <param name="Subject">The lane, job type, admin or person in the way, for programs; empty: none of these.</param>
/// <param name="Since">When it began, where that is known.</param>
public sealed record Hold(string Code, string Text, DateTimeOffset? Until = null, string Subject = "", DateTimeOffset? Since = null)
{
    public const string LockCode = "cluster_lock";

    public const string MaintenanceCode = "maintenance";
}

/// <summary>
/// Pure: what keeps a job type's detections and jobs from starting, besides workers and limits. What somebody asked for
/// passes by the turn of its lane. The lock is looked at last, so that it is the only thing missing when it is named.
/// </summary>
public static class Holds
{
    /// <summary>Null: a detection may start now.</summary>
    public static Hold? OnDetection(AdminState state, JobType type, bool scheduled, Now now)
    {
        var lane = LaneOf(state, type);
        return Missing(state, type)
            ?? OfScheduler(state, type, asked: !scheduled)
            ?? (scheduled ? OfTimetable(type, now) ?? OtherAdmin(state, lane) ?? OfLane(state, type, lane, detects: true) : null)
            ?? (type.Rules.Gated && !type.Rules.Exclusive ? Gate.From(state).OnDetection(type) : null)
            ?? OfLock(state, lane);
    }

    /// <summary>Null: jobs that detection found may start now.</summary>
    public static Hold? OnDetectedJobs(AdminState state, JobType type, Now now)
    {
        var lane = LaneOf(state, type);
        return Missing(state, type) ?? OfScheduler(state, type, asked: false) ?? OfTimetable(type, now) ?? OtherAdmin(state, lane) ?? OfLane(state, type, lane, detects: false) ?? OfLock(state, lane);
    }

    /// <summary>Null: jobs that somebody asked for may start now, but for the gate.</summary>
    public static Hold? OnAskedJobs(AdminState state, JobType type) => Missing(state, type) ?? OfScheduler(state, type, asked: true) ?? OfLock(state, LaneOf(state, type));

    /// <summary>
    /// For people: every hold on a job by itself, in the order of <see cref="OnAskedJobs"/> with the gate behind it and of
    /// <see cref="OnDetectedJobs"/>; the first is what these find. Null: that one does not hold it.
    /// </summary>
    public static IEnumerable<(string Rule, Hold? Hold)> EachOnJob(AdminState state, JobType type, bool asked, Now now)
    {
        var lane = LaneOf(state, type);
        yield return ("The cluster is reachable", Missing(state, type));
        yield return ("No maintenance, no pause of the scheduler holds it", OfScheduler(state, type, asked));
        yield return ("It is not kept quiet by the timetable", asked ? null : OfTimetable(type, now));
        yield return ("No other admin schedules the work", asked ? null : OtherAdmin(state, lane));
        yield return ("Its lane lets it start", asked ? null : OfLane(state, type, lane, detects: false));
        yield return ("The cluster lock is had, or not needed", OfLock(state, lane));
        yield return ("Nothing that runs alone is at work", asked ? Gate.From(state).OnJob(type) : null);
    }

    /// <summary>Scheduled work of the type is out of the question, whoever has the turn.</summary>
    public static Hold? OnScheduled(AdminState state, JobType type, Now now) =>
        Missing(state, type) ?? OfScheduler(state, type, asked: false) ?? OfTimetable(type, now) ?? OtherAdmin(state, LaneOf(state, type));

    public static LaneRules LaneOf(AdminState state, JobType type) => state.Lanes.Settings.LaneOf(type.Rules);

    /// <summary>The lane's rules ask for the lock, and there is one.</summary>
    public static bool NeedsLock(AdminState state, JobType type) => state.Cluster.IsWatched && LaneOf(state, type).ClusterLock;

    private static Hold? Missing(AdminState state, JobType type) =>
        type.Rules.NeedsCluster && state.Cluster.Missing is { } problem ? new Hold("no_cluster", $"the cluster is not reachable: {problem}", Since: state.Cluster.ProblemSince) : null;

    /// <param name="asked">Somebody asked for it: only maintenance holds it.</param>
    private static Hold? OfScheduler(AdminState state, JobType type, bool asked) => state.Pause is { } pause && pause.Covers(type.Name) && (pause.HoldsEverything || !asked)
        ? new Hold(Hold.MaintenanceCode, $"{(pause.HoldsEverything ? "maintenance" : "the scheduler is paused")} by {pause.By}{(pause.Reason.Length > 0 ? $": {pause.Reason}" : "")}", pause.Until, pause.By, pause.At)
        : null;

    private static Hold? OfTimetable(JobType type, Now now) => type.Timetable.QuietUntil(now.Wall) is { } until
        ? new Hold("quiet", $"{type.Name} keeps quiet until {TimeZoneInfo.ConvertTime(until, TimeZoneInfo.FindSystemTimeZoneById(type.Timetable.TimeZone)):HH:mm} ({type.Timetable.TimeZone})", Subject: type.Name, Since: type.Timetable.QuietSince(now.Wall))
        : null;

    private static Hold? OtherAdmin(AdminState state, LaneRules lane) =>
        lane.ClusterLock && state.Cluster.OtherAdmin is { } other
            ? new Hold("other_admin", $"another admin schedules this cluster's work: {other}. It goes on here when that one stops, or when the settings say so", Subject: other, Since: state.Cluster.HeldSince)
            : null;

    private static Hold? OfLane(AdminState state, JobType type, LaneRules lane, bool detects)
    {
        // A proposal without a key has no twin to be recognised by: until its job ended, it would only be found again.
        if (detects && type.KeylessOpen > 0)
        {
            return new Hold("keyless", $"{type.KeylessOpen} jobs that have no dedupe key have not ended", Subject: type.Name);
        }

        if (!lane.Serialise)
        {
            return null;
        }

        var turn = state.Lanes.TurnOf(lane.Name);
        if (turn.JobType != type.Name)
        {
            return new Hold("lane_busy", turn.JobType.Length == 0 ? $"lane {lane.Name} is still busy" : $"lane {lane.Name} is working on {turn.JobType}", Subject: lane.Name, Since: turn.Since);
        }

        if (turn.IsClosed)
        {
            return new Hold("lane_busy", $"the turn of {type.Name} in lane {lane.Name} is over; it goes on with its next one", Subject: lane.Name);
        }

        return detects switch
        {
            true when AnyActive(state, lane) => new Hold("lane_busy", $"jobs of lane {lane.Name} are at work", Subject: lane.Name),
            false when AnyDetecting(state, lane) => new Hold("lane_busy", $"a detection of lane {lane.Name} is under way", Subject: lane.Name),
            _ => null,
        };
    }

    private static Hold? OfLock(AdminState state, LaneRules lane)
    {
        if (!lane.ClusterLock || !state.Cluster.IsWatched || state.Cluster.Lock is { IsOpen: true })
        {
            return null;
        }

        var cluster = state.Cluster.Lock;
        return new Hold(
            Hold.LockCode,
            cluster.Phase == LockPhase.Held
                ? "the cluster lock has been held for long; it is given back before more is started"
                : $"waiting for the cluster lock{(cluster.Reason.Length > 0 ? $", {cluster.Reason}" : "")}",
            Subject: lane.Name,
            Since: cluster.ReasonSince ?? cluster.WaitingSince);
    }

    internal static bool AnyActive(AdminState state, LaneRules lane) =>
        state.JobTypes.Values.Any(type => type.Rules.Lane == lane.Name && type.Counts.Active > 0);

    internal static bool AnyDetecting(AdminState state, LaneRules lane) =>
        state.JobTypes.Values.Any(type => type.Rules.Lane == lane.Name && type.ActiveDetection is { } id && state.Detections[id].Mode is DetectionMode.Scheduled or DetectionMode.Run);
}
