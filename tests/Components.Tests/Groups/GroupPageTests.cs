using BlazorPluginAdmin.Components.Groups;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Tests.Groups;

/// <summary>A group of which all have ended, as the store has it.</summary>
public sealed class GroupPageTests : LivePages
{
    [Fact]
    public void EndedGroup_SaysWhatBecameOfIt_AndHowManyAreGone()
    {
        Store.Commit([.. new[] { JobState.Succeeded, JobState.Succeeded, JobState.Failed }.Select((state, n) => new Change.JobSaved(Member(n, state), JobPayload.Empty, null))]);
        var page = Render<GroupPage>(parameters => parameters.Add(group => group.Id, "g-1"));

        Assert.Equal("Backup 0 and 3 more", page.Find("h1").TextContent);
        Assert.Equal(["Members 4", "Succeeded 2", "Failed 1", "Canceled 0", "Running 0", "Pending 0"], page.FindAll("[data-testid=group-counters] a").Select(stat => $"{stat.QuerySelector("span")!.TextContent} {stat.QuerySelector("b")!.TextContent}"));
        Assert.Contains("1 deleted since", page.Markup, StringComparison.Ordinal);
        Assert.Equal("jobs?q=group%3Ag-1%20state%3Afailed", page.FindAll("[data-testid=group-counters] a")[2].GetAttribute("href"));
        Assert.Equal("3 of 4 have ended: 2 succeeded, 1 failed", page.Find("svg.group-bar").GetAttribute("aria-label"));
        Assert.Empty(page.FindAll("[data-testid=cancel-group]"));
    }

    /// <summary>Which job is cloned is said by its row; the page itself has none to clone.</summary>
    [Fact]
    public void Members_AreClonedEachByItself()
    {
        Store.Commit([.. Enumerable.Range(0, 2).Select(n => new Change.JobSaved(Member(n, JobState.Succeeded), JobPayload.Empty, null))]);
        var page = Render<GroupPage>(parameters => parameters.Add(group => group.Id, "g-1"));
        Assert.Equal(["rce", "rce"], page.FindAll("[data-row]").Select(row => row.GetAttribute("data-row-keys")));
        Assert.Empty(page.FindAll("[data-key=e], a[href*=clone]"));
    }

    [Fact]
    public void UnknownGroup_IsSaidToBe() =>
        Assert.Contains("g-2", Render<GroupPage>(parameters => parameters.Add(group => group.Id, "g-2")).Find(".empty").TextContent, StringComparison.Ordinal);

    private static Job Member(int index, JobState state) => Succeeded($"j{index}") with { State = state, Summary = $"Backup {index}", Group = new GroupPlace("g-1", index, 4, 0, GroupFailPolicy.Continue) };
}
