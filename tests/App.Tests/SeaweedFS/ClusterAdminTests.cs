using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.DependencyInjection;
using ConfigValue = BlazorPluginAdmin.Server.Core.Forms.ConfigValue;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>The whole admin beside a scripted master.</summary>
public sealed class ClusterAdminTests : IAsyncLifetime
{
    private const string Toml = """
        [https.admin]
        cert = "for another program"

        [maintenance.vacuum]
        enabled = false
        garbage_threshold = 0.4
        min_volume_age_seconds = 3600
        retry_limit = -3
        retry_backoff_seconds = 7

        [maintenance.balance]
        imbalance_threshold = 1
        min_server_count = 3

        [maintenance.erasure_coding]
        fullness_ratio = 0.9
        quiet_for_seconds = 60
        min_size_mb = 5
        preferred_tags = ["ssd", "fast"]
        replica_placement = "020"
        collection_filter = "pictures"
        """;

    private const string Scripts = """
          lock
          # every night
          ec.encode -fullPercent=95 -quietFor=1h   # not today's

          volume.balance -force
          unlock
        """;

    /// <summary>Types whose first config does not stay as it is.</summary>
    private static readonly string[] Laid = ["vacuum", "volume_balance", "erasure_coding", "admin_script"];

    private readonly string _folder = Directory.CreateTempSubdirectory("admin-").FullName;
    private ScriptedMaster _master = null!;

    public async Task InitializeAsync()
    {
        _master = await ScriptedMaster.StartAsync(TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(_folder, "admin.toml"), Toml);
    }

    public async Task DisposeAsync()
    {
        await _master.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Admin_OfACluster_HoldsItsLocks_AndGivesThemBackAtItsEnd()
    {
        var admin = await StartAsync();
        await _master.CallAsync("LeaseAdminToken", "admin-server");
        var shell = Assert.IsType<ShellLock>(admin.Service<ILaneLock>());
        shell.Hold(true);
        await _master.CallAsync("LeaseAdminToken", "shell");
        await EndAsync(admin);
        Assert.Equal((null, null), (_master.HolderOf("admin-server"), _master.HolderOf("shell")));
        Assert.Equal(["admin-plugin", "admin-server"], _master.CallsOf("LeaseAdminToken").Select(call => ((Wire.SeaweedFS.LeaseAdminTokenRequest)call.Request).ClientName).Distinct().Order());
    }

    [Fact]
    public async Task Admin_WithoutMasters_HasNoClusterParts()
    {
        var admin = new ClusterAdmin(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        await admin.InitializeAsync();
        Assert.IsType<NoLaneLock>(admin.Service<ILaneLock>());
        Assert.Null(admin.Find<IClusterContextSource>());
        await EndAsync(admin);
    }

    [Fact]
    public async Task Admin_WhoseMastersAreAllAway_StartsAndStops()
    {
        await _master.StopAsync();
        var admin = await StartAsync();
        var report = await admin.Service<IClusterContextSource>().LookAsync(CancellationToken.None);
        Assert.Contains(_master.Address, report.Problem, StringComparison.Ordinal);
        await EndAsync(admin);
    }

    [Fact]
    public async Task VacuumWorker_ThatComesAndGoes_SwitchesTheMaster()
    {
        var admin = await StartAsync();
        using (var worker = new ScriptedWorker(admin.GrpcAddress))
        {
            await worker.HelloAsync("vacuum");
            await _master.CallAsync("DisableVacuum");
            await worker.HalfCloseAsync();
            await worker.EndAsync();
        }

        await _master.CallAsync("EnableVacuum");
        await EndAsync(admin);
        Assert.Single(_master.CallsOf("DisableVacuum"));
        Assert.NotEmpty(_master.CallsOf("EnableVacuum")); // One that was answered late is told again.
    }

    [Fact]
    public async Task VacuumJob_WaitsForTheShell_ThenRunsUnderTheLock_WithTheAddressesOfTheCluster()
    {
        _master.Filers = ["127.0.0.1:8888.18888"];
        _master.TakeLock("shell", "weed shell");
        var admin = await StartAsync();
        using var worker = await DescribeAsync(admin);
        await admin.UntilAsync(state => state.Cluster.Context.FilerAddresses.Length == 1, "the cluster is known");
        var answer = admin.PostAsync("/api/plugin/jobs/execute", """{"job":{"job_type":"vacuum"},"timeout_seconds":60}""");
        await admin.UntilAsync(state => state.Cluster.Lock.Reason == "held by weed shell", "the job waits for the lock");
        Assert.DoesNotContain(worker.Seen, message => message.ExecuteJobRequest is not null);

        _master.FreeLock("shell");
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        Assert.Equal("admin-plugin", _master.HolderOf("shell"));
        var cluster = asked.ExecuteJobRequest.ClusterContext;
        Assert.Equal((_master.Address, "127.0.0.1:8888.18888", "admin"), (cluster.MasterGrpcAddresses.Single(), cluster.FilerAddresses.Single(), cluster.Metadata["source"]));

        var job = asked.ExecuteJobRequest.Job;
        await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = asked.RequestId, JobId = job.JobId, JobType = job.JobType, Success = true } });
        Assert.True((await answer).GetProperty("success").GetBoolean());
        await _master.CallAsync("ReleaseAdminToken", "shell");
        await admin.UntilAsync(state => state.Cluster.Lock.Phase == LockPhase.Free, "the lock is given back");
        Assert.Null(_master.HolderOf("shell"));
        await EndAsync(admin);
    }

    [Fact]
    public async Task FirstConfigs_TakeTheFileAndTheScripts_AndTheFileWinsAgainAtTheNextStart()
    {
        _master.Scripts = Scripts;
        var admin = await StartAsync();
        using var worker = await DescribeAsync(admin);
        await admin.UntilAsync(state => Laid.All(type => Config(state, type)?.Version == 2), "four types have a second version of their config");
        var configs = admin.Admin.States.Current.Value;
        var vacuum = Config(configs, "vacuum")!;
        Assert.Equal("admin.toml", vacuum.SavedBy);
        Assert.Equal(new ConfigValue.Double(0.4), vacuum.WorkerValues["garbage_threshold"]);
        Assert.Equal(new ConfigValue.Int64(3600), vacuum.WorkerValues["min_volume_age_seconds"]);
        var runtime = configs.JobTypes["vacuum"].Descriptor!.RuntimeDefaults! with { Enabled = false, RetryLimit = 0, RetryBackoffSeconds = 7 };
        Assert.Equal(runtime, vacuum.Runtime);
        Assert.Equal(new ConfigValue.Double(1), Config(configs, "volume_balance")!.WorkerValues["imbalance_threshold"]);
        Assert.Equal(configs.JobTypes["volume_balance"].Descriptor!.RuntimeDefaults, Config(configs, "volume_balance")!.Runtime);
        var coding = Config(configs, "erasure_coding")!;
        Assert.Equal(new ConfigValue.Text("pictures"), coding.AdminValues["collection_filter"]);
        Assert.Equal(new ConfigValue.Text("ssd, fast"), coding.WorkerValues["preferred_tags"]);
        var script = Config(configs, "admin_script")!;
        Assert.Equal("master_migration", script.SavedBy);
        Assert.Equal(new ConfigValue.Text("ec.encode -fullPercent=95 -quietFor=1h\nvolume.balance -force"), script.AdminValues["script"]);
        Assert.Equal(new ConfigValue.Int64(17), script.AdminValues["run_interval_minutes"]);
        Assert.Equal(("plugin", 1), (Config(configs, "ec_balance")!.SavedBy, Config(configs, "ec_balance")!.Version));
        Assert.Contains(configs.Activities, activity => activity is { Actor: "admin.toml", JobType: "vacuum", Stage: "config" });

        var edited = await admin.Admin.SendAsync(
            new SaveConfig(Actor.LocalRest, "vacuum", 2, vacuum.AdminValues, vacuum.WorkerValues.With("garbage_threshold", new ConfigValue.Double(0.8)), runtime with { RetryLimit = 5 }, ""), CancellationToken.None);
        Assert.True(edited.IsAccepted, edited.Refusal?.Text);
        await EndAsync(admin);

        admin = await StartAsync();
        await admin.UntilAsync(state => Config(state, "vacuum") is { Version: 4, SavedBy: "admin.toml" }, "the file wins again");
        vacuum = Config(admin.Admin.States.Current.Value, "vacuum")!;
        Assert.Equal((new ConfigValue.Double(0.4), 0), (vacuum.WorkerValues["garbage_threshold"], vacuum.Runtime!.RetryLimit));
        Assert.All(Laid.Where(type => type != "vacuum"), type => Assert.Equal(2, Config(admin.Admin.States.Current.Value, type)!.Version));
        await EndAsync(admin);
    }

    [Fact]
    public async Task Scripts_ThatAMasterHasNone_LeaveTheConfigForALaterStart()
    {
        _master.Scripts = "lock\n# nothing\nunlock\n";
        var admin = await StartAsync();
        using var worker = await DescribeAsync(admin);
        await admin.UntilAsync(state => Config(state, "admin_script") is not null && Config(state, "vacuum")?.Version == 2, "the configs are there");
        await EndAsync(admin);
        (_master.Scripts, _master.SleepMinutes) = ("volume.fix.replication", 5);
        admin = await StartAsync();
        await admin.UntilAsync(state => Config(state, "admin_script") is { Version: 2, SavedBy: "master_migration" }, "the scripts are taken");
        var values = Config(admin.Admin.States.Current.Value, "admin_script")!.AdminValues;
        Assert.Equal((new ConfigValue.Text("volume.fix.replication"), new ConfigValue.Int64(5)), (values["script"], values["run_interval_minutes"]));
        await EndAsync(admin);
    }

    /// <summary>A worker that brings real descriptors, and does nothing else.</summary>
    private static async Task<ScriptedWorker> DescribeAsync(ClusterAdmin admin)
    {
        var worker = new ScriptedWorker(admin.GrpcAddress);
        string[] types = [.. Laid, "ec_balance"];
        await worker.HelloAsync(types);
        foreach (var _ in types)
        {
            var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
            var type = asked.RequestConfigSchema.JobType;
            await worker.SendAsync(new WorkerToAdminMessage
            {
                ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = type, Success = true, JobTypeDescriptor = RecordedStream.Descriptors[type] },
            });
        }

        await admin.UntilAsync(state => Array.TrueForAll(types, type => Config(state, type) is not null), "every type has its first config");
        return worker;
    }

    private static ConfigDocument? Config(AdminState state, string type) => state.JobTypes.GetValueOrDefault(type)?.Config;

    private static async Task EndAsync(ClusterAdmin admin)
    {
        await admin.DisposeAsync().InTimeAsync("the end of the admin");
        admin.Dispose();
    }

    private async Task<ClusterAdmin> StartAsync()
    {
        var cluster = Masters.Options(_master) with { ConfigFile = Path.Combine(_folder, "admin.toml") };
        var admin = new ClusterAdmin(new AppOptions { Port = 0, GrpcPort = 0, DataDir = Path.Combine(_folder, "data"), SeaweedFS = cluster });
        await admin.InitializeAsync();
        return admin;
    }

    private sealed class ClusterAdmin(AppOptions options) : RunningAdmin
    {
        protected override AppOptions Options => options;

        public T Service<T>()
            where T : notnull => Services.GetRequiredService<T>();

        public object? Find<T>() => Services.GetService(typeof(T));
    }
}
