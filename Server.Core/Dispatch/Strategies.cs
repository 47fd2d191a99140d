using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>The largest share of free slots, then the most free slots.</summary>
public sealed class LeastLoaded : IBalancingStrategy
{
    public Balance Pick(Job job, ReadOnlySpan<Candidate> candidates, BalanceMemory memory) => new(
        BalancingStrategies.Best(candidates, static (one, other) =>
        {
            var byShare = ((long)one.Free * other.Total).CompareTo((long)other.Free * one.Total);
            return byShare != 0 ? byShare : one.Free.CompareTo(other.Free);
        }),
        memory);
}

/// <summary>The next worker by id after the last one of this type.</summary>
public sealed class RoundRobin : IBalancingStrategy
{
    public Balance Pick(Job job, ReadOnlySpan<Candidate> candidates, BalanceMemory memory)
    {
        var (first, next) = (0, -1);
        for (var n = 0; n < candidates.Length; n++)
        {
            var worker = candidates[n].Worker;
            first = worker.CompareTo(candidates[first].Worker) < 0 ? n : first;
            if (memory.Last is { } last && worker.CompareTo(last) > 0 && (next < 0 || worker.CompareTo(candidates[next].Worker) < 0))
            {
                next = n;
            }
        }

        var chosen = next < 0 ? first : next;
        return new Balance(chosen, memory with { Last = candidates[chosen].Worker });
    }
}

/// <summary>
/// Smooth: each turn everybody is owed its weight times its free slots; whoever is owed most has the turn and pays what all were given.
/// </summary>
public sealed class WeightedRoundRobin : IBalancingStrategy
{
    public Balance Pick(Job job, ReadOnlySpan<Candidate> candidates, BalanceMemory memory)
    {
        // Workers that left are forgotten now and then; those that are only full keep what they are owed.
        var credits = (memory.Credits.Count > (2 * candidates.Length) + 64 ? ImmutableDictionary<WorkerId, double>.Empty : memory.Credits).ToBuilder();
        var (chosen, most, all) = (0, double.NegativeInfinity, 0d);
        for (var n = 0; n < candidates.Length; n++)
        {
            var share = Math.Max(1d, candidates[n].Weight) * candidates[n].Free;
            var owed = memory.Credits.GetValueOrDefault(candidates[n].Worker) + share;
            credits[candidates[n].Worker] = owed;
            all += share;
            if (owed > most || (owed == most && BalancingStrategies.IsNext(candidates[n], candidates[chosen])))
            {
                (chosen, most) = (n, owed);
            }
        }

        credits[candidates[chosen].Worker] = most - all;
        return new Balance(chosen, memory with { Credits = credits.ToImmutable() });
    }
}

/// <summary>The fewest attempts.</summary>
public sealed class LeastConnections : IBalancingStrategy
{
    public Balance Pick(Job job, ReadOnlySpan<Candidate> candidates, BalanceMemory memory) =>
        new(BalancingStrategies.Best(candidates, static (one, other) => other.Held.CompareTo(one.Held)), memory);
}

/// <summary>Any of them, all alike.</summary>
public sealed class RandomPick : IBalancingStrategy
{
    public Balance Pick(Job job, ReadOnlySpan<Candidate> candidates, BalanceMemory memory)
    {
        // splitmix64: the memory is the source, so that the same memory always chooses alike.
        var seed = unchecked(memory.Seed + 0x9E3779B97F4A7C15);
        var mixed = unchecked((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        mixed ^= mixed >> 31;
        return new Balance((int)(mixed % (ulong)candidates.Length), memory with { Seed = seed });
    }
}
