using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>Grants and ends turns, once a round, from what the types of each serialised lane want just then.</summary>
public static class LaneTransitions
{
    public static void Advance(Turn turn)
    {
        foreach (var lane in turn.State.Lanes.Settings.Lanes.Where(lane => lane.Serialise))
        {
            Advance(turn, lane);
        }
    }

    /// <summary>Asked for by a person: the type has the next turn of its lane.</summary>
    public static void AskNext(Turn turn, JobType type)
    {
        if (Holds.LaneOf(turn.State, type) is { Serialise: true } lane)
        {
            turn.Put(turn.State.Lanes.TurnOf(lane.Name) with { Next = type.Name });
        }
    }

    private static void Advance(Turn turn, LaneRules lane)
    {
        var before = turn.State.Lanes.TurnOf(lane.Name);
        var wanting = turn.State.JobTypes.Values.Where(type => type.Rules.Lane == lane.Name && Wants(turn.State, type, turn.Now)).Select(type => type.Name).ToList();
        var now = turn.Now.Stamp;
        var waiting = before.Waiting;
        foreach (var name in waiting.Keys.Except(wanting).ToList())
        {
            waiting = waiting.Remove(name);
        }

        foreach (var name in wanting.Where(name => name != before.JobType && !waiting.ContainsKey(name)))
        {
            waiting = waiting.Add(name, now);
        }

        var next = before with { Waiting = waiting };
        var idle = !Holds.AnyActive(turn.State, lane) && !Holds.AnyDetecting(turn.State, lane);
        if (next.JobType.Length > 0)
        {
            next = next with { IsClosed = next.IsClosed || next.WindowEnds <= now || waiting.Any(pair => pair.Key != next.JobType && now - pair.Value >= turn.Options.TurnYield) };
            if (idle && (next.IsClosed || !wanting.Contains(next.JobType)))
            {
                // A type that still wants goes to the end of the line.
                next = Free(next, wanting.Contains(next.JobType) ? waiting.SetItem(next.JobType, now) : waiting.Remove(next.JobType));
            }
        }

        if (next.JobType.Length == 0 && idle && next.Waiting.Count > 0)
        {
            next = Granted(turn, next);
        }

        // A person's wish lasts until it was this type's turn, or his run has found nothing to do.
        if (next.Next.Length > 0 && (next.JobType == next.Next || (!wanting.Contains(next.Next) && turn.JobType(next.Next).ActiveDetection is null)))
        {
            next = next with { Next = "" };
        }

        if (!IsSame(next, before))
        {
            turn.Put(next);
        }
    }

    private static LaneTurn Granted(Turn turn, LaneTurn free)
    {
        var chosen = free.Waiting.ContainsKey(free.Next) ? free.Next : free.Waiting.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).First().Key;
        return free with
        {
            JobType = chosen,
            Since = turn.Now.Wall,
            WindowEnds = turn.Now.Stamp + turn.JobType(chosen).Policy.MaxRuntime,
            IsClosed = false,
            Waiting = free.Waiting.Remove(chosen),
        };
    }

    private static LaneTurn Free(LaneTurn turn, System.Collections.Immutable.ImmutableSortedDictionary<string, TimeSpan> waiting) =>
        turn with { JobType = "", Since = null, WindowEnds = default, IsClosed = false, Waiting = waiting };

    /// <summary>A detection is due, or jobs that detection found are; and somebody is there to do it.</summary>
    private static bool Wants(AdminState state, JobType type, Now now) =>
        !type.IsPaused && Holds.OnScheduled(state, type, now) is null
        && (((type.IsDue || type.Round is { Command.Mode: not DetectionMode.Preview }) && type.KeylessOpen == 0 && Any(state, type.Detectors)) || (type.Ready.Count > type.Asked.Count && Any(state, type.Executors)));

    private static bool Any(AdminState state, System.Collections.Immutable.ImmutableArray<Sessions.SessionId> sessions)
    {
        foreach (var id in sessions)
        {
            if (state.Workers[state.Sessions[id].Worker] is { Draining: false, Health: WorkerHealth.Healthy })
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(LaneTurn one, LaneTurn other) => one == other with { Waiting = one.Waiting } && one.Waiting.SequenceEqual(other.Waiting);

    /// <summary>Stamp at which the turn changes by itself.</summary>
    public static TimeSpan? NextWake(LaneTurn turn, AdminOptions options, Now now)
    {
        if (turn.JobType.Length == 0 || turn.IsClosed)
        {
            return null;
        }

        var wake = turn.WindowEnds;
        foreach (var (name, since) in turn.Waiting)
        {
            if (name != turn.JobType && since + options.TurnYield < wake)
            {
                wake = since + options.TurnYield;
            }
        }

        return wake - now.Stamp > Jobs.JobDeadlines.Horizon ? now.Stamp + Jobs.JobDeadlines.Horizon : wake;
    }
}
