using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>A job and the session that is to get it.</summary>
public sealed record Assignment(JobId Job, SessionId Session);

/// <summary>
/// Pure choice of who gets what, within all limits: per job type, per type and worker, per worker. Queue order is kept;
/// a job that no free worker may take lets the next one pass, up to a bound.
/// </summary>
public static class DispatchPlanner
{
    private const int MostPassedOver = 200;

    /// <summary>A session while a plan is made, with the slots that are left.</summary>
    private sealed class Seat(Session session, Worker worker, int total, int free, int freeForType)
    {
        public Session Session { get; } = session;

        public Worker Worker { get; } = worker;

        public int Total { get; } = total;

        public int Free { get; private set; } = free;

        public int FreeForType { get; private set; } = freeForType;

        public long Picked { get; private set; } = session.LastPicked.Ticks;

        public void Take(long order)
        {
            Free--;
            FreeForType--;
            Picked = order;
        }
    }

    public static IReadOnlyList<Assignment> Plan(AdminState state, Now now)
    {
        List<Assignment>? plan = null;
        Dictionary<SessionId, int>? taken = null;
        foreach (var type in state.JobTypes.Values)
        {
            var room = type.Policy.GlobalConcurrency - type.Counts.Active;
            if (type.Ready.IsEmpty || room <= 0 || type.IsPaused || type.Executors.IsEmpty)
            {
                continue;
            }

            plan ??= [];
            taken ??= [];
            Plan(state, type, room, plan, taken, now);
        }

        return plan ?? (IReadOnlyList<Assignment>)[];
    }

    /// <summary>Execution slots of a worker as a whole: what it reports, else the largest maximum it named, else one.</summary>
    public static int TotalSlots(Session session, Worker worker) =>
        session.Heartbeat is { ExecutionSlotsTotal: > 0 } beat
            ? beat.ExecutionSlotsTotal
            : Math.Max(1, worker.Capabilities.Values.Select(capability => capability.MaxExecutions).DefaultIfEmpty(1).Max());

    public static int FreeSlots(Session session, Worker worker, Now now) =>
        TotalSlots(session, worker) - session.Held.Count - session.ForeignExecutions - session.Cooling.Count(until => until > now.Stamp);

    /// <summary>The job may go to this worker: its selectors match.</summary>
    public static bool Matches(Job job, Worker worker)
    {
        foreach (var (key, value) in job.Labels)
        {
            if (key.StartsWith("require.", StringComparison.Ordinal)
                && (!worker.Labels.TryGetValue(key["require.".Length..], out var own) || own != value))
            {
                return false;
            }
        }

        return true;
    }

    private static void Plan(AdminState state, JobType type, int room, List<Assignment> plan, Dictionary<SessionId, int> taken, Now now)
    {
        var seats = Seats(state, type, taken, now);
        var passedOver = 0;
        foreach (var entry in type.Ready)
        {
            if (room == 0 || seats.Count == 0 || passedOver == MostPassedOver)
            {
                return;
            }

            var job = state.Jobs[entry.Job];
            if (Pick(seats, job) is not { } seat)
            {
                passedOver++;
                continue;
            }

            plan.Add(new Assignment(job.Id, seat.Session.Id));
            taken[seat.Session.Id] = taken.GetValueOrDefault(seat.Session.Id) + 1;
            seat.Take(now.Stamp.Ticks + plan.Count);
            room--;
            if (seat.Free == 0 || seat.FreeForType == 0)
            {
                seats.Remove(seat);
            }
        }
    }

    private static List<Seat> Seats(AdminState state, JobType type, Dictionary<SessionId, int> taken, Now now)
    {
        var seats = new List<Seat>(type.Executors.Length);
        foreach (var id in type.Executors)
        {
            var session = state.Sessions[id];
            var worker = state.Workers[session.Worker];
            if (worker.Draining || worker.Health != WorkerHealth.Healthy || session.CapacityPauseUntil > now.Stamp)
            {
                continue;
            }

            var free = FreeSlots(session, worker, now) - taken.GetValueOrDefault(id);
            if (free <= 0)
            {
                continue;
            }

            var limit = type.Policy.PerWorkerConcurrency;
            var own = worker.Capabilities[type.Name].MaxExecutions;
            var freeForType = (own > 0 ? Math.Min(limit, own) : limit) - HeldOf(state, session, type.Name);
            if (freeForType > 0)
            {
                seats.Add(new Seat(session, worker, TotalSlots(session, worker), free, freeForType));
            }
        }

        return seats;
    }

    /// <summary>Least loaded: the highest share of free slots, then most free slots, then whoever waited longest, then the id.</summary>
    private static Seat? Pick(List<Seat> seats, Job job)
    {
        Seat? best = null;
        Seat? former = null;
        foreach (var seat in seats)
        {
            if (!Matches(job, seat.Worker) || job.RefusedBy.Contains(seat.Worker.Id))
            {
                continue;
            }

            if (job.Attempt?.Worker == seat.Worker.Id && job.Attempt.Outcome is not (AttemptOutcome.AtCapacity or AttemptOutcome.NotSent))
            {
                former = seat;
            }
            else if (best is null || IsBetter(seat, best))
            {
                best = seat;
            }
        }

        // A retry prefers another worker, but rather the same one than none.
        return best ?? former;
    }

    private static bool IsBetter(Seat one, Seat other)
    {
        var byShare = ((long)one.Free * other.Total).CompareTo((long)other.Free * one.Total);
        if (byShare != 0)
        {
            return byShare > 0;
        }

        var byFree = one.Free.CompareTo(other.Free);
        if (byFree != 0)
        {
            return byFree > 0;
        }

        var byTurn = one.Picked.CompareTo(other.Picked);
        return byTurn != 0 ? byTurn < 0 : one.Worker.Id.CompareTo(other.Worker.Id) < 0;
    }

    private static int HeldOf(AdminState state, Session session, string jobType)
    {
        var held = 0;
        foreach (var id in session.Held.Values)
        {
            if (state.Jobs.TryGetValue(id, out var job) && job.JobType == jobType)
            {
                held++;
            }
        }

        return held;
    }
}
