using System.Collections.Immutable;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Kind = BlazorPluginAdmin.Wire.SeaweedFS.TaskParams.WorkOneofCase;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>Plans of SeaweedFS's workers, from the parameter <c>task_params_pb</c> (a <c>worker_pb.TaskParams</c>).</summary>
public sealed class ExecutionPlans : IExecutionPlans
{
    private const int DefaultDataShards = 10;
    private const int DefaultParityShards = 4;

    public ExecutionPlan? Of(string jobType, JobPayload payload)
    {
        if (payload.Parameters.Find("task_params_pb") is not ConfigValue.Bytes { Value: { Length: > 0 and <= WireLimits.ParametersSize } bytes })
        {
            return PlanTables.Of(payload.Parameters);
        }

        TaskParams plan;
        try
        {
            plan = TaskParams.Parser.ParseFrom(bytes.AsSpan());
        }
        catch (InvalidProtocolBufferException)
        {
            // The bytes are the worker's own affair; it gets them as they are.
            return null;
        }

        return (jobType, plan.WorkCase) switch
        {
            ("erasure_coding", Kind.ErasureCodingParams) => ErasureCoding(plan),
            ("volume_balance", Kind.BalanceParams) => Moves(plan, plan.BalanceParams.Moves.Select(move => new ExecutionPlan.Move(
                move.VolumeId, null, Text(move.Collection), Text(move.SourceNode), Text(move.TargetNode), move.VolumeSize))),
            ("ec_balance", Kind.EcBalanceParams) => Moves(plan, plan.EcBalanceParams.Moves.Select(move => new ExecutionPlan.Move(
                move.VolumeId, move.ShardId, Text(move.Collection), Text(move.SourceNode), Text(move.TargetNode), 0))),
            ("vacuum", Kind.VacuumParams) when plan.VolumeId > 0 => new ExecutionPlan.Vacuum(
                plan.VolumeId, Text(plan.Sources.Count > 0 ? plan.Sources[0].Node : ""), Text(plan.Collection), plan.VacuumParams.GarbageThreshold is >= 0 and <= 1 and var share ? share : 0),
            _ => PlanTables.Of(payload.Parameters),
        };
    }

    private static ExecutionPlan.ErasureCoding ErasureCoding(TaskParams plan)
    {
        var coding = plan.ErasureCodingParams;
        return new ExecutionPlan.ErasureCoding(
            Text(plan.TaskId),
            plan.VolumeId,
            Text(plan.Collection),
            coding.DataShards > 0 ? coding.DataShards : DefaultDataShards,
            coding.ParityShards > 0 ? coding.ParityShards : DefaultParityShards,
            Places(plan.Sources, source => Place(source.Node, source.DataCenter, source.Rack, source.VolumeId, source.DiskId, source.ShardIds)),
            Places(plan.Targets, target => Place(target.Node, target.DataCenter, target.Rack, target.VolumeId, target.DiskId, target.ShardIds)));
    }

    /// <summary>A job of one volume names it and its servers beside the list of moves, which is then empty.</summary>
    private static ExecutionPlan.Moves? Moves(TaskParams plan, IEnumerable<ExecutionPlan.Move> moves)
    {
        var items = moves.Take(ExecutionPlan.Most).ToImmutableArray();
        if (items.Length > 0)
        {
            return new ExecutionPlan.Moves(IsBatch: true, items);
        }

        if (plan.Sources.Count == 0 || plan.Targets.Count == 0)
        {
            return null;
        }

        var (source, target) = (plan.Sources[0], plan.Targets[0]);
        long? shard = plan.WorkCase == Kind.EcBalanceParams && source.ShardIds.Count > 0 ? source.ShardIds[0] : null;
        return new ExecutionPlan.Moves(IsBatch: false, [new ExecutionPlan.Move(plan.VolumeId, shard, Text(plan.Collection), Text(source.Node), Text(target.Node), plan.VolumeSize)]);
    }

    /// <summary>Shards are counted over all places, so that many places with many shards are bounded as well.</summary>
    private static ImmutableArray<ExecutionPlan.Place> Places<T>(RepeatedField<T> wire, Func<T, ExecutionPlan.Place> map)
    {
        var left = ExecutionPlan.Most;
        var places = ImmutableArray.CreateBuilder<ExecutionPlan.Place>();
        foreach (var place in wire.Take(1000).Select(map))
        {
            places.Add(place.Shards.Length <= left ? place : place with { Shards = place.Shards[..left] });
            left -= places[^1].Shards.Length;
        }

        return places.ToImmutable();
    }

    private static ExecutionPlan.Place Place(string server, string dataCenter, string rack, uint volume, uint disk, RepeatedField<uint> shards) =>
        new(Text(server), Text(dataCenter), Text(rack), volume, disk, [.. shards.Take(ExecutionPlan.Most).Order().Select(shard => (long)shard)]);

    private static string Text(string text) => WireLimits.Cut(text.Trim(), WireLimits.Title);
}
