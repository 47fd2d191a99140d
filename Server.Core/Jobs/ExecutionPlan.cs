using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What a job is going to do, as its detector planned it; for people, nothing is decided by it.</summary>
public abstract record ExecutionPlan
{
    private ExecutionPlan() { }

    /// <summary>Parts of a plan that are kept; a larger one is cut.</summary>
    public const int Most = 10_000;

    /// <summary>A volume becomes shards on many servers; ids below <see cref="DataShards"/> are data, the others parity.</summary>
    public sealed record ErasureCoding(
        string PlanId, long VolumeId, string Collection, long DataShards, long ParityShards, ImmutableArray<Place> Sources, ImmutableArray<Place> Targets) : ExecutionPlan
    {
        public long TotalShards => DataShards + ParityShards;

        /// <summary>Every shard with the target it goes to, numbered from 1, by shard id.</summary>
        public IEnumerable<(long Shard, int Number, Place Target)> Assignments =>
            Targets.SelectMany((target, n) => target.Shards.Select(shard => (shard, n + 1, target))).OrderBy(assignment => assignment.shard);

        public string Label(long shard) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(IsData(shard) ? 'D' : 'P')}{shard}");

        public bool IsData(long shard) => shard < DataShards;
    }

    /// <summary>Volumes, or single shards of them, change their server.</summary>
    public sealed record Moves(bool IsBatch, ImmutableArray<Move> Items) : ExecutionPlan
    {
        /// <summary>What each server gains and loses, the largest change first.</summary>
        public IEnumerable<(string Server, int Change)> Net => Items
            .SelectMany(move => ((string Server, int By)[])[(move.Source, -1), (move.Target, 1)])
            .GroupBy(change => change.Server, change => change.By, StringComparer.Ordinal)
            .Select(server => (Server: server.Key, Change: server.Sum()))
            .OrderByDescending(server => Math.Abs(server.Change))
            .ThenBy(server => server.Server, StringComparer.Ordinal);
    }

    /// <summary>A volume is freed of what was deleted.</summary>
    /// <param name="GarbageThreshold">Share of garbage from which on it is worth it, 0 to 1; 0: not said.</param>
    public sealed record Vacuum(long VolumeId, string Server, string Collection, double GarbageThreshold) : ExecutionPlan;

    /// <summary>Lists of whatever the job is about.</summary>
    /// <param name="Action">What is done with them; empty: not said.</param>
    public sealed record Lists(string Action, bool DryRun, ImmutableArray<Table> Tables) : ExecutionPlan;

    /// <param name="Count">Rows there are; no more than <see cref="Most"/> are kept.</param>
    /// <param name="Size">Bytes in all, where rows have a size.</param>
    public sealed record Table(string Name, ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows, int Count, long? Size);

    /// <summary>A disk of a server, and the shards of a volume there, by number.</summary>
    public sealed record Place(string Server, string DataCenter, string Rack, long VolumeId, long DiskId, ImmutableArray<long> Shards);

    /// <param name="Shard">Null: the whole volume.</param>
    /// <param name="Size">Bytes; 0: not said.</param>
    public sealed record Move(long VolumeId, long? Shard, string Collection, string Source, string Target, ulong Size);
}

/// <summary>Finds the plan in a job's parameters. Never fails: what cannot be understood is no plan.</summary>
public interface IExecutionPlans
{
    ExecutionPlan? Of(string jobType, JobPayload payload);
}

/// <summary>Knows no plans.</summary>
public sealed class NoExecutionPlans : IExecutionPlans
{
    public ExecutionPlan? Of(string jobType, JobPayload payload) => null;
}
