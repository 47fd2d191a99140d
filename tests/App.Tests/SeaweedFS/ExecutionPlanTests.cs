using System.Text.Json;
using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>An admin that knows the job types with plans.</summary>
public sealed class PlanningAdmin : RunningAdmin, IAsyncLifetime
{
    private ScriptedWorker? _worker;

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _worker = new ScriptedWorker(GrpcAddress);
        await _worker.HelloAsync("erasure_coding", "volume_balance", "ec_balance", "vacuum");
        await UntilAsync(state => state.JobTypes.Count == 4, "four job types are known");
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        _worker!.Dispose();
        await DisposeAsync();
    }
}

/// <summary>The plan that a detector put into a job's parameters, as job details show it.</summary>
public sealed class ExecutionPlanTests(PlanningAdmin admin) : IClassFixture<PlanningAdmin>
{
    [Fact]
    public async Task ErasureCoding_ShowsItsDisksAndShardAssignments()
    {
        var plan = await PlanAsync("erasure_coding", new TaskParams
        {
            TaskId = " ec-7 ",
            VolumeId = 7,
            Collection = "photos",
            Sources = { new TaskSource { Node = "10.0.0.1:8080", DataCenter = "dc1", Rack = "r1", VolumeId = 7, DiskId = 2 } },
            Targets =
            {
                new TaskTarget { Node = "10.0.0.2:8080", DataCenter = "dc1", Rack = "r2", VolumeId = 7, DiskId = 1, ShardIds = { 13, 0 } },
                new TaskTarget { Node = "10.0.0.3:8080", VolumeId = 7, ShardIds = { 1, 10 } },
            },
            ErasureCodingParams = new ErasureCodingTaskParams { WorkingDir = "/tmp", EncodeTsNs = 5 },
        });
        Assert.Equal(
            """{"job_type":"erasure_coding","task_id":"ec-7","volume_id":7,"collection":"photos","data_shards":10,"parity_shards":4,"total_shards":14"""
            + ""","sources":[{"node":"10.0.0.1:8080","data_center":"dc1","rack":"r1","volume_id":7,"disk_id":2,"shard_ids":[],"data_shard_ids":[],"parity_shard_ids":[]}],"source_count":1"""
            + ""","targets":[{"node":"10.0.0.2:8080","data_center":"dc1","rack":"r2","volume_id":7,"disk_id":1,"shard_ids":[0,13],"data_shard_ids":[0],"parity_shard_ids":[13]},"""
            + """{"node":"10.0.0.3:8080","data_center":"","rack":"","volume_id":7,"disk_id":0,"shard_ids":[1,10],"data_shard_ids":[1],"parity_shard_ids":[10]}],"target_count":2"""
            + ""","shard_assignments":["""
            + Assignment(0, "data", "D0", 1, "10.0.0.2:8080", "dc1", "r2", 1) + "," + Assignment(1, "data", "D1", 2, "10.0.0.3:8080", "", "", 0) + ","
            + Assignment(10, "parity", "P10", 2, "10.0.0.3:8080", "", "", 0) + "," + Assignment(13, "parity", "P13", 1, "10.0.0.2:8080", "dc1", "r2", 1) + "]}",
            plan!.Value.GetRawText());

        static string Assignment(int shard, string kind, string label, int index, string node, string center, string rack, int disk) =>
            $$"""{"shard_id":{{shard}},"kind":"{{kind}}","label":"{{label}}","target_index":{{index}},"target_node":"{{node}}","target_data_center":"{{center}}","target_rack":"{{rack}}","target_volume_id":7,"target_disk_id":{{disk}}}""";
    }

    [Fact]
    public async Task Balance_OfOneVolume_NamesItsServers() => Assert.Equal(
        """{"job_type":"volume_balance","volume_id":9,"collection":"c","source_node":"a:1","target_node":"b:1"}""",
        (await PlanAsync("volume_balance", new TaskParams { VolumeId = 9, Collection = "c", Sources = { new TaskSource { Node = "a:1" } }, Targets = { new TaskTarget { Node = "b:1" } }, BalanceParams = new BalanceTaskParams() }))!.Value.GetRawText());

    [Fact]
    public async Task Balance_OfABatch_ListsItsMoves() => Assert.Equal(
        """{"job_type":"volume_balance","moves":[{"volume_id":1,"source_node":"a:1","target_node":"b:1","collection":"c"},{"volume_id":2,"source_node":"a:1","target_node":"d:1","collection":""}]}""",
        (await PlanAsync("volume_balance", new TaskParams
        {
            BalanceParams = new BalanceTaskParams { Moves = { new BalanceMoveSpec { VolumeId = 1, SourceNode = "a:1", TargetNode = "b:1", Collection = "c" }, new BalanceMoveSpec { VolumeId = 2, SourceNode = "a:1", TargetNode = "d:1" } } },
        }))!.Value.GetRawText());

    [Fact]
    public async Task EcBalance_ListsTheShardOfEachMove() => Assert.Equal(
        """{"job_type":"ec_balance","moves":[{"volume_id":3,"source_node":"a:1","target_node":"b:1","collection":"c","shard_id":0}]}""",
        (await PlanAsync("ec_balance", new TaskParams { EcBalanceParams = new EcBalanceTaskParams { Moves = { new EcShardMoveSpec { VolumeId = 3, ShardId = 0, SourceNode = "a:1", TargetNode = "b:1", Collection = "c" } } } }))!.Value.GetRawText());

    [Fact]
    public async Task OtherPlans_AreNotShown()
    {
        Assert.Null(await PlanAsync("vacuum", new TaskParams { VacuumParams = new VacuumTaskParams { BatchSize = 1 } }));
        Assert.Null(await PlanAsync("volume_balance", new TaskParams { ErasureCodingParams = new ErasureCodingTaskParams() }));
        Assert.Null(await PlanAsync("volume_balance", new TaskParams { BalanceParams = new BalanceTaskParams() }));
    }

    [Fact]
    public async Task BytesThatAreNone_AndAPlanOfItsOwn_FailNothing()
    {
        var broken = await ParametersAsync("erasure_coding", """{"task_params_pb":{"bytes_value":"//////8="}}""");
        Assert.False(broken.TryGetProperty("execution_plan", out _));
        var pb = Convert.ToBase64String(new TaskParams { ErasureCodingParams = new ErasureCodingTaskParams() }.ToByteArray());
        var own = await ParametersAsync("erasure_coding", $$$"""{"execution_plan":{"string_value":"mine"},"task_params_pb":{"bytes_value":"{{{pb}}}"}}""");
        Assert.Equal("""{"string_value":"mine"}""", own.GetProperty("execution_plan").GetRawText());
    }

    [Fact]
    public void PlanOfManyParts_IsCut()
    {
        var moves = new TaskParams { BalanceParams = new BalanceTaskParams { Moves = { Enumerable.Repeat(new BalanceMoveSpec { VolumeId = 1 }, 20_000) } } };
        Assert.Equal(ExecutionPlan.Most, Assert.IsType<ExecutionPlan.Moves>(Decoded("volume_balance", moves)).Items.Length);
        var target = new TaskTarget { ShardIds = { Enumerable.Repeat(uint.MaxValue, 9000) } };
        var coding = Assert.IsType<ExecutionPlan.ErasureCoding>(Decoded("erasure_coding", new TaskParams { Targets = { Enumerable.Repeat(target, 5) }, ErasureCodingParams = new ErasureCodingTaskParams { DataShards = int.MaxValue, ParityShards = int.MaxValue } }));
        Assert.Equal((ExecutionPlan.Most, 4294967294L), (coding.Assignments.Count(), coding.TotalShards));
    }

    private static ExecutionPlan? Decoded(string type, TaskParams plan) =>
        new ExecutionPlans().Of(type, new JobPayload("", ConfigValues.Empty.With("task_params_pb", new ConfigValue.Bytes([.. plan.ToByteArray()]))));

    private async Task<JsonElement?> PlanAsync(string type, TaskParams plan)
    {
        var parameters = await ParametersAsync(type, $$$"""{"task_params_pb":{"bytes_value":"{{{Convert.ToBase64String(plan.ToByteArray())}}}"}}""");
        Assert.Equal(plan, TaskParams.Parser.ParseFrom(parameters.GetProperty("task_params_pb").GetProperty("bytes_value").GetBytesFromBase64()));
        return parameters.TryGetProperty("execution_plan", out var shown) ? shown : null;
    }

    private async Task<JsonElement> ParametersAsync(string type, string parameters)
    {
        var accepted = await admin.PostAsync("/api/plugin/jobs/execute?async=true", $$$"""{"job":{"job_type":"{{{type}}}","parameters":{{{parameters}}} }}""", 202);
        return (await admin.GetAsync($"/api/plugin/jobs/{accepted.GetProperty("operation_id").GetString()}/detail")).GetProperty("job").GetProperty("parameters");
    }
}
