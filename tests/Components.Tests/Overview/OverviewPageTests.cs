using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Overview;

public sealed class OverviewPageTests : LivePages
{
    /// <summary>A link to a type leads to it also from the overview itself, where the page is there already.</summary>
    [Theory]
    [InlineData(true, "plugin/configuration?job=echo")]
    [InlineData(false, "plugin/queue?job=echo")]
    public void AddressOfAType_LeadsToItsFirstTab(bool detects, string tab)
    {
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = detects }] });
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("");
        Render<OverviewPage>();
        Assert.Equal(navigation.BaseUri, navigation.Uri);
        navigation.NavigateTo("plugin?job=echo");
        Assert.Equal($"{navigation.BaseUri}{tab}", navigation.Uri);
    }

    /// <summary>What is remembered for an hour does not pass for a day.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("?window=1h", 0)]
    [InlineData("?window=6h", 2)]
    [InlineData("?window=24h", 2)]
    public void LoadAndLanes_SayThatTheyShowAnHour_WhereMoreIsAskedFor(string window, int said)
    {
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo" }] });
        Services.GetRequiredService<NavigationManager>().NavigateTo($"plugin{window}");
        var heads = Render<OverviewPage>().FindAll("#load [data-testid=last-hour], #lanes-at-work [data-testid=last-hour]");
        Assert.Equal(Enumerable.Repeat("last hour", said), heads.Select(head => head.TextContent));
    }

    [Fact]
    public void Scheduler_SaysHowLongAJobAndATurnMayTake_InReadableNumbers()
    {
        var policy = new RuntimePolicy { ExecutionTimeout = TimeSpan.FromMinutes(2), SubmittedExecutionTimeout = TimeSpan.FromSeconds(5), MaxRuntime = TimeSpan.FromHours(1), GlobalConcurrency = 2000, PerWorkerConcurrency = 1000 };
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Policy = policy, LastFound = 1234, LastStartedAt = DateTimeOffset.UnixEpoch, LastCompletedAt = DateTimeOffset.UnixEpoch, LastStatus = "success" };
        Admin.Views.Publish(new ReadModel { JobTypes = [type, type with { Name = "run", CanDetect = false }] });
        var rows = Render<OverviewPage>().FindAll("[data-testid=scheduler-row]");
        Assert.Contains("limit 2\u202f000, 1\u202f000 each", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("job up to 2 min", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("turn up to 1 h", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("1\u202f234 found", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("job up to 5 s", rows[1].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("turn up to", rows[1].TextContent, StringComparison.Ordinal);
    }

    /// <summary>By its phase nobody could tell whether it goes on by itself afterwards.</summary>
    [Theory]
    [InlineData("paused", true, false, 1)]
    [InlineData("executing", true, false, 1)]
    [InlineData("executing", true, true, 0)]
    [InlineData("disabled", true, false, 0)]
    [InlineData("executing", false, false, 0)]
    public void Scheduler_SaysThatATypeIsOff_WhereItsPhaseDoesNot(string phase, bool detects, bool enabled, int said)
    {
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = detects, Phase = phase, Policy = new RuntimePolicy { Enabled = enabled } }] });
        Assert.Equal(said, Render<OverviewPage>().FindAll("[data-testid=scheduler-row] [data-testid=switched-off]").Count);
    }
}
