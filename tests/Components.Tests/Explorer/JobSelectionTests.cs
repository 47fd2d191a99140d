using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class JobSelectionTests
{
    private static readonly Job[] Rows = [.. Enumerable.Range(0, 6).Select(n => new Job { Id = new JobId($"{n}"), JobType = "t", DedupeKey = "", CreatedAt = default, UpdatedAt = default, DueAt = default })];

    private readonly JobSelection _selection = new(() => { });

    [Fact]
    public void Shift_PicksTheStretch_InBothDirections()
    {
        _selection.Click(Rows, Rows[3].Id, stretch: false);
        _selection.Click(Rows, Rows[1].Id, stretch: true);
        Assert.Equal("123", Picked);
        _selection.Click(Rows, Rows[5].Id, stretch: true);
        Assert.Equal("12345", Picked);
        _selection.Click(Rows, Rows[4].Id, stretch: false);
        Assert.Equal("1235", Picked);
    }

    [Fact]
    public void Row_ThatHasGone_PicksNothing()
    {
        _selection.Click(Rows, new JobId("gone"), stretch: false);
        Assert.True(_selection.IsEmpty);
    }

    [Fact]
    public void AllMatching_IsLeftByTheFirstClick()
    {
        _selection.Click(Rows, Rows[0].Id, stretch: false);
        _selection.PickAllMatching();
        Assert.True(_selection.Contains(new JobId("elsewhere")));
        _selection.Set([Rows[2].Id], true);
        Assert.False(_selection.IsAllMatching);
        Assert.Equal("2", Picked);
        _selection.Clear();
        Assert.True(_selection.IsEmpty);
    }

    private string Picked => string.Concat(_selection.Picked.Select(job => job.Value).Order());
}
