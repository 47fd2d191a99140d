using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Schedules;

public sealed class SchedulesPageTests : LivePages
{
    public SchedulesPageTests() => Admin.Views.Publish(new ReadModel { Schedules = [View("nightly", "command", new ScheduleRule.Cron("30 2 * * *", "Europe/Berlin")), View("often", "command", new ScheduleRule.Every(TimeSpan.FromMinutes(5))), View("Sweep", "vacuum", new ScheduleRule.Every(TimeSpan.FromHours(1)))] });

    [Theory]
    [InlineData("", "nightly, often, Sweep")]
    [InlineData("?job=command", "nightly, often")]
    [InlineData("?q=sWEEP", "Sweep")]
    [InlineData("?q=berlin", "nightly")]
    [InlineData("?job=command&q=every", "nightly, often")]
    [InlineData("?job=vacuum&q=night", "")]
    public void Schedules_AreNarrowedByTheAddress(string asked, string found)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"schedules{asked}");
        var page = Render<SchedulesPage>();
        Assert.Equal(found, string.Join(", ", page.FindAll("[data-testid=schedule-link]").Select(link => link.TextContent)));
        Assert.Equal(found.Length == 0 ? ["schedules"] : Array.Empty<string>(), page.FindAll(".empty a").Select(link => link.GetAttribute("href")));
        Assert.Empty(page.FindAll("[data-testid=not-understood]"));
    }

    [Fact]
    public void Filters_AreInTheAddress()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("schedules");
        var page = Render<SchedulesPage>();
        page.Find("#job-type").Change("vacuum");
        page.Find("#q").Change("sweep");
        Assert.Equal($"{navigation.BaseUri}schedules?job=vacuum&q=sweep", navigation.Uri);
        page.Find("#job-type").Change("");
        Assert.Equal($"{navigation.BaseUri}schedules?q=sweep", navigation.Uri);
    }

    private static ScheduleView View(string name, string jobType, ScheduleRule rule) => new(
        new JobSchedule
        {
            Id = new ScheduleId(name),
            Spec = new ScheduleSpec(name, rule, new JobTemplate(jobType, JobPayload.Empty)),
            CreatedBy = "she",
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedBy = "she",
            UpdatedAt = DateTimeOffset.UnixEpoch,
        },
        []);
}
