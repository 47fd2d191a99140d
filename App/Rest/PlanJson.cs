using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Plans as existing clients know them, under <c>parameters.execution_plan</c>.</summary>
public static class PlanJson
{
    private const string Name = "execution_plan";

    /// <summary>Adds the plan to a job that has none of its own.</summary>
    public static void Add(JsonNode job, string jobType, ExecutionPlan? plan)
    {
        if (plan is ExecutionPlan.ErasureCoding or ExecutionPlan.Moves && job["parameters"] is JsonObject parameters && !parameters.ContainsKey(Name))
        {
            parameters[Name] = JsonSerializer.SerializeToNode(Of(jobType, plan), WireJson.Options);
        }
    }

    private static object Of(string jobType, ExecutionPlan plan) => plan switch
    {
        ExecutionPlan.ErasureCoding coding => new
        {
            job_type = jobType,
            task_id = coding.PlanId,
            volume_id = coding.VolumeId,
            collection = coding.Collection,
            data_shards = coding.DataShards,
            parity_shards = coding.ParityShards,
            total_shards = coding.TotalShards,
            sources = coding.Sources.Select(place => Place(coding, place)),
            source_count = coding.Sources.Length,
            targets = coding.Targets.Select(place => Place(coding, place)),
            target_count = coding.Targets.Length,
            shard_assignments = WireJson.Some(coding.Assignments.Select(assignment => new
            {
                shard_id = assignment.Shard,
                kind = coding.IsData(assignment.Shard) ? "data" : "parity",
                label = coding.Label(assignment.Shard),
                target_index = assignment.Number,
                target_node = assignment.Target.Server,
                target_data_center = assignment.Target.DataCenter,
                target_rack = assignment.Target.Rack,
                target_volume_id = assignment.Target.VolumeId,
                target_disk_id = assignment.Target.DiskId,
            })),
        },
        ExecutionPlan.Moves { IsBatch: true } moves => new { job_type = jobType, moves = moves.Items.Select(Move) },
        ExecutionPlan.Moves { Items: [var only] } => new
        {
            job_type = jobType,
            volume_id = only.VolumeId,
            collection = only.Collection,
            source_node = only.Source,
            target_node = only.Target,
            shard_id = only.Shard,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.GetType().Name, "unknown plan"),
    };

    private static object Place(ExecutionPlan.ErasureCoding coding, ExecutionPlan.Place place) => new
    {
        node = place.Server,
        data_center = place.DataCenter,
        rack = place.Rack,
        volume_id = place.VolumeId,
        disk_id = place.DiskId,
        shard_ids = place.Shards,
        data_shard_ids = place.Shards.Where(coding.IsData),
        parity_shard_ids = place.Shards.Where(shard => !coding.IsData(shard)),
    };

    private static object Move(ExecutionPlan.Move move) => new
    {
        volume_id = move.VolumeId,
        source_node = move.Source,
        target_node = move.Target,
        collection = move.Collection,
        shard_id = move.Shard,
    };
}
