using System.Globalization;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

public sealed class CancelGraceTests : IDisposable
{
    private static readonly RetryPolicy Policy = new(2, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(10), 1);

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    /// <summary>Requests for a stop as <c>second: grace</c>, <c>t</c> for the attempt's timeout; and the second at which it is forced.</summary>
    [Theory]
    [InlineData("0:", 10)]
    [InlineData("0:30", 30)]
    [InlineData("0:0", 0)]
    [InlineData("0:3600", 3600)]
    [InlineData("0:30 5:", 30)]
    [InlineData("0:30 5:10", 15)]
    [InlineData("0:30 5:25", 30)]
    [InlineData("0:30 5:26", 30)]
    [InlineData("0:30 5:60", 30)]
    [InlineData("0:30 5:10 6:1 7:5", 7)]
    [InlineData("0:t 4:", 10)]
    [InlineData("0:t 4:2", 6)]
    [InlineData("0:t 4:60", 10)]
    public void Requests_EndWhenTheNearestSaid(string requests, int forced)
    {
        var start = new Now(DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.FromHours(1));
        var job = Running(start);
        foreach (var request in requests.Split(' '))
        {
            var (second, grace) = (int.Parse(request.Split(':')[0], CultureInfo.InvariantCulture), request.Split(':')[1]);
            JobInput input = grace == "t" ? new JobInput.TimeOut() : new JobInput.Cancel("no need", false, grace.Length == 0 ? null : TimeSpan.FromSeconds(int.Parse(grace, CultureInfo.InvariantCulture)));
            var verdict = JobTransitions.Next(job, input, Policy, At(start, second));
            Assert.False(verdict.IsRejected, verdict.Rejection);
            job = verdict.Job!;
        }

        Assert.Equal((start.Stamp + TimeSpan.FromSeconds(forced), start.Wall.AddSeconds(forced)), (job.Attempt!.CancelUntil, job.Attempt.ForcedAt));
        Assert.Equal(job.Attempt.CancelUntil, JobDeadlines.Next(job, start));
        Assert.IsType<JobInput.CancelOver>(JobDeadlines.Due(job, At(start, forced)));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(3600, true)]
    [InlineData(3601, false)]
    public void Grace_IsNoneToAnHour(int seconds, bool accepted)
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        var reply = _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "", Grace: TimeSpan.FromSeconds(seconds)));
        Assert.Equal(accepted, reply.IsAccepted);
        if (!accepted)
        {
            Assert.Equal((RefusalCode.Invalid, "grace"), (reply.Refusal!.Code, Assert.Single(reply.Refusal.Fields).Path));
            Assert.Equal(JobPhase.Working, _admin.State.Jobs[job.Id].Phase);
        }
    }

    [Fact]
    public async Task LeaseIsTaken_AfterTheGrace_AndTheWorkerIsAskedOnce()
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        worker.Ack(worker.LastJob);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "no need", Grace: TimeSpan.FromMinutes(2)));
        _admin.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(JobPhase.Canceling, _admin.State.Jobs[job.Id].Phase);

        Assert.True(_admin.Send(new CancelJob(Actor.LocalUi, job.Id, "again")).IsAccepted);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "sooner", Grace: TimeSpan.FromSeconds(5)));
        Assert.Equal((false, "no need"), (Assert.Single(Cancels(worker)).Force, Cancels(worker)[0].Reason));
        Assert.Contains(_admin.State.Activities, activity => activity.Stage == "cancel_shortened" && activity.Message.Contains("5 s", StringComparison.Ordinal));
        _admin.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(JobPhase.Canceling, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((JobState.Canceled, "no need"), ((await _admin.JobAsync(job.Id)).State, (await _admin.JobAsync(job.Id)).Error));
        Assert.True(Cancels(worker)[^1].Force);
    }

    /// <summary>Down for some seconds: what is left of a long grace counts on, and a short one is there whole for the worker that comes back.</summary>
    [Theory]
    [InlineData(60, 20, 40)]
    [InlineData(60, 55, 10)]
    [InlineData(60, 3600, 10)]
    [InlineData(4, 3600, 4)]
    public async Task Grace_SurvivesARestart(int grace, int down, int left)
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit();
        var request = worker.LastJob;
        worker.Ack(request);
        _admin.Send(new CancelJob(Actor.LocalUi, job.Id, "no need", Grace: TimeSpan.FromSeconds(grace)));
        _admin.Time.Advance(TimeSpan.FromSeconds(down));
        _admin.Restart();
        _admin.Connect(instance: "i-2", running: new RunningWork(job.Id.Value, false, "echo", 10, "", request.RequestId));
        Assert.Equal(_admin.Now.Wall.AddSeconds(left), _admin.State.Jobs[job.Id].Attempt!.ForcedAt);
        _admin.Advance(TimeSpan.FromSeconds(left - 1));
        Assert.Equal(JobPhase.Canceling, _admin.State.Jobs[job.Id].Phase);
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(JobState.Canceled, (await _admin.JobAsync(job.Id)).State);
    }

    private List<Outbound.Cancel> Cancels(FakeWorker worker) => [.. _admin.Link.To<Outbound.Cancel>(worker.Session)];

    private static Now At(Now start, int second) => start with { Wall = start.Wall.AddSeconds(second), Stamp = start.Stamp + TimeSpan.FromSeconds(second) };

    private static Job Running(Now now)
    {
        var job = new Job { Id = new JobId("j"), JobType = "t", DedupeKey = "j", CreatedAt = now.Wall, UpdatedAt = now.Wall, DueAt = now.Wall };
        job = JobTransitions.Next(job, new JobInput.Assign(new RequestId("r"), new WorkerId("w"), new SessionId(1), 1, "i-1", true, TimeSpan.FromMinutes(5), 1), Policy, now).Job!;
        return JobTransitions.Next(job, new JobInput.Accept(), Policy, now).Job!;
    }
}
