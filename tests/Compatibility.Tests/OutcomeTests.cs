using System.Text.Json;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>How attempts end, and what follows: retries, timeouts, late reports.</summary>
public sealed class OutcomeTests(Peers peers) : AcceptanceTests(peers)
{
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

        // Whether the caller's time is over first, or the attempt, is the machine's affair.
        await Admin.PassAsync(TimeSpan.FromSeconds(10), worker);
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
}
