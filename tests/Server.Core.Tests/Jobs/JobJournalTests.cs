using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

public sealed class JobJournalTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly JobJournal _journal = new(Start);

    private long Begin => Start.ToUnixTimeMilliseconds() * 1000;

    [Fact]
    public void OfOneCommit_TheLastVersionOfAJobCounts()
    {
        _journal.Append([Saved("a", 1), Saved("b", 2), Saved("a", 3)], Start);
        var events = _journal.After(Begin)!.Value;
        Assert.Equal(["b 2", "a 3"], events.Select(happened => $"{happened.Id} {happened.Job!.Priority}"));
        Assert.Equal([Begin + 1, Begin + 2], events.Select(happened => happened.Sequence));
    }

    [Fact]
    public void Commit_ThatTouchesNoJob_IsNoNews()
    {
        _journal.Append([new Change.CounterSaved("x", 1, false)], Start);
        Assert.Equal((Begin, 0L), (_journal.Newest.Current.Value, _journal.Newest.Current.Version));
        Assert.Empty(_journal.After(Begin)!.Value);
    }

    [Fact]
    public void OnlyTheNewestAreKept_AndWhoAsksForOlderOnesIsToldSo()
    {
        for (var n = 1; n <= JobJournal.Most + 5; n++)
        {
            _journal.Append([Saved($"{n}", 0)], Start);
        }

        Assert.Null(_journal.After(Begin + 4));
        Assert.Equal(JobJournal.Most, _journal.After(Begin + 5)!.Value.Length);
        Assert.Null(_journal.After(Begin - 1));
        Assert.Null(_journal.After(Begin + JobJournal.Most + 6));
    }

    [Fact]
    public void Engine_TellsOfWhatItCommitted()
    {
        using var admin = new AdminHarness();
        var before = admin.Journal.Newest.Current.Value;
        admin.ConnectDescribed();
        var job = admin.Submit();
        Assert.Contains(admin.Journal.After(before)!.Value, happened => happened.Id == job.Id && happened.Job is { State: JobState.Assigned });
    }

    private static Change.JobSaved Saved(string id, int priority) =>
        new(new Job { Id = new JobId(id), JobType = "t", DedupeKey = id, Priority = priority, CreatedAt = Start, UpdatedAt = Start, DueAt = Start }, null, null);
}
