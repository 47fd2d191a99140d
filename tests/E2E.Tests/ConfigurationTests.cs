using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>A config edited in a real browser: reviewed, merged, taken back, kept over a restart, and never a secret shown.</summary>
public sealed class ConfigurationTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private const string Path = Retention.Configuration;
    private const string Keep = "#w-worker-min_keep";

    [Fact]
    public async Task Review_ShowsExactlyTheChanges_TheirEffects_AndKeepsTheReason()
    {
        var (page, complaints) = await OpenAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("No unsaved changes");
        await TypeAsync(page, Keep, "11");
        await TypeAsync(page, "#r-admin_runtime-global_execution_concurrency", "3");
        await TypeAsync(page, "#r-admin_runtime-execution_timeout_seconds", "30");
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("3 unsaved changes");
        await Expect(page.Locator("[data-field=execution_timeout_seconds]")).ToContainTextAsync("30 saved, 90 used");
        await page.GetByTestId("save-config").ClickAsync();
        var review = page.GetByTestId("review");
        await Expect(review.GetByTestId("change-row")).ToHaveCountAsync(3);
        await Expect(review.Locator("[data-change=min_keep]")).ToContainTextAsync("11");
        await Expect(page.GetByTestId("effects")).ToContainTextAsync("Running at once");
        await PageChecks.CheckAsync(page, "config-review");
        await page.GetByTestId("reason").FillAsync("disks are small");
        await page.GetByTestId("save-confirm").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");
        await Expect(page.GetByTestId("version-row").First).ToContainTextAsync("disks are small");
        await Expect(page.GetByTestId("version-row").First.Locator("[data-label=changes]")).ToHaveTextAsync("3");
        await Browser.ReloadAsync(page);
        await Expect(page.Locator(Keep)).ToHaveValueAsync("11");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Discard_CanBeTakenBack()
    {
        var (page, _) = await OpenAsync();
        await TypeAsync(page, Keep, "77");
        await page.GetByTestId("discard").ClickAsync();
        await Expect(page.Locator(Keep)).Not.ToHaveValueAsync("77");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(page.Locator(Keep)).ToHaveValueAsync("77");
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("1 unsaved change");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Leaving_ByLinkOrBack_AsksInThePage_AndStayKeepsWhatWasTyped()
    {
        var (page, _) = await browser.OpenAsync("/workers");
        await page.GetByRole(AriaRole.Link, new() { Name = "File retention" }).First.ClickAsync(new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "Configuration", Exact = true }).ClickAsync();
        await TypeAsync(page, Keep, "55");
        await page.GetByRole(AriaRole.Link, new() { Name = "Detection", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("leave")).ToContainTextAsync("1 unsaved change");
        await PageChecks.CheckAsync(page, "config-leave");
        await page.GetByTestId("stay").ClickAsync();
        await Expect(page.Locator(Keep)).ToHaveValueAsync("55");

        // Gone before the next way out asks anew.
        await Expect(page.GetByTestId("leave")).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(page.GetByTestId("leave")).ToBeVisibleAsync();
        await page.GetByTestId("stay").ClickAsync();
        await page.GetByTestId("view-json").ClickAsync();
        await Expect(page.GetByTestId("config-json")).ToContainTextAsync("\"55\"");
        await Expect(page.GetByTestId("leave")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Workers" }).First.ClickAsync();
        await page.GetByTestId("leave-discard").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Workers", Level = 1 })).ToBeVisibleAsync();
        await browser.VisitAsync(page, Path);
        await Expect(page.Locator(Keep)).Not.ToHaveValueAsync("55");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TwoBrowsers_SaveFromOneVersion_TheSecondChoosesFieldByField()
    {
        var (one, _) = await OpenAsync();
        var (two, _) = await OpenAsync();
        await TypeAsync(two, Keep, "21");
        await TypeAsync(two, "#r-admin_runtime-retry_backoff_seconds", "17");
        await TypeAsync(one, Keep, "22");
        await TypeAsync(one, "#r-admin_runtime-retry_limit", "4");
        await SaveAsync(one);
        await Expect(two.GetByTestId("newer")).ToContainTextAsync("saved version");
        await two.GetByTestId("save-config").ClickAsync();
        var conflict = two.GetByTestId("conflict");
        await Expect(conflict.GetByTestId("conflict-row")).ToHaveCountAsync(1);
        await Expect(conflict.GetByTestId("conflict-row")).ToContainTextAsync("22");
        await PageChecks.CheckAsync(two, "config-conflict");
        await conflict.GetByRole(AriaRole.Radio, new() { Name = "theirs: 22" }).CheckAsync();
        await two.GetByTestId("merge").ClickAsync();
        await Expect(two.GetByTestId("review").GetByTestId("change-row")).ToHaveCountAsync(1);
        await two.GetByTestId("save-confirm").ClickAsync();
        await Expect(two.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");
        await Expect(one.Locator("#r-admin_runtime-retry_backoff_seconds")).ToHaveValueAsync("17");
        await Expect(one.Locator(Keep)).ToHaveValueAsync("22");
        await Expect(one.Locator("#r-admin_runtime-retry_limit")).ToHaveValueAsync("4");
        await one.Context.CloseAsync();
        await two.Context.CloseAsync();
    }

    [Fact]
    public async Task Versions_AreComparedByAddress_AndRevertIsANewVersion()
    {
        var (page, complaints) = await OpenAsync();
        await TypeAsync(page, Keep, "31");
        var older = await SaveAsync(page);
        await TypeAsync(page, Keep, "32");
        await SaveAsync(page);
        await TypeAsync(page, Keep, "33");
        await page.Locator($"[data-testid=version-row][data-version='{older}']").GetByTestId("revert").ClickAsync();
        await Expect(page.GetByTestId("review").GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(new Regex($"^Revert .+ to version {older}$"));
        await Expect(page.GetByTestId("review")).ToContainTextAsync("1 unsaved change of yours is given up");
        await page.GetByTestId("review").GetByRole(AriaRole.Button, new() { Name = "Keep editing" }).ClickAsync();
        await Expect(page.Locator(Keep)).ToHaveValueAsync("33");
        await page.GetByTestId("discard").ClickAsync();
        await Expect(page.Locator(Keep)).ToHaveValueAsync("32");
        await browser.VisitAsync(page, $"{Path}&version={older}");
        var diff = page.GetByTestId("version-diff");
        await Expect(diff.Locator("[data-change=min_keep]")).ToContainTextAsync("31");
        await Expect(diff.Locator("[data-change=min_keep]")).ToContainTextAsync("32");
        await PageChecks.CheckAsync(page, "config-versions");
        await diff.GetByRole(AriaRole.Button, new() { Name = $"Revert to {older}" }).ClickAsync();
        await Expect(page.GetByTestId("review")).ToContainTextAsync("Secrets stay");
        await page.GetByTestId("save-confirm").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");
        await Expect(page.Locator(Keep)).ToHaveValueAsync("31");
        await browser.VisitAsync(page, $"{Path}&version=999999");
        await Expect(page.GetByTestId("version-diff")).ToContainTextAsync("Version 999999 is not known");
        await browser.VisitAsync(page, $"{Path}&version=x&with=-3&as=nothing");
        await Expect(page.Locator(Keep)).ToBeVisibleAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Json_ImportedBecomesUnsavedChanges_UnknownOnlyIfTicked()
    {
        var (page, complaints) = await OpenAsync();
        await browser.VisitAsync(page, $"{Path}&as=json");
        await Browser.StreamsAsync(page.Locator("#import-text"));
        await page.Locator("#import-text").FillAsync("""{"worker_config_values": {"min_keep": 9007199254740993, "nobody": 1, "other": "x"}, "admin_runtime": {"retry_limit": 5}}""");
        await page.Locator("#import-text").BlurAsync();
        await page.GetByTestId("import").GetByLabel("other").CheckAsync();
        await PageChecks.CheckAsync(page, "config-import");
        await page.GetByTestId("take-import").ClickAsync();
        await Expect(page.Locator(Keep)).ToHaveValueAsync("9007199254740993");
        await Expect(page.Locator("#r-admin_runtime-retry_limit")).ToHaveValueAsync("5");
        await page.GetByTestId("view-json").ClickAsync();
        await Expect(page.GetByTestId("config-json")).ToContainTextAsync("\"9007199254740993\"");
        await Expect(page.GetByTestId("config-json")).ToContainTextAsync("other");
        await Expect(page.GetByTestId("config-json")).Not.ToContainTextAsync("nobody");
        await Browser.StreamsAsync(page.Locator("#import-text"));
        await page.Locator("#import-text").FillAsync("{\n  \"a\": ,\n}");
        await page.Locator("#import-text").BlurAsync();
        await Expect(page.GetByTestId("import-problem")).ToContainTextAsync("line 2, column 8");
        await page.GetByTestId("view-cli").ClickAsync();
        await Expect(page.GetByTestId("cli-view")).ToContainTextAsync("config set 'file_retention' --expect");
        await Expect(page.GetByTestId("cli-view")).ToContainTextAsync("9007199254740993");
        await PageChecks.CheckAsync(page, "config-cli");
        await page.GetByTestId("view-curl").ClickAsync();
        await Expect(page.GetByTestId("curl-view")).ToContainTextAsync("9007199254740993");
        await PageChecks.CheckAsync(page, "config-curl");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Draft_OutlivesARestartOfTheAdmin_AndIsMergedWithWhatWasSavedSince()
    {
        var (page, _) = await OpenAsync();
        await TypeAsync(page, Keep, "64");
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("1 unsaved change");
        await page.WaitForFunctionAsync("() => sessionStorage.getItem('draft:config:file_retention')");
        await page.Locator("#r-admin_runtime-retry_backoff_seconds").FillAsync("1234");
        // Nobody leaves this box: the server has never heard of its text.
        await page.GetByLabel("Roots, item 1", new() { Exact = true }).FillAsync("/half/typed");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Configuration (2)" })).ToBeVisibleAsync();
        await browser.Admin.KillAsync();
        await Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await browser.Admin.StartAsync();
        await Expect(page.GetByTestId("draft")).ToContainTextAsync("restored", new() { Timeout = 60_000 });
        await Expect(page.Locator(Keep)).ToHaveValueAsync("64");
        await Expect(page.Locator("#r-admin_runtime-retry_backoff_seconds")).ToHaveValueAsync("1234");
        await Expect(page.GetByLabel("Roots, item 1", new() { Exact = true })).ToHaveValueAsync("/half/typed");
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("3 unsaved changes");
        await PageChecks.CheckAsync(page, "config-draft");
        await page.GetByTestId("draft").GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(page.Locator(Keep)).Not.ToHaveValueAsync("64");
        await Browser.ReloadAsync(page);
        await Expect(page.Locator(Keep)).ToBeVisibleAsync();
        await Expect(page.GetByTestId("draft")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Phone_HasOneColumn_AStickyBar_AndRowsThatMoveByButtons(string theme)
    {
        var (page, complaints) = await browser.OpenAsync(Path, 390, 844, theme);
        await Expect(page.Locator("#w-worker-roots")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        foreach (var root in (string[])["/phone/a", "/phone/b"])
        {
            await AddRootAsync(page, root);
        }

        var rows = page.Locator("[data-field=roots] .field-item input");
        var last = await rows.CountAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Roots, item {last}: up" }).ClickAsync();
        await Expect(rows.Nth(last - 2)).ToHaveValueAsync("/phone/b");
        await Expect(page.GetByTestId("save-bar")).ToBeInViewportAsync();
        await PageChecks.CheckAsync(page, $"config-phone-{theme}");
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.GetByTestId("review").Locator("[data-change=roots]")).ToContainTextAsync("/phone/b");
        await PageChecks.CheckAsync(page, $"config-review-phone-{theme}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TestWithUnsavedValues_QueuesNothing_AndSavesNothing()
    {
        var root = browser.MakeTree("try", "text", ("app", 9));
        var (page, _) = await OpenAsync();
        var version = await page.GetByTestId("version-row").First.GetAttributeAsync("data-version");
        // A root inside another one would be refused.
        while (await page.Locator("[data-field=roots] .field-item").CountAsync() is > 0 and var rows)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Roots, item 1: remove" }).ClickAsync();
            await Expect(page.Locator("[data-field=roots] .field-item")).ToHaveCountAsync(rows - 1);
        }

        await AddRootAsync(page, root);
        await TypeAsync(page, Keep, "2");
        await page.Locator("[data-field=action] input[value=gzip]").CheckAsync();
        await page.GetByTestId("test-detection").ClickAsync();
        var result = page.GetByTestId("test-result");
        await Expect(result).ToContainTextAsync("nothing was saved or queued");
        await Expect(result.GetByTestId("proposal-row")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await Expect(result).ToContainTextAsync("Succeeded");
        await PageChecks.CheckAsync(page, "config-test");
        Assert.Equal(version, await page.GetByTestId("version-row").First.GetAttributeAsync("data-version"));
        using var http = new HttpClient();
        var jobs = await http.GetStringAsync($"{browser.Admin.Address}/api/plugin/jobs?job_type=file_retention");
        Assert.DoesNotContain(root, jobs, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, "light")]
    [InlineData(390, "dark")]
    public async Task Head_SwitchesPausesAndTakesBack_AndRunsAreOperations(int width, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/plugin/detection?job=file_retention", width, 844, theme);
        await Expect(page.GetByTestId("enabled")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByTestId("pause").ClickAsync();
        await page.GetByTestId("pause-reason").FillAsync("disks are swapped");
        await page.GetByTestId("pause-for").FillAsync("never");
        await Expect(page.GetByTestId("pause-confirm")).ToBeDisabledAsync();
        await page.GetByTestId("pause-for").FillAsync("2h");
        await Expect(page.GetByTestId("pause-dialog")).ToContainTextAsync("Goes on by itself at");
        await PageChecks.CheckAsync(page, $"type-pause-{width}");
        await page.GetByTestId("pause-confirm").ClickAsync();
        await Expect(page.GetByTestId("paused")).ToContainTextAsync("disks are swapped");
        await Expect(page.GetByTestId("paused")).ToContainTextAsync("goes on by itself in 1 h");
        await page.GetByTestId("undo").First.ClickAsync();
        await Expect(page.GetByTestId("paused")).ToHaveCountAsync(0);
        var before = await page.GetByTestId("enabled").IsCheckedAsync();
        await page.GetByTestId("enabled").ClickAsync();
        await Expect(page.GetByTestId("enabled")).ToBeCheckedAsync(new() { Checked = !before });
        await page.GetByTestId("undo").First.ClickAsync();
        await Expect(page.GetByTestId("enabled")).ToBeCheckedAsync(new() { Checked = before });
        await page.GetByTestId("run-detection").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("asked by operator");
        await Expect(page.GetByTestId("detection-row").First).ToBeVisibleAsync();
        await Expect(page.GetByTestId("run-detection")).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await page.GetByTestId("run-detection").ClickAsync();
        await Expect(page.GetByTestId("detection-row")).Not.ToHaveCountAsync(1);
        await Expect(page.GetByTestId("run-detection")).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByTestId("trend")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"type-detection-{width}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Scheduler_PausedForAll_IsSaidOnEveryPage_AndResumed()
    {
        var (page, complaints) = await browser.OpenAsync("/settings");
        await page.GetByTestId("pause-scheduler").ClickAsync();
        await page.GetByTestId("pause-reason").FillAsync("migration");
        await page.GetByTestId("pause-confirm").ClickAsync();
        await Expect(page.GetByTestId("scheduler-paused")).ToContainTextAsync("migration");
        await PageChecks.CheckAsync(page, "settings-paused");
        await page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(Browser.Screenshots, "settings-full.png"), FullPage = true });
        await browser.VisitAsync(page, "/workers");
        await Expect(page.GetByTestId("scheduler-paused")).ToBeVisibleAsync();
        await browser.VisitAsync(page, "/settings");
        await page.GetByTestId("resume-scheduler").ClickAsync();
        await Expect(page.GetByTestId("scheduler-paused")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("retention")).ToContainTextAsync("30 d");
        Assert.DoesNotContain(browser.Folder, await page.GetByTestId("about").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private async Task<(IPage Page, List<string> Complaints)> OpenAsync()
    {
        var (page, complaints) = await browser.OpenAsync(Path);
        await Expect(page.Locator("#w-worker-roots")).ToBeVisibleAsync(new() { Timeout = 60_000 });

        // A config that may be saved, whatever ran before.
        if (await page.Locator("[data-field=roots] .field-item").CountAsync() == 0)
        {
            await AddRootAsync(page, browser.Folder);
            await SaveAsync(page);
        }

        return (page, complaints);
    }

    private static async Task AddRootAsync(IPage page, string root)
    {
        var rows = await page.Locator("[data-field=roots] .field-item").CountAsync();
        await Browser.StreamsAsync(page.Locator("#w-worker-roots"));
        await page.Locator("#w-worker-roots").FillAsync(root);
        await page.Locator("#w-worker-roots").PressAsync("Enter");
        await Expect(page.GetByLabel($"Roots, item {rows + 1}", new() { Exact = true })).ToHaveValueAsync(root);
    }

    /// <summary>The version it became.</summary>
    private static async Task<string> SaveAsync(IPage page)
    {
        await page.GetByTestId("save-config").ClickAsync();
        await page.GetByTestId("save-confirm").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");
        return (await page.GetByTestId("save-reply").InnerTextAsync())["Saved as version ".Length..].Trim();
    }

    private static async Task TypeAsync(IPage page, string box, string text)
    {
        await page.Locator(box).FillAsync(text);
        await page.Locator(box).PressAsync("Tab");
        await Expect(page.Locator("[data-field]").Filter(new() { Has = page.Locator(box) }).Locator(".field-dirty")).ToHaveCountAsync(1);
    }
}
