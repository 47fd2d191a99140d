using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>A worker that could take the job: it matches, is well, and has room.</summary>
/// <param name="Free">Slots; at least 1.</param>
/// <param name="Held">Attempts it has, of all job types.</param>
/// <param name="Weight">As it said in its hello; 0 or less: not said.</param>
/// <param name="Picked">When it was last given anything, of any type; larger is later.</param>
public readonly record struct Candidate(WorkerId Worker, int Free, int Total, int Held, int Weight, long Picked);

/// <summary>What a strategy remembers of its choices for one job type. Not stored: after a restart it begins anew.</summary>
/// <param name="Last">Whom it chose last.</param>
/// <param name="Credits">What workers are owed, in shares of a turn.</param>
/// <param name="Seed">Of the next random number.</param>
public sealed record BalanceMemory(WorkerId? Last, ImmutableDictionary<WorkerId, double> Credits, ulong Seed)
{
    public static readonly BalanceMemory Empty = new(null, ImmutableDictionary<WorkerId, double>.Empty, 0);
}

/// <summary>A choice, and what is remembered of it.</summary>
/// <param name="Index">Of the candidate.</param>
public readonly record struct Balance(int Index, BalanceMemory Memory);

/// <summary>
/// Chooses the worker of a job. A pure function: what it must know of dispatch and completion is in the candidates and in its memory.
/// </summary>
public interface IBalancingStrategy
{
    /// <param name="candidates">At least one, in any order.</param>
    Balance Pick(Job job, ReadOnlySpan<Candidate> candidates, BalanceMemory memory);
}

public static class BalancingStrategies
{
    private static readonly LeastLoaded Loaded = new();
    private static readonly RoundRobin Round = new();
    private static readonly WeightedRoundRobin Weighted = new();
    private static readonly LeastConnections Connections = new();
    private static readonly RandomPick Any = new();

    public static IBalancingStrategy Of(DispatchStrategy strategy) => strategy switch
    {
        DispatchStrategy.LeastLoaded => Loaded,
        DispatchStrategy.RoundRobin => Round,
        DispatchStrategy.WeightedRoundRobin => Weighted,
        DispatchStrategy.LeastConnections => Connections,
        DispatchStrategy.Random => Any,
        _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "no such strategy"),
    };

    /// <summary>The best by a comparison; among equals whoever waited longest, then the id.</summary>
    internal static int Best(ReadOnlySpan<Candidate> candidates, Func<Candidate, Candidate, int> better)
    {
        var best = 0;
        for (var n = 1; n < candidates.Length; n++)
        {
            var order = better(candidates[n], candidates[best]);
            best = order > 0 || (order == 0 && IsNext(candidates[n], candidates[best])) ? n : best;
        }

        return best;
    }

    internal static bool IsNext(Candidate one, Candidate other) =>
        one.Picked != other.Picked ? one.Picked < other.Picked : one.Worker.CompareTo(other.Worker) < 0;
}
