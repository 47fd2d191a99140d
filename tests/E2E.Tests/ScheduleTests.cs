using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>A job that runs again and again, from the empty list to its deletion.</summary>
public sealed class ScheduleTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Schedule_IsWritten_Runs_Pauses_AndGoes(int width, int height, string theme)
    {
        Task CheckAsync(IPage page, string name) => PageChecks.CheckAsync(page, $"schedule-{name}-{width}-{theme}");
        var (page, complaints) = await browser.OpenAsync("/schedules", width, height, theme);
        await Expect(page.Locator("main")).ToContainTextAsync("schedules add nightly");
        await CheckAsync(page, "empty");
        await page.GetByTestId("new-schedule").ClickAsync();
        await page.GetByLabel("Job type", new() { Exact = true }).SelectOptionAsync("command");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync($"nightly disks {width}");
        await page.GetByLabel("Cron expression").FillAsync("30 2 * * mon-fr");
        await Expect(page.Locator("#rule-cron-help")).ToContainTextAsync("is not a cron expression");
        await page.GetByLabel("Cron expression").FillAsync("30 2 * * mon-fri");
        await page.GetByLabel("Time zone").FillAsync("Europe/Berlin");
        await Expect(page.GetByTestId("rule-words")).ToHaveTextAsync("Mon–Fri at 02:30, Europe/Berlin");
        await Expect(page.GetByTestId("schedule-preview").Locator("li")).ToHaveCountAsync(5);
        await Expect(page.GetByTestId("schedule-preview")).ToContainTextAsync("02:30:00 +0");
        await page.GetByLabel("Summary").FillAsync("Look at the disks");
        await page.Locator("[data-field=command] input").FillAsync("true");
        await page.GetByLabel("If its last job has not ended").SelectOptionAsync("wait for it to end");
        await page.GetByLabel("Spread starts over").FillAsync("2h");
        await page.GetByTestId("save-schedule").ClickAsync();
        await Expect(page.Locator("#schedule-jitter-help")).ToContainTextAsync("Spread starts over: 0 to 1 h");
        await CheckAsync(page, "refused");
        await page.GetByLabel("Spread starts over").FillAsync("30s");
        await page.GetByTestId("save-schedule").ClickAsync();

        // Its page: when it runs next, and a run at once.
        await Expect(page).ToHaveURLAsync(new Regex("/schedules/sch-"));
        await Expect(page.GetByTestId("schedule-preview").Locator("li")).ToHaveCountAsync(5);
        await Expect(page.Locator("main")).ToContainTextAsync("wait for it to end");
        await page.GetByTestId("run-schedule").ClickAsync();
        await Expect(page.GetByTestId("schedule-run")).ToContainTextAsync("Succeeded");
        await CheckAsync(page, "page");
        await page.GetByTestId("schedule-jobs").ClickAsync();
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("job-row")).ToContainTextAsync("Look at the disks");
        await page.GoBackAsync();

        // Changed by hand, then paused with a reason.
        await page.GetByTestId("edit-schedule").ClickAsync();
        await Expect(page.GetByLabel("Cron expression")).ToHaveValueAsync("30 2 * * mon-fri");
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Look at the disks");
        await page.GetByLabel("Runs", new() { Exact = true }).SelectOptionAsync("At an interval");
        await page.GetByLabel("Interval").FillAsync("6h");
        await Expect(page.GetByTestId("rule-words")).ToHaveTextAsync("every 6 h");
        await page.GetByTestId("save-schedule").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("version 2");
        await page.GetByTestId("pause-schedule").ClickAsync();
        await page.GetByTestId("pause-reason").FillAsync("new disks come");
        await page.GetByTestId("pause-confirm").ClickAsync();
        await Expect(page.GetByTestId("schedule-paused")).ToContainTextAsync("new disks come");

        // The list says the same.
        await browser.VisitAsync(page, "/schedules");
        var row = page.GetByTestId("schedule-row");
        await Expect(row).ToContainTextAsync("every 6 h");
        await Expect(row).ToContainTextAsync("Paused");
        await Expect(row).ToContainTextAsync("new disks come");
        await Expect(row).ToContainTextAsync("Succeeded");
        await CheckAsync(page, "list");
        await row.GetByTestId("resume-schedule").ClickAsync();
        await Expect(row).Not.ToContainTextAsync("Paused");
        await row.GetByTestId("delete-schedule").ClickAsync();
        await row.GetByTestId("delete-schedule-confirm").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("No schedule yet");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What somebody has written for one job, or has run, becomes a schedule without being written again.</summary>
    [Fact]
    public async Task Schedule_IsMadeOfAForm_AndOfAJob()
    {
        var (page, complaints) = await browser.OpenAsync("/jobs/new?type=command");
        await page.GetByLabel("Summary").FillAsync("Written once");
        await page.Locator("[data-field=command] input").FillAsync("true");
        await page.GetByTestId("save-as-schedule").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/schedules/new"));
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Written once");
        await Expect(page.Locator("[data-field=command] input")).ToHaveValueAsync("true");

        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Was run", "true");
        await browser.VisitAsync(page, $"/jobs/{job}");
        await page.GetByTestId("schedule-job").ClickAsync();
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Was run");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("of a job");
        await page.GetByLabel("Runs", new() { Exact = true }).SelectOptionAsync("Once");
        await page.Locator("#rule-at").FillAsync("2000-01-01 12:00");
        await Expect(page.GetByTestId("schedule-preview")).ToContainTextAsync("in the past");
        await page.Locator("#rule-at").FillAsync("2099-01-01 12:00");
        await Expect(page.GetByTestId("schedule-preview")).ToContainTextAsync("2099-01-01 12:00:00");
        await page.GetByTestId("save-schedule").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/schedules/sch-"));
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("s");
        await Expect(page.GetByTestId("schedule-row")).ToContainTextAsync("of a job");
        await page.GetByTestId("delete-schedule").ClickAsync();
        await page.GetByTestId("delete-schedule-confirm").ClickAsync();
        await Expect(page.GetByTestId("schedule-row")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
