using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class JobTypePageTests : LivePages
{
    [Theory]
    [InlineData("?state=zzz&detail=job-1&offset=7", "state=zzz")]
    [InlineData("?since=1h", "since=1h")]
    public void Queue_SaysWhatItDoesNotUnderstand(string parameters, string said)
    {
        Navigation.NavigateTo($"plugin/queue{parameters}");
        var page = Render<JobTypePage>(page => page.Add(its => its.Tab, "queue"));
        Assert.EndsWith($": {said}", page.Find("[data-testid=not-understood]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_ThatIsAskedForNothingElse_SaysNothing()
    {
        Navigation.NavigateTo("plugin/queue?detail=job-1");
        Assert.Empty(Render<JobTypePage>(page => page.Add(its => its.Tab, "queue")).FindAll("[data-testid=not-understood]"));
    }

    /// <summary>Whoever does not see the rows move hears how many there are.</summary>
    [Fact]
    public void Queue_SaysItsNumbersAloud()
    {
        Navigation.NavigateTo("plugin/queue");
        var page = Render<JobTypePage>(page => page.Add(its => its.Tab, "queue"));
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Counts = new JobCounts { Queued = 3, Running = 2 } }] });
        page.WaitForAssertion(() => Assert.Equal("2 at work, 3 waiting", Services.GetRequiredService<Announcer>().Said));
    }

    [Fact]
    public void Circuits_ThatLookAtOneModel_ShareItsMergedQueue()
    {
        var model = new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Counts = new JobCounts { Queued = 1 } }] };
        Assert.Same(AllQueues.Of(model, null), AllQueues.Of(model, null));
        Assert.Equal(0, AllQueues.Of(model, "other").Counts.Open);
        Assert.NotSame(AllQueues.Of(model, null), AllQueues.Of(model with { At = DateTimeOffset.UnixEpoch }, null));
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();
}
