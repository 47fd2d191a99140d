using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

public sealed class JobReportTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    /// <summary>Some workers acknowledge nothing and tell no progress; what they print says that they are at work.</summary>
    [Fact]
    public void Output_SaysThatTheJobRuns()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        var other = _admin.Connect("w-2", "echo");
        var job = _admin.Submit();
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        var holder = worker.Jobs.Any() ? worker : other;
        _admin.Post(new WorkerInput.OutputCame((holder == worker ? other : worker).Session, holder.LastJob.RequestId));
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        _admin.Post(new WorkerInput.OutputCame(holder.Session, holder.LastJob.RequestId));
        Assert.Equal((JobState.Running, JobPhase.Working), (_admin.State.Jobs[job.Id].State, _admin.State.Jobs[job.Id].Phase));
    }

    /// <summary>Of an attempt that is over. What is said of a cancel, which has the attempt's id too, is expected after its end.</summary>
    [Theory]
    [InlineData(true, "execute request accepted", "acceptance")]
    [InlineData(true, "", "acceptance")]
    [InlineData(false, "no such interpreter", "refusal")]
    [InlineData(false, "executor is at capacity", "refusal")]
    [InlineData(true, "cancel request accepted", null)]
    [InlineData(false, "cancel target not found", null)]
    public void AcknowledgementThatIsStale_IsALine_AndChangesNothing(bool accepted, string text, string? what)
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Complete(worker.LastJob, success: false, error: "broken");
        var before = _admin.State.Jobs[job.Id];
        worker.Ack(worker.LastJob, accepted, text);
        Assert.Same(before, _admin.State.Jobs[job.Id]);
        Assert.Null(_admin.State.Sessions[worker.Session].CapacityPauseUntil);
        Assert.Equal(what is null ? [] : [$"{what} reported by w-1 for an attempt it does not hold; ignored"], Stale());
        if (what is not null && text.Length > 0)
        {
            Assert.Equal(new ConfigValue.Text(text), _admin.State.Activities.Single(line => line.Stage == "stale_report").Details["message"]);
        }
    }

    [Theory]
    [InlineData("detect-1-00")]
    [InlineData("schema-1-00")]
    [InlineData("ping-1-00")]
    [InlineData("")]
    public void AcknowledgementOfSomethingElse_IsNoReportOfAnAttempt(string id)
    {
        var worker = _admin.ConnectDescribed();
        _admin.Post(new WorkerInput.Acknowledged(worker.Session, new Server.Core.Links.RequestId(id), false, "unsupported request body"));
        Assert.Empty(Stale());
    }

    [Fact]
    public void FloodOfStaleAcknowledgements_IsThinnedOut()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        worker.Complete(worker.LastJob);
        for (var n = 0; n < 1000; n++)
        {
            worker.Ack(worker.LastJob, n % 2 == 0, "again");
        }

        Assert.InRange(Stale().Count, 20, 26);
    }

    [Theory]
    [InlineData("transient", "transient")]
    [InlineData("permanent", "permanent")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public async Task ErrorClass_IsKeptOfTheAttempt(string? said, string kept)
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
        var outputs = ConfigValues.Empty.With("error_class", new ConfigValue.Text(said ?? new string('x', 65)));
        _admin.Post(new WorkerInput.Completed(worker.Session, worker.LastJob.RequestId, job.Id, "echo", false, "broken", new JobResult("", outputs), [], null));
        Assert.Equal(kept, (await _admin.JobAsync(job.Id)).Attempt!.ErrorClass);
    }

    /// <summary>A foreign worker that stops says so somewhere in its text; one of ours begins with it, and what follows otherwise is what a command printed.</summary>
    [Theory]
    [InlineData(true, "context canceled: the worker stops", AttemptOutcome.WorkerLost)]
    [InlineData(true, "exit code 1: rpc error: context canceled", AttemptOutcome.Failed)]
    [InlineData(true, "exit code 1: context deadline exceeded", AttemptOutcome.Failed)]
    [InlineData(true, "deadline exceeded", AttemptOutcome.Failed)]
    [InlineData(false, "rpc error: context canceled", AttemptOutcome.WorkerLost)]
    [InlineData(false, "context deadline exceeded", AttemptOutcome.WorkerLost)]
    public async Task TextOfAStop_IsALoss_OnlyWhereItIsTheWorkersOwn(bool ours, string error, AttemptOutcome outcome)
    {
        var worker = _admin.ConnectDescribed(ours: ours);
        var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
        worker.Ack(worker.LastJob);
        worker.Complete(worker.LastJob, success: false, error: error, exitCode: 1);
        var attempt = (await _admin.JobAsync(job.Id)).Attempt!;
        Assert.Equal((outcome, outcome == AttemptOutcome.Failed ? 1L : null), (attempt.Outcome, attempt.ExitCode));
    }

    [Theory]
    [InlineData(true, JobState.Failed)]
    [InlineData(false, JobState.Pending)]
    public async Task CompletionAtCapacity_IsNoFailure_OnlyOfAForeignWorker(bool ours, JobState state)
    {
        var worker = _admin.ConnectDescribed(ours: ours);
        var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
        worker.Ack(worker.LastJob);
        worker.Complete(worker.LastJob, success: false, error: "remote said: executor is at capacity");
        Assert.Equal(state, (await _admin.JobAsync(job.Id)).State);
    }

    private List<string> Stale() => [.. _admin.State.Activities.Where(line => line.Stage == "stale_report").Select(line => line.Message)];
}
