using System.Text.Json;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>How attempts end, and what follows: retries, cancels, timeouts, losses, late reports.</summary>
public sealed class OutcomeTests(Peers peers) : AcceptanceTests(peers)
{
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(30);

    [Case(40)]
    [Fact]
    public async Task ProgressLines_NameTheirWorker_AndComeOnce()
    {
        var worker = await GoAsync();
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await worker.SendAsync(new JobProgressUpdate { RequestId = job.RequestId, JobId = "j-1", JobType = "vacuum", State = JobState.Running, ProgressPercent = 40, Message = "compacting" });
        await JobAsync("j-1", shown => Text(shown, "message") == "compacting");
        await worker.SendAsync(new JobProgressUpdate
        {
            RequestId = job.RequestId,
            JobId = "j-1",
            JobType = "vacuum",
            Message = "both",
            Activities = { new ActivityEvent { Source = ActivitySource.Executor, Message = "both", Details = { ["bytes"] = Build.Int(5) } } },
        });
        await worker.SucceedAsync(job);
        await JobAsync("j-1", "succeeded");
        var lines = await LinesAsync("job_id=j-1");
        var told = Assert.Single(lines, line => Text(line, "message") == "compacting");
        Assert.Equal(("worker_progress", worker.Id, job.RequestId), (Text(told, "source"), Text(told, "worker_id"), Text(told, "request_id")));
        var embedded = Assert.Single(lines, line => Text(line, "message") == "both");
        Assert.Equal(("activity_source_executor", """{"bytes":{"int64_value":"5"}}"""), (Text(embedded, "source"), embedded.GetProperty("details").GetRawText()));
        Assert.Single(lines, line => Text(line, "message") == "started");
    }

    [Fact]
    public async Task ProgressWithoutAStage_KeepsTheFormerOne_AndListAndDetailAgree()
    {
        var worker = await GoAsync();
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await worker.SendAsync(new JobProgressUpdate { RequestId = job.RequestId, JobId = "j-1", ProgressPercent = 30, Stage = "compact" });
        await worker.SendAsync(new JobProgressUpdate { RequestId = job.RequestId, JobId = "j-1", ProgressPercent = 60, Message = "half" });
        var detail = await JobAsync("j-1", shown => Text(shown, "message") == "half");
        var listed = Assert.Single((await Admin.GetAsync("jobs?state=running")).EnumerateArray());
        Assert.All((JsonElement[])[detail, listed], shown => Assert.Equal(("job_state_running", "compact", 60), (Text(shown, "state"), Text(shown, "stage"), Number(shown, "progress"))));
    }

    [Case(45)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task ExecuteAtItsTimeout_CancelsTheAttempt_AndAnswersAtOnce(Kind kind)
    {
        var worker = await AnyAsync(kind);
        var execute = Admin.PostAsync("jobs/execute", """{"job":{"job_type":"vacuum"},"timeout_seconds":1}""", 500);
        var job = await worker.NextJobAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        var cancel = await worker.NextCancelAsync();
        Assert.Equal((job.RequestId, WorkKind.Execution), (cancel.TargetId, cancel.TargetKind));
        Assert.NotEmpty(Text(await execute, "error")!);
    }

    [Case(49)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task FailedAttempt_IsRepeatedAfterTheBackoff_ByTheOtherWorker(Kind kind)
    {
        var (one, other) = (await AnyAsync(kind), await AnyAsync(kind));
        await RetryAsync(1);
        await Admin.SubmitAsync("vacuum", "j-1");
        var (first, job) = await EitherAsync(one, other);
        var second = first == one ? other : one;
        await first.FailAsync(job, "disk full");
        Assert.Equal("backoff", Text(await JobAsync("j-1", "pending"), "phase"));
        await second.SettleAsync();
        Assert.Empty(second.Of(Body.ExecuteJobRequest));
        await Admin.PassAsync(Backoff * 2, one, other);
        var again = await second.NextJobAsync();
        Assert.Equal((1, 2, "j-1"), (job.Attempt, again.Attempt, again.Job.JobId));
        Assert.NotEqual(job.RequestId, again.RequestId);
        await second.FailAsync(again, "disk full");
        Assert.Equal(("job_state_failed", "exhausted"), EndOf(await JobAsync("j-1", "failed")));
        Assert.Equal((2, "disk full"), (Number(await Admin.GetAsync("jobs/j-1"), "attempt"), Text(await Admin.GetAsync("jobs/j-1"), "error_message")));
    }

    [Case(50)]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TimedOutAttempt_IsRepeated_OnlyWhenTheFirstIsOver(bool stubborn)
    {
        var worker = await ConnectAsync(Kind.Go, WorkerScript.For("vacuum") with { Stubborn = stubborn });
        var other = await GoAsync();
        await RetryAsync(1);
        await worker.BeatAsync();
        await FoundAsync(await DrainedAsync(other, worker), "vacuum", Build.Proposal("one"));
        var job = await worker.NextJobAsync();
        await JobAsync(job.Job.JobId, "running");
        await Admin.PostAsync($"workers/{other.Id}/drain", """{"enabled":false}""");
        await Admin.PassAsync(TimeSpan.FromSeconds(90), worker, other);
        Assert.Equal(job.RequestId, (await worker.NextCancelAsync()).TargetId);
        if (stubborn)
        {
            await Admin.PassAsync(TimeSpan.FromSeconds(9), worker, other);
            Assert.Equal(("job_state_running", "canceling"), await PhaseAsync(job));
            await Admin.PassAsync(TimeSpan.FromSeconds(1), worker, other);
        }

        await JobAsync(job.Job.JobId, "pending");
        await other.SettleAsync();
        Assert.Empty(other.Of(Body.ExecuteJobRequest));
        await Admin.PassAsync(Backoff * 2, worker, other);
        var again = await other.NextJobAsync();
        Assert.Equal((job.Job.JobId, 2), (again.Job.JobId, again.Attempt));
        await JobAsync(job.Job.JobId, "running");
        await Admin.PassAsync(TimeSpan.FromSeconds(90), worker, other);
        Assert.Equal(again.RequestId, (await other.NextCancelAsync()).TargetId);
        Assert.Equal(("job_state_failed", "timeout"), EndOf(await JobAsync(job.Job.JobId, "failed")));
    }

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
        Assert.Equal(("backoff", "worker_lost"), (Text(lost, "phase"), Text(lost.GetProperty("attempts")[0], "outcome")));
        await Admin.GetAsync("scheduler-status?lane=default", status => !status.GetProperty("scheduler").TryGetProperty("current_job_type", out _));
        var second = first == one ? other : one;
        await Admin.PassAsync(Backoff * 2, second);
        var again = await second.NextJobAsync();
        await second.SucceedAsync(again);
        Assert.Equal(2, Number(await JobAsync(job.Job.JobId, "succeeded"), "attempt"));
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

    [Case(52)]
    [Fact]
    public async Task ReportsOfAFormerAttempt_ChangeNothing()
    {
        var worker = await GoAsync();
        await RetryAsync(1);
        await Admin.SubmitAsync("vacuum", "j-1");
        var first = await worker.NextJobAsync();
        await worker.FailAsync(first, "once");
        await JobAsync("j-1", "pending");
        await Admin.PassAsync(Backoff * 2, worker);
        var second = await worker.NextJobAsync();
        await JobAsync("j-1", job => Text(job, "message") == "started");
        await worker.SendAsync(new JobProgressUpdate { RequestId = first.RequestId, JobId = "j-1", JobType = "vacuum", State = JobState.Failed, ProgressPercent = 99, Message = "late" });
        await worker.SendAsync(new JobCompleted { RequestId = first.RequestId, JobId = "j-1", JobType = "vacuum", Success = true });
        await worker.SettleAsync();
        var job = await Admin.GetAsync("jobs/j-1");
        Assert.Equal(("job_state_running", second.RequestId, "started"), (Text(job, "state"), Text(job, "request_id"), Text(job, "message")));
        Assert.Equal(2, (await LinesAsync("job_id=j-1")).Count(line => Text(line, "stage") == "stale_report"));
        await worker.SucceedAsync(second);
        await JobAsync("j-1", "succeeded");
    }

    [Case(53)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task OnlyACompletion_EndsAJob_WhateverStateProgressNames(Kind kind)
    {
        var worker = await AnyAsync(kind);
        await Admin.SubmitAsync("vacuum", "j-1");
        var job = await worker.NextJobAsync();
        await worker.SendAsync(new JobProgressUpdate { RequestId = job.RequestId, JobId = "j-1", JobType = "vacuum", ProgressPercent = 20, Message = "unspecified" });
        Assert.Equal("job_state_running", Text(await JobAsync("j-1", shown => Text(shown, "message") == "unspecified"), "state"));
        await worker.SendAsync(new JobProgressUpdate { RequestId = job.RequestId, JobId = "j-1", JobType = "vacuum", State = JobState.Failed, ProgressPercent = 100, Message = "it broke" });
        Assert.Equal("job_state_running", Text(await JobAsync("j-1", shown => Text(shown, "message") == "it broke"), "state"));
        await worker.FailAsync(job, "it broke");
        Assert.Equal(("job_state_failed", "error"), EndOf(await JobAsync("j-1", "failed")));
    }

    [Case(54)]
    [Fact]
    public async Task IncompleteCompletions_AreTaken()
    {
        var worker = await GoAsync();
        await Admin.SubmitAsync("vacuum", "j-1");
        var first = await worker.NextJobAsync();
        await worker.CompleteAsync(first, new JobCompleted { RequestId = first.RequestId, JobId = "j-1", Success = true, ErrorMessage = "2 of 5 moves failed" });
        var job = await JobAsync("j-1", "succeeded");
        Assert.Equal(Admin.Clock.GetUtcNow(), job.GetProperty("completed_at").GetDateTimeOffset());
        Assert.Contains(await LinesAsync("job_id=j-1"), line => Text(line, "message") == "2 of 5 moves failed");
        var runs = (await Admin.GetAsync("job-types/vacuum/runs")).GetProperty("successful_runs");
        Assert.Equal("j-1", Text(Assert.Single(runs.EnumerateArray()), "job_id"));
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
        Assert.Equal("worker_lost", Text(lost.GetProperty("attempts")[0], "outcome"));
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

    [Fact]
    public async Task WorkerThatStopsUnasked_HasLostItsJob_AndAnUnhandledTypeGoesToAnother()
    {
        var worker = await GoAsync();
        await RetryAsync(1);
        await Admin.SubmitAsync("vacuum", "j-1");
        await worker.FailAsync(await worker.NextJobAsync(), "rpc error: context canceled");
        var job = await JobAsync("j-1", "pending");
        Assert.Equal("worker_lost", Text(job.GetProperty("attempts")[0], "outcome"));
    }

    private Task RetryAsync(int limit) => Admin.SetRuntimeAsync("vacuum", ("retry_limit", limit), ("retry_backoff_seconds", (int)Backoff.TotalSeconds));

    private async Task<(string?, string?)> PhaseAsync(ExecuteJobRequest job)
    {
        var shown = await Admin.GetAsync($"jobs/{job.Job.JobId}");
        return (Text(shown, "state"), Text(shown, "phase"));
    }

    /// <summary>Takes one worker out, so that the other is the detector and executor.</summary>
    private async Task<ForeignWorker> DrainedAsync(ForeignWorker drained, ForeignWorker left)
    {
        await Admin.PostAsync($"workers/{drained.Id}/drain");
        return left;
    }

    private static async Task<(ForeignWorker Worker, ExecuteJobRequest Job)> EitherAsync(params ForeignWorker[] workers)
    {
        var (worker, message) = await ForeignWorker.EitherAsync(Body.ExecuteJobRequest, workers);
        return (worker, message.ExecuteJobRequest);
    }
}
