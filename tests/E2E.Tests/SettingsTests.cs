using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What people set for the whole admin, and what every page says about it.</summary>
public sealed class SettingsTests(TightFleet fleet) : IClassFixture<TightFleet>
{
    private const float Patience = 60_000;

    [Theory]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task Retention_IsChanged_Refused_AndTakenBack(int width, int height, string theme)
    {
        var (page, complaints) = await fleet.OpenAsync("/settings", width, height, theme);
        await Expect(page.GetByTestId("disk-low")).ToContainTextAsync("are left for");
        var retention = page.GetByTestId("retention");
        await page.GetByTestId("keep-jobs").FillAsync("7");
        await page.GetByTestId("save-retention").ClickAsync();
        await Expect(retention).ToContainTextAsync("kept 7 d after");
        await Expect(page.GetByTestId("retention-change")).ToContainTextAsync("by operator: Ended jobs 30 → 7 days.");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(retention).ToContainTextAsync("kept 30 d after");
        await Expect(page.GetByTestId("keep-jobs")).ToHaveValueAsync("30");
        await page.GetByTestId("keep-activities").FillAsync("1");
        await page.GetByTestId("save-retention").ClickAsync();
        await Expect(page.GetByTestId("retention-reply")).ToContainTextAsync("1000 to 10000000 activities");
        await PageChecks.CheckAsync(page, $"settings-retention-{width}-{theme}");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"settings-full-{width}-{theme}.png"), FullPage = true });
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Maintenance_HoldsWhatIsAskedFor_AndTheEndOfTheAdminIsAnnounced()
    {
        fleet.StartOnce("calm-1");
        var (page, complaints) = await fleet.OpenAsync("/workers");
        await Expect(page.GetByTestId("worker-row").Filter(new() { HasText = "calm-1" })).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        await fleet.VisitAsync(page, "/settings");
        await page.GetByTestId("start-maintenance").ClickAsync();
        await Expect(page.GetByTestId("pause-confirm")).ToBeDisabledAsync();
        await page.GetByTestId("pause-reason").FillAsync("disks are swapped");
        await page.GetByTestId("pause-scope").GetByLabel("Command").CheckAsync();
        await page.GetByTestId("pause-for").FillAsync("2h");
        await PageChecks.CheckAsync(page, "settings-maintenance");
        await page.GetByTestId("pause-confirm").ClickAsync();
        await Expect(page.GetByTestId("maintenance")).ToContainTextAsync("Maintenance for Command, by operator: disks are swapped");
        await Expect(page.GetByTestId("maintenance")).ToContainTextAsync("goes on by itself in 1 h");

        var job = await Jobs.SubmitAsync(fleet.Admin.Address, "Waits for the end", "true");
        await fleet.VisitAsync(page, $"/jobs/{job}");
        await Expect(page.GetByTestId("why")).ToContainTextAsync("Maintenance by operator: disks are swapped");
        await page.GetByTestId("why").GetByRole(AriaRole.Link, new() { Name = "Maintenance" }).ClickAsync();
        await page.GetByTestId("resume-scheduler").ClickAsync();
        await Expect(page.GetByTestId("maintenance")).ToHaveCountAsync(0);
        await page.GetByTestId("undo").ClickAsync();
        await Expect(page.GetByTestId("maintenance")).ToContainTextAsync("disks are swapped");
        await page.GetByTestId("resume-scheduler").ClickAsync();
        await Expect(page.GetByTestId("maintenance")).ToHaveCountAsync(0);
        await fleet.VisitAsync(page, $"/jobs/{job}");
        await Expect(page.Locator(".chip-succeeded").First).ToBeVisibleAsync();
        Assert.Empty(complaints);

        var ended = fleet.Admin.TerminateAsync();
        await Expect(page.GetByTestId("stopping")).ToContainTextAsync("shutting down or restarting");
        await ended;
        await fleet.Admin.StartAsync();
        await Expect(page.GetByTestId("stopping")).ToHaveCountAsync(0, new() { Timeout = Patience });
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TypeWithoutAWorker_IsPutAway_AndBroughtBack()
    {
        using (var worker = new ScriptedWorker($"127.0.0.1:{fleet.Admin.GrpcPort}", "odd-1"))
        {
            await worker.HelloAsync("oddity");
            await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello);
        }

        var (page, complaints) = await fleet.OpenAsync("/plugin/configuration");
        var row = page.GetByTestId("type-row").Filter(new() { HasText = "oddity" });
        await row.GetByTestId("archive-type").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await page.GetByTestId("undo").ClickAsync();
        await Expect(row).ToHaveCountAsync(1);
        await row.GetByTestId("archive-type").ClickAsync();
        var archived = page.GetByTestId("archived");
        await archived.Locator("summary").ClickAsync();
        await Expect(archived).ToContainTextAsync("oddity");
        await PageChecks.CheckAsync(page, "job-types-archived");
        await archived.GetByTestId("bring-back").ClickAsync();
        await Expect(row).ToHaveCountAsync(1);
        await Expect(archived).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
