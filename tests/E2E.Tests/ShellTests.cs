using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What surrounds every page: keys, palette, menu, choices that stay.</summary>
public sealed class ShellTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Palette_FindsAJobByIdPrefix_AndOpensItOverThePage(int width, int height, string theme)
    {
        var job = await DoneJobAsync("Found by its prefix");
        var (page, complaints) = await browser.OpenAsync("/workers", width, height, theme);
        await page.Keyboard.PressAsync("Control+k");
        var palette = page.GetByTestId("palette");
        await Expect(palette.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"palette-{width}-{theme}");
        await page.Keyboard.TypeAsync(job[..^2]);
        var found = palette.GetByRole(AriaRole.Option, new() { Name = job });
        await Expect(found).ToHaveAttributeAsync("aria-selected", "true");
        await PageChecks.CheckAsync(page, $"palette-found-{width}-{theme}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("Found by its prefix");
        Assert.Contains("/workers?detail=", page.Url, StringComparison.Ordinal);
        await Expect(palette).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Palette_GoesAndDoes_ByKeyboardAlone()
    {
        var (page, _) = await browser.OpenAsync("/workers");
        var palette = page.GetByTestId("palette");
        await page.Keyboard.PressAsync("Control+k");
        await Expect(palette.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("command queue");
        await Expect(palette.GetByRole(AriaRole.Option, new() { Name = "queue" }).First).ToHaveAttributeAsync("aria-selected", "true");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Command");
        Assert.EndsWith("/plugin/queue?job=command", page.Url, StringComparison.Ordinal);

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("theme: dark");
        await Expect(palette.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");

        await page.Keyboard.PressAsync("Control+k");
        await Expect(palette).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(palette).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task QuestionMark_ListsTheKeys_AndSwitchesThemOff(int width, int height, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/jobs", width, height, theme);
        await page.Keyboard.PressAsync("?");
        var keys = page.GetByTestId("keys");
        await Expect(keys).ToContainTextAsync("Go to Workers");
        await PageChecks.CheckAsync(page, $"keys-{width}-{theme}");
        await keys.GetByTestId("keys-on").UncheckAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-keys", "off");
        await page.Keyboard.PressAsync("Escape");
        await Expect(keys).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("?");
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.GetByTestId("palette")).ToBeVisibleAsync();
        await Expect(keys).ToHaveCountAsync(0);
        await Browser.ReloadAsync(page);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-keys", "off");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>To a page, to the search, to a row, into it and back, without a mouse.</summary>
    [Fact]
    public async Task Keys_GoSearchMoveAndOpen()
    {
        await DoneJobAsync("Reached by keys");
        var (page, complaints) = await browser.OpenAsync("/");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("j");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Jobs", Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("[data-search]")).ToBeFocusedAsync();

        // A letter in a box is a letter.
        await page.Keyboard.TypeAsync("?gw");
        await Expect(page.Locator("input:focus")).ToHaveValueAsync("?gw");
        Assert.Contains("/jobs", page.Url, StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Who asks the system for less motion gets none, also from what is alive.</summary>
    [Fact]
    public async Task Motion_StopsForWhoAsksForNone()
    {
        var job = await Jobs.GoOnAsync(browser.Admin.Address, "Goes on while nothing moves");
        var (page, _) = await browser.OpenAsync("/");
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs", Exact = true }).First.ClickAsync();
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => [...document.querySelectorAll('*')].filter(element => parseFloat(getComputedStyle(element).animationDuration) > 0.05 || parseFloat(getComputedStyle(element).transitionDuration) > 0.05).length"));
        await Jobs.CancelAsync(browser.Admin.Address, job);
        await page.Context.CloseAsync();
    }

    /// <summary>The choice is in the first byte of the page: a reload paints the chosen theme at once.</summary>
    [Fact]
    public async Task Theme_ChangesInPlace_AndIsThereOnReloadBeforeAnyScript()
    {
        var (page, complaints) = await browser.OpenAsync("/");
        await page.EvaluateAsync("window.sameDocument = true");
        await page.GetByTestId("view").ClickAsync();
        await Expect(page.GetByTestId("view-menu")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "view-menu-1280-light");
        var light = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        await page.GetByTestId("view-menu").GetByRole(AriaRole.Radio, new() { Name = "Dark" }).CheckAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await PageChecks.CheckAsync(page, "view-menu-1280-dark");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        var dark = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.NotEqual(light, dark);

        await page.RouteAsync("**/*.js", route => route.AbortAsync());
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        Assert.Equal(dark, await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.DoesNotContain(complaints, complaint => complaint.Contains("Content Security", StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Phone_HasABarOfFive_ASheetOfTypes_AndAHeaderOfOneLine(string theme)
    {
        await DoneJobAsync("For the phone");
        var (page, complaints) = await browser.OpenAsync("/", 390, 844, theme);
        var bar = page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
        await Expect(bar.Locator(":is(a, button):visible")).ToHaveTextAsync(["Overview", "Job types", "Jobs", "Workers", "Activity"]);
        Assert.Empty(await SmallTargetsAsync(page, "nav[aria-label=Main] :is(a, button), .shell-head :is(a, button):not(.skip)"));
        Assert.Equal(48, await page.Locator(".shell-head").EvaluateAsync<int>("head => head.offsetHeight"));
        await Expect(page.GetByTestId("person")).ToHaveTextAsync("operator, no sign-inmay do everything");
        Assert.Empty(await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll("[data-testid=person] b, [data-testid=person] span")].filter(line => line.scrollWidth > line.clientWidth || line.getBoundingClientRect().right > innerWidth).map(line => line.textContent)
            """));

        await page.GetByTestId("types-sheet-open").ClickAsync();
        var sheet = page.GetByTestId("types-sheet");
        await Expect(sheet).ToContainTextAsync("All job types");
        await PageChecks.CheckAsync(page, $"types-sheet-390-{theme}");
        await sheet.GetByRole(AriaRole.Link, new() { Name = "Command" }).ClickAsync();
        await Expect(sheet).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Command");

        await page.GetByTestId("view").ClickAsync();
        var menu = page.GetByTestId("view-menu");
        await Expect(menu.GetByRole(AriaRole.Link)).ToHaveTextAsync(["Schedules", "Lanes", "Settings"]);
        await PageChecks.CheckAsync(page, $"view-menu-390-{theme}");
        Assert.Empty(await SmallTargetsAsync(page, "[data-testid=view-menu] :is(a, button, label:has(input))"));

        // What lies over a page, says what is wrong on it or narrows its list.
        await browser.VisitAsync(page, "/jobs?q=label.set:phone");
        await Expect(page.Locator(".term button")).ToBeVisibleAsync();
        Assert.Empty(await SmallTargetsAsync(page, ".term button"));
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Waits for the phone", "true", ("require.site", "nowhere"));
        await browser.VisitAsync(page, $"/jobs/{job}");
        await page.Locator("#priority").SelectOptionAsync("75");
        await Expect(page.GetByTestId("toast")).ToContainTextAsync("Priority 50 → 75.");
        await page.GetByTestId("toast").GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(page.GetByTestId("toast")).ToHaveCountAsync(0);

        // Another one to be looked at, and not pressed: it goes by itself meanwhile.
        await page.Locator("#priority").SelectOptionAsync("100");
        await Expect(page.GetByTestId("toast")).ToContainTextAsync("→ 100.");
        await page.GetByTestId("live-switch").ClickAsync();
        await Expect(page.GetByTestId("paused-strip")).ToBeVisibleAsync();
        Assert.Empty(await SmallTargetsAsync(page, ".toast button, .banner :is(.button, button)"));
        await PageChecks.CheckAsync(page, $"toast-and-strip-390-{theme}");
        await page.GetByTestId("resume-live").ClickAsync();
        await Jobs.CancelAsync(browser.Admin.Address, job);
        var failed = await Jobs.SubmitAsync(browser.Admin.Address, "Fails on the phone", "exit 3");
        await browser.VisitAsync(page, $"/jobs/{failed}");
        await Expect(page.Locator(".banner-bad")).ToContainTextAsync("exit code 3");
        Assert.Empty(await SmallTargetsAsync(page, ".banner :is(.button, button)"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Types under the menu's "Job types", by weight, which can be folded away.</summary>
    [Fact]
    public async Task Rail_ListsTheTypes_AndFolds()
    {
        await DoneJobAsync("For the rail");
        var (page, _) = await browser.OpenAsync("/jobs");
        var type = page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Command" });
        await Expect(type).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Job types by name" }).ClickAsync();
        await Expect(type).ToBeHiddenAsync();
        await page.Context.CloseAsync();
    }

    private static Task<string[]> SmallTargetsAsync(IPage page, string selector) => page.Locator(selector).EvaluateAllAsync<string[]>(
        "all => all.filter(one => one.checkVisibility()).filter(one => { const box = one.getBoundingClientRect(); return box.width < 44 || box.height < 44; }).map(one => one.outerHTML.slice(0, 120))");


    private async Task<string> DoneJobAsync(string summary)
    {
        var (page, _) = await browser.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Command" }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.Context.CloseAsync();
        return await Jobs.SubmitAsync(browser.Admin.Address, summary, "true");
    }
}
