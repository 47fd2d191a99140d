using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

/// <summary>What the Configuration page offers when not all is there.</summary>
public sealed class ConfigTabTests : LivePages
{
    private readonly AdminHarness _engine = new();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _engine.Dispose();
    }

    /// <summary>The admin's own settings need no worker.</summary>
    [Fact]
    public void Dispatch_IsThereAndSaved_WhenNoWorkerOfTheTypeIs()
    {
        _engine.ConnectDescribed().Drop();
        _engine.Advance(TimeSpan.FromMinutes(1));
        Publish();
        Admin.Answer = command => _engine.Send((SaveDispatch)command).Value!;
        var tab = Render<ConfigTab>(parameters => parameters.Add(its => its.JobType, "echo"));
        Assert.Equal("general", tab.Find("[data-testid=dispatch-settings] a").TextContent);
        tab.Find("#queue-limit").Input("7");
        tab.Find("[data-testid=save-dispatch]").Click();
        tab.WaitForAssertion(() => Assert.Equal("Saved.", tab.Find("[data-testid=dispatch-reply]").TextContent));
        Assert.Equal(7, _engine.State.JobTypes["echo"].Config!.Dispatch!.QueueLimit);
    }

    [Fact]
    public void VersionsThatCannotBeRead_AreSaid_TheFormGoesOn_AndTheyAreReadAgain()
    {
        _engine.ConnectDescribed();
        Publish();
        Store.Commit([new Change.ConfigSaved(new ConfigDocument { JobType = "echo", Version = 1, SavedAt = DateTimeOffset.UnixEpoch, SavedBy = "she", Dispatch = DispatchSettings.Default })]);
        (Switch.IsBroken, Switch.Only) = (true, nameof(IAdminHistory.ConfigVersionsAsync));
        var tab = Render<ConfigTab>(parameters => parameters.Add(its => its.JobType, "echo"));
        var card = tab.FindComponent<VersionsCard>();
        Assert.Contains("The saved versions could not be read: the disk is not there", card.Find("[data-testid=list-error]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was saved yet", card.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(tab.FindAll("[data-testid=save-bar]"));

        Switch.IsBroken = false;
        card.Find("[data-testid=list-retry]").Click();
        Assert.Empty(card.FindAll("[data-testid=list-error]"));
        Assert.Single(card.FindAll("[data-testid=version-row]"));
    }

    private void Publish() => Admin.Views.Publish(new ReadModelBuilder().Build(_engine.State, _engine.Now, HostHealth.Good));
}
