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

}
