using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>What people stop: with a worker that follows, with one that does not, and at once.</summary>
public sealed class CancelTests(Peers peers) : AcceptanceTests(peers)
{
    [Case(58)]
    [Fact]
    public async Task Expire_AnswersByWhatTheJobIs_AndNeverRetries()
    {
        var worker = await GoAsync();
        await RetryAsync(3);
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await Admin.PostAsync("jobs/%20/expire", code: 400);
        await Admin.PostAsync("jobs/j-1/expire", "{", 400);
        await Admin.PostAsync("jobs/unknown/expire", code: 404);
        var expired = await Admin.PostAsync("jobs/j-1/expire");
        Assert.True(expired.GetProperty("expired").GetBoolean());
        Assert.Equal(("job_state_failed", "expired"), EndOf(expired.GetProperty("job")));
        Assert.Equal(job.RequestId, (await worker.NextCancelAsync()).TargetId);
        var again = await Admin.PostAsync("jobs/j-1/expire");
        Assert.Equal((false, "job is not active"), (again.GetProperty("expired").GetBoolean(), Text(again, "message")));
        await Admin.PassAsync(TimeSpan.FromMinutes(5), worker);
        await worker.SettleAsync();
        Assert.Single(worker.Of(Body.ExecuteJobRequest));
    }

    [Case(59)]
    [Fact]
    public async Task Cancel_IsFollowedByAGoWorker()
    {
        var worker = await GoAsync();
        await RetryAsync(3);
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await Admin.PostAsync("jobs/j-1/cancel", """{"reason":"no longer wanted"}""");
        Assert.Equal(job.RequestId, (await worker.NextCancelAsync()).TargetId);
        var canceled = await JobAsync("j-1", "canceled");
        Assert.Equal(("person", "no longer wanted"), (Text(canceled, "reason"), Text(canceled, "error_message")));
    }

    [Case(59)]
    [Fact]
    public async Task Cancel_ThatARustWorkerDoesNotFollow_IsForced_AndItsSlotStaysCounted()
    {
        var worker = await RustAsync();
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await JobAsync("j-1", "running");
        await Admin.PostAsync("jobs/j-1/cancel");
        await worker.NextCancelAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(9), worker);
        Assert.Equal("job_state_running", Text(await Admin.GetAsync("jobs/j-1"), "state"));
        await Admin.PassAsync(TimeSpan.FromSeconds(1), worker);
        await JobAsync("j-1", "canceled");
        await Admin.SubmitAsync("vacuum", "j-2", beside: ""","timeout_seconds":600""");
        await Admin.PassAsync(TimeSpan.FromSeconds(30), worker);
        await worker.SettleAsync();
        Assert.Single(worker.Of(Body.ExecuteJobRequest));
        await worker.SucceedAsync(job);
        await Admin.BeatAsync(worker);
        Assert.Equal("j-2", (await worker.NextJobAsync()).Job.JobId);
        Assert.Equal("job_state_canceled", Text(await Admin.GetAsync("jobs/j-1"), "state"));
    }
}
