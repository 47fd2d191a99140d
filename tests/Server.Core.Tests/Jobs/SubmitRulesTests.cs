using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>What a submission may not be, in the order in which it is asked.</summary>
public sealed class SubmitRulesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new ManualTimeProvider().GetUtcNow();

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    public static TheoryData<string, string, Func<SubmitJob, SubmitJob>> Wrong => new()
    {
        { "priority", "0 to 100", job => job with { Priority = 101 } },
        { "retry_limit", "0 to 100", job => job with { RetryLimit = -1 } },
        { "idempotency_key", "128 printable", job => job with { IdempotencyKey = new string('k', 129) } },
        { "idempotency_key", "128 printable", job => job with { IdempotencyKey = "a\nb" } },
        { "summary", "NUL", job => job with { Summary = "a\0" } },
        { "summary", "4000 characters", job => job with { Summary = new string('s', 4001) } },
        { "dedupe_key", "512 bytes", job => job with { DedupeKey = new string('ß', 257) } },
        { "labels.größe", "1 to 63", job => job with { Labels = Labels(("größe", "1")) } },
        { "labels.x", "256", job => job with { Labels = Labels(("x", new string('v', 257))) } },
        { "labels", "64 labels", job => job with { Labels = Labels([.. Enumerable.Range(0, 65).Select(n => ($"l{n}", ""))]) } },
        { "parameters", "512", job => job with { Payload = new JobPayload("", ConfigValues.From(Enumerable.Range(0, 513).Select(n => KeyValuePair.Create($"p{n}", (ConfigValue)new ConfigValue.Bool(true))))) } },
        { "parameters", "4 MiB", job => job with { Payload = new JobPayload(new string('x', (4 * 1024 * 1024) + 1), ConfigValues.Empty) } },
        { "job_type", "did you mean echo?", job => job with { JobType = "ehco" } },
        { "job_type", "known are: echo", job => job with { JobType = "something-else" } },
        { "not_before", "a year", job => job with { NotBefore = Now.AddDays(400) } },
        { "expires_at", "in the past", job => job with { ExpiresAt = Now.AddSeconds(-1) } },
        { "expires_at", "never start", job => job with { NotBefore = Now.AddHours(2), ExpiresAt = Now.AddHours(1) } },
        { "deadline", "in the past", job => job with { Deadline = Now.AddSeconds(-1) } },
        { "attempt_timeout", "1 s to 30 days", job => job with { AttemptTimeout = TimeSpan.FromMilliseconds(999) } },
        { "attempt_timeout", "1 s to 30 days", job => job with { AttemptTimeout = TimeSpan.FromDays(31) } },
        { "retry_backoff", "15m", job => job with { RetryBackoff = TimeSpan.FromMinutes(16) } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void WhatIsWrong_IsNamed_AndNothingIsAccepted(string field, string text, Func<SubmitJob, SubmitJob> change)
    {
        _admin.ConnectDescribed();
        var refusal = Submit(change).Refusal!;
        Assert.Equal(RefusalCode.Invalid, refusal.Code);
        var error = Assert.Single(refusal.Fields);
        Assert.Equal(field, error.Path);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Contains(text, refusal.Text, StringComparison.Ordinal);
        Assert.Empty(_admin.State.Jobs);
    }

    [Theory]
    [InlineData("a\0", "NUL")]
    [InlineData(null, "4000 characters")]
    public void Reasons_AreTextsOfBoundedLength(string? reason, string text)
    {
        _admin.ConnectDescribed().Drop();
        var job = _admin.Submit();
        reason ??= new string('r', 4001);
        foreach (var refusal in (Refusal?[])[_admin.Send(new CancelJob(Actor.LocalRest, job.Id, reason)).Refusal, _admin.Send(new ExpireJob(Actor.LocalRest, job.Id, reason)).Refusal])
        {
            Assert.Equal((RefusalCode.Invalid, "reason"), (refusal!.Code, Assert.Single(refusal.Fields).Path));
            Assert.Contains(text, refusal.Text, StringComparison.Ordinal);
        }

        Assert.Equal(JobState.Pending, _admin.State.Jobs[job.Id].State);
    }

    /// <summary>Whoever changes what he has seen is told when it is not that any more: by the engine, between whose steps nothing happens.</summary>
    [Fact]
    public void Update_OfAnotherVersion_IsAConflict()
    {
        _admin.ConnectDescribed().Drop();
        var seen = _admin.Submit();
        _admin.Advance(TimeSpan.FromSeconds(1));
        var changed = _admin.Send(new UpdateJob(Actor.LocalRest, seen.Id, 60, null, seen.Version)).Value!;
        Assert.Equal(RefusalCode.Conflict, _admin.Send(new UpdateJob(Actor.LocalRest, seen.Id, 70, null, seen.Version)).Refusal!.Code);
        Assert.True(_admin.Send(new UpdateJob(Actor.LocalRest, seen.Id, 70, null, changed.Version)).IsAccepted);
    }

    [Fact]
    public void AllThatIsWrongByOneRule_IsSaidAtOnce()
    {
        _admin.ConnectDescribed();
        var refusal = Submit(job => job with { Deadline = Now.AddDays(-1), ExpiresAt = Now.AddDays(-1), AttemptTimeout = TimeSpan.Zero }).Refusal!;
        Assert.Equal(["expires_at", "deadline", "attempt_timeout"], refusal.Fields.Select(field => field.Path));
    }

    [Fact]
    public void FullQueue_TakesExactlyItsLimit_AndSaysWhenToComeBack()
    {
        using var admin = new AdminHarness(options: new AdminOptions { QueueLimit = 100 });
        admin.ConnectDescribed().Drop();
        var replies = Enumerable.Range(0, 2000).Select(_ => admin.Send(Plain)).ToList();
        Assert.Equal(100, replies.Count(reply => reply.IsAccepted));
        Assert.All(replies.Skip(100), reply => Assert.True(reply.Refusal is { Code: RefusalCode.Exhausted, RetryAfter.TotalSeconds: > 0 }));
        Assert.Equal(100, admin.State.Jobs.Count);
    }

    [Fact]
    public void FullAdmin_TakesNoMore_OfAnyType()
    {
        using var admin = new AdminHarness(options: new AdminOptions { PendingLimit = 3 });
        admin.Connect(jobType: "a,b").Describe();
        admin.State.Sessions.Keys.ToList().ForEach(session => admin.Post(new Server.Core.Workers.WorkerInput.Ended(session, "")));
        admin.Submit("a");
        admin.Submit("a");
        admin.Submit("b");
        Assert.Contains("the admin is full", admin.Send(Plain with { JobType = "b" }).Refusal!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CallersHaveAPaceEach_ThatRetriesPassBy()
    {
        using var admin = new AdminHarness(options: new AdminOptions { SubmitRate = 2, SubmitBurst = 3, TypeSubmitRate = 100, TypeSubmitBurst = 100 });
        admin.ConnectDescribed();
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(admin.Send(Plain).IsAccepted));
        var refused = admin.Send(Plain).Refusal!;
        Assert.Equal((RefusalCode.Exhausted, TimeSpan.FromSeconds(0.5)), (refused.Code, refused.RetryAfter));
        Assert.Contains("go on in 500ms", refused.Text, StringComparison.Ordinal);
        Assert.True(admin.Send(Plain with { By = Actor.LocalRest with { Name = "somebody", Via = "rest" } }).IsAccepted);
        Assert.True(admin.Send(Plain with { RetryOf = new JobId("old") }).IsAccepted);
        admin.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => admin.Send(Plain).IsAccepted));
    }

    [Fact]
    public void AJobType_HasAPaceOfItsOwn()
    {
        using var admin = new AdminHarness(options: new AdminOptions { TypeSubmitRate = 1, TypeSubmitBurst = 2 });
        admin.Connect(jobType: "a,b").Describe();
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => admin.Send(Plain with { JobType = "a" }).IsAccepted));
        Assert.True(admin.Send(Plain with { JobType = "b" }).IsAccepted);
    }

    [Fact]
    public void UnknownTypes_CostTheirCaller_AndLeaveNothingOfTheirNames()
    {
        using var admin = new AdminHarness(options: new AdminOptions { SubmitRate = 1, SubmitBurst = 3 });
        admin.ConnectDescribed();
        var refusals = Enumerable.Range(0, 4).Select(n => admin.Send(Plain with { JobType = $"{n}\n\u001b[2J{new string('x', 1_000_000)}" }).Refusal!).ToList();
        Assert.Equal([RefusalCode.Invalid, RefusalCode.Invalid, RefusalCode.Invalid, RefusalCode.Exhausted], refusals.Select(refusal => refusal.Code));
        Assert.Equal("", Assert.Single(admin.State.SubmitPace.Buckets).Key.JobType);
        Assert.InRange(refusals[0].Text.Length, 128, 250);
        Assert.DoesNotContain(refusals[0].Text, char.IsControl);
        Assert.StartsWith("job type 0⏎\uFFFD[2Jxxx", refusals[0].Text, StringComparison.Ordinal);
    }

    /// <summary>A group costs as much as its jobs one by one, but never more than can be had at all; looking costs one.</summary>
    [Theory]
    [InlineData(4, false, 6)]
    [InlineData(7, false, 3)]
    [InlineData(10, false, 0)]
    [InlineData(50, false, 0)]
    [InlineData(50, true, 9)]
    public void AGroup_CostsATokenForEachJob_UpToAllThereAre(int parallel, bool dryRun, int left)
    {
        using var admin = new AdminHarness(options: new AdminOptions { SubmitRate = 1, SubmitBurst = 10, TypeSubmitRate = 1000, TypeSubmitBurst = 1000 });
        admin.ConnectDescribed();
        var group = new SubmitGroup(Actor.LocalRest, Plain with { DryRun = dryRun }, parallel);
        Assert.True(admin.Send(group).IsAccepted);
        Assert.Equal(left, Enumerable.Range(0, 11).TakeWhile(_ => admin.Send(Plain).IsAccepted).Count());
        var refused = admin.Send(group with { Template = Plain }).Refusal!;
        Assert.Equal((RefusalCode.Exhausted, Math.Min(parallel, 10)), (refused.Code, refused.RetryAfter!.Value.TotalSeconds));
        admin.Advance(refused.RetryAfter.Value);
        Assert.True(admin.Send(group with { Template = Plain }).IsAccepted);
    }

    [Fact]
    public void Pace_NeverLetsMoreThrough_ThanBurstAndRateAllow() => Prop.ForAll(
        Gen.Choose(0, 700).ListOf(80).ToArbitrary(),
        pauses =>
        {
            var (pace, of, stamp, taken) = (SubmitPace.Empty, new Pace(3, 5), TimeSpan.Zero, 0);
            foreach (var pause in pauses)
            {
                stamp += TimeSpan.FromMilliseconds(pause);
                pace = pace.Take("me", of, "t", new Pace(1000, 1000), Jobs(pause), new Now(Now, stamp), out var wait);
                taken += wait == TimeSpan.Zero ? Math.Min(Jobs(pause), 5) : 0;
                if (wait > TimeSpan.Zero)
                {
                    // What it says is true: after the wait it lets them through.
                    pace.Take("me", of, "t", new Pace(1000, 1000), Jobs(pause), new Now(Now, stamp + wait + TimeSpan.FromTicks(10)), out var again);
                    Assert.Equal(TimeSpan.Zero, again);
                }
            }

            Assert.True(taken <= 5 + (3 * stamp.TotalSeconds) + 0.001, $"{taken} in {stamp}");

            static int Jobs(int pause) => pause % 3 == 0 ? 1 + (pause % 9) : 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Pace_ForgetsCallersThatAreQuiet()
    {
        var (pace, of) = (SubmitPace.Empty, new Pace(1, 1));
        for (var n = 0; n < 5000; n++)
        {
            pace = pace.Take($"c{n}", of, "t", of, 1, new Now(Now, TimeSpan.FromMilliseconds(10 * n)), out _);
        }

        Assert.InRange(pace.Buckets.Count, 1, 1500);
    }

    [Fact]
    public void RequiredWorker_MustBeThere_WithItsLabels()
    {
        var worker = _admin.ConnectDescribed();
        Assert.True(Submit(job => job with { RequireWorker = true }).IsAccepted);
        var refused = Submit(job => job with { RequireWorker = true, Labels = Labels(("require.pool", "gpu")) }).Refusal!;
        Assert.Equal(RefusalCode.Unavailable, refused.Code);
        Assert.Contains("has the labels", refused.Text, StringComparison.Ordinal);
        worker.Drop();
        Assert.Contains("no connected worker runs echo", Submit(job => job with { RequireWorker = true }).Refusal!.Text, StringComparison.Ordinal);
        Assert.True(Submit(job => job).IsAccepted);
    }

    [Fact]
    public void DryRun_AnswersAsTheRealOneWould_AndCreatesNothing()
    {
        _admin.ConnectDescribed();
        var would = Submit(job => job with { DryRun = true, Priority = 75, NotBefore = Now.AddHours(1) }).Value!;
        Assert.Equal(("", 75, JobPhase.Scheduled, false), (would.Job.Id.Value, would.Job.Priority, would.Job.Phase, would.Existing));
        Assert.False(Submit(job => job with { DryRun = true, JobType = "nobody" }).IsAccepted);
        Assert.Empty(_admin.State.Jobs);
    }

    [Fact]
    public void HiddenParameter_IsLeftOut_WithAWarning()
    {
        var form = new FormSchema("f", "F", "",
        [
            new SectionSchema("job", "Job", "",
            [
                new FieldSchema { Name = "deep", Type = FieldType.Bool },
                new FieldSchema { Name = "depth", Type = FieldType.Int64, VisibleWhenField = "deep", VisibleWhenEquals = new ConfigValue.Bool(true) },
            ]),
        ], ConfigValues.Empty);
        _admin.Connect().Describe(change: descriptor => descriptor with { WorkerForm = form });
        var submission = Submit(job => job with { Payload = new JobPayload("", ConfigValues.Empty.With("depth", new ConfigValue.Int64(3))) }).Value!;
        Assert.Contains("depth is hidden", Assert.Single(submission.Warnings), StringComparison.Ordinal);
        var refused = Submit(job => job with { Payload = new JobPayload("", ConfigValues.Empty.With("dept", new ConfigValue.Int64(3))) }).Refusal!;
        Assert.Contains("did you mean depth?", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void AWaitingJob_IsChangedInOneStep_OrNotAtAll()
    {
        var job = _admin.Submit(change: _ => Plain with { NotBefore = Now.AddHours(1), Labels = Labels(("a", "1"), ("b", "2")) }, jobType: Known());
        var changed = _admin.Send(new UpdateJob(Actor.LocalRest, job.Id, 90, Labels(("a", ""), ("c", "3")))).Value!;
        Assert.Equal((90, "b=2,c=3"), (changed.Priority, string.Join(',', changed.Labels.Select(label => $"{label.Key}={label.Value}"))));
        Assert.Equal(RefusalCode.Invalid, _admin.Send(new UpdateJob(Actor.LocalRest, job.Id, 101, Labels(("d", "4")))).Refusal!.Code);
        Assert.Contains("nothing to change", _admin.Send(new UpdateJob(Actor.LocalRest, job.Id, null, null)).Refusal!.Text, StringComparison.Ordinal);
        Assert.Equal(changed.Labels, _admin.State.Jobs[job.Id].Labels);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new UpdateJob(Actor.LocalRest, new JobId("x"), 1, null)).Refusal!.Code);

        string Known()
        {
            _admin.ConnectDescribed();
            return "echo";
        }
    }

    private static SubmitJob Plain { get; } = new(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty);

    private Reply<Submission> Submit(Func<SubmitJob, SubmitJob> change) => _admin.Send(change(Plain));

    private static ImmutableSortedDictionary<string, string> Labels(params (string Name, string Value)[] labels) =>
        labels.ToImmutableSortedDictionary(label => label.Name, label => label.Value, StringComparer.Ordinal);
}
