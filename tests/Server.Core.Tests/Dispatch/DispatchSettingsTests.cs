using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>What people set for the queue of a type: checked, versioned, remembered, in force at once.</summary>
public sealed class DispatchSettingsTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void EveryNumberOutOfItsRange_IsNamed()
    {
        _admin.ConnectDescribed();
        var refusal = Save(new DispatchSettings
        {
            Strategy = (DispatchStrategy)9,
            QueueLimit = 0,
            SubmitRate = 0.01,
            SubmitBurst = 0,
            DefaultPriority = 101,
            AgeingPerMinute = 11,
            QueueTtl = TimeSpan.Zero,
            RequireLabels = ImmutableSortedDictionary<string, string>.Empty.Add("no name", "1"),
        }).Refusal!;
        Assert.Equal(
            ["strategy", "queue_limit", "submit_rate", "submit_burst", "default_priority", "ageing_per_minute", "queue_ttl", "require_labels.no name"], refusal.Fields.Select(field => field.Path));
        Assert.Null(_admin.State.JobTypes["echo"].Config!.Dispatch);
    }

    [Fact]
    public void ASave_IsAVersionOfTheConfig_ThatOtherSavesKeep()
    {
        _admin.ConnectDescribed();
        var settings = new DispatchSettings { QueueLimit = 7 };
        Assert.Equal(2, Save(settings).Value!.Version);
        Assert.Equal(RefusalCode.Conflict, _admin.Send(new SaveDispatch(Actor.LocalUi, "echo", 1, settings)).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new SaveDispatch(Actor.LocalUi, "nobody", null, settings)).Refusal!.Code);
        Assert.True(_admin.Send(new SaveConfig(Actor.LocalUi, "echo", 2, ConfigValues.Empty, ConfigValues.Empty, null, "")).IsAccepted);
        _admin.Restart();
        Assert.Equal((3, settings), (_admin.State.JobTypes["echo"].Config!.Version, _admin.State.JobTypes["echo"].Dispatch));
    }

    [Fact]
    public async Task TheyAreInForce_ForTheNextSubmission()
    {
        _admin.ConnectDescribed().Drop();
        Save(new DispatchSettings { QueueLimit = 2, DefaultPriority = 80, QueueTtl = TimeSpan.FromMinutes(5) });
        var job = _admin.Submit(change: command => command with { Priority = null });
        Assert.Equal((80, _admin.Time.GetUtcNow().AddMinutes(5)), (job.Priority, job.ExpiresAt));
        _admin.Submit();
        Assert.Equal(RefusalCode.Exhausted, _admin.Send(new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty)).Refusal!.Code);
        _admin.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(JobReason.Expired, (await _admin.JobAsync(job.Id)).Reason);
        Save(new DispatchSettings { SubmitRate = 1, SubmitBurst = 1 });
        Assert.True(_admin.Send(new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty)).IsAccepted);
        Assert.NotNull(_admin.Send(new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty)).Refusal!.RetryAfter);
    }

    [Fact]
    public void TimeInTheQueue_IsThatOfDetectedJobsToo()
    {
        var worker = _admin.ConnectDescribed(slots: 1);
        Save(new DispatchSettings { QueueTtl = TimeSpan.FromMinutes(5) });
        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
        worker.Propose(worker.LastDetection, false, "a", "b");
        worker.EndDetection(worker.LastDetection);
        var waiting = _admin.State.Jobs.Values.Single(job => job.State == JobState.Pending);
        Assert.Equal(waiting.DueAt.AddMinutes(5), waiting.ExpiresAt);
    }

    private Reply<ConfigDocument> Save(DispatchSettings settings) => _admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, settings));
}
