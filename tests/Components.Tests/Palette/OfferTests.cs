using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Groups;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Lanes;
using BlazorPluginAdmin.Components.Objects;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Palette;

/// <summary>What the script finds on a page: deeds for the palette, rows for the keys.</summary>
public sealed class OfferTests : LivePages
{
    private readonly AdminHarness _engine = new();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _engine.Dispose();
    }

    [Fact]
    public void JobType_OffersItsDeeds()
    {
        var worker = _engine.ConnectDescribed();
        var head = Render<TypeHead>(parameters => parameters.Add(its => its.Type, Look()));
        Assert.Equal(["Run detection", "Detect + execute", "Switch on: Detects by itself"], Deeds(head));
        worker.Drop();
        head.Render(parameters => parameters.Add(its => its.Type, Look() with { Policy = new RuntimePolicy { Enabled = true }, Workers = [] }));
        Assert.Equal(["Run detection", "Detect + execute", "Switch off: Detects by itself", "Archive type"], Deeds(head));
    }

    [Fact]
    public void Config_OffersItsSaveBar()
    {
        _engine.ConnectDescribed();
        Look();
        Assert.Equal(["Discard the unsaved changes", "Test with these values", "Review and save"], Deeds(Render<ConfigTab>(parameters => parameters.Add(its => its.JobType, "echo"))));
    }

    /// <summary>In a list nobody could tell whose deed it is.</summary>
    [Theory]
    [InlineData(Admission.Unjudged, "waits for approval", "Approve, Deny")]
    [InlineData(Admission.Denied, "", "Approve, Forget")]
    [InlineData(Admission.Unjudged, "", "Forget")]
    public void Worker_OffersItsDeeds_OnItsOwnPage(Admission admission, string reason, string deeds)
    {
        var worker = new WorkerView { Worker = new Worker { Id = new WorkerId("w-1"), FirstSeenAt = DateTimeOffset.UnixEpoch, Admission = admission, DisconnectReason = reason } };
        Admin.Views.Publish(new ReadModel { Workers = [worker] });
        Assert.Equal(deeds, string.Join(", ", Deeds(Render<WorkerPage>(parameters => parameters.Add(its => its.Id, "w-1")))));
        Assert.Empty(Deeds(Render<WorkersPage>()));
    }

    [Fact]
    public void ConnectedWorker_OffersToDenyIt()
    {
        _engine.ConnectDescribed();
        Look();
        Assert.Equal(["Deny"], Deeds(Render<WorkerPage>(parameters => parameters.Add(its => its.Id, "w-1"))));
    }

    [Fact]
    public void OpenGroup_OffersToCancelIt()
    {
        Store.Commit([new Change.JobSaved(Succeeded("j") with { State = JobState.Pending, CompletedAt = null, Group = new GroupPlace("g-1", 0, 1, 0, GroupFailPolicy.Continue) }, JobPayload.Empty, null)]);
        Assert.Equal(["Cancel group"], Deeds(Render<GroupPage>(parameters => parameters.Add(its => its.Id, "g-1"))));
    }

    [Fact]
    public void Rows_AreReachedByKeys()
    {
        _engine.ConnectDescribed();
        Look();
        Services.GetRequiredService<IObservations>().Newest.Publish(new ObservationBook(ImmutableDictionary<string, Observation>.Empty.Add("lake", new Observation(["lake"], "table", "", ConfigValues.Empty, "echo", new WorkerId("w-1"), DateTimeOffset.UnixEpoch))));
        var table = Render<JobTable>(parameters => parameters.Add(its => its.Jobs, [Succeeded("j")]));
        Assert.EndsWith("detail=j", Assert.Single(Opened(table)), StringComparison.Ordinal);
        Assert.Equal("rce", table.Find("[data-row]").GetAttribute("data-row-keys"));
        Assert.Contains("plugin/lanes/general", Opened(Render<LanesPage>()));
        Assert.Equal(["plugin/queue?job=echo"], Opened(Render<LanePage>(parameters => parameters.Add(its => its.Lane, "general"))));
        Assert.EndsWith("?object=lake", Assert.Single(Opened(Render<ObjectsPage>())), StringComparison.Ordinal);
    }

    /// <summary>Where Enter leads to from each row.</summary>
    private static List<string?> Opened<T>(IRenderedComponent<T> page)
        where T : IComponent => [.. page.FindAll("tbody tr").Select(row => row.HasAttribute("data-row") ? row.QuerySelector("a[data-row-open]")?.GetAttribute("href") : null)];

    private static IEnumerable<string> Deeds<T>(IRenderedComponent<T> page)
        where T : IComponent => page.FindAll("[data-deed]").Select(button => button.GetAttribute("data-deed")!);

    private JobTypeView Look()
    {
        Admin.States.Publish(_engine.State);
        Admin.Views.Publish(new ReadModelBuilder().Build(_engine.State, _engine.Now, HostHealth.Good));
        return Admin.Views.Current.Value.JobTypes[0];
    }
}
