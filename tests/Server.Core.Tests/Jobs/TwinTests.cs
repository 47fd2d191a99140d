using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>What a retry repeats of the job it is of.</summary>
public sealed class TwinTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    private DateTimeOffset Now => _admin.Time.GetUtcNow();

    [Fact]
    public async Task Times_ThatAreAhead_AreKept_OthersAreNot()
    {
        _admin.ConnectDescribed().Drop();
        var (start, expires, deadline) = (Now.AddHours(1), Now.AddHours(2), Now.AddHours(3));
        var old = _admin.Submit(change: job => job with { NotBefore = start, ExpiresAt = expires, Deadline = deadline });
        _admin.Send(new CancelJob(Actor.LocalUi, old.Id, ""));
        Assert.Equal((start, expires, deadline), await TimesAsync(old));
        Assert.Equal((JobPhase.Scheduled, start), await RetryAsync(old) is { } again ? (again.Phase, again.DueAt) : default);
        _admin.Advance(TimeSpan.FromHours(2));
        Assert.Equal((null, null, deadline), await TimesAsync(old));
        _admin.Advance(TimeSpan.FromHours(1));
        Assert.Equal((null, null, null), await TimesAsync(old));
        Assert.Equal(JobPhase.Queued, (await RetryAsync(old)).Phase);
    }

    /// <summary>The time of its next attempt was no time anybody asked for.</summary>
    [Fact]
    public async Task JobThatWaitedForItsNextAttempt_StartsAtOnce()
    {
        var worker = _admin.ConnectDescribed();
        var old = _admin.Submit(change: job => job with { RetryLimit = 1, RetryBackoff = TimeSpan.FromMinutes(1) });
        worker.Complete(worker.LastJob, success: false, error: "broken");
        _admin.Send(new CancelJob(Actor.LocalUi, old.Id, ""));
        Assert.Equal((null, null, null), await TimesAsync(old));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task QueueTtlOfTheType_BeginsAnew(bool scheduled)
    {
        _admin.ConnectDescribed().Drop();
        var settings = _admin.State.JobTypes["echo"].Dispatch with { QueueTtl = TimeSpan.FromHours(1) };
        Assert.True(_admin.Send(new SaveDispatch(Actor.LocalUi, "echo", null, settings)).IsAccepted);
        var old = _admin.Submit(change: job => job with { NotBefore = scheduled ? Now.AddMinutes(5) : null });
        _admin.Send(new CancelJob(Actor.LocalUi, old.Id, ""));
        _admin.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Now.AddHours(1), (await RetryAsync(old)).ExpiresAt);
    }

    private async Task<(DateTimeOffset? NotBefore, DateTimeOffset? ExpiresAt, DateTimeOffset? Deadline)> TimesAsync(Job old) =>
        await TwinAsync(old) is var twin ? (twin.NotBefore, twin.ExpiresAt, twin.Deadline) : default;

    private async Task<Job> RetryAsync(Job old) => _admin.Send(await TwinAsync(old)).Value!.Job;

    private async Task<SubmitJob> TwinAsync(Job old) =>
        Twin.Of((await _admin.Store.History.JobAsync(old.Id, CancellationToken.None))!, Actor.LocalUi, RetryChanges.None, _admin.State.JobTypes["echo"].Dispatch.QueueTtl, Now);
}
