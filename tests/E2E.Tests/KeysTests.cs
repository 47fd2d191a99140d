using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Everything a mouse does, by keys; and keys as somebody likes them.</summary>
public sealed class KeysTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Fact]
    public async Task Tabs_Rows_Neighbours_AndPages_ByKeysAlone()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "By keys one", "true", ("set", "keys"));
        await Jobs.SubmitAsync(browser.Admin.Address, "By keys two", "true", ("set", "keys"));
        var (page, complaints) = await browser.OpenAsync("/plugin/configuration?job=command");
        foreach (var (key, tab) in ((string, string)[])[("3", "queue"), ("5", "history"), ("2", "detection"), ("4", "execution"), ("1", "configuration")])
        {
            await page.Keyboard.PressAsync(key);
            await Expect(page).ToHaveURLAsync(new Regex($"/plugin/{tab}\\?job=command"));
        }

        foreach (var (key, heading) in ((string, string)[])[("a", "Activity"), ("w", "Workers"), ("t", "Job types"), ("o", "Overview"), ("j", "Jobs")])
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(key);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true, Level = 1 })).ToBeVisibleAsync();
        }

        // Two rows: down, select, open, the other one, and back to where it was.
        await browser.VisitAsync(page, "/jobs?q=label.set:keys");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("1 selected");
        await page.Keyboard.PressAsync("x");
        await Expect(page.GetByTestId("selection")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Enter");
        var job = page.GetByTestId("job-modal");
        await Expect(job).ToContainTextAsync("By keys two");
        await page.Keyboard.PressAsync("]");
        await Expect(job).ToContainTextAsync("By keys one");
        await page.Keyboard.PressAsync("[");
        await Expect(job).ToContainTextAsync("By keys two");
        await page.Keyboard.PressAsync("Escape");
        await Expect(job).ToHaveCountAsync(0);

        // In a box every one of them is a letter; with a modifier they belong to the browser.
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("1x[g");
        await Expect(page.Locator("#q")).ToHaveValueAsync("1x[g");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("Alt+x");
        await Expect(page.GetByTestId("selection")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A card that a key goes to has the focus; a job that was closed does not come back by going back; and help lists what works here.</summary>
    [Fact]
    public async Task Keys_TakeTheFocusAlong_AndLeaveNoTrace()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Opened and closed", "true", ("set", "trace"));
        var (page, complaints) = await browser.OpenAsync("/");
        await page.Keyboard.PressAsync("4");
        await Expect(page.Locator("#failures .card-anchor")).ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync(new Regex("#failures$"));
        await page.Keyboard.PressAsync("?");
        var keys = page.GetByTestId("keys");
        await Expect(keys).ToBeVisibleAsync();
        await Expect(keys).ToContainTextAsync("Go to Workers");
        await Expect(keys).Not.ToContainTextAsync("Drain");
        await page.Keyboard.PressAsync("Escape");
        await Expect(keys).ToHaveCountAsync(0);

        await browser.VisitAsync(page, "/workers");
        await browser.VisitAsync(page, "/jobs?q=label.set:trace");
        await page.GetByTestId("job-link").ClickAsync();
        await Expect(page.GetByTestId("job-modal")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("job-modal")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("?");
        await Expect(keys).ToBeVisibleAsync();
        await Expect(keys.Locator("section").First).ToContainTextAsync("Next row");
        await Expect(keys.Locator("section").First).ToContainTextAsync("Select the row");
        await Expect(keys.Locator("section").Last).Not.ToContainTextAsync("Next row");
        await page.Keyboard.PressAsync("Escape");
        await Expect(keys).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("detail="));
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("job-modal")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keys_ChangePlaces_StayInTheBrowser_AndGoBack()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Reached by another key", "true", ("set", "other"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:other");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("?");
        var keys = page.GetByTestId("keys");
        var row = keys.GetByText("Next row");
        await keys.GetByRole(AriaRole.Button, new() { Name = "Change the key for Next row" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Press a key");
        await PageChecks.CheckAsync(page, "keys-change");
        await page.Keyboard.PressAsync("n");
        await Expect(keys.Locator("dt:has(+ dd:has-text('Next row')) kbd")).ToHaveTextAsync("n");
        await page.Keyboard.PressAsync("Escape");
        await Expect(keys).ToHaveCountAsync(0);

        await Browser.ReloadAsync(page);
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator("[data-row] :focus")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("n");
        await Expect(page.GetByTestId("job-link")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("?");
        await keys.GetByTestId("keys-usual").ClickAsync();
        await Expect(keys.Locator("dt:has(+ dd:has-text('Next row')) kbd")).ToHaveTextAsync("j");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>The admin hears that the page is drawn after somebody has begun to type: the focus stays in the box.</summary>
    [Fact]
    public async Task WhoTypesBeforeThePageIsSettled_KeepsTheFocus()
    {
        var (page, complaints) = await browser.OpenAsync("/workers");
        var slow = new SlowLine("Search jobs"u8.ToArray(), holdsAdmin: false);
        await slow.StartAsync(page);
        await page.GotoAsync($"{browser.Address}/jobs?q=");
        var box = page.Locator("#q");
        await box.FillAsync("sta");
        await Expect(page.Locator("html[data-placed]")).ToHaveCountAsync(0);
        slow.LetGo();
        await Browser.ReadyAsync(page);
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "state: state" })).ToBeVisibleAsync();
        await Expect(box).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");
        await Expect(box).ToHaveValueAsync("state:");

        // Who did nothing begins at the heading; so does who goes to another page by a link.
        await Browser.ReloadAsync(page);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Jobs", Exact = true })).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Activity" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Activity", Exact = true })).ToBeFocusedAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A form is filled in, reviewed and saved, a detection started, a job submitted and the scheduler paused by somebody who has no mouse.</summary>
    [Fact]
    public async Task MainActions_ByKeysAlone()
    {
        var (page, complaints) = await browser.OpenAsync(Retention.Configuration);
        var roots = page.Locator("#w-worker-roots");
        await Browser.StreamsAsync(roots);
        await TabToAsync(roots);
        await page.Keyboard.TypeAsync(browser.Folder);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Roots, item 1", new() { Exact = true })).ToHaveValueAsync(browser.Folder);
        await TabToAsync(page.Locator("#w-worker-min_keep"));
        await page.Keyboard.PressAsync("ControlOrMeta+a");
        await page.Keyboard.TypeAsync("12");
        await PressAsync("save-config");
        await Expect(page.GetByTestId("review")).ToHaveAttributeAsync("open", "");
        await Expect(page.GetByTestId("review").Locator("[data-change=min_keep]")).ToContainTextAsync("12");
        await PressAsync("save-confirm");
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");

        await browser.VisitAsync(page, "/plugin/detection?job=file_retention");
        await Expect(page.GetByTestId("run-detection")).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await PressAsync("run-detection");
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("asked by operator");

        await browser.VisitAsync(page, "/jobs/new");
        await TabToAsync(page.Locator("#job-type"));
        await page.Keyboard.TypeAsync("Command");
        await Expect(page).ToHaveURLAsync(new Regex("type=command"));
        await TabToAsync(page.Locator("#job-summary"));
        await page.Keyboard.TypeAsync("Written without a mouse");
        await TabToAsync(page.Locator("[data-field=command] input"));
        await page.Keyboard.TypeAsync("true");
        await PressAsync("submit-job");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Written without a mouse", Level = 1 })).ToBeVisibleAsync();
        await Expect(page.Locator(".chip-succeeded").First).ToBeVisibleAsync();

        await browser.VisitAsync(page, "/settings");
        await PressAsync("pause-scheduler");
        await Expect(page.GetByTestId("pause-dialog")).ToHaveAttributeAsync("open", "");
        await TabToAsync(page.GetByTestId("pause-reason"));
        await page.Keyboard.TypeAsync("no mouse");
        await PressAsync("pause-confirm");
        await Expect(page.GetByTestId("scheduler-paused")).ToContainTextAsync("no mouse");
        await PressAsync("resume-scheduler");
        await Expect(page.GetByTestId("scheduler-paused")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        async Task PressAsync(string testId)
        {
            await TabToAsync(page.GetByTestId(testId));
            await page.Keyboard.PressAsync("Enter");
        }

        async Task TabToAsync(ILocator wanted)
        {
            for (var presses = 0; !await wanted.EvaluateAsync<bool>("wanted => wanted === document.activeElement"); presses++)
            {
                Assert.True(presses < 200, $"Tab never leads to {wanted}");
                await page.Keyboard.PressAsync("Tab");
            }
        }
    }
}
