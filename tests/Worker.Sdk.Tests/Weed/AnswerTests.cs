using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>Musts 5 to 10: completions, refusals, cancels, and an admin that queues and retries in its own way.</summary>
public sealed class AnswerTests(WeedMessages messages) : WeedTest(messages)
{
    [Fact]
    public async Task Must05_EveryAnswer_NamesTypeRequestAndTime()
    {
        await StartAdminAsync();
        await ConnectAsync(new Echo(), new Played("failing", execute: context =>
        {
            context.Report(100, "over");
            return Task.FromResult(JobOutcome.Failed("no luck"));
        }));
        Assert.Equal("succeeded", (await Admin.ExecuteAsync("echo", "j1")).State);
        Assert.Equal(("failed", "no luck"), (await Admin.ExecuteAsync("failing", "j2")) is { } failed ? (failed.State, failed.Error) : default);
        var thrown = await Admin.ExecuteAsync(new JobSpec { JobId = "j3", JobType = "echo", Parameters = { ["throw"] = new ConfigValue { BoolValue = true } } });
        Assert.Equal(("failed", "InvalidOperationException: as you wish"), (thrown.State, thrown.Error));
        await SendAsync("e-4", "j4", "unknown");
        var completions = new List<JobCompleted>();
        while (completions.Count < 4)
        {
            completions.Add((await Admin.NextAsync(Body.JobCompleted)).JobCompleted);
        }

        Assert.Equal(["echo", "failing", "echo", "unknown"], completions.Select(completed => completed.JobType));
        Assert.Equal(Admin.Said.Where(message => message.ExecuteJobRequest is not null).Select(message => message.RequestId), completions.Select(completed => completed.RequestId));
        Assert.All(completions, completed => Assert.NotNull(completed.CompletedAt));
        var progress = Admin.Heard.Where(message => message.JobProgressUpdate is not null).Select(message => message.JobProgressUpdate).ToList();
        Assert.NotEmpty(progress);
        Assert.All(progress, update => Assert.Equal(JobState.Running, update.State));
    }

    [Fact]
    public async Task Must06_NoFreeSlot_IsSaidInTheExactWords()
    {
        var handler = new Blocking();
        await StartAdminAsync();
        await ConnectAsync(options => options with { ExecutionSlots = 1 }, handler);
        await SendAsync("e-1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        await SendAsync("e-2", "j2", "blocking");
        var refused = (await Admin.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal(("e-2", "j2", "blocking", false, "executor is at capacity"), (refused.RequestId, refused.JobId, refused.JobType, refused.Success, refused.ErrorMessage));
        handler.Release.SetResult();
        Assert.True((await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Success);
    }

    [Fact]
    public async Task Must06_DrainingWorker_GivesTheJobBack()
    {
        var handler = new Blocking();
        await StartAdminAsync();
        var worker = await ConnectAsync(handler);
        await SendAsync("e-1", "j1", "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
        var stopping = worker.StopAsync();
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        await SendAsync("e-2", "j2", "blocking");
        Assert.Equal("executor is at capacity", (await Admin.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        handler.Release.SetResult();
        Assert.True((await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task Must06_SecondDetection_IsAcknowledgedAtOnce_AndWaits()
    {
        var looking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAdminAsync();
        await ConnectAsync(new Played("a", _ => looking.Task), new Played("b", context => context.ProposeAsync(new Proposal { Id = "p" }).AsTask()));
        var first = Admin.DetectAsync("a");
        var busy = (await Admin.NextSentAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest)).RequestId;
        await AcknowledgedAsync(busy);
        var second = Admin.DetectAsync("b");
        var waiting = (await Admin.NextSentAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest)).RequestId;
        Assert.True((await AcknowledgedAsync(waiting)).Accepted);
        looking.SetResult();
        Assert.Empty((await first).DetectionError);
        Assert.Single((await second).Proposals);
        Assert.Equal([busy, waiting], Admin.Heard.Where(message => message.DetectionComplete is not null).Select(message => message.DetectionComplete.RequestId));
    }

    [Theory]
    [InlineData("throws its token")]
    [InlineData("throws something else")]
    [InlineData("says it failed")]
    public async Task Must07_CancelledJob_SaysContextCanceled_HoweverItsHandlerEnds(string how)
    {
        await StartAdminAsync(new WeedSettings { ExecutionFloor = 0.1 });
        await ConnectAsync(new Played("a", execute: async context =>
        {
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var canceled = context.Canceled.Register(over.SetResult);
            await over.Task;
            return how switch
            {
                "throws its token" => throw new OperationCanceledException(context.Canceled),
                "throws something else" => throw new IOException("the pipe broke"),
                _ => JobOutcome.Failed("half done"),
            };
        }));
        var job = await Admin.ExecuteAsync("a", "j1");
        Assert.Equal("canceled", job.State);
        var cancel = await Admin.NextSentAsync(AdminToWorkerMessage.BodyOneofCase.CancelRequest);
        Assert.Equal((job.Requests[0], WorkKind.Execution), (cancel.CancelRequest.TargetId, cancel.CancelRequest.TargetKind));
        var ack = await AcknowledgedAsync(cancel.RequestId);
        Assert.Equal((true, "cancel request accepted"), (ack.Accepted, ack.Message));
        var completed = (await Admin.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.False(completed.Success);
        Assert.Contains("context canceled", completed.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "cancel target not found")]
    [InlineData("", "cancel target is required")]
    public async Task Must07_CancelOfUnknownWork_IsRejected(string target, string text)
    {
        await StartAdminAsync();
        await ConnectAsync(new Echo());
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "c-1", CancelRequest = new CancelRequest { TargetId = target, TargetKind = WorkKind.Execution } });
        var ack = await AcknowledgedAsync("c-1");
        Assert.Equal((false, text), (ack.Accepted, ack.Message));
    }

    [Fact]
    public async Task Must07_DetectionThatTakesTooLong_IsCancelled_AndStops()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a", context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Canceled)));
        var detection = await Admin.DetectAsync("a", timeout: 0.1);
        Assert.Contains("deadline exceeded", detection.DetectionError, StringComparison.Ordinal);
        var end = (await Admin.NextAsync(Body.DetectionComplete)).DetectionComplete;
        Assert.Equal((detection.RequestId, "a", false, "context canceled"), (end.RequestId, end.JobType, end.Success, end.ErrorMessage));
    }

    [Fact]
    public async Task Must08_JobsThatStillWait_AreThrownAwayByTheNextRun_AndNeverArrive()
    {
        var handler = new Blocking();
        await StartAdminAsync();
        await ConnectAsync(options => options with { ExecutionSlots = 1 }, handler, new Played("a", context => context.ProposeAsync(new Proposal { Id = "p" }).AsTask()));
        var running = Admin.ExecuteAsync("blocking", "j1");
        await Admin.NextAsync(Body.Heartbeat, message => message.Heartbeat.ExecutionSlotsUsed == 1);
        var left = Assert.Single((await Admin.RunAsync("a", capacityWait: 0)).Jobs);
        Assert.Equal("pending", left.State);
        handler.Release.SetResult();
        await running.InTimeAsync("the end of the other job");
        var next = await Admin.RunAsync("a");
        Assert.Equal(left.JobId, Assert.Single(next.Cleared).JobId);
        Assert.Equal("succeeded", Assert.Single(next.Jobs).State);
        Assert.Equal(
            ["j1", next.Jobs[0].JobId],
            Admin.Said.Where(message => message.ExecuteJobRequest is not null).Select(message => message.ExecuteJobRequest.Job.JobId));
    }

    [Fact]
    public async Task Must08_PriorityAndTimesOfAProposal_MeanNothingToIt()
    {
        var done = new List<string>();
        await StartAdminAsync();
        await ConnectAsync(new Played(
            "a",
            async context =>
            {
                await context.ProposeAsync(new Proposal { Id = "low", Priority = JobPriority.Low });
                await context.ProposeAsync(new Proposal { Id = "later", NotBefore = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) });
                await context.ProposeAsync(new Proposal { Id = "expired", ExpiresAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1) });
                await context.ProposeAsync(new Proposal { Id = "critical", Priority = JobPriority.Critical });
            },
            context =>
            {
                done.Add(context.Request.Job.DedupeKey);
                return Task.FromResult(JobOutcome.Succeeded("done"));
            }));
        Assert.All((await Admin.RunAsync("a")).Jobs, job => Assert.Equal("succeeded", job.State));
        Assert.Equal(["low", "later", "expired", "critical"], done);
    }

    [Fact]
    public async Task Must09_ProposalWithoutAKey_IsNotProposedAgainWhileItRuns()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAdminAsync();
        await ConnectAsync(new Played(
            "a",
            context => context.ProposeAsync(new Proposal { Id = "p" }).AsTask(),
            async _ =>
            {
                started.TrySetResult();
                await release.Task;
                return JobOutcome.Succeeded("done");
            }));
        var first = Admin.RunAsync("a");
        await started.Task.InTimeAsync("the start of the job");
        var second = await Admin.RunAsync("a");
        Assert.Equal((1, 0), (second.SkippedActive, second.Jobs.Count));
        release.SetResult();
        Assert.Equal("succeeded", Assert.Single((await first).Jobs).State);
    }

    [Fact]
    public async Task Must10_JobRightAfterACompletion_FindsItsSlotFree()
    {
        await StartAdminAsync();
        await ConnectAsync(options => options with { ExecutionSlots = 1 }, new Echo());
        for (var n = 0; n < 50; n++)
        {
            await SendAsync($"e-{n}", $"j{n}", "echo");
            Assert.True((await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        }
    }

    /// <summary>Each attempt times out while the first still runs, and the next one comes at once.</summary>
    [Fact]
    public async Task Must10_RetriesWhileAnAttemptRuns_AreAllAnswered_AndNeverRunBesideIt()
    {
        var calls = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAdminAsync(new WeedSettings { ExecutionFloor = 0.2, RetryBackoff = 0, TimedFromProgress = true });
        await ConnectAsync(options => options with { ExecutionSlots = 1 }, new Played(
            "a",
            execute: async context =>
            {
                Interlocked.Increment(ref calls);
                context.Report(1);
                await release.Task;
                return JobOutcome.Succeeded("done");
            },
            describe: builder => builder.Runtime(runtime => runtime.RetryLimit = 3)));
        var job = await Admin.ExecuteAsync("a", "j1");
        Assert.Equal(("canceled", 4), (job.State, job.Requests.Count));
        Assert.Equal([1, 2, 3, 4], Admin.Said.Where(message => message.ExecuteJobRequest is not null).Select(message => message.ExecuteJobRequest.Attempt));
        var answers = new Dictionary<string, string>();
        while (answers.Count < 3)
        {
            await TakeAsync();
        }

        release.SetResult();
        await TakeAsync();
        Assert.Equal(job.Requests.Select(request => (request, request == job.Requests[0] ? "" : "context canceled")).Order(), answers.Select(answer => (answer.Key, answer.Value)).Order());
        Assert.Equal(1, calls);

        async Task TakeAsync()
        {
            var completed = (await Admin.NextAsync(Body.JobCompleted)).JobCompleted;
            answers.Add(completed.RequestId, completed.ErrorMessage);
        }
    }

    [Fact]
    public async Task UnknownAndLateMessages_AreAnsweredOrPassedOver_AndTheSessionGoesOn()
    {
        await StartAdminAsync();
        var worker = await ConnectAsync(new Echo());
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "u-1" });
        var ack = await AcknowledgedAsync("u-1");
        Assert.Equal((false, "unsupported request body"), (ack.Accepted, ack.Message));
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "p-1", RequestObjectPreview = new RequestObjectPreview { ObjectId = { "t" }, Format = "LANCE", RowLimit = 1 } });
        Assert.False((await AcknowledgedAsync("p-1")).Accepted);
        var preview = (await Admin.NextAsync(Body.ObjectPreviewResponse)).ObjectPreviewResponse;
        Assert.Equal(("p-1", false), (preview.RequestId, preview.Success));
        await Admin.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = true } });
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "e-1", ExecuteJobRequest = new ExecuteJobRequest { RequestId = "e-1" } });
        Assert.False((await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Success);
        Assert.Equal(("succeeded", WorkerState.Running), ((await Admin.ExecuteAsync("echo", "j1")).State, worker.State));
    }

    private Task SendAsync(string request, string job, string type) => Admin.SendAsync(
        new AdminToWorkerMessage { RequestId = request, ExecuteJobRequest = new ExecuteJobRequest { RequestId = request, Attempt = 1, Job = new JobSpec { JobId = job, JobType = type } } });

    private async Task<WorkerAcknowledge> AcknowledgedAsync(string request) =>
        (await Admin.NextAsync(Body.Acknowledge, message => message.Acknowledge.RequestId == request)).Acknowledge;
}
