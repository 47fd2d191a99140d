using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Queries;
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

    private Reply<SavedView> Save(string name, string query) => _admin.Send(new SaveView(Actor.LocalUi, name, query, "", ""));
}
