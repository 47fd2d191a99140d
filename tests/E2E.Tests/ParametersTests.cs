using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What addresses say besides filters, and what pages say while there is nothing yet.</summary>
public sealed class ParametersTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Fact]
    public async Task As_Id_AndOutcome_HoldAndWhatMeansNothingIsSaid()
    {
        var (page, complaints) = await browser.OpenAsync($"{Retention.Configuration}&as=json");
        await Expect(page.Locator("#import-text")).ToBeVisibleAsync();
        await Browser.ReloadAsync(page);
        await Expect(page.GetByTestId("view-json")).ToHaveAttributeAsync("aria-current", "true");
        await page.GetByTestId("view-curl").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("as=curl$"));

        // The address changes before the page does; going back from what is not drawn yet would cross the next visit.
        await Expect(page.Locator("#import-text")).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(page.Locator("#import-text")).ToBeVisibleAsync();
        await browser.VisitAsync(page, $"{Retention.Configuration}&as=nothing");
        await Expect(page.GetByTestId("not-understood")).ToContainTextAsync("as=nothing");
        await Expect(page.Locator("#w-worker-roots")).ToBeVisibleAsync();

        var root = browser.MakeTree("parameters", "text", ("app", 4), ("web", 4));
        await browser.VisitAsync(page, Retention.Configuration);
        await Retention.ConfigureAsync(page, root, keep: 1, "gzip");
        await Retention.ExecuteAsync(page, root, jobs: 2);
        await browser.VisitAsync(page, "/plugin/detection?job=file_retention");
        await page.GetByTestId("detection-row").First.Locator("[data-row-open]").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("[?&]id="));
        await Expect(page.GetByTestId("detection-row").First).ToHaveClassAsync(new Regex("selected"));
        var proposals = page.GetByTestId("proposals");
        await Expect(proposals).ToContainTextAsync("queued as job");
        var address = new Uri(page.Url).PathAndQuery;
        await browser.VisitAsync(page, $"{address}&outcome=duplicate");
        await Expect(proposals).ToContainTextAsync("Only 0 duplicates in the run");
        await Browser.ReloadAsync(page);
        await Expect(proposals).ToContainTextAsync("Only 0 duplicates in the run");
        await proposals.GetByText("All proposals").ClickAsync();
        await Expect(proposals).ToContainTextAsync("queued as job");
        await browser.VisitAsync(page, $"{address}&outcome=nothing");
        await Expect(page.GetByTestId("not-understood")).ToContainTextAsync("outcome=nothing");
        await browser.VisitAsync(page, "/plugin/detection?job=file_retention&id=no-such");
        await Expect(page.GetByTestId("not-understood")).ToContainTextAsync("No detection no-such of this type is kept. This is the newest.");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A type whose form has not come, and one that never ran.</summary>
    [Fact]
    public async Task TypeWithoutAForm_AndWithoutARun_SaySo()
    {
        using var worker = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", "mute-1");
        await worker.HelloAsync("mute");
        await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        var (page, complaints) = await browser.OpenAsync("/plugin/configuration?job=mute");
        await Expect(page.Locator("main")).ToContainTextAsync("No form yet");
        await Expect(page.Locator("main")).ToContainTextAsync("A worker that offers mute sends it when it connects.");
        await PageChecks.CheckAsync(page, "config-no-form");
        await browser.VisitAsync(page, "/plugin/history?job=mute");
        await Expect(page.Locator("main")).ToContainTextAsync("No finished job is kept.");
        await Expect(page.Locator("main")).ToContainTextAsync("Retention: 30 d after their end, and 10 + 10 of a type at least.");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
