using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What was written and not sent outlives a reload and a restart of the admin, and is left only by who says so.</summary>
public sealed class DraftTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private const float Patience = 60_000;
    private const string Words = "[data-field=command] input";

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task NewJob_ComesBackAfterReloadAndRestart_AndIsLeftOnlyWhenAsked(int width, int height, string theme)
    {
        var (page, _) = await browser.OpenAsync("/jobs/new?type=command", width, height, theme);
        var asked = 0;
        page.Dialog += (_, dialog) =>
        {
            asked += dialog.Type == "beforeunload" ? 1 : 100;
            _ = dialog.AcceptAsync();
        };
        await page.GetByLabel("Summary").FillAsync("A long story");
        await page.GetByLabel("Copies", new() { Exact = true }).FillAsync("3");
        await page.GetByLabel("Copies", new() { Exact = true }).PressAsync("Tab");
        await page.GetByLabel("Copies at once").FillAsync("2");
        await page.Locator(Words).FillAsync("true");
        await page.Locator(Words).PressAsync("Tab");
        await page.WaitForFunctionAsync("() => sessionStorage.getItem('draft:job:command:')");

        // Nobody leaves this box: the server has never heard of its text.
        await page.GetByLabel("Labels").FillAsync("half=typed");
        await Browser.ReloadAsync(page);
        Assert.Equal(1, asked);
        await Expect(page.GetByTestId("draft")).ToContainTextAsync("restored");
        await ExpectAllAsync();
        await PageChecks.CheckAsync(page, $"new-job-draft-{width}-{theme}");

        // By a link: asked in the page.
        await page.Locator("nav[aria-label=Breadcrumb] a, .crumbs a").First.ClickAsync();
        await Expect(page.GetByTestId("leave")).ToContainTextAsync("The new job has 5 unsaved changes.");
        await PageChecks.CheckAsync(page, $"new-job-leave-{width}-{theme}");
        await page.GetByTestId("stay").ClickAsync();

        // Under the question nothing takes the keys.
        await Expect(page.GetByTestId("leave")).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex("/jobs/new"));

        await page.GetByLabel("Labels").FillAsync("half=typed\nmore=so");
        await RestartAsync(page);
        await Expect(page.GetByLabel("Labels")).ToHaveValueAsync("half=typed\nmore=so");
        await page.GetByLabel("Labels").FillAsync("half=typed");
        await page.GetByLabel("Labels").PressAsync("Tab");
        await ExpectAllAsync();

        // Sent: it leaves unasked, and the next one is empty.
        await page.GetByTestId("submit-job").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/groups/"));
        await UnguardedAsync(page);
        asked = 0;
        await browser.VisitAsync(page, "/jobs/new?type=command");
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("");
        await Expect(page.GetByTestId("draft")).ToHaveCountAsync(0);

        // Given up in the page: gone for good.
        await page.GetByLabel("Summary").FillAsync("Never mind");
        await page.Locator("nav[aria-label=Breadcrumb] a, .crumbs a").First.ClickAsync();
        await page.GetByTestId("leave-discard").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Jobs", Level = 1 })).ToBeVisibleAsync();
        await UnguardedAsync(page);
        await browser.VisitAsync(page, "/jobs/new?type=command");
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("");
        Assert.Equal(0, asked);
        await page.Context.CloseAsync();

        async Task ExpectAllAsync()
        {
            await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("A long story");
            await Expect(page.GetByLabel("Copies", new() { Exact = true })).ToHaveValueAsync("3");
            await Expect(page.GetByLabel("Copies at once")).ToHaveValueAsync("2");
            await Expect(page.Locator(Words)).ToHaveValueAsync("true");
            await Expect(page.GetByLabel("Labels")).ToHaveValueAsync("half=typed");
        }
    }

    /// <summary>The lock of a form that was left is taken off the window after the next page is drawn.</summary>
    private static async Task UnguardedAsync(IPage page) => await page.WaitForFunctionAsync("() => dispatchEvent(new Event('beforeunload', { cancelable: true }))");

    [Fact]
    public async Task Schedule_NewAndEdited_ComesBackAfterARestart()
    {
        var (page, _) = await browser.OpenAsync("/schedules/new?type=command");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("draft");
        await page.GetByLabel("Runs", new() { Exact = true }).SelectOptionAsync("At an interval");
        await page.GetByLabel("Interval").FillAsync("6h");
        await Expect(page.GetByTestId("rule-words")).ToHaveTextAsync("every 6 h");
        await page.Locator(Words).FillAsync("true");
        await page.Locator(Words).PressAsync("Tab");
        await RestartedAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("draft");
        await Expect(page.GetByTestId("rule-words")).ToHaveTextAsync("every 6 h");
        await Expect(page.Locator(Words)).ToHaveValueAsync("true");
        await PageChecks.CheckAsync(page, "new-schedule-draft");
        await page.GetByTestId("save-schedule").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/schedules/sch-"));

        await page.GetByTestId("edit-schedule").ClickAsync();
        await page.GetByLabel("If its last job has not ended").SelectOptionAsync("wait for it to end");
        await page.GetByLabel("Summary").FillAsync("Changed");
        await RestartedAsync();
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Changed");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("draft");
        await page.GetByRole(AriaRole.Link, new() { Name = "Leave", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("leave")).ToContainTextAsync("The schedule draft has 2 unsaved changes.");
        await page.GetByTestId("leave-discard").ClickAsync();
        await page.GetByTestId("edit-schedule").ClickAsync();
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("");
        await page.Context.CloseAsync();

        async Task RestartedAsync()
        {
            await KeptAsync(page, "schedule");
            await RestartAsync(page);
        }
    }

    [Theory]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task SettingsOfOnePage_AskOnceForAll(int width, int height, string theme)
    {
        var (page, _) = await browser.OpenAsync("/settings", width, height, theme);
        await page.GetByTestId("keep-runs").FillAsync("11");
        await page.Locator("#filer_addresses").FillAsync("host:8888");
        await page.GetByTestId("placement-row").First.GetByRole(AriaRole.Link).ClickAsync();
        var leave = page.GetByTestId("leave");
        await Expect(leave).ToContainTextAsync("What is kept has 1 unsaved change.");
        await Expect(leave).ToContainTextAsync("The cluster has 1 unsaved change.");
        await PageChecks.CheckAsync(page, $"settings-leave-{width}-{theme}");
        await page.GetByTestId("leave-discard").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/configuration"));

        await browser.VisitAsync(page, Retention.Configuration);
        await page.Locator("#quiet").FillAsync("22:00-06:00");
        var limit = page.GetByTestId("queue-limit");
        await limit.FillAsync("8");
        var undo = page.GetByRole(AriaRole.Button, new() { Name = "Undo my change of Queue limit" });
        var size = (await undo.BoundingBoxAsync())!;
        Assert.True(width > 900 || (size.Width >= 44 && size.Height >= 44), $"{size.Width} × {size.Height} is small for a finger");
        await undo.PressAsync("Enter");
        await Expect(limit).ToHaveValueAsync("");
        await Expect(undo).ToBeFocusedAsync();
        await limit.FocusAsync();
        await Expect(undo).ToHaveCountAsync(0);
        await limit.FillAsync("7");
        await page.GetByRole(AriaRole.Link, new() { Name = "Detection", Exact = true }).ClickAsync();
        await Expect(leave).ToContainTextAsync("The timetable of File retention has 1 unsaved change.");
        await Expect(leave).ToContainTextAsync("The dispatch of File retention has 1 unsaved change.");
        await PageChecks.CheckAsync(page, $"leave-several-{width}-{theme}");
        await page.GetByTestId("stay").ClickAsync();
        await Expect(page.Locator("#quiet")).ToHaveValueAsync("22:00-06:00");

        // Each form of the page keeps its own, over a restart too.
        await KeptAsync(page, "timetable:");
        await KeptAsync(page, "dispatch:");
        await RestartAsync(page);
        await Expect(page.Locator("#quiet")).ToHaveValueAsync("22:00-06:00");

        // This one stands there only while somebody runs the jobs, who has to come back first.
        await Expect(page.GetByTestId("queue-limit")).ToHaveValueAsync("7", new() { Timeout = Patience });
        await page.GetByRole(AriaRole.Link, new() { Name = "Detection", Exact = true }).ClickAsync();
        await page.GetByTestId("leave-discard").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/detection"));
        await page.Context.CloseAsync();
    }

    /// <summary>The whole of it: how many pieces there are is written after them.</summary>
    private static async Task KeptAsync(IPage page, string form) =>
        await page.WaitForFunctionAsync("form => Object.keys(sessionStorage).some(key => key.startsWith(`draft:${form}`) && sessionStorage.getItem(`${key}:0`))", form);

    /// <summary>The admin goes and comes: the page loads itself again, with what was written in it.</summary>
    private async Task RestartAsync(IPage page)
    {
        await page.EvaluateAsync("() => { document.documentElement.dataset.former = ''; }");
        await browser.Admin.KillAsync();
        await Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await browser.Admin.StartAsync();
        await Expect(page.Locator("html[data-placed]:not([data-former])")).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(page.GetByTestId("draft").First).ToContainTextAsync("restored");
    }
}
