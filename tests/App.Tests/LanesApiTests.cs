using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Settings of lanes and cluster, and what people delete.</summary>
public sealed class LanesApiTests : IAsyncLifetime
{
    private readonly RunningAdmin _admin = new();

    public Task InitializeAsync() => _admin.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _admin.DisposeAsync();
        _admin.Dispose();
    }

    [Fact]
    public async Task Lanes_AreThoseOfThePeer_AndOneForAllOthers()
    {
        using var worker = new ScriptedWorker(_admin.GrpcAddress);
        await worker.HelloAsync("vacuum", "my_type", "lance_compact");
        await _admin.ViewsAsync(model => model.JobTypes.Length == 3);
        var lanes = await _admin.GetAsync("/api/plugin/lanes");
        Assert.Equal(
            ["default true true", "iceberg false false", "lifecycle false false", "lance false false", "general false false"],
            lanes.EnumerateArray().Select(lane => $"{lane.GetProperty("lane")} {lane.GetProperty("serialise")} {lane.GetProperty("cluster_lock")}".ToLowerInvariant()));
        Assert.Equal("admin_script,ec_balance,erasure_coding,vacuum,volume_balance", Types(lanes, "default"));
        Assert.Equal("lance_cleanup_versions,lance_compact,lance_optimize_indices", Types(lanes, "lance"));
        Assert.Equal("my_type", Types(lanes, "general"));
        Assert.Equal("my_type", Assert.Single((await _admin.GetAsync("/api/plugin/job-types?lane=general")).EnumerateArray()).GetProperty("job_type").GetString());
        Assert.Equal(0, (await _admin.GetAsync("/api/plugin/jobs?job_type=vacuum&lane=general")).GetArrayLength());
    }

    [Fact]
    public async Task Lane_AndPlacement_ChangeByApi_AndGoBack()
    {
        using var worker = new ScriptedWorker(_admin.GrpcAddress);
        await worker.HelloAsync("my_type");
        await _admin.ViewsAsync(model => model.JobTypes.Length == 1);
        Assert.True((await PutAsync("/api/plugin/lanes/mine", new { serialise = true })).GetProperty("serialise").GetBoolean());
        Assert.Equal("mine", (await PutAsync("/api/plugin/job-types/my_type/lane", new { lane = "mine" })).GetProperty("lane").GetString());
        await _admin.ViewsAsync(model => model.JobType("my_type")!.Rules.Lane == "mine");
        Assert.Equal("mine", (await _admin.GetAsync("/api/plugin/scheduler-states")).EnumerateArray().Single().GetProperty("lane").GetString());
        Assert.Contains("default, iceberg", (await PutAsync("/api/plugin/job-types/my_type/lane", new { lane = "nowhere" }, 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        await DeleteAsync("/api/plugin/lanes/mine", 409);
        Assert.Equal("general", (await DeleteAsync("/api/plugin/job-types/my_type/lane")).GetProperty("lane").GetString());
        await DeleteAsync("/api/plugin/lanes/mine");
        await DeleteAsync("/api/plugin/lanes/mine", 404);
    }

    [Fact]
    public async Task ClusterAddresses_AreSaved_AndGoOut_UnderWhatACallerGives()
    {
        var saved = await PutAsync("/api/plugin/cluster", new { master_grpc_addresses = (string[])["m1:9333", " m0:9333.19444 ", "m1:9333"], filer_addresses = (string[])["f:8888"] });
        Assert.Equal("m0:9333.19444,m1:9333", string.Join(',', saved.GetProperty("context").GetProperty("master_grpc_addresses").EnumerateArray().Select(address => address.GetString())));
        Assert.Contains("'m1' is not host:port", (await PutAsync("/api/plugin/cluster", new { master_grpc_addresses = (string[])["m1"] }, 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        var empty = await PutAsync("/api/plugin/cluster", new { metadata = new Dictionary<string, string?> { ["k"] = null } }, 400);
        Assert.Contains("metadata", empty.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("idle_sleep_sec ", (await PutAsync("/api/plugin/lanes/mine", new { idle_sleep_sec = 0 }, 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        using var worker = new ScriptedWorker(_admin.GrpcAddress);
        await worker.HelloAsync("my_type");
        await _admin.ViewsAsync(model => model.JobTypes.Length == 1);
        await _admin.PostAsync("/api/plugin/jobs/execute?async=1", """{"job":{"job_type":"my_type"},"cluster_context":{"filer_addresses":["mine:1"],"metadata":{"source":"me","k":"v"}}}""", 202);
        var cluster = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).ExecuteJobRequest.ClusterContext;
        Assert.Equal("m0:9333.19444 m1:9333", string.Join(' ', cluster.MasterGrpcAddresses));
        Assert.Equal("mine:1", Assert.Single(cluster.FilerAddresses));
        Assert.Equal(("admin", "v"), (cluster.Metadata["source"], cluster.Metadata["k"]));
    }

    [Fact]
    public async Task WorkerJobTypeAndJob_CanBeDeleted_OnceNothingNeedsThem()
    {
        using (var worker = new ScriptedWorker(_admin.GrpcAddress))
        {
            await worker.HelloAsync("my_type");
            await _admin.ViewsAsync(model => model.JobTypes.Length == 1);
            await _admin.PostAsync("/api/plugin/jobs/execute?async=1", """{"job":{"job_id":"j-1","job_type":"my_type"}}""", 202);
            await DeleteAsync("/api/plugin/job-types/my_type", 409);
            await DeleteAsync("/api/plugin/workers/w-1", 409);
            await DeleteAsync("/api/plugin/jobs/j-1", 409);
            await _admin.PostAsync("/api/plugin/jobs/j-1/expire", "{}");
        }

        await _admin.ViewsAsync(model => model.Workers.All(view => view.Session is null));
        await DeleteAsync("/api/plugin/jobs/j-1");
        await _admin.GetAsync("/api/plugin/jobs/j-1", 404);
        await DeleteAsync("/api/plugin/jobs/j-1", 404);
        await _admin.PostAsync("/api/plugin/job-types/my_type/archive", "");
        await _admin.ViewsAsync(model => model.JobTypes.IsEmpty);
        using (var again = new ScriptedWorker(_admin.GrpcAddress))
        {
            await again.HelloAsync("my_type");
            await _admin.ViewsAsync(model => model.JobTypes.Length == 1);
        }

        await _admin.ViewsAsync(model => model.Workers.All(view => view.Session is null));
        await DeleteAsync("/api/plugin/workers/w-1");
        await DeleteAsync("/api/plugin/job-types/my_type");
        await _admin.ViewsAsync(model => model.Workers.IsEmpty && model.JobTypes.IsEmpty);
    }

    [Fact]
    public async Task Timetable_IsSetAndRead_AndWhatCannotBeIsRefused()
    {
        using var worker = new ScriptedWorker(_admin.GrpcAddress);
        await worker.HelloAsync("my_type");
        await _admin.ViewsAsync(model => model.JobTypes.Length == 1);
        await PutAsync("/api/plugin/job-types/my_type/timetable", new { cron = "30 2 * * mon-fri", time_zone = "Europe/Berlin", quiet = (object[])[new { from = "22:00", to = "06:00", days = (string[])["sat", "sun"] }] });
        Assert.Equal(
            """{"cron":"30 2 * * mon-fri","time_zone":"Europe/Berlin","quiet":[{"from":"22:00","to":"06:00","days":["sun","sat"]}]}""",
            (await _admin.GetAsync("/api/plugin/job-types/my_type/timetable")).GetRawText());
        await PutAsync("/api/plugin/job-types/my_type/timetable", new { cron = "never" }, 400);
        await PutAsync("/api/plugin/job-types/my_type/timetable", new { quiet = (object[])[new { from = "9" }] }, 400);
        await PutAsync("/api/plugin/job-types/unheard/timetable", new { }, 404);
    }

    [Fact]
    public async Task DeniedWorker_IsSentAway_AndLetInAgain()
    {
        using var worker = new ScriptedWorker(_admin.GrpcAddress);
        await worker.HelloAsync("my_type");
        await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello);
        await _admin.PostAsync("/api/plugin/workers/w-1/admission", "{}", 400);
        Assert.Equal("denied", (await _admin.PostAsync("/api/plugin/workers/w-1/admission", """{"allowed":false}""")).GetProperty("admission").GetString());
        Assert.Equal(new Grpc.Transport.Status(Grpc.Transport.StatusCode.PermissionDenied, "worker w-1 was denied by a person"), await worker.EndAsync());
        using var again = new ScriptedWorker(_admin.GrpcAddress);
        await again.HelloAsync("my_type");
        Assert.Equal(Grpc.Transport.StatusCode.PermissionDenied, (await again.EndAsync()).Code);
        await _admin.PostAsync("/api/plugin/workers/w-1/admission", """{"allowed":true}""");
        using var last = new ScriptedWorker(_admin.GrpcAddress);
        await last.HelloAsync("my_type");
        Assert.True((await last.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello)).Hello.Accepted);
    }

    private static string Types(JsonElement lanes, string lane) => string.Join(',', lanes.EnumerateArray()
        .Single(one => one.GetProperty("lane").GetString() == lane).GetProperty("job_types").EnumerateArray().Select(type => type.GetString()));

    [Fact]
    public async Task Retention_AndMaintenance_ChangeByApi_AndGoBack()
    {
        Assert.Equal(30, (await _admin.GetAsync("/api/plugin/retention")).GetProperty("jobs_days").GetDouble());
        var saved = await PutAsync("/api/plugin/retention", new { jobs_days = 7, runs_kept = 3 });
        Assert.Equal((7, 3, 100_000), (saved.GetProperty("jobs_days").GetDouble(), saved.GetProperty("runs_kept").GetInt32(), saved.GetProperty("activities").GetInt32()));
        await _admin.ViewsAsync(model => model.Retention is { IsChanged: true, Limits.RunsKept: 3 });
        Assert.Contains("1000 to 10000000", (await PutAsync("/api/plugin/retention", new { activities = 1 }, 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        await PutAsync("/api/plugin/retention", new { jobs_days = 1e300 }, 400);
        Assert.Equal(30, (await DeleteAsync("/api/plugin/retention")).GetProperty("jobs_days").GetDouble());

        await _admin.PostAsync("/api/plugin/scheduler/pause", """{"paused":true,"holds_everything":true}""", 400);
        await _admin.PostAsync("/api/plugin/scheduler/pause", """{"paused":true,"holds_everything":true,"reason":"disks","job_types":["unheard"]}""", 404);
        await _admin.PostAsync("/api/plugin/scheduler/pause", """{"paused":true,"holds_everything":true,"reason":"disks"}""");
        await _admin.ViewsAsync(model => model.Pause is { HoldsEverything: true, Reason: "disks" });
        await _admin.PostAsync("/api/plugin/scheduler/pause", """{"paused":false}""");
        await _admin.ViewsAsync(model => model.Pause is null);
    }

    [Fact]
    public void Disk_IsLowBelowItsMark_UntilThereIsATenthMore()
    {
        const long mib = 1024 * 1024;
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Null(DiskWatch.Judge(null, 1000 * mib, 9000 * mib, 1000, now));
        var low = DiskWatch.Judge(null, (1000 * mib) - 1, 9000 * mib, 1000, now);
        Assert.Equal(new LowDisk((1000 * mib) - 1, 9000 * mib, now), low);
        Assert.Equal(now, DiskWatch.Judge(low, 1050 * mib, 9000 * mib, 1000, now.AddHours(1))!.Since);
        Assert.Null(DiskWatch.Judge(low, 1100 * mib, 9000 * mib, 1000, now.AddHours(1)));
    }

    [Fact]
    public void Exposure_IsSaid_OnlyOfAPortThatOthersReachUnencrypted()
    {
        Assert.Empty(BindGuard.Exposure(new AppOptions()));
        Assert.Contains("10.0.0.5 without TLS", BindGuard.Exposure(new AppOptions { WorkerPort = new WorkerPortOptions { Bind = "10.0.0.5" } }), StringComparison.Ordinal);
    }

    private async Task<JsonElement> PutAsync(string path, object body, int code = 200)
    {
        using var response = await _admin.Http.PutAsJsonAsync(path, body);
        return await ReadAsync(response, code);
    }

    private async Task<JsonElement> DeleteAsync(string path, int code = 200)
    {
        using var response = await _admin.Http.DeleteAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(response, code);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(code == (int)response.StatusCode, $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
