using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The stream of all that happens, and the whole page standing still.</summary>
public sealed class ActivityTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Fact]
    public async Task Paused_CountsWhatIsNewer_AndResumeLosesNone()
    {
        var (page, complaints) = await browser.OpenAsync("/activity");
        var before = await Jobs.SubmitAsync(browser.Admin.Address, "Before the pause", "true");
        await Expect(EntryOf(page, before).First).ToBeVisibleAsync();
        await Expect(page.GetByTestId("latency")).ToHaveTextAsync(new Regex(@"^live · \d+ ms$"));
        await page.Keyboard.PressAsync("p");
        var strip = page.GetByTestId("paused-strip");
        await Expect(strip).ToContainTextAsync(new Regex(@"Paused at \d\d:\d\d:\d\d"));
        var during = await Jobs.SubmitAsync(browser.Admin.Address, "During the pause", "true");
        await Expect(strip).ToContainTextAsync(new Regex("[1-9][0-9]* newer, none lost"));
        await Expect(page.GetByTestId("latency")).ToHaveTextAsync("paused");
        await Expect(EntryOf(page, during)).ToHaveCountAsync(0);
        await PageChecks.CheckAsync(page, "activity-stands-still-1280");
        await page.GetByTestId("resume-live").ClickAsync();
        await Expect(EntryOf(page, during).First).ToBeVisibleAsync();
        await Expect(strip).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Entry_OpensByKeyboard_HasALinkOfItsOwn_AndMovesToItsNeighbour(int width, int height, string theme)
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Opened from the stream", "true");
        var (page, complaints) = await browser.OpenAsync("/activity", width, height, theme);
        await Expect(EntryOf(page, job).First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"activity-stream-{width}-{theme}");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        var details = page.GetByTestId("entry-details");
        await Expect(details.GetByRole(AriaRole.Heading).First).ToContainTextAsync("Activity");
        await Expect(page).ToHaveURLAsync(new Regex(@"seq=\d+"));
        await PageChecks.CheckAsync(page, $"activity-entry-{width}-{theme}");
        var title = await details.GetByRole(AriaRole.Heading).First.TextContentAsync();
        await Browser.ReloadAsync(page);
        await Expect(details.GetByRole(AriaRole.Heading).First).ToHaveTextAsync(title!);
        await page.Keyboard.PressAsync("]");
        await Expect(details.GetByRole(AriaRole.Heading).First).Not.ToHaveTextAsync(title!);

        // On plain HTTP a browser has no clipboard for pages; what is marked can be copied all the same.
        await page.EvaluateAsync("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
        await details.GetByRole(AriaRole.Button, new() { Name = "Copy message" }).ClickAsync();
        await Expect(details.GetByRole(AriaRole.Status).Filter(new() { HasText = "Copied" })).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Escape");
        await Expect(details).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Filters_AreTheAddress_OlderComesFromTheStore_AndTheFileHasTheSame()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Ends badly", "exit 7");
        var (page, complaints) = await browser.OpenAsync("/activity");
        await Expect(EntryOf(page, job).First).ToBeVisibleAsync();
        await page.GetByLabel("Severity").SelectOptionAsync("bad");
        await Expect(page).ToHaveURLAsync(new Regex("severity=bad"));
        await page.GetByLabel("Search", new() { Exact = true }).FillAsync(job);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("q=job-"));
        await Expect(page.GetByTestId("entry")).ToHaveCountAsync(1);
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync());
        Assert.Equal(2, lines.Length);
        Assert.Contains(job, lines[1], StringComparison.Ordinal);

        // Times are parts of the address too: an age goes with the clock, two moments stay.
        await page.GetByLabel("Time", new() { Exact = true }).SelectOptionAsync("1h");
        await Expect(page).ToHaveURLAsync(new Regex("since=1h"));
        await Expect(page.GetByTestId("entry")).ToHaveCountAsync(1);
        await page.GetByLabel("Time", new() { Exact = true }).SelectOptionAsync("between");
        await page.GetByLabel("until", new() { Exact = true }).FillAsync("2020-01-01T00:00");
        await Expect(page).ToHaveURLAsync(new Regex("until=20(19|20)-"));
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await browser.VisitAsync(page, $"/activity?q={job}&severity=bad&until=2020-01-01");
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("until", new() { Exact = true })).ToHaveValueAsync("2020-01-01T00:00");
        await page.GetByRole(AriaRole.Link, new() { Name = "Without until 2020-01-01" }).ClickAsync();
        await Expect(page.GetByTestId("entry")).ToHaveCountAsync(1);

        await page.GetByLabel("Source", new() { Exact = true }).SelectOptionAsync("person");
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "activity-none-1280");
        await page.GoBackAsync();
        await Expect(page.GetByTestId("entry")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).IsVisibleAsync();
        using var http = new HttpClient();
        var rows = await http.GetFromJsonAsync<List<object>>($"{browser.Admin.Address}/api/plugin/activities/export?format=json&severity=bad&q={job}");
        Assert.Single(rows!);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A stream that somebody looked back in is as long after a reload, and after a look elsewhere.</summary>
    [Fact]
    public async Task StreamLookedBackIn_IsAsLongAfterReloadAndBack()
    {
        // The admin has the newest thousand at hand: of the first group some, of the second all.
        using var workers = new ScriptedWorkers(browser.Admin);
        using var http = new HttpClient { BaseAddress = new Uri($"{browser.Admin.Address}/api/plugin/") };
        foreach (var (type, jobs) in ((string, int)[])[("deep", 400), ("shallow", 700)])
        {
            await workers.OfferAsync(type, slots: 0);
            using var group = await http.PostAsJsonAsync("groups", new { template = new { job_type = type, summary = type }, parallel = jobs });
            var id = (await group.Content.ReadFromJsonAsync<JsonObject>())!["group_id"]!.GetValue<string>();
            using var canceled = await http.PostAsJsonAsync($"groups/{id}/cancel", new { });
            canceled.EnsureSuccessStatusCode();
        }

        var (page, complaints) = await browser.OpenAsync("/activity?job=deep");
        var foot = page.Locator("[aria-label=Timeline] .card-foot");
        await page.GetByTestId("older").HoverAsync();
        await Expect(page.GetByTestId("entry").Last).ToBeInViewportAsync();
        var last = await page.GetByTestId("entry").Last.Locator("[data-row-open]").GetAttributeAsync("href");
        await page.GetByTestId("older").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("&oldest="));
        await Expect(foot).ToContainTextAsync(new Regex(@"4\d\d shown, all that match"));
        var shown = await foot.InnerTextAsync();
        await Expect(page.Locator($"[href$='{Regex.Match(last!, @"seq=\d+").Value}']")).ToBeInViewportAsync();
        await Browser.ReloadAsync(page);
        await Expect(foot).ToHaveTextAsync(shown, new() { UseInnerText = true });
        await page.Locator("nav a[href='workers']").First.ClickAsync();
        await Expect(page.GetByTestId("worker-row")).Not.ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(foot).ToHaveTextAsync(shown, new() { UseInnerText = true });
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync("about:blank");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Times_AreRelativeLocalOrUtc_ByOneChoice()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "For its time", "true");
        var (page, _) = await browser.OpenAsync("/activity");
        var time = page.Locator("main time").First;
        await Expect(time).ToContainTextAsync("ago");
        await page.GetByTestId("view").ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "UTC" }).CheckAsync();
        await Expect(time).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d UTC$"));
        await Expect(time).ToHaveAttributeAsync("title", new Regex("UTC$"));
        await Browser.ReloadAsync(page);
        await Expect(time).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d UTC$"));

        // The pictures read times the same way, and the link leads back to what is seen.
        await page.GotoAsync($"{browser.Admin.Address}/plugin?window=1h");
        await page.Locator("#queue .plot[tabindex]").First.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator("#queue .chart-tip").First).ToHaveTextAsync(new Regex(@"^\d\d:\d\d(:\d\d)? UTC: "));
        await page.GetByTestId("view").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy the link to this view" }).ClickAsync();
        await Expect(page.GetByTestId("view-menu").GetByRole(AriaRole.Status)).ToHaveTextAsync("Copied");
        await page.GetByTestId("view").ClickAsync();
        await page.Locator("body").PressAsync("/");
        await page.Keyboard.PressAsync("Control+v");
        Assert.EndsWith("/plugin?window=1h", await page.EvaluateAsync<string>("document.activeElement.value"), StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private static ILocator EntryOf(IPage page, string job) => page.GetByTestId("entry").Filter(new() { Has = page.Locator($"a[href*='{job}']") });
}
