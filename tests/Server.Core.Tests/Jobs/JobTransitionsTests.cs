using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

public class JobTransitionsTests
{
    private static readonly RetryPolicy Policy = new(2, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(10), 1);

    private static readonly JobInput[] Inputs =
    [
        new JobInput.Due(),
        new JobInput.Assign(new RequestId("r"), new WorkerId("w"), new SessionId(1), 1, "i-1", true, TimeSpan.FromMinutes(5), 1),
        new JobInput.Accept(),
        new JobInput.Refuse("not me", true),
        new JobInput.Refuse("nobody", false),
        new JobInput.AtCapacity(),
        new JobInput.NotSent(),
        new JobInput.Progress(40, "copy", ""),
        new JobInput.Succeed("done"),
        new JobInput.Fail("broken", false),
        new JobInput.Fail("hopeless", true),
        new JobInput.SessionLost(TimeSpan.Zero),
        new JobInput.SessionLost(TimeSpan.FromSeconds(15)),
        new JobInput.Adopt(new SessionId(2), 2, "i-1"),
        new JobInput.Lose("gone"),
        new JobInput.TimeOut(),
        new JobInput.PassDeadline(),
        new JobInput.Release(),
        new JobInput.Cancel("no need", false),
        new JobInput.Cancel("now", true),
        new JobInput.Cancel("soon", false, TimeSpan.FromSeconds(1)),
        new JobInput.CancelOver(),
        new JobInput.Expire("too late"),
    ];

    [Fact]
    public void AnySequence_TerminalIsFinal_AttemptsAreBounded_LeaseIsOne() => Prop.ForAll(
        Gen.Choose(0, Inputs.Length - 1).ListOf(60).ToArbitrary(),
        steps =>
        {
            var job = Fresh();
            var now = new Now(DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.FromHours(1));
            foreach (var step in steps)
            {
                now = now with { Wall = now.Wall.AddSeconds(1), Stamp = now.Stamp + TimeSpan.FromSeconds(1) };
                var verdict = JobTransitions.Next(job, Inputs[step], Policy, now);
                if (job.IsTerminal && !verdict.IsRejected)
                {
                    return false;
                }

                job = verdict.Job ?? job;
                var open = job.Attempt is { Outcome: AttemptOutcome.Open };
                if (job.Attempts is < 0 or > 3 || open != job.IsActive || (job.IsTerminal && (job.Phase != JobPhase.None || job.CompletedAt is null)) || job.Percent is < 0 or > 100)
                {
                    return false;
                }

                // Whatever is not terminal is moved by some clock, lease or place in the queue.
                var waitsForDispatch = job is { State: JobState.Pending, Phase: JobPhase.Queued };
                if (!job.IsTerminal && !waitsForDispatch && JobDeadlines.Next(job, now) is null)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EveryState_TakesOrRejectsEveryInput_WithoutThrowing()
    {
        var now = new Now(DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.Zero);
        var assigned = JobTransitions.Next(Fresh(), Inputs[1], Policy, now).Job!;
        var running = JobTransitions.Next(assigned, new JobInput.Accept(), Policy, now).Job!;
        Job[] states =
        [
            Fresh(), assigned, running,
            JobTransitions.Next(running, new JobInput.Succeed(""), Policy, now).Job!,
            JobTransitions.Next(running, new JobInput.Fail("x", true), Policy, now).Job!,
            JobTransitions.Next(running, new JobInput.Cancel("", true), Policy, now).Job!,
        ];
        foreach (var job in states)
        {
            foreach (var input in Inputs)
            {
                var verdict = JobTransitions.Next(job, input, Policy, now);
                Assert.True(verdict.IsRejected ? verdict.Rejection.Length > 0 : verdict.Job is not null, $"{job.State} × {input}");
            }
        }
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(20, 900)]
    public void Backoff_Doubles_UpToTheCap(int attempts, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Policy.PauseAfter(attempts));

    [Fact]
    public void ThirdLossInARow_Quarantines_EvenWithRetriesLeft()
    {
        var policy = Policy with { RetryLimit = 9 };
        var job = Fresh();
        var now = new Now(DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.Zero);
        for (var n = 0; n < 3; n++)
        {
            job = JobTransitions.Next(job, Inputs[1], policy, now).Job!;
            job = JobTransitions.Next(job, new JobInput.Lose("gone"), policy, now).Job!;
            job = n < 2 ? JobTransitions.Next(job, new JobInput.Due(), policy, now).Job! : job;
        }

        Assert.Equal((JobState.Failed, JobReason.WorkerLost, true), (job.State, job.Reason, job.IsQuarantined));
        Assert.Equal("true", job.Labels[Quarantine.Label]);
        Assert.Empty(GroupRequests.LabelsAlone(job));
    }

    private static Job Fresh() => new()
    {
        Id = new JobId("j"),
        JobType = "t",
        DedupeKey = "j",
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        DueAt = DateTimeOffset.UnixEpoch,
    };
}
