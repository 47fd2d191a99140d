using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core.Clusters;

/// <summary>Takes the cluster lock while locked lanes work or want to, and gives it back; judged once a round, after dispatch.</summary>
public static class LockTransitions
{
    /// <summary>After this long without a release newcomers wait for one.</summary>
    private static readonly TimeSpan HeldLong = TimeSpan.FromSeconds(60);

    /// <summary>Between a release and the next taking; who waits for the lock asks once a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static void Advance(Turn turn)
    {
        if (!turn.State.Cluster.IsWatched)
        {
            return;
        }

        var now = turn.Now;
        var before = turn.State.Cluster.Lock;
        var next = before with { Holders = Holders(turn.State) };
        if (next.Phase == LockPhase.Held && !next.IsDue && now.Stamp - next.TakenStamp >= HeldLong)
        {
            next = next with { IsDue = true };
        }

        var wanted = next.Holders > 0 || (next.IsOpen ? false : IsAskedFor(turn));
        if (next is { Phase: LockPhase.Free } && wanted && !(next.PauseUntil > now.Stamp))
        {
            turn.Lock(true);
            next = next with { Phase = LockPhase.Taking, PauseUntil = null, WaitingSince = now.Wall };
        }
        else if (next is { Phase: LockPhase.Held, Holders: 0 } || (next.Phase == LockPhase.Taking && !wanted))
        {
            turn.Lock(false);
            next = next with { Phase = LockPhase.Releasing, IsDue = false, WaitingSince = null, Reason = "", ReasonSince = null };
        }

        if (next != before)
        {
            turn.Put(next);
        }
    }

    public static void Took(Turn turn)
    {
        var cluster = turn.State.Cluster.Lock;
        if (cluster.Phase == LockPhase.Taking)
        {
            turn.Put(cluster with { Phase = LockPhase.Held, TakenStamp = turn.Now.Stamp, TakenAt = turn.Now.Wall, WaitingSince = null, Reason = "", ReasonSince = null, IsDue = false });
        }
    }

    public static void Refused(Turn turn, string reason)
    {
        var cluster = turn.State.Cluster.Lock;
        if (cluster.Phase == LockPhase.Taking && cluster.Reason != reason)
        {
            turn.Put(cluster with { Reason = reason, ReasonSince = turn.Now.Wall });
            turn.Log(Line("lock_waiting", $"waiting for the cluster lock, {reason}", ActivitySeverity.Warning));
        }
    }

    /// <summary>Somebody else may have it: nothing new starts until it is had again, what runs goes on.</summary>
    public static void Lost(Turn turn, string reason)
    {
        var cluster = turn.State.Cluster.Lock;
        if (cluster.Phase == LockPhase.Held)
        {
            turn.Put(cluster with { Phase = LockPhase.Taking, WaitingSince = turn.Now.Wall, Reason = reason, ReasonSince = turn.Now.Wall, IsDue = false });
            turn.Log(Line("lock_lost", $"the cluster lock was lost: {reason}; running work goes on, nothing new starts until it is had again", ActivitySeverity.Bad));
        }
    }

    public static void Released(Turn turn)
    {
        var cluster = turn.State.Cluster.Lock;
        if (cluster.Phase == LockPhase.Releasing)
        {
            turn.Put(cluster with { Phase = LockPhase.Free, ReleasedAt = turn.Now.Wall, PauseUntil = turn.Now.Stamp + Pause });
        }
    }

    /// <summary>Stamp at which it changes by itself.</summary>
    public static TimeSpan? NextWake(ClusterLock cluster) => cluster switch
    {
        { Phase: LockPhase.Held, IsDue: false } => cluster.TakenStamp + HeldLong,
        { Phase: LockPhase.Free, PauseUntil: { } until } => until,
        _ => null,
    };

    private static int Holders(AdminState state) => state.JobTypes.Values
        .Where(type => Holds.NeedsLock(state, type))
        .Sum(type => type.Counts.Active + (type.ActiveDetection is { } id && state.Detections[id].IsSent ? 1 : 0));

    /// <summary>Something would start now if only the lock were had.</summary>
    private static bool IsAskedFor(Turn turn)
    {
        var state = turn.State;
        return state.JobTypes.Values.Any(type => Holds.NeedsLock(state, type)
                && ((type.ActiveDetection is { } id && state.Detections[id] is { IsSent: false } detection && Detections.DetectionStarts.HoldOn(state, detection, turn.Now)?.Code == Hold.LockCode)
                    || (type.IsDue && Holds.OnDetection(state, type, scheduled: true, turn.Now)?.Code == Hold.LockCode)))
            || DispatchPlanner.WouldAssign(state, turn.Now, type => Holds.NeedsLock(state, type));
    }

    private static Activity Line(string stage, string message, ActivitySeverity severity) => new()
    {
        Sequence = 0,
        At = default,
        Source = "admin_scheduler",
        Stage = stage,
        Message = message,
        Severity = severity,
    };
}
