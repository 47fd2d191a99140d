using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>A job and the session that is to get it.</summary>
public sealed record Assignment(JobId Job, SessionId Session);

/// <summary>
/// Pure choice of who gets what, within all limits: per job type, per type and worker, per worker. Queue order is kept, over all types;
/// a job that no free worker may take lets the next one pass, up to a bound.
/// </summary>
public static class DispatchPlanner
{
    /// <summary>Labels of a job that start so ask for a label of its worker.</summary>
    public const string Selector = "require.";

    /// <summary>Different reasons to pass over a job; jobs that ask for the same as one before them cost next to nothing.</summary>
    private const int MostPassedOver = 200;

    private const int MostLookedAt = 10_000;

    /// <summary>A session while a plan is made; its slots are shared by all its job types.</summary>
    private sealed class Place(Session session, Worker worker, int total, int free)
    {
        public Session Session { get; } = session;

        public Worker Worker { get; } = worker;

        public int Total { get; } = total;

        public int Free { get; set; } = free;

        public long Picked { get; set; } = session.LastPicked.Ticks;
    }

    /// <summary>What one job type may still use of a place.</summary>
    private sealed class Seat(Place place, int free)
    {
        public Place Place { get; } = place;

        public int Free { get; private set; } = free;

        public bool HasRoom => Free > 0 && Place.Free > 0;

        public void Take(long order)
        {
            Free--;
            Place.Free--;
            Place.Picked = order;
        }
    }

    /// <summary>The queue of a job type while a plan is made.</summary>
    private sealed class Line(JobType type, ImmutableSortedSet<QueueEntry> queue, int room, List<Seat> seats)
    {
        private readonly HashSet<string> _unmet = [];
        private int _next;
        private int _passedOver;

        public JobType Type { get; } = type;

        public int Room { get; set; } = room;

        public List<Seat> Seats { get; } = seats;

        public QueueEntry Head => queue[_next];

        public bool IsOpen => Room > 0 && _passedOver < MostPassedOver && _next < Math.Min(queue.Count, MostLookedAt) && Seats.Exists(seat => seat.HasRoom);

        public void Advance() => _next++;

        /// <summary>A job before it asked for the same, and no free worker has it: places only become fewer while a plan is made.</summary>
        public bool IsUnmet(Job job) => _unmet.Count > 0 && job.RefusedBy.IsEmpty && _unmet.Contains(Wanted(job));

        public void PassBy() => _passedOver++;

        public void PassOver(Job job)
        {
            _passedOver++;
            if (job.RefusedBy.IsEmpty)
            {
                _unmet.Add(Wanted(job));
            }
        }
    }

    public static IReadOnlyList<Assignment> Plan(AdminState state, Now now) => Plan(state, now, (type, hold) => hold is null);

    /// <summary>A job of one of these types would be assigned if only the cluster lock were had.</summary>
    public static bool WouldAssign(AdminState state, Now now, Func<JobType, bool> wanted) =>
        Plan(state, now, (type, hold) => hold?.Code == Hold.LockCode && wanted(type)).Count > 0;

    private static List<Assignment> Plan(AdminState state, Now now, Func<JobType, Hold?, bool> mayStart)
    {
        List<Line>? lines = null;
        Dictionary<SessionId, Place?>? places = null;
        foreach (var type in state.JobTypes.Values)
        {
            var room = type.Policy.GlobalConcurrency - type.Counts.Active;
            if (type.Ready.IsEmpty || room <= 0 || type.IsPaused || type.Executors.IsEmpty)
            {
                continue;
            }

            // What somebody asked for passes by the turns of a lane, never by what holds those back too.
            var queue = mayStart(type, Holds.OnDetectedJobs(state, type, now)) ? type.Ready : mayStart(type, Holds.OnAskedJobs(state, type)) ? type.Asked : [];
            if (queue.IsEmpty)
            {
                continue;
            }

            places ??= [];
            (lines ??= []).Add(new Line(type, queue, room, Seats(state, type, places, now)));
        }

        return lines is null ? [] : Plan(state, lines, now);
    }

    /// <summary>Execution slots of a worker as a whole: what it reports, else the largest maximum it named, else one.</summary>
    public static int TotalSlots(Session session, Worker worker) =>
        session.Heartbeat is { ExecutionSlotsTotal: > 0 } beat
            ? beat.ExecutionSlotsTotal
            : Math.Max(1, worker.Capabilities.Values.Select(capability => capability.MaxExecutions).DefaultIfEmpty(1).Max());

    public static int FreeSlots(Session session, Worker worker, Now now) =>
        TotalSlots(session, worker) - session.Held.Count - session.ForeignExecutions - session.Cooling.Count(until => until > now.Stamp);

    /// <summary>Jobs of the type that a worker may still be given, whatever its slots: its limit, less what it has.</summary>
    public static int RoomFor(AdminState state, JobType type, Session session, Worker worker) => LimitOf(type, worker) - HeldOf(state, session, type.Name);

    /// <summary>Jobs of the type that a worker may run at once: the smaller of our limit and its own.</summary>
    public static int LimitOf(JobType type, Worker worker)
    {
        var limit = type.Policy.PerWorkerConcurrency;
        var own = worker.Capabilities[type.Name].MaxExecutions;
        return own > 0 ? Math.Min(limit, own) : limit;
    }

    /// <summary>The job may go to this worker: its selectors match.</summary>
    public static bool Matches(Job job, Worker worker) => Matches(job.Labels, worker);

    public static bool Matches(ImmutableSortedDictionary<string, string>? labels, Worker worker)
    {
        foreach (var (key, value) in labels ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            if (key.StartsWith(Selector, StringComparison.Ordinal)
                && (!worker.Labels.TryGetValue(key[Selector.Length..], out var own) || own != value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the job asks of its worker, as one text; with lengths, so that no value can look like another label.</summary>
    private static string Wanted(Job job) => string.Concat(job.Labels
        .Where(label => label.Key.StartsWith(Selector, StringComparison.Ordinal))
        .Select(label => $"{label.Key.Length} {label.Key}{label.Value.Length} {label.Value}"));

    /// <summary>The best head of all queues goes first, so that types that share slots do not starve each other.</summary>
    private static List<Assignment> Plan(AdminState state, List<Line> lines, Now now)
    {
        var plan = new List<Assignment>();
        var gate = lines.Exists(line => line.Type.Rules.Gated) ? Gate.From(state) : null;
        lines.RemoveAll(line => !line.IsOpen);
        while (lines.Count > 0)
        {
            var line = lines.Count == 1 ? lines[0] : lines.MinBy(line => line.Head)!;
            var job = state.Jobs[line.Head.Job];
            if (line.IsUnmet(job))
            {
                // Left where it stands.
            }
            else if (job.IsAsked && gate?.OnJob(line.Type) is not null)
            {
                line.PassBy();
            }
            else if (Pick(state, line, job) is { } seat)
            {
                if (job.IsAsked)
                {
                    gate?.Note(line.Type);
                }

                plan.Add(new Assignment(job.Id, seat.Place.Session.Id));
                seat.Take(now.Stamp.Ticks + plan.Count);
                line.Room--;
            }
            else
            {
                line.PassOver(job);
            }

            line.Advance();
            lines.RemoveAll(line => !line.IsOpen);
        }

        return plan;
    }

    private static List<Seat> Seats(AdminState state, JobType type, Dictionary<SessionId, Place?> places, Now now)
    {
        var seats = new List<Seat>(type.Executors.Length);
        foreach (var id in type.Executors)
        {
            if (!places.TryGetValue(id, out var place))
            {
                place = places[id] = PlaceOf(state, id, now);
            }

            if (place is null)
            {
                continue;
            }

            var free = RoomFor(state, type, place.Session, place.Worker);
            if (free > 0)
            {
                seats.Add(new Seat(place, free));
            }
        }

        return seats;
    }

    /// <summary>Null: it takes nothing now.</summary>
    private static Place? PlaceOf(AdminState state, SessionId id, Now now)
    {
        var session = state.Sessions[id];
        var worker = state.Workers[session.Worker];
        if (worker.Draining || worker.Health != WorkerHealth.Healthy || session.CapacityPauseUntil > now.Stamp)
        {
            return null;
        }

        var free = FreeSlots(session, worker, now);
        return free > 0 ? new Place(session, worker, TotalSlots(session, worker), free) : null;
    }

    /// <summary>Least loaded: the highest share of free slots, then most free slots, then whoever waited longest, then the id.</summary>
    private static Seat? Pick(AdminState state, Line line, Job job)
    {
        Seat? best = null;
        Seat? former = null;
        Seat? refuser = null;
        foreach (var seat in line.Seats)
        {
            if (!seat.HasRoom || !Matches(job, seat.Place.Worker))
            {
                continue;
            }

            if (job.RefusedBy.Contains(seat.Place.Worker.Id))
            {
                refuser = seat;
            }
            else if (job.Attempt?.Worker == seat.Place.Worker.Id && job.Attempt.Outcome is not (AttemptOutcome.AtCapacity or AttemptOutcome.NotSent))
            {
                former = seat;
            }
            else if (best is null || IsBetter(seat.Place, best.Place))
            {
                best = seat;
            }
        }

        // A retry prefers another worker, but rather the same one than none. Who refused it is asked again when the others have left.
        return best ?? former ?? (refuser is not null && line.Type.Executors.All(id => job.RefusedBy.Contains(state.Sessions[id].Worker)) ? refuser : null);
    }

    private static bool IsBetter(Place one, Place other)
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
