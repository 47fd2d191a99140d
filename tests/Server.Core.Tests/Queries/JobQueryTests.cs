using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Queries;

public sealed class JobQueryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void EveryKey_BecomesItsPartOfTheFilter()
    {
        var (query, errors) = JobQuery.Parse(
            "type:vacuum,ec state:failed,active -state:canceled phase:backoff reason:worker-lost worker:\"w 1\" origin:cli by:me fp:abc detection:d-1 id:j-1 label.env:prod priority:>=75 created:<1h updated:>2d completed:2026-01-02..2026-01-03 due:>5m full \"disk: full\"");
        Assert.Empty(errors);
        var filter = query.Filter(Now);
        Assert.Equal(["vacuum", "ec"], filter.JobTypes.ToArray());
        Assert.Equal([JobState.Failed, JobState.Assigned, JobState.Running], filter.States.ToArray());
        Assert.Equal([JobState.Canceled], Assert.Single(filter.Not).States.ToArray());
        Assert.Equal([JobPhase.Backoff], filter.Phases.ToArray());
        Assert.Equal([JobReason.WorkerLost], filter.Reasons.ToArray());
        Assert.Equal("w 1", filter.Worker!.Value.Value);
        Assert.Equal(JobOrigin.Cli, filter.Origin);
        Assert.Equal(["me"], filter.SubmittedBy.ToArray());
        Assert.Equal(["abc"], filter.Fingerprints.ToArray());
        Assert.Equal("d-1", filter.Detection!.Value.Value);
        Assert.Equal("j-1", Assert.Single(filter.Ids).Value);
        Assert.Equal(("env", "prod"), (filter.Labels[0].Key, filter.Labels[0].Values[0]));
        Assert.Equal((75, 100), (filter.PriorityFrom, filter.PriorityTo));
        Assert.Equal(new TimeRange(Now.AddHours(-1), null), filter.Created);
        Assert.Equal(new TimeRange(null, Now.AddDays(-2)), filter.Updated);
        Assert.Equal(new TimeRange(new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 4, 0, 0, 0, TimeSpan.Zero)), filter.Completed);
        Assert.Equal(new TimeRange(null, Now.AddMinutes(-5)), filter.Due);
        Assert.Equal(["full", "disk: full"], filter.Texts.ToArray());
    }

    [Theory]
    [InlineData("sate:failed", 0, 4, "state")]
    [InlineData("a state:faild b", 8, 5, "failed")]
    [InlineData("-reason:timout", 8, 6, "timeout")]
    [InlineData("created:soon", 8, 4, null)]
    [InlineData("priority:101", 9, 3, null)]
    [InlineData("priority:>100", 9, 4, null)]
    [InlineData("priority:<0", 9, 2, null)]
    [InlineData("priority:75..25", 9, 6, null)]
    [InlineData("created:2026-01-03..2026-01-02", 8, 22, null)]
    [InlineData("due:today..yesterday", 4, 16, null)]
    [InlineData("state:", 0, 6, null)]
    [InlineData("x \"open", 2, 5, "\"open\"")]
    [InlineData("http://host", 0, 4, null)]
    [InlineData("priority:1,2", 9, 3, null)]
    public void WhatCannotBeRead_IsNamedAtItsPlace(string text, int at, int length, string? instead)
    {
        var error = Assert.Single(JobQuery.Parse(text).Errors);
        Assert.Equal((at, length, instead), (error.At, error.Length, error.Instead));
    }

    /// <summary>Which end is the later one depends on the day it is read.</summary>
    [Fact]
    public void SpanThatTheDayTurnsRound_IsRead_AndFindsNothing() =>
        Assert.True(JobQuery.Parse("created:today..2022-01-01").Query.Filter(Now).Created is { From: { } from, Until: { } until } && from > until);

    [Fact]
    public void TheRestOfAWrongQuery_IsStillRead() => Assert.Equal("type:a b", JobQuery.Parse("type:a state:nonsense b").Query.ToString());

    [Fact]
    public void SameKeyTwice_IsOneTerm() => Assert.Equal("type:a,b -type:c", JobQuery.Parse("type:a -type:c type:b,a").Query.ToString());

    [Fact]
    public void Terms_CanBeChangedOneByOne()
    {
        var query = JobQuery.Parse("type:a disk state:failed").Query;
        Assert.Equal("type:b disk state:failed", query.With("type", "b").ToString());
        Assert.Equal("disk state:failed", query.With("type").ToString());
        Assert.Equal("type:a disk", query.Without(query.Terms[2]).ToString());
        Assert.Equal("type:a disk state:failed worker:w", query.With("worker", "w").ToString());
    }

    [Fact]
    public void RelativeTimes_Intersect() =>
        Assert.Equal(new TimeRange(Now.AddHours(-2), Now.AddHours(-1)), JobQuery.Parse("created:<2h created:>1h created:<3h").Query.Filter(Now).Created);

    [Fact]
    public void ParsedAgain_IsTheSameQuery()
    {
        var word = Gen.Elements("a", "vacuum", "two words", "it's", "quote\"d", "back\\slash", "comma,ted", "colon:ed", "-dash", "Größe", "<1h", "*", "tab\there", "label.x", "-");
        var words = word.ArrayOf(3).Select(values => values.Distinct().ToImmutableArray());
        var term = Gen.OneOf(
            from text in word from not in Gen.Elements(true, false) select JobTerm.Text(text, not),
            from key in Gen.Elements("type", "worker", "by", "fp", "id", "detection", "label.env", "label.a b", "label.a:b") from values in words from not in Gen.Elements(true, false) select new JobTerm(key, values, not),
            from state in Gen.Elements("failed", "active", "pending") select new JobTerm("state", [state]),
            from reason in Gen.Elements("timeout", "worker_lost") select new JobTerm("reason", [reason], true),
            from range in Gen.Elements(">=75", "0..50", "100", "<3") select new JobTerm("priority", [range]),
            from range in Gen.Elements("<1h", ">2d", "today", "2026-01-02", "2026-01-02..2026-01-03", "..2026-01-02T10:00", ">=2026-01-02T10:00:05Z") select new JobTerm("created", [range]));
        var queries = term.ArrayOf().Select(terms => new JobQuery([.. terms.DistinctBy(one => (one.Key, one.IsNegated, one.IsText || one.Key is "created" or "priority" ? one.Values[0] : ""))]));
        Prop.ForAll(queries.ToArbitrary(), query =>
        {
            var (again, errors) = JobQuery.Parse(query.ToString());
            return errors.IsEmpty && again.Equals(query) && again.ToString() == query.ToString();
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnyText_IsRead()
    {
        var character = Gen.Elements([.. "ab:,\"\\- <>=.\t0"]);
        Prop.ForAll(character.ArrayOf().Select(characters => new string(characters)).ToArbitrary(), text =>
        {
            var (query, errors) = JobQuery.Parse(text);
            _ = query.Filter(Now);
            return errors.All(error => error.At >= 0 && error.Length > 0 && error.At + error.Length <= text.Length) && JobQuery.Parse(query.ToString()).Query.Equals(query);
        }).QuickCheckThrowOnFailure();
    }
}
