using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class RunHistoryTests : LivePages
{
    private readonly JobTypeView _type = new() { Name = "echo", DisplayName = "Echo", RecentEnded = [.. Enumerable.Range(0, 100).Reverse().Select(n => Failed(n))] };

    /// <summary>The model looks back on a hundred jobs; the store keeps the last successes for good.</summary>
    [Fact]
    public void LastSuccesses_AreFoundBehindAHundredFailures()
    {
        Store.Commit([new Change.JobSaved(Succeeded("good"), null, null), .. _type.RecentEnded.Select(job => new Change.JobSaved(job, null, null))]);
        var card = Card();
        Assert.Equal(["bad-99", "bad-98", "bad-97", "bad-96", "bad-95", "good"], card.FindAll("[data-testid=job-link]").Select(link => link.TextContent));
    }

    [Fact]
    public void StoreThatCannotBeRead_IsSaid_BesideWhatTheModelKnows()
    {
        Switch.IsBroken = true;
        var card = Card();
        Assert.Equal(5, card.FindAll("[data-testid=job-link]").Count);
        Switch.IsBroken = false;
        Store.Commit([new Change.JobSaved(Succeeded("good"), null, null)]);
        card.Find("[data-testid=list-retry]").Click();
        Assert.Equal(6, card.FindAll("[data-testid=job-link]").Count);
    }

    [Fact]
    public void Error_IsReadAndCopiedWhole()
    {
        Store.Commit([new Change.JobSaved(Failed(1) with { Error = "the disk is full\nat line 3" }, null, null)]);
        var card = Render<RunHistory>(parameters => parameters.Add(card => card.Type, _type with { RecentEnded = [] }));
        Assert.Equal("the disk is full", card.Find("summary").TextContent);
        Assert.Equal("the disk is full\nat line 3", card.Find("details pre").TextContent);
        Assert.Equal("the disk is full\nat line 3", card.FindComponent<CopyButton>().Instance.Text);
    }

    private IRenderedComponent<RunHistory> Card() => Render<RunHistory>(parameters => parameters.Add(card => card.Type, _type));

    private static Job Failed(int n)
    {
        var at = DateTimeOffset.UnixEpoch.AddHours(1).AddSeconds(n);
        return Succeeded($"bad-{n}") with { State = JobState.Failed, Reason = JobReason.Error, Error = "no", CompletedAt = at, UpdatedAt = at };
    }
}
