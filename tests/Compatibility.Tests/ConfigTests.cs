using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Descriptors, configs, and the numbers that follow from both.</summary>
public sealed class ConfigTests(Peers peers) : AcceptanceTests(peers)
{
    private static JobTypeDescriptor Described(string type) => new()
    {
        JobType = type,
        DescriptorVersion = 3,
        AdminConfigForm = Form("scope", ("script", Build.Text("fs.log.purge")), ("filter", Build.Text("*"))),
        WorkerConfigForm = Form("thresholds", ("threshold", new ConfigValue { DoubleValue = 0.3 }), ("min_manifests", Build.Int(5))),

        // Shipped descriptors leave fields of their form out here.
        WorkerDefaultValues = { ["threshold"] = new ConfigValue { DoubleValue = 0.4 } },
        AdminRuntimeDefaults = new() { Enabled = true, DetectionIntervalMinutes = 17, GlobalExecutionConcurrency = 4, PerWorkerExecutionConcurrency = 2, RetryLimit = 1, RetryBackoffSeconds = 10 },
    };

    private static ConfigForm Form(string section, params (string Name, ConfigValue Default)[] fields)
    {
        var form = new ConfigForm { FormId = section, Sections = { new ConfigSection { SectionId = section } } };
        foreach (var (name, value) in fields)
        {
            form.DefaultValues[name] = value;
            form.Sections[0].Fields.Add(new ConfigField
            {
                Name = name,
                FieldType = value.KindCase switch { ConfigValue.KindOneofCase.Int64Value => ConfigFieldType.Int64, ConfigValue.KindOneofCase.DoubleValue => ConfigFieldType.Double, _ => ConfigFieldType.String },
            });
        }

        return form;
    }

    private Task<ForeignWorker> DescribingAsync(Kind kind, string type, JobTypeDescriptor? descriptor = null) => ConnectAsync(kind, WorkerScript.For(type) with
    {
        Descriptors = new Dictionary<string, JobTypeDescriptor> { [type] = descriptor ?? Described(type) },
    });

    [Case(9)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task FirstConfig_ComesFromTheDescriptor_WithTheFormsDefaultsUnderneath(Kind kind)
    {
        await DescribingAsync(kind, "vacuum");
        var config = await Admin.GetAsync("job-types/vacuum/config");
        Assert.Equal((3, "plugin"), (Number(config, "descriptor_version"), Text(config, "updated_by")));
        Assert.True(config.GetProperty("admin_runtime").GetProperty("enabled").GetBoolean());
        Assert.Equal(4, Number(config.GetProperty("admin_runtime"), "global_execution_concurrency"));
        Assert.Equal(["filter", "script"], config.GetProperty("admin_config_values").EnumerateObject().Select(one => one.Name).Order());
        Assert.Equal(0.4, config.GetProperty("worker_config_values").GetProperty("threshold").GetProperty("double_value").GetDouble());
        Assert.Equal("5", Text(config.GetProperty("worker_config_values").GetProperty("min_manifests"), "int64_value"));
        Assert.Equal(1, Admin.State.JobTypes["vacuum"].Config!.Version);
    }

    [Case(10)]
    [Fact]
    public async Task SavedConfig_IsKept_WhenTheSameDescriptorArrivesAgain()
    {
        var worker = await DescribingAsync(Kind.Go, "vacuum");
        await Admin.PutAsync("job-types/vacuum/config", """{"adminRuntime":{"enabled":true,"globalExecutionConcurrency":9},"adminConfigValues":{"filter":{"stringValue":"mine"}}}""");
        await worker.SettleAsync();
        var config = await Admin.GetAsync("job-types/vacuum/config");
        Assert.Equal(9, Number(config.GetProperty("admin_runtime"), "global_execution_concurrency"));
        Assert.Equal("mine", Text(config.GetProperty("admin_config_values").GetProperty("filter"), "string_value"));
        Assert.Equal(2, Admin.State.JobTypes["vacuum"].Config!.Version);
    }

    [Case(11)]
    [Fact]
    public async Task MissingValues_AreFilledIn_AndGetAloneStoresNothing()
    {
        await DescribingAsync(Kind.Go, "admin_script");
        var saved = await Admin.PutAsync("job-types/admin_script/config", """{"admin_runtime":{"enabled":true},"admin_config_values":{"script":{"string_value":"  "}}}""");
        var read = await Admin.GetAsync("job-types/admin_script/config");
        foreach (var config in (System.Text.Json.JsonElement[])[saved, read])
        {
            var runtime = config.GetProperty("admin_runtime");
            Assert.Equal((17, 4, 0), (Number(runtime, "detection_interval_minutes"), Number(runtime, "global_execution_concurrency"), Number(runtime, "retry_limit")));
            Assert.Equal("fs.log.purge", Text(config.GetProperty("admin_config_values").GetProperty("script"), "string_value"));
            Assert.Equal("*", Text(config.GetProperty("admin_config_values").GetProperty("filter"), "string_value"));
        }

        Assert.Equal(2, Admin.State.JobTypes["admin_script"].Config!.Version);
        Assert.Equal(0, Admin.State.JobTypes["admin_script"].Config!.Runtime!.DetectionIntervalMinutes);

        // Only a blank text asks for the default; a value of another kind is no blank.
        var other = await Admin.PutAsync("job-types/admin_script/config", """{"admin_runtime":{"enabled":true},"admin_config_values":{"script":{"int64_value":"5"}}}""");
        Assert.Equal("5", Text(other.GetProperty("admin_config_values").GetProperty("script"), "string_value"));
    }

    [Case(12)]
    [Fact]
    public async Task Config_OfAnUnknownType_IsASkeleton_AndWrongBodiesAreRefused()
    {
        var skeleton = await Admin.GetAsync("job-types/nobody/config");
        Assert.Equal(("nobody", "{}", false), (Text(skeleton, "job_type"), skeleton.GetProperty("admin_config_values").GetRawText(), skeleton.GetProperty("admin_runtime").GetProperty("enabled").GetBoolean()));
        Assert.NotNull(Text(await Admin.PutAsync("job-types/nobody/config", "", 400), "error"));
        Assert.NotNull(Text(await Admin.PutAsync("job-types/nobody/config", "{", 400), "error"));
        Assert.Empty((await Admin.GetAsync("job-types")).EnumerateArray());
    }

    [Case(13)]
    [Fact]
    public async Task SchedulerStates_ShowTheNumbersInUse()
    {
        await DescribingAsync(Kind.Go, "vacuum");
        await ConnectAsync(Kind.Go, WorkerScript.For() with { Capabilities = [new() { JobType = "vacuum", CanExecute = true }] });
        await Admin.PutAsync("job-types/vacuum/config", """{"admin_runtime":{"enabled":true,"max_jobs_per_detection":123,"global_execution_concurrency":5,"per_worker_execution_concurrency":2,"retry_limit":4,"detection_interval_minutes":30}}""");
        var state = (await Admin.GetAsync("scheduler-states?job_type=vacuum", states => states.GetArrayLength() == 1 && states[0].TryGetProperty("max_jobs_per_detection", out var most) && most.GetInt32() == 123))[0];
        string[] names = ["max_jobs_per_detection", "global_execution_concurrency", "per_worker_execution_concurrency", "retry_limit", "detection_interval_minutes", "execution_timeout_seconds", "executor_worker_count"];
        Assert.Equal([123, 5, 2, 4, 30, 90, 2], names.Select(name => Number(state, name)));
        Assert.True(state.GetProperty("detector_available").GetBoolean());
    }

    [Case(14)]
    [Fact]
    public async Task DescriptorWithoutRuntime_IsDisabled_AndItsDetectorIsThere()
    {
        await DescribingAsync(Kind.Rust, "lance_compact", new JobTypeDescriptor { JobType = "lance_compact", DisplayName = "Lance Compaction", DescriptorVersion = 1, WorkerConfigForm = Form("main", ("min_fragments", Build.Int(8))) });
        var state = (await Admin.GetAsync("scheduler-states", states => states.GetArrayLength() == 1))[0];
        Assert.False(state.GetProperty("enabled").GetBoolean());
        Assert.False(state.TryGetProperty("policy_error", out _));
        Assert.True(state.GetProperty("detector_available").GetBoolean());
    }

    [Fact]
    public async Task ConfigValues_ReachTheWorker_InKindsItCanRead()
    {
        var worker = await DescribingAsync(Kind.Rust, "lance_compact");
        await Admin.PutAsync("job-types/lance_compact/config", """{"admin_config_values":{"filter":{"string_value":"a*"}},"worker_config_values":{"min_manifests":{"double_value":7},"threshold":{"double_value":0.5}}}""");
        await FoundAsync(worker, "lance_compact");
        var read = await worker.NextReadAsync();
        Assert.Equal((7, "a*", "fs.log.purge"), (Number(read, "min_manifests"), Text(read, "filter"), Text(read, "script")));
    }

    [Fact]
    public async Task NewerDescriptor_IsTakenAtTheNextConnection_AndAnInvalidValueIsRefused()
    {
        var worker = await DescribingAsync(Kind.Go, "vacuum");
        var newer = Described("vacuum");
        newer.DescriptorVersion = 4;
        newer.WorkerConfigForm = Form("thresholds", ("threshold", new ConfigValue { DoubleValue = 0.3 }), ("added", Build.Int(1)));
        await worker.ScriptAsync(new JsonObject { ["descriptors"] = new JsonObject { ["vacuum"] = WorkerScript.Described(newer) } });
        await worker.DropAsync();
        await Admin.UntilAsync(state => state.JobTypes["vacuum"].Descriptor!.Version == 4, "the newer descriptor");
        Assert.Equal("1", Text((await Admin.GetAsync("job-types/vacuum/config")).GetProperty("worker_config_values").GetProperty("added"), "int64_value"));
        var refused = await Admin.PutAsync("job-types/vacuum/config", """{"worker_config_values":{"added":{"string_value":"many"}}}""", 400);
        Assert.Contains("added", refused.GetRawText(), StringComparison.Ordinal);
    }
}
