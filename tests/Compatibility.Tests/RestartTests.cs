using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>What a stop and a start of the admin leave as it was.</summary>
public sealed class RestartTests(Peers peers) : AcceptanceTests(peers)
{
    protected override Task<TestAdmin> OpenAsync() => TestAdmin.StartAsync(durable: true);

    [Case(7)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task Restart_SendsNoShutdown_AndTheWorkerDialsAgain(Kind kind)
    {
        var worker = await AnyAsync(kind);
        await Admin.RestartAsync();
        await worker.EndAsync();
        await worker.GreetedAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is not null, "the worker is back");
        Assert.Empty(worker.Of(Body.Shutdown));
        Assert.False(worker.HasExited);
    }

    [Case(8)]
    [Fact]
    public async Task Descriptors_AreAskedForOneByOneByName_AndKept()
    {
        var script = WorkerScript.For("vacuum", "ec_balance", "volume_balance");
        var worker = await DialAsync(Kind.Go, script with { Mute = true });
        foreach (var type in (string[])["ec_balance", "vacuum", "volume_balance"])
        {
            var asked = await worker.NextAsync(Body.RequestConfigSchema);
            Assert.Equal((type, asked.RequestId), (asked.RequestConfigSchema.JobType, worker.Of(Body.RequestConfigSchema).Last().RequestId));
            await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new() { RequestId = asked.RequestId, JobType = type, Success = true, JobTypeDescriptor = script.Descriptors[type] } });
        }

        await Admin.UntilAsync(state => state.JobTypes.Values.Count(one => one.Descriptor is not null) == 3, "three descriptors");
        await worker.StopAsync();
        await Admin.RestartAsync();
        foreach (var type in script.Descriptors.Keys)
        {
            Assert.Equal(type, Text(await Admin.GetAsync($"job-types/{type}/descriptor"), "job_type"));
        }
    }

    [Case(15)]
    [Fact]
    public async Task JobTypes_AreThoseKnownByDescriptor_ByConfig_ByRuns()
    {
        var script = WorkerScript.For("described") with
        {
            Capabilities = [WorkerScript.Both("described"), new() { JobType = "ran", CanExecute = true, Weight = 7, DisplayName = "Ran" }, new() { JobType = "ended", CanExecute = true }],
        };
        var worker = await ConnectAsync(Kind.Go, script);
        await Admin.PutAsync("job-types/configured/config", """{"admin_runtime":{"enabled":true}}""");
        await Admin.SubmitAsync("ended", "j-1");
        await worker.SucceedAsync(await worker.NextJobAsync());
        await JobAsync("j-1", "succeeded");
        var live = await Admin.GetAsync("job-types", types => types.GetArrayLength() == 4);
        Assert.Equal(["ran", "configured", "described", "ended"], Texts(live, "job_type"));
        Assert.Equal(("Ran", 7), (Text(live[0], "display_name"), Number(live[0], "weight")));
        await worker.StopAsync();
        await Admin.RestartAsync();
        Assert.Equal(["configured", "described", "ended"], Texts(await Admin.GetAsync("job-types", types => types.GetArrayLength() >= 3), "job_type").Except(["ran"]));
    }

    [Case(22)]
    [Fact]
    public async Task DetectionSequence_IsPositive_AndGrows_OverARestart()
    {
        var worker = await GoAsync();
        var sequences = new List<long>();
        for (var n = 0; n < 3; n++)
        {
            sequences.Add((await FoundAsync(worker, "vacuum")).DetectionSequence);
            if (n == 1)
            {
                // Somebody sets the clock back, too.
                Admin.Clock.Jump(TimeSpan.FromHours(-1));
                await Admin.RestartAsync();
                await worker.GreetedAsync();
                await ReadyAgainAsync(worker);
            }
        }

        Assert.True(sequences[0] > 1_000_000_000_000_000_000, $"{sequences[0]} is not in nanoseconds");
        Assert.Equal(sequences.Distinct().Order(), sequences);
    }

    [Case(32)]
    [Fact]
    public async Task NextDetection_StaysWhenItWas_OverARestart()
    {
        var script = WorkerScript.For("vacuum") with
        {
            Descriptors = new Dictionary<string, JobTypeDescriptor> { ["vacuum"] = Build.Descriptor("vacuum", runtime => runtime.Enabled = true) },
            Detections = new Dictionary<string, DetectionScript> { ["vacuum"] = DetectionScript.Finds() },
        };
        var worker = await ConnectAsync(Kind.Go, script);
        await Admin.PassAsync(TimeSpan.FromSeconds(6));
        await EndedAsync(await worker.NextDetectionAsync());
        var before = Text((await Admin.GetAsync("scheduler-states", states => Text(states[0], "last_run_status") == "success"))[0], "next_detection_at");
        await Admin.RestartAsync();
        await ReadyAgainAsync(worker);
        await Admin.PassAsync(TimeSpan.FromMinutes(30), worker);
        await worker.SettleAsync();
        Assert.Single(worker.Of(Body.RunDetectionRequest));
        Assert.Equal(before, Text((await Admin.GetAsync("scheduler-states", states => states.GetArrayLength() == 1))[0], "next_detection_at"));
        await Admin.PassAsync(TimeSpan.FromMinutes(30), worker);
        await worker.NextDetectionAsync();
    }

    [Case(41)]
    [Fact]
    public async Task Job_IsListedShort_AndShownWhole_AlsoAfterARestart()
    {
        var worker = await GoAsync();
        await Admin.SubmitAsync("vacuum", "j-1", ""","summary":"s","detail":"d","labels":{"l":"v"},"parameters":{"volume_id":{"int64_value":"9007199254740993"},"raw":{"bytes_value":"AAH/"}}""");
        var job = await worker.NextJobAsync();
        Assert.Equal(9_007_199_254_740_993, job.Job.Parameters["volume_id"].Int64Value);
        Assert.Equal([0, 1, 255], job.Job.Parameters["raw"].BytesValue.ToByteArray());
        await worker.CompleteAsync(job, new JobCompleted
        {
            RequestId = job.RequestId,
            JobId = "j-1",
            JobType = "vacuum",
            Success = true,
            Result = new JobResult { Summary = "freed", OutputValues = { ["freed"] = Build.Int(12) } },
        });
        await JobAsync("j-1", "succeeded");
        var listed = (await Admin.GetAsync("jobs"))[0];
        Assert.All((string[])["detail", "parameters", "labels", "result_output_values"], name => Assert.False(listed.TryGetProperty(name, out _), name));
        for (var shown = 0; shown < 2; shown++)
        {
            var whole = (await Admin.GetAsync("jobs/j-1/detail")).GetProperty("job");
            Assert.Equal(("d", "freed"), (Text(whole, "detail"), Text(whole, "result_summary")));
            Assert.Equal("""{"raw":{"bytes_value":"AAH/"},"volume_id":{"int64_value":"9007199254740993"}}""", whole.GetProperty("parameters").GetRawText());
            Assert.Equal("v", Text(whole.GetProperty("labels"), "l"));
            Assert.Equal("""{"freed":{"int64_value":"12"}}""", whole.GetProperty("result_output_values").GetRawText());
            await Admin.RestartAsync();
        }
    }

    [Case(43)]
    [Fact]
    public async Task Runs_AreTheNewestTenOfEach_AlsoAfterARestart()
    {
        var worker = await GoAsync();
        for (var n = 0; n < 27; n++)
        {
            await Admin.SubmitAsync("vacuum", $"j-{n}");
            var job = await worker.NextJobAsync();
            await Admin.PassAsync(TimeSpan.FromSeconds(1));
            await (n < 15 ? worker.SucceedAsync(job) : worker.FailAsync(job, "broke"));
            await JobAsync($"j-{n}", n < 15 ? "succeeded" : "failed");
        }

        for (var shown = 0; shown < 2; shown++)
        {
            var runs = await Admin.GetAsync("job-types/vacuum/runs");
            Assert.Equal(Enumerable.Range(5, 10).Reverse().Select(n => $"j-{n}"), Texts(runs.GetProperty("successful_runs"), "job_id"));
            Assert.Equal(Enumerable.Range(17, 10).Reverse().Select(n => $"j-{n}"), Texts(runs.GetProperty("error_runs"), "job_id"));
            Assert.All(runs.GetProperty("error_runs").EnumerateArray(), run => Assert.Equal((worker.Id, "error", 1000), (Text(run, "worker_id"), Text(run, "outcome"), Number(run, "duration_ms"))));
            await Admin.RestartAsync();
        }
    }

    /// <summary>The same worker has dialled again and is known with everything.</summary>
    private Task ReadyAgainAsync(ForeignWorker worker) =>
        Admin.UntilAsync(_ => Admin.SessionOf(worker) is { SchemaRequest: null, SchemaQueue.IsEmpty: true }, "the worker is back");
}
