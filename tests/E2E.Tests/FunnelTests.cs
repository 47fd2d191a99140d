using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What became of what detections found.</summary>
public sealed class FunnelTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Fact]
    public async Task Funnel_AddsUp()
    {
        var root = browser.MakeTree("funnel", "text", ("app", 6), ("web", 4));
        var (page, _) = await browser.OpenAsync(Retention.Configuration);
        await Expect(page.Locator("#w-worker-roots")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Retention.ConfigureAsync(page, root, keep: 1, "gzip");
        await Retention.ExecuteAsync(page, root, jobs: 2);
        await browser.VisitAsync(page, "/");
        var funnel = page.GetByTestId("funnel");
        await Expect(funnel.GetByTestId("funnel-succeeded")).ToContainTextAsync("2 succeeded");
        async Task<int> StepAsync(string step) => funnel.GetByTestId($"funnel-{step}") is var located && await located.CountAsync() == 0
            ? 0
            : int.Parse(await located.Locator("b").InnerTextAsync(), CultureInfo.InvariantCulture);
        var parts = 0;
        foreach (var step in (string[])["duplicates", "suppressed", "refreshed", "over", "invalid", "queued"])
        {
            parts += await StepAsync(step);
        }

        Assert.Equal(await StepAsync("found"), parts);
        Assert.Equal(await StepAsync("queued"), await StepAsync("succeeded") + await StepAsync("failed") + await StepAsync("canceled") + await StepAsync("active"));
        await PageChecks.CheckAsync(page, "overview-funnel");

        // What was found leads to the runs that found it, which say the same number.
        var found = await StepAsync("found");
        await funnel.GetByTestId("funnel-found").ClickAsync();
        await Expect(page.GetByTestId("narrowed")).ToContainTextAsync($"{found} found, in 1 detection");
        await Expect(page.GetByTestId("detection-row")).ToHaveCountAsync(1);
        await PageChecks.CheckAsync(page, "detections-found");
        await page.GetByTestId("detection-row").GetByRole(AriaRole.Link, new() { Name = "2", Exact = true }).Last.ClickAsync();
        await Expect(page.GetByTestId("total")).ToHaveTextAsync("2 jobs");
        await page.Context.CloseAsync();
    }
}
