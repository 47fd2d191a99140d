using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>A job and the session that is to get it.</summary>
public sealed record Assignment(JobId Job, SessionId Session);

/// <summary>Who gets what, and what the strategies of the job types remember of it.</summary>
public sealed record DispatchPlan(IReadOnlyList<Assignment> Assignments, IReadOnlyDictionary<string, BalanceMemory> Memories)
{
    public static readonly DispatchPlan Empty = new([], ImmutableDictionary<string, BalanceMemory>.Empty);
}

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

    private const int MostLookedAt = 100_000;

    /// <summary>A session while a plan is made; its slots are shared by all its job types.</summary>
    private sealed class Place(Session session, Worker worker, int total, int free)
    {
        public Session Session { get; } = session;

        public Worker Worker { get; } = worker;

        public int Total { get; } = total;

        public int Free { get; set; } = free;

        public int Held { get; set; } = session.Held.Count;

        public long Picked { get; set; } = session.LastPicked.Ticks;
    }

    /// <summary>What one job type may still use of a place.</summary>
    private sealed class Seat(Place place, int free)
    {
        public Place Place { get; } = place;

        public int Free { get; private set; } = free;

        public int Room => Math.Min(Free, Place.Free);

        public bool HasRoom => Room > 0;

        public void Take(long order)
        {
            Free--;
            Place.Free--;
            Place.Held++;
            Place.Picked = order;
        }

        public Candidate AsCandidate(string jobType) =>
            new(Place.Worker.Id, Place.Free, Place.Total, Place.Held, Place.Worker.Capabilities[jobType].Weight, Place.Picked);
    }

    /// <summary>The queue of a job type while a plan is made.</summary>
    private sealed class Line(JobType type, ImmutableSortedSet<QueueEntry> queue, int room, List<Seat> seats)
    {
        private readonly HashSet<string> _unmet = [];
        private HashSet<(string Selector, string Value)>? _offered;
        private int _next;
        private int _passedOver;

        public JobType Type { get; } = type;

        public int Room { get; set; } = room;

        public List<Seat> Seats { get; } = seats;

        public IBalancingStrategy Strategy { get; } = BalancingStrategies.Of(type.Dispatch.Strategy);

        public BalanceMemory Memory { get; set; } = type.Balance;

        public QueueEntry Head => queue[_next];

        public bool IsOpen => Room > 0 && _passedOver < MostPassedOver && _next < Math.Min(queue.Count, MostLookedAt) && Seats.Exists(seat => seat.HasRoom);

        public void Advance() => _next++;

        /// <summary>A job before it asked for the same, and no free worker has it: places only become fewer while a plan is made.</summary>
        public bool IsUnmet(Job job) => _unmet.Count > 0 && _unmet.Contains(Wanted(job));

        /// <summary>
        /// No place has one of the labels the job asks for. Told apart at hardly any cost, and so not counted: jobs for workers that
        /// are away or full may be as many as they like, each for another one.
        /// </summary>
        public bool IsOutOfReach(Job job)
        {
            foreach (var (key, value) in job.Labels)
            {
                if (key.StartsWith(Selector, StringComparison.Ordinal)
                    && !(_offered ??= [.. Seats.SelectMany(seat => seat.Place.Worker.Labels, (_, label) => (Selector + label.Key, label.Value))]).Contains((key, value)))
                {
                    return true;
                }
            }

            return false;
        }

        public void PassBy() => _passedOver++;

        public void PassOver(Job job)
        {
            _passedOver++;
            _unmet.Add(Wanted(job));
        }
    }

    public static DispatchPlan Plan(AdminState state, Now now) => Plan(state, now, (type, hold) => hold is null);

    /// <summary>A job of one of these types would be assigned if only the cluster lock were had.</summary>
    public static bool WouldAssign(AdminState state, Now now, Func<JobType, bool> wanted) =>
        Plan(state, now, (type, hold) => hold?.Code == Hold.LockCode && wanted(type)).Assignments.Count > 0;

    private static DispatchPlan Plan(AdminState state, Now now, Func<JobType, Hold?, bool> mayStart)
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

        return lines is null ? DispatchPlan.Empty : Plan(state, lines, now);
    }

    /// <summary>Jobs of the type that would start at this moment if enough of them waited: what its limit and the places of its workers leave.</summary>
    public static int RoomNow(AdminState state, JobType type, Now now)
    {
        var room = type.Policy.GlobalConcurrency - type.Counts.Active;
        if (room <= 0 || type.IsPaused || type.Executors.IsEmpty || (Holds.OnAskedJobs(state, type) ?? (type.Rules.Gated ? Gate.From(state).OnJob(type) : null)) is not null)
        {
            return 0;
        }

        return (int)Math.Min(room, Seats(state, type, [], now).Sum(seat => (long)seat.Room));
    }

    /// <summary>Jobs of the type that may be at work at once: its limit, or what the workers that are there may take.</summary>
    public static int EffectiveLimit(AdminState state, JobType type) => (int)Math.Min(type.Policy.GlobalConcurrency, type.Executors
        .Select(id => (Session: state.Sessions[id], Worker: state.Workers[state.Sessions[id].Worker]))
        .Where(place => !place.Worker.Draining && MatchesType(type, place.Worker))
        .Sum(place => (long)Math.Min(LimitOf(type, place.Worker), TotalSlots(place.Session, place.Worker))));

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

    /// <summary>What the labels of a job ask of its worker, without the prefix.</summary>
    public static ImmutableSortedDictionary<string, string> Selectors(ImmutableSortedDictionary<string, string> labels) => labels
        .Where(label => label.Key.StartsWith(Selector, StringComparison.Ordinal))
        .ToImmutableSortedDictionary(label => label.Key[Selector.Length..], label => label.Value, StringComparer.Ordinal);

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

    /// <summary>The worker has what the settings of the type ask of all that get its jobs.</summary>
    public static bool MatchesType(JobType type, Worker worker) =>
        type.Dispatch.RequireLabels.IsEmpty || type.Dispatch.RequireLabels.All(label => worker.Labels.TryGetValue(label.Key, out var own) && own == label.Value);

    /// <summary>By labels, the job's and its type's, whatever the worker does at the moment.</summary>
    public static bool CouldTake(JobType type, Job job, Worker worker) => MatchesType(type, worker) && Matches(job, worker);

    /// <summary>Whether a worker is connected that could take a job and has not refused it.</summary>
    public static bool OthersMayTake(AdminState state, JobType type, Job job) =>
        type.Executors.Select(id => state.Workers[state.Sessions[id].Worker]).Any(worker => !job.RefusedBy.Contains(worker.Id) && CouldTake(type, job, worker));

    /// <summary>What the job asks of its worker, and who has refused it, as one text; with lengths, so that no value can look like another label.</summary>
    private static string Wanted(Job job) => string.Concat(job.Labels
        .Where(label => label.Key.StartsWith(Selector, StringComparison.Ordinal))
        .Select(label => $"{label.Key.Length} {label.Key}{label.Value.Length} {label.Value}")
        .Concat(job.RefusedBy.Select(worker => $"-{worker.Value.Length} {worker.Value}")));

    /// <summary>The best head of all queues goes first, so that types that share slots do not starve each other.</summary>
    private static DispatchPlan Plan(AdminState state, List<Line> lines, Now now)
    {
        var plan = new List<Assignment>();
        var all = lines.ToList();
        var choice = new Choice();
        var gate = lines.Exists(line => line.Type.Rules.Gated) ? Gate.From(state) : null;
        lines.RemoveAll(line => !line.IsOpen);
        while (lines.Count > 0)
        {
            var line = lines.Count == 1 ? lines[0] : lines.MinBy(line => HeadEntry.Of(line.Head, line.Type.Dispatch.AgeingPerMinute, now.Wall))!;
            var job = state.Jobs[line.Head.Job];
            if (line.IsUnmet(job) || line.IsOutOfReach(job))
            {
                // Left where it stands.
            }
            else if (job.IsAsked && gate?.OnJob(line.Type) is not null)
            {
                line.PassBy();
            }
            else if (choice.Pick(state, line, job) is { } seat)
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

        return new DispatchPlan(plan, all.Where(line => !ReferenceEquals(line.Memory, line.Type.Balance)).ToDictionary(line => line.Type.Name, line => line.Memory, StringComparer.Ordinal));
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

            if (place is null || !MatchesType(type, place.Worker))
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

    /// <summary>Who could take a job, for its strategy to choose from. Used again for each job of a plan.</summary>
    private sealed class Choice
    {
        private readonly List<Seat> _seats = [];
        private readonly List<Candidate> _candidates = [];

        /// <summary>A retry prefers another worker, but rather the same one than none. Who refused it is asked again when the others have left.</summary>
        public Seat? Pick(AdminState state, Line line, Job job)
        {
            _seats.Clear();
            _candidates.Clear();
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
                else
                {
                    _seats.Add(seat);
                    _candidates.Add(seat.AsCandidate(line.Type.Name));
                }
            }

            if (_seats.Count == 0)
            {
                return former ?? (refuser is not null && !OthersMayTake(state, line.Type, job) ? refuser : null);
            }

            var chosen = line.Strategy.Pick(job, CollectionsMarshal.AsSpan(_candidates), line.Memory);
            line.Memory = chosen.Memory;
            return _seats[chosen.Index];
        }
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
