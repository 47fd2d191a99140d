using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The lock that keeps an operator's shell and the work of locked lanes apart.</summary>
public sealed class ClusterLockTests(Peers peers) : AcceptanceTests(peers)
{
    private ScriptedMaster _master = null!;

    protected override async Task<TestAdmin> OpenAsync()
    {
        var clock = new ManualTimeProvider();
        _master = await ScriptedMaster.StartAsync(clock);
        var admin = await TestAdmin.StartAsync(_master, clock);

        // Dialled before the clock leaps: what leaps over a dial waits, by that clock, before it dials again.
        await admin.UntilAsync(state => state.Cluster.Context.MasterGrpcAddresses.Length == 1, "the cluster is known");
        return admin;
    }

    protected override async Task CloseAsync()
    {
        await base.CloseAsync();
        await _master.DisposeAsync();
    }

    [Case(66)]
    [Fact]
    public async Task ShellLock_IsHeldAroundDetectionAndJobs_OfLockedLanesOnly()
    {
        var worker = await GoAsync("vacuum", "iceberg_maintenance", "s3_lifecycle");
        foreach (var type in (string[])["iceberg_maintenance", "s3_lifecycle"])
        {
            await FoundAsync(worker, type, Build.Proposal(type));
            var job = await worker.NextJobAsync();
            Assert.Equal([_master.Address], job.ClusterContext.MasterGrpcAddresses);
            await worker.SucceedAsync(job);
            await JobAsync(job.Job.JobId, "succeeded");
        }

        Assert.Empty(_master.CallsOf("LeaseAdminToken", "shell"));
        var run = Admin.PostAsync("job-types/vacuum/run");
        var asked = await worker.NextDetectionAsync();
        Assert.Equal("admin-plugin", _master.HolderOf("shell"));
        await worker.ProposeAsync(asked.RequestId, Build.Proposal("a"), Build.Proposal("b"), Build.Proposal("c"));
        await EndedAsync(asked);
        for (var n = 0; n < 3; n++)
        {
            var job = await worker.NextJobAsync();
            Assert.Equal("admin-plugin", _master.HolderOf("shell"));
            await worker.SucceedAsync(job);
        }

        Assert.Equal(3, Number(await run, "success_count"));
        await _master.CallAsync("ReleaseAdminToken", "shell");
        await Admin.UntilAsync(state => state.Cluster.Lock.Phase == LockPhase.Free, "the lock is given back");
        Assert.Null(_master.HolderOf("shell"));
    }

    [Fact]
    public async Task ScheduledDetection_ThatWaitsForTheShell_IsShownAsWaitingForTheLock()
    {
        _master.TakeLock("shell", "weed shell");
        var worker = await GoAsync("vacuum");
        await Admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("vacuum")?.Config is not null, "the type has its config");
        await Admin.PutAsync("job-types/vacuum/config", """{"admin_runtime":{"enabled":true,"detection_interval_minutes":1}}""");
        await Admin.PassAsync(TimeSpan.FromSeconds(6), worker);
        await _master.CallAsync("LeaseAdminToken", "shell");
        var status = await Admin.GetAsync("scheduler-status?lane=default", status => status.GetProperty("lock").TryGetProperty("waiting_reason", out _));
        Assert.Equal("held by weed shell", Text(status.GetProperty("lock"), "waiting_reason"));
        var scheduler = status.GetProperty("scheduler");
        Assert.Equal(("vacuum", "waiting_for_lock"), (Text(scheduler, "current_job_type"), Text(scheduler, "current_phase")));
        Assert.True(scheduler.GetProperty("job_types")[0].GetProperty("detection_in_flight").GetBoolean());
    }
}
