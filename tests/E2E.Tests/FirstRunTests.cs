using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>An admin that nobody has connected to: every page says what comes next.</summary>
public sealed class FirstRunTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    private static readonly (string Path, string Says)[] Pages =
    [
        ("/", "No worker has connected yet"), ("/workers", "the admin never dials out"), ("/plugin/configuration", "No job type yet"), ("/plugin/queue", "How to start one"),
        ("/jobs", "No jobs yet"), ("/activity", "Nothing has happened yet"), ("/objects", "No worker has described an object yet"),
    ];

    [Theory]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task EmptyPages_SayWhatComesNext_AndAreAccessible(int width, int height, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/", width, height, theme);
        foreach (var (path, says) in Pages)
        {
            await browser.VisitAsync(page, path);
            await Expect(page.Locator("main")).ToContainTextAsync(says);
            await PageChecks.CheckAsync(page, $"first-run{path.Replace('/', '-').TrimEnd('-')}-{width}-{theme}");
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task NeverHadAnything_LooksAsItDid()
    {
        var (page, _) = await browser.OpenAsync("/jobs");
        var list = page.Locator("section[aria-label=Jobs]");
        await Expect(list).ToContainTextAsync("No jobs yet");
        await Pictures.CompareAsync(list, "empty-jobs");
        await browser.VisitAsync(page, "/activity");
        await Pictures.CompareAsync(page.Locator("main .empty"), "empty-activity");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task StartCommands_NameTheAddressesThatWorkersDial()
    {
        var (page, _) = await browser.OpenAsync("/");
        await Expect(page.Locator("main")).ToContainTextAsync($"--admin grpc://127.0.0.1:{browser.Admin.GrpcPort}");
        await Expect(page.Locator("main")).ToContainTextAsync($"weed worker -admin=127.0.0.1:{browser.Admin.Port}");
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task LostConnection_KeepsThePageReadable_AndComesBack(string theme)
    {
        var (page, _) = await browser.OpenAsync("/workers", theme: theme);
        await browser.Admin.KillAsync();
        var bar = page.Locator("#components-reconnect-modal");
        await Expect(bar).ToBeVisibleAsync();
        await Expect(bar).ToContainTextAsync(new Regex(@"as of \d\d:\d\d:\d\d"));
        await Expect(page.Locator("main")).ToContainTextAsync("No worker has connected yet");
        await PageChecks.CheckAsync(page, $"connection-lost-{theme}");
        if (theme == "light")
        {
            await Pictures.CompareAsync(bar, "disconnected");
        }

        await browser.Admin.StartAsync();
        await Expect(bar).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Expect(page.Locator("footer")).ToContainTextAsync("live");
        Assert.EndsWith("/workers", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }
}
