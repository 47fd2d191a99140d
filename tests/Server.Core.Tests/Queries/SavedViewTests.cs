using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Queries;

public sealed class SavedViewTests : IDisposable
{
    private readonly AdminHarness _admin = new(new Core.Store.InMemoryAdminStore());

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void View_OutlivesARestart_UntilItIsDeleted()
    {
        Assert.Equal("Night shift", Save(" Night shift ", "state:failed").Value!.Name);
        Save("Night shift", "state:failed type:vacuum");
        _admin.Restart();
        Assert.Equal("state:failed type:vacuum", Assert.Single(_admin.State.SavedViews).Value.Query);
        Assert.True(_admin.Send(new DeleteView(Actor.LocalUi, "Night shift")).IsAccepted);
        _admin.Restart();
        Assert.Empty(_admin.State.SavedViews);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new DeleteView(Actor.LocalUi, "Night shift")).Refusal!.Code);
    }

    [Theory]
    [InlineData("", "state:failed")]
    [InlineData("  ", "")]
    [InlineData("active", "")]
    [InlineData("mine too", "sate:failed")]
    public void ViewNobodyCouldUse_IsRefused(string name, string query) => Assert.NotNull(Save(name, query).Refusal);

    [Fact]
    public void BuiltInViews_CanBeRead() => Assert.All(SavedView.BuiltIn, view => Assert.Empty(JobQuery.Parse(view.Query).Errors));

    /// <summary>Long due and not started, silent, away with its worker, given up for lost workers; not what waits for its time.</summary>
    [Fact]
    public async Task NeedsAttention_FindsWhatDoesNotGetBetterByItself()
    {
        var workers = new[] { _admin.ConnectDescribed("w-gone", slots: 1), _admin.ConnectDescribed("w-silent", slots: 1) };
        foreach (var summary in (string[])["away", "silent"])
        {
            _admin.Submit(change: job => job with { Summary = summary, AttemptTimeout = TimeSpan.FromHours(2) });
        }

        _admin.Submit(change: job => job with { Summary = "waits", Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") });
        _admin.Submit(change: job => job with { Summary = "later", NotBefore = _admin.Now.Wall.AddHours(1) });
        Array.ForEach(workers, worker => worker.Progress(worker.LastJob, 10));
        // That no worker has the label does not get better by waiting either.
        Assert.Equal(["waits"], await Found());
        for (var beats = 0; beats < 33; beats++)
        {
            _admin.Advance(TimeSpan.FromSeconds(20));
            Array.ForEach(workers, worker => worker.Beat(new RunningWork(worker.LastJob.Job.Id.Value, false, "echo", 10, "", worker.LastJob.RequestId)));
        }

        Assert.Equal(["away", "silent", "waits"], await Found());
        workers[0].Drop();
        workers[1].Progress(workers[1].LastJob, 20);
        Assert.Equal(["away", "waits"], await Found());

        async Task<IEnumerable<string>> Found()
        {
            var view = SavedView.BuiltIn.Single(known => known.Name == "Needs attention");
            var page = await _admin.Store.History.JobsAsync(JobQuery.Parse(view.Query).Query.Filter(_admin.Now.Wall, _admin.State), CancellationToken.None);
            return page.Items.Select(job => job.Summary).Order();
        }
    }

    private Reply<SavedView> Save(string name, string query) => _admin.Send(new SaveView(Actor.LocalUi, name, query, "", ""));
}
