using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Activities;
using BlazorPluginAdmin.Server.Core.Activities;

namespace BlazorPluginAdmin.Components.Tests.Activities;

/// <summary>What a page shows of the stream: nothing in between is missing.</summary>
public class ActivityTailTests
{
    private readonly ActivityTail _tail = new(activity => !activity.Message.StartsWith("not", StringComparison.Ordinal));

    [Fact]
    public void New_JoinAtTheTop_OlderAtTheEnd()
    {
        Assert.Equal(3, _tail.Take(Window(10, 8)));
        Assert.Equal(2, _tail.Take(Window(12, 9)));
        _tail.TakeOlder([Said(7), Said(5)], isLast: false);
        Assert.Equal([12L, 11, 10, 9, 8, 7, 5], Rows);
        Assert.Equal((5L, false), (_tail.Oldest, _tail.IsWhole));
        _tail.TakeOlder([Said(1)], isLast: true);
        Assert.True(_tail.IsWhole);
        Assert.Equal(0, _tail.Take(Window(12, 9)));
    }

    [Fact]
    public void Gap_IsNotPapered_TheStoreFillsIt()
    {
        _tail.Take(Window(10, 8));
        _tail.TakeOlder([Said(7)], isLast: false);
        _tail.Take(Window(30, 20));
        Assert.Equal((30L, 20L, 11), (Rows[0], Rows[^1], Rows.Count));
        Assert.Equal((20L, false), (_tail.Oldest, _tail.IsWhole));
    }

    [Fact]
    public void OnlyWhatMatches_IsShown_AndTheStoreGoesOnBelowTheWindow()
    {
        Assert.Equal(1, _tail.Take([Said(9), Said(8, "not this"), Said(7, "nothing")]));
        Assert.Equal((9L, 7L), (Assert.Single(Rows), _tail.Oldest));
    }

    [Fact]
    public void Memory_IsBounded()
    {
        for (var n = 1; n <= 20; n++)
        {
            _tail.Take(Window(n * 200, ((n - 1) * 200) + 1));
        }

        Assert.Equal(ActivityTail.Most, _tail.Rows.Count);
        Assert.Equal((4_000L, 3_001L, 3_001L), (Rows[0], Rows[^1], _tail.Oldest));
    }

    [Fact]
    public void Repeats_AreOneRow_UntilSomethingElseIsSaid_AndDaysAreSeparate()
    {
        var rows = ActivityRow.From(
            [Said(6, "busy", 26), Said(5, "busy", 25), Said(4, "busy", 23), Said(3, "other", 22), Said(2, "busy", 21), Said(1, "busy", 21)],
            at => DateOnly.FromDateTime(at.UtcDateTime));
        Assert.Equal(["2026-01-02", "busy 2", "2026-01-01", "busy 1", "other 1", "busy 2"], rows.Select(row => row.Day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? $"{row.Newest!.Message} {row.Times}"));

        // A repeat that grows stays the same row.
        Assert.Equal(5L, rows[1].Key);
    }

    [Fact]
    public void Query_DropsWhatItDoesNotUnderstand_AndNamesTheSameForRest()
    {
        var query = ActivityQuery.From("a b", "nobody", null, "w/1", "loud");
        Assert.Equal(new ActivityQuery { Text = "a b", Worker = "w/1" }, query with { NotUnderstood = "" });
        Assert.Equal("api/plugin/activities/export?format=csv&q=a%20b&worker_id=w%2F1", query.Export("csv"));
        Assert.False(ActivityQuery.From(null, "", "", null, null).IsFiltered);
        Assert.Equal(ActivitySeverity.Bad, ActivityQuery.From(null, null, null, null, "bad").Filter(DateTimeOffset.UnixEpoch).Severity);
    }

    private IReadOnlyList<long> Rows => [.. _tail.Rows.Select(activity => activity.Sequence)];

    private static ImmutableArray<Activity> Window(int newest, int oldest) => [.. Enumerable.Range(oldest, newest - oldest + 1).Reverse().Select(n => Said(n))];

    private static Activity Said(long sequence, string message = "said", int hour = 1) => new() { Sequence = sequence, At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour), Source = "admin", Message = message };
}
