using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Workers that die, fall silent, or forget what they were doing.</summary>
public sealed class FailoverTests(Peers peers) : AcceptanceTests(peers)
{
    [Case(51)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task BrokenStream_LosesItsJobAtOnce_AndAnotherWorkerRepeatsIt(Kind kind)
    {
        var (one, other) = (await AnyAsync(kind), await AnyAsync(kind));
        await RetryAsync(1);
        await FoundAsync(await DetectorAsync(one, other), "vacuum", Build.Proposal("one"));
        var (first, job) = await EitherAsync(one, other);
        await JobAsync(job.Job.JobId, "running");
        await first.StopAsync();
        var lost = await JobAsync(job.Job.JobId, "pending");
        Assert.Equal(("backoff", "worker_lost"), (Text(lost, "phase"), Text(lost.GetProperty("attempts")[0], "state")));
        await Admin.GetAsync("scheduler-status?lane=default", status => !status.GetProperty("scheduler").TryGetProperty("current_job_type", out _));
        var second = first == one ? other : one;
        await Admin.PassAsync(Backoff * 2, second);
        var again = await second.NextJobAsync();
        await second.SucceedAsync(again);
        Assert.Equal(2, Number(await JobAsync(job.Job.JobId, "succeeded"), "attempt"));
    }

    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task KilledProcess_LosesItsJobAtOnce_WithoutAnyTimePassing(Kind kind)
    {
        await using var process = Peers.Another(kind);
        var script = WorkerScript.For("vacuum");
        var worker = await ForeignWorker.StartAsync(Peers, process, kind, Admin.Address, script);
        await ReadyAsync(worker, script);
        await RetryAsync(1);
        await Admin.SubmitAsync("vacuum", "j-1");
        await worker.NextJobAsync();
        await JobAsync("j-1", "running");
        await process.KillAsync();
        var lost = await JobAsync("j-1", "pending");
        Assert.Equal(("backoff", "worker_lost"), (Text(lost, "phase"), Text(lost.GetProperty("attempts")[0], "state")));
        Assert.Empty((await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 0)).EnumerateArray());
    }

    [Fact]
    public async Task HalfOpenStream_LosesItsJob_WithinTheLostTime()
    {
        var other = await GoAsync();
        await Admin.PostAsync($"workers/{other.Id}/drain");
        await RetryAsync(1);
        var silent = await DialAsync(Kind.Go, new WorkerScript { First = new() { Hello = new() { WorkerId = "silent", Capabilities = { WorkerScript.Both("vacuum") } } } });
        await silent.GreetedAsync();
        await Admin.SubmitAsync("vacuum", "j-1", beside: ""","timeout_seconds":600""");
        await silent.NextJobAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(119), other);
        Assert.Equal("job_state_assigned", Text(await Admin.GetAsync("jobs/j-1"), "state"));
        await Admin.PassAsync(TimeSpan.FromSeconds(2), other);
        Assert.Equal("backoff", Text(await JobAsync("j-1", "pending"), "phase"));
    }

    [Case(55)]
    [Fact]
    public async Task JobThatHeartbeatsNoLongerList_IsLost_AndRepeated()
    {
        var worker = await GoAsync();
        await RetryAsync(1);
        await FoundAsync(worker, "vacuum", Build.Proposal("one"));
        var job = await worker.NextJobAsync();
        await JobAsync(job.Job.JobId, "running");
        await Admin.BeatAsync(worker);
        await worker.ForgetAsync(job.Job.JobId);
        await Admin.PassAsync(TimeSpan.FromSeconds(29), worker);
        Assert.Equal("job_state_running", Text(await Admin.GetAsync($"jobs/{job.Job.JobId}"), "state"));
        await Admin.PassAsync(TimeSpan.FromSeconds(20), worker);
        var lost = await JobAsync(job.Job.JobId, "pending");
        Assert.Equal("worker_lost", Text(lost.GetProperty("attempts")[0], "state"));
        await Admin.PassAsync(Backoff * 2, worker);
        Assert.Equal(2, (await worker.NextJobAsync()).Attempt);
    }

    [Fact]
    public async Task WorkerThatListsNoWork_IsNotSuspectedOfHavingForgottenIt()
    {
        var worker = await RustAsync();
        await FoundAsync(worker, "vacuum", Build.Proposal("one"));
        var job = await worker.NextJobAsync();
        await JobAsync(job.Job.JobId, "running");
        await Admin.PassAsync(TimeSpan.FromSeconds(80), worker);
        Assert.Equal("job_state_running", Text(await Admin.GetAsync($"jobs/{job.Job.JobId}"), "state"));
    }

    [Fact]
    public async Task WorkerThatStopsUnasked_HasLostItsJob()
    {
        var worker = await GoAsync();
        await RetryAsync(1);
        await Admin.SubmitAsync("vacuum", "j-1");
        await worker.FailAsync(await worker.NextJobAsync(), "rpc error: context canceled");
        var job = await JobAsync("j-1", "pending");
        Assert.Equal("worker_lost", Text(job.GetProperty("attempts")[0], "state"));
    }
}
