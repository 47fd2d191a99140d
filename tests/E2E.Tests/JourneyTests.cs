using System.IO.Compression;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What a person does with the product, in a real browser, on real files.</summary>
public sealed class JourneyTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("overview", "/"), ("job-types", "/plugin/configuration"), ("configuration", "/plugin/configuration?job=file_retention"), ("detection", "/plugin/detection?job=file_retention"),
        ("queue", "/plugin/queue?job=file_retention"), ("execution", "/plugin/execution?job=file_retention"), ("history", "/plugin/history?job=file_retention"),
        ("jobs", "/jobs"), ("workers", "/workers"), ("activity", "/activity"), ("not-found", "/plugin/nothing"),
    ];

    [Fact]
    public async Task FileRetention_FromTheFormToTheFiles()
    {
        var (page, complaints) = await browser.OpenAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "File retention" }).First.ClickAsync(new() { Timeout = 20_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "Configuration" }).ClickAsync();

        // Wrong first: the form says where and why, and nothing is saved.
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("not valid");
        await Expect(page.GetByText("Roots is required").First).ToBeVisibleAsync();

        await page.Locator("#w-worker-roots").FillAsync(browser.Files);
        await page.Locator("#w-worker-roots").PressAsync("Enter");
        await page.Locator("#w-worker-min_keep").FillAsync("2");
        await page.Locator("#w-worker-min_keep").PressAsync("Tab");
        await page.Locator("#w-worker-dry_run").UncheckAsync();
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToHaveTextAsync("Saved as version 2");

        await page.GetByTestId("run-detection").ClickAsync();
        await Expect(page.GetByTestId("proposal-row")).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("proposals")).ToContainTextAsync("nothing was queued");
        Assert.Equal(17, Directory.GetFiles(browser.Files, "*.log", SearchOption.AllDirectories).Length);

        await page.GetByTestId("detect-execute").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Execution" }).ClickAsync();
        await Expect(page.Locator("tr:has-text('Succeeded')")).ToHaveCountAsync(2, new() { Timeout = 20_000 });
        Assert.Equal(13, Directory.GetFiles(browser.Files, "*.log.gz", SearchOption.AllDirectories).Length);
        Assert.Equal(["10.log", "11.log"], Directory.GetFiles(Path.Combine(browser.Files, "app"), "*.log").Select(Path.GetFileName).Order());
        await using (var gzip = new GZipStream(File.OpenRead(Path.Combine(browser.Files, "app", "03.log.gz")), CompressionMode.Decompress))
        using (var reader = new StreamReader(gzip))
        {
            Assert.StartsWith("line 3 of app\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        await page.Locator("tr", new() { HasText = "10 files" }).GetByTestId("job-link").ClickAsync();
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("10 processed, 0 skipped, 0 failed");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("gzip -> ");
        await page.ReloadAsync();
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("10 processed");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, "job.png") });
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("job-modal")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    [InlineData(390, 844, "dark")]
    public async Task EveryPage_IsAccessible_FitsAndIsQuiet(int width, int height, string theme)
    {
        foreach (var (name, path) in Pages)
        {
            var (page, complaints) = await browser.OpenAsync(path, width, height, theme);
            await Expect(page.Locator("footer")).ToContainTextAsync("live");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"{name}-{width}-{theme}.png") });
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), $"{name} scrolls sideways at {width} px");
            Assert.Empty(complaints);
            await page.Context.CloseAsync();
        }
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Axe_FindsNothing(string theme)
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "node_modules", "axe-core", "axe.min.js"));
        foreach (var (name, path) in Pages)
        {
            var (page, _) = await browser.OpenAsync(path, theme: theme);
            await Expect(page.Locator("footer")).ToContainTextAsync("live");

            // Evaluated through the debugger, so that the page's content security policy stays on.
            await page.EvaluateAsync(axe);
            var violations = await page.EvaluateAsync<string[]>("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))");
            Assert.True(violations.Length == 0, $"{name}, {theme}: {string.Join("\n", violations)}");
            await page.Context.CloseAsync();
        }
    }

    [Fact]
    public async Task Restart_OfTheAdmin_BringsThePageBack_WithTheSameView()
    {
        var (page, _) = await browser.OpenAsync("/workers");
        await Expect(page.GetByTestId("worker-row")).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await browser.RestartAdminAsync();
        await Expect(page.GetByText("Healthy").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.EndsWith("/workers", page.Url, StringComparison.Ordinal);
    }
}
