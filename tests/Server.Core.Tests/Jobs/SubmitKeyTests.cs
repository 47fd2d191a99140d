using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>The same key brings the same job, however often it is sent and whatever happened between.</summary>
public sealed class SubmitKeyTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    /// <summary>The same work is never under way twice; the answer says what to do instead.</summary>
    [Fact]
    public void Retry_WhoseDedupeKeyIsHeld_IsRefused_AndSaysWhatToDo()
    {
        _admin.ConnectDescribed().Drop();
        var old = _admin.Submit(change: job => job with { DedupeKey = "volume 7" });
        _admin.Send(new CancelJob(Actor.LocalUi, old.Id, ""));
        var again = _admin.Submit(change: Retry);
        var refusal = _admin.Send(Retry(Command("", 0))).Refusal!;
        Assert.Equal((RefusalCode.AlreadyExists, again.Id), (refusal.Code, refusal.ExistingJob));
        Assert.Contains($"retry {again.Id} with now", refusal.Text, StringComparison.Ordinal);
        _admin.Send(new CancelJob(Actor.LocalUi, again.Id, ""));
        Assert.Equal("volume 7", _admin.Submit(change: Retry).DedupeKey);

        SubmitJob Retry(SubmitJob job) => job with { DedupeKey = "volume 7", RetryOf = old.Id };
    }

    [Fact]
    public void OpenEndedOrAfterARestart_ItIsTheSameJob()
    {
        var worker = _admin.ConnectDescribed();
        var first = Submit("night").Value!;
        Assert.False(first.Existing);
        Same();
        worker.Complete(worker.LastJob);
        Same();
        _admin.Restart();
        Same();
        Assert.Empty(_admin.State.Jobs);

        void Same()
        {
            var again = Submit("night").Value!;
            Assert.Equal((first.Job.Id, true), (again.Job.Id, again.Existing));
        }
    }

    [Fact]
    public void OtherParameters_AreAMistake_ThatNamesTheJob()
    {
        _admin.ConnectDescribed();
        var first = Submit("night", 1).Value!.Job;
        var refusal = Submit("night", 2).Refusal!;
        Assert.Equal((RefusalCode.AlreadyExists, first.Id), (refusal.Code, refusal.ExistingJob));
        Assert.Equal(RefusalCode.AlreadyExists, _admin.Send(Command("night", 1) with { JobType = "other" }).Refusal!.Code);
    }

    /// <summary>What today's form makes of the text, or cannot, is no other submission; where no text is, the values decide.</summary>
    [Theory]
    [InlineData("""{"n":1,"m":[1,{"b":2,"a":3}]}""", 7, false, true)]
    [InlineData("""{ "m":[1,{"a":3,"b":2}], "n":1 }""", 7, true, true)]
    [InlineData("""{"n":1,"m":[{"b":2,"a":3},1]}""", 7, false, false)]
    [InlineData("""{"n":1,"m":[{"b":2,"a":3},1]}""", 1, true, false)]
    [InlineData("""{"n":1.0}""", 1, false, true)]
    [InlineData(null, 1, false, true)]
    [InlineData(null, 7, false, false)]
    public void TheSameText_IsTheSameSubmission_WhateverTheFormMakesOfIt(string? text, long readAs, bool isUnread, bool isSame)
    {
        _admin.ConnectDescribed();
        var first = _admin.Send(Command("night", 1) with { Written = Json("""{"n":1,"m":[1,{"b":2,"a":3}]}""") }).Value!.Job;
        var again = _admin.Send(Command("night", readAs) with { Written = text is null ? null : Json(text), Unread = isUnread ? [new FieldError("submission", "m", FieldErrorCodes.Kind, "not read")] : [] });
        Assert.Equal(isSame ? (first.Id, null) : ((JobId?)null, (JobId?)first.Id), (again.Value?.Job.Id, again.Refusal?.ExistingJob));
    }

    [Fact]
    public void Unread_IsRefused_WhereTheKeyIsNew()
    {
        _admin.ConnectDescribed();
        var refusal = _admin.Send(Command("night", 1) with { Unread = [new FieldError("submission", "m", FieldErrorCodes.Kind, "not read")] }).Refusal!;
        Assert.Equal((RefusalCode.Invalid, "m"), (refusal.Code, Assert.Single(refusal.Fields).Path));
    }

    [Fact]
    public void Callers_HaveKeysOfTheirOwn()
    {
        _admin.ConnectDescribed();
        var mine = Submit("night").Value!.Job;
        var theirs = _admin.Send(Command("night", 1) with { By = Actor.LocalRest with { Name = "somebody", Via = "grpc" } }).Value!;
        Assert.NotEqual(mine.Id, theirs.Job.Id);
        Assert.False(theirs.Existing);
    }

    [Fact]
    public void NothingElseIsAsked_OfARepetition()
    {
        using var admin = new AdminHarness(options: new AdminOptions { SubmitRate = 0.001, SubmitBurst = 1 });
        admin.ConnectDescribed();
        var job = admin.Send(Command("night", 1)).Value!.Job;
        Assert.Equal(RefusalCode.Exhausted, admin.Send(Command("", 1)).Refusal!.Code);
        Assert.Equal(job.Id, admin.Send(Command("night", 1) with { ExpiresAt = DateTimeOffset.UnixEpoch, RequireWorker = true }).Value!.Job.Id);
    }

    [Fact]
    public void ADeletedJob_TakesItsKeyAlong()
    {
        var worker = _admin.ConnectDescribed();
        var first = Submit("night").Value!.Job;
        worker.Complete(worker.LastJob);
        Assert.True(_admin.Send(new ForgetJob(Actor.LocalRest, first.Id)).IsAccepted);
        Assert.False(Submit("night").Value!.Existing);
    }

    [Fact]
    public void EndedSinceTheStoreWasAsked_IsKnownToTheEngine()
    {
        var worker = _admin.ConnectDescribed();
        var before = KeyLookup.FillAsync(Command("night", 1), _admin.State, _admin.Store.History, CancellationToken.None).GetAwaiter().GetResult();
        Assert.Null(before.Lookup!.Found);
        var first = Submit("night").Value!.Job;
        worker.Complete(worker.LastJob);
        var state = _admin.State;
        var verdict = SubmitRules.Check(state, before, _admin.Options, _admin.Now);
        Assert.Equal(first.Id, verdict.Existing!.Id);

        // More ended than is remembered: better to ask again than to make a second one.
        var keys = Enumerable.Range(0, 5000).Aggregate(state.SubmitKeys, (all, n) => all.With(first with { Id = new JobId($"j{n}"), IdempotencyKey = $"k{n}", State = JobState.Succeeded }));
        Assert.Equal(RefusalCode.Unavailable, SubmitRules.Check(state with { SubmitKeys = keys }, before, _admin.Options, _admin.Now).Refusal!.Code);
        Assert.True(keys.Finished.Count <= 4096);
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private Reply<Submission> Submit(string key, long number = 1) => _admin.Send(Command(key, number));

    private static SubmitJob Command(string key, long number) =>
        new(Actor.LocalRest, "echo", JobOrigin.Rest, new JobPayload("", ConfigValues.Empty.With("n", new ConfigValue.Int64(number)))) { IdempotencyKey = key };
}
