using BlazorPluginAdmin.Wire;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Filters of lists, and what workers say of the objects they saw.</summary>
public sealed class ApiTests(Peers peers) : AcceptanceTests(peers)
{
    [Case(60)]
    [Fact]
    public async Task Lists_AreFilteredFirst_ThenLimited_WithBothFormsOfAState()
    {
        var worker = await GoAsync("vacuum", "my_type");
        await Admin.SubmitAsync("vacuum", "old");
        await worker.NextJobAsync();
        await JobAsync("old", "running");
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        for (var n = 0; n < 3; n++)
        {
            await Admin.SubmitAsync("my_type", $"new-{n}");
            await worker.SucceedAsync(await worker.NextJobAsync());
            await JobAsync($"new-{n}", "succeeded");
        }

        await Admin.GetAsync("job-types", types => types.GetArrayLength() == 2);
        Assert.Equal(["old"], Texts(await Admin.GetAsync("jobs?lane=default&limit=2"), "job_id"));
        Assert.Equal(2, (await Admin.GetAsync("jobs?lane=general&limit=2")).GetArrayLength());
        foreach (var state in (string[])["running", "job_state_running", "Running", "JOB_STATE_RUNNING"])
        {
            Assert.Equal(["old"], Texts(await Admin.GetAsync($"jobs?state={state}&limit=1"), "job_id"));
        }

        await LinesAsync();
        var lines = await Admin.GetAsync("activities?lane=default&limit=3");
        Assert.Equal(3, lines.GetArrayLength());
        Assert.All(Texts(lines, "job_type"), type => Assert.Equal("vacuum", type));
        Assert.Empty((await Admin.GetAsync("jobs?lane=nowhere")).EnumerateArray());
        Assert.Equal([worker.Id], Texts(await Admin.GetAsync("workers?lane=default"), "WorkerID"));
    }

    [Case(62)]
    [Fact]
    public async Task Observations_AreTheNewestOfEachObject_AndStayWhenTheWorkerGoes()
    {
        var worker = await RustAsync("lance_compact");
        await worker.SendAsync(Report(
            Seen("LANCE", 100, ("fragments", Build.Int(16)), ("name", Build.Text("t"))), new ObjectObservation { Format = "LANCE" }, Seen("ICEBERG", 50)));
        await worker.SendAsync(Report(Seen("LANCE", 200, ("fragments", Build.Int(17)))));
        await worker.SettleAsync();
        await worker.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is null, "the worker is away");
        var all = await Admin.GetAsync("observations");
        Assert.Equal(["LANCE", "ICEBERG"], Texts(all, "format"));
        Assert.Equal("""{"fragments":17}""", all[0].GetProperty("attributes").GetRawText());
        Assert.Equal((worker.Id, "lance_compact", "table"), (Text(all[0], "worker_id"), Text(all[0], "job_type"), Text(all[0], "object_kind")));
        Assert.Equal(["bucket", "LANCE"], all[0].GetProperty("object_id").EnumerateArray().Select(part => part.GetString()));
        Assert.Equal(["LANCE"], Texts(await Admin.GetAsync("observations?format=lance"), "format"));
    }

    [Case(62)]
    [Fact]
    public async Task ObservedNumbers_AreNumbers()
    {
        var worker = await RustAsync("lance_compact");
        await worker.SendAsync(Report(Seen("LANCE", 100, ("fragments", Build.Int(16)), ("name", Build.Text("t")))));
        await worker.SettleAsync();
        Assert.Equal("""{"fragments":16,"name":"t"}""", (await Admin.GetAsync("observations"))[0].GetProperty("attributes").GetRawText());
    }

    [Fact]
    public async Task JobsWorkersAndTypes_CanBeRemoved_WhenNothingNeedsThem()
    {
        var worker = await GoAsync();
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await Admin.DeleteAsync("jobs/j-1", 409);
        await worker.SucceedAsync(job);
        await JobAsync("j-1", "succeeded");
        await Admin.DeleteAsync("jobs/j-1");
        await Admin.GetAsync("jobs/j-1", 404);
        await worker.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is null, "the worker is away");
        await Admin.DeleteAsync($"workers/{worker.Id}");
        await Admin.DeleteAsync("job-types/vacuum");
        await Admin.GetAsync("job-types", types => types.GetArrayLength() == 0);
        await Admin.GetAsync("job-types/vacuum/descriptor", 404);
    }

    [Fact]
    public async Task PausedType_DetectsAndRunsNothing_UntilItIsResumed()
    {
        var worker = await GoAsync();
        await Admin.PostAsync("job-types/vacuum/pause", """{"paused":true,"reason":"backup"}""");
        await Admin.SubmitAsync("vacuum", "j-1", beside: ""","timeout_seconds":600""");
        await worker.SettleAsync();
        Assert.Empty(worker.Of(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest));
        await Admin.PostAsync("job-types/vacuum/pause", """{"paused":false}""");
        Assert.Equal("j-1", (await worker.NextJobAsync()).Job.JobId);
    }

    [Fact]
    public async Task EmptyLists_AreLists_AndOrdersAreFixed()
    {
        await GoAsync("volume_balance", "vacuum", "ec_balance");
        var runs = await Admin.GetAsync("job-types/vacuum/runs");
        Assert.Equal(("[]", "[]"), (runs.GetProperty("successful_runs").GetRawText(), runs.GetProperty("error_runs").GetRawText()));
        Assert.Equal("[]", (await Admin.GetAsync("jobs")).GetRawText());
        Assert.Equal("[]", (await Admin.GetAsync("observations")).GetRawText());
        var types = (await Admin.GetAsync("lanes"))[0].GetProperty("job_types").EnumerateArray().Select(one => one.GetString()!).ToList();
        Assert.Equal(types.Order(StringComparer.Ordinal), types);
        Assert.Equal(["ec_balance", "vacuum", "volume_balance"], Texts(await Admin.GetAsync("job-types", all => all.GetArrayLength() == 3), "job_type"));
    }

    private static WorkerToAdminMessage Report(params ObjectObservation[] seen) => new() { Observations = new WorkerObservations { JobType = "lance_compact", Observations = { seen } } };

    private static ObjectObservation Seen(string format, long at, params (string Name, ConfigValue Value)[] attributes)
    {
        var seen = new ObjectObservation { ObjectId = { "bucket", format }, ObjectKind = "table", Format = format, ObservedAt = new Timestamp { Seconds = at } };
        foreach (var (name, value) in attributes)
        {
            seen.Attributes[name] = value;
        }

        return seen;
    }
}
