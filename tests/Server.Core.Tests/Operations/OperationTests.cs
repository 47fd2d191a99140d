using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Operations;

public sealed class OperationTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Operation_Starts_Advances_AndEnds_AsOneLineOfTheTimeline()
    {
        var operation = Start();
        Assert.Equal((OperationState.Running, "tidy up", 0), (operation.State, operation.Reason, operation.Seen));
        Advance(operation, 40, 2, 1, isOver: false);
        var done = Advance(operation, 10, 1, 0, isOver: true);
        Assert.Equal((OperationState.Done, 50, 3, 1, 54), (done.State, done.Changed, done.Skipped["has ended"], done.Failed, done.Seen));
        var line = Assert.Single(_admin.State.Activities, line => line.Request?.Value == operation.Id);
        Assert.Equal(("bulk_ended", "operator"), (line.Stage, line.Actor));
        Assert.Contains("50 changed, 3 skipped, 1 failed", line.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new AdvanceBulk(operation.Id, Progress(1, 0, 0), false)).Refusal!.Code);
    }

    [Fact]
    public void EveryKindOfOutcome_IsKeptByName_UpToABound()
    {
        var operation = Start();
        Advance(operation, BulkOperation.OutcomesKept, 2, 1, isOver: false);
        var done = Advance(operation, 10, 1, 0, isOver: true);
        Assert.Equal((BulkOperation.OutcomesKept + 10, BulkOperation.OutcomesKept), (done.Changed, done.ChangedJobs.Length));
        Assert.Equal("c9", done.ChangedJobs[^1].Value);
        Assert.Equal(["s0", "s1", "s0"], done.SkippedJobs.Select(skipped => skipped.Job.Value));
        Assert.Equal(new BulkOutcome(new JobId("j0"), "no"), Assert.Single(done.Failures));
    }

    [Fact]
    public void Stop_EndsItWithTheNextReport()
    {
        var operation = Start();
        Assert.Equal(OperationState.Stopping, _admin.Send(new StopBulk(Actor.LocalUi, operation.Id)).Value!.State);
        Assert.Equal(OperationState.Stopped, Advance(operation, 5, 0, 0, isOver: true).State);
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new StopBulk(Actor.LocalUi, operation.Id)).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new StopBulk(Actor.LocalUi, "no")).Refusal!.Code);
    }

    [Fact]
    public void Restart_EndsItHonestly()
    {
        var operation = Start();
        Advance(operation, 7, 0, 0, isOver: false);
        _admin.Restart();
        var left = Assert.Single(_admin.State.Operations);
        Assert.Equal((OperationState.Interrupted, 7), (left.State, left.Changed));
        Assert.NotNull(left.EndedAt);
        _admin.Restart();
        Assert.Equal(OperationState.Interrupted, Assert.Single(_admin.State.Operations).State);
    }

    [Theory]
    [InlineData(BulkAction.Cancel, "", "", 50)]
    [InlineData(BulkAction.Cancel, "sate:failed", "why", 50)]
    [InlineData(BulkAction.SetPriority, "", "why", 101)]
    [InlineData(BulkAction.SetLabels, "", "why", 50)]
    public void WhatCannotBeDone_IsRefused(BulkAction action, string query, string reason, int priority) =>
        Assert.Equal(RefusalCode.Invalid, _admin.Send(new StartBulk(Actor.LocalUi, action, query, [], reason, Priority: priority)).Refusal!.Code);

    [Fact]
    public void Operations_AreBounded()
    {
        for (var n = 0; n < OperationTransitions.Kept + 20; n++)
        {
            Advance(Start(), 1, 0, 0, isOver: true);
        }

        Assert.Equal(OperationTransitions.Kept, _admin.State.Operations.Length);
        for (var n = 0; n < 10; n++)
        {
            Start();
        }

        Assert.Equal(RefusalCode.Exhausted, _admin.Send(new StartBulk(Actor.LocalUi, BulkAction.Cancel, "", [], "tidy up")).Refusal!.Code);
        _admin.Restart();
        Assert.Equal(OperationTransitions.Kept, _admin.State.Operations.Length);
    }

    [Theory]
    [InlineData(BulkAction.Cancel, "pending,backoff,running")]
    [InlineData(BulkAction.Retry, "backoff,failed,canceled")]
    [InlineData(BulkAction.Expire, "pending,backoff,running")]
    [InlineData(BulkAction.Delete, "succeeded,failed,canceled")]
    [InlineData(BulkAction.SetPriority, "pending,backoff")]
    [InlineData(BulkAction.SetLabels, "pending,backoff")]
    public void Rules_SayWhichJobsAreMeant(BulkAction action, string meant)
    {
        var jobs = new Dictionary<string, (JobState State, JobPhase Phase)>
        {
            ["pending"] = (JobState.Pending, JobPhase.Queued),
            ["backoff"] = (JobState.Pending, JobPhase.Backoff),
            ["running"] = (JobState.Running, JobPhase.Working),
            ["succeeded"] = (JobState.Succeeded, JobPhase.None),
            ["failed"] = (JobState.Failed, JobPhase.None),
            ["canceled"] = (JobState.Canceled, JobPhase.None),
        };
        var job = new Job { Id = new JobId("j"), JobType = "t", DedupeKey = "j", CreatedAt = default, UpdatedAt = default, DueAt = default };
        Assert.Equal(meant, string.Join(',', jobs.Where(one => BulkRules.Skip(action, job with { State = one.Value.State, Phase = one.Value.Phase }) is null).Select(one => one.Key)));
    }

    [Fact]
    public void Labels_OfWaitingJobs_CanBeChanged()
    {
        _admin.ConnectDescribed(slots: 1);
        _admin.Submit();
        var waiting = _admin.Submit(change: job => job with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", "1").Add("b", "2") });
        var changed = _admin.Send(new SetLabels(Actor.LocalUi, waiting.Id, ImmutableSortedDictionary<string, string>.Empty.Add("a", "").Add("c", "3"))).Value!;
        Assert.Equal("b=2,c=3", string.Join(',', changed.Labels.Select(label => $"{label.Key}={label.Value}")));
        var running = _admin.State.Jobs.Values.First(job => job.IsActive);
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new SetLabels(Actor.LocalUi, running.Id, changed.Labels)).Refusal!.Code);
    }

    private BulkOperation Start() => _admin.Send(new StartBulk(Actor.LocalUi, BulkAction.Cancel, "state:pending", [], " tidy up ", 50)).Value!;

    private BulkOperation Advance(BulkOperation operation, int changed, int skipped, int failed, bool isOver) =>
        _admin.Send(new AdvanceBulk(operation.Id, Progress(changed, skipped, failed), isOver)).Value!;

    private static BulkProgress Progress(int changed, int skipped, int failed) => new(
        [.. Enumerable.Range(0, changed).Select(n => new JobId($"c{n}"))],
        [.. Enumerable.Range(0, skipped).Select(n => new BulkOutcome(new JobId($"s{n}"), "has ended"))],
        [.. Enumerable.Range(0, failed).Select(n => new BulkOutcome(new JobId($"j{n}"), "no"))]);
}
