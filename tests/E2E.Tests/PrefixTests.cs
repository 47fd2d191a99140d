using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>An admin that people reach below a path of another address.</summary>
public sealed class PrefixedAdmin : WorkingAdmin
{
    public PrefixedAdmin() => Admin.More = ["--path-base", "/ops"];
}

/// <summary>Behind a proxy with a prefix and without WebSockets, everything works, and nothing is asked for outside the prefix.</summary>
public sealed class PrefixTests(PrefixedAdmin browser) : IClassFixture<PrefixedAdmin>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BelowAPrefix_PagesKeysAndFilesWork_AndNothingIsAskedForOutside(bool strips)
    {
        await using var proxy = new ReverseProxy(browser.Admin.Address, "/ops", strips);
        await proxy.StartAsync();
        var (page, _) = await browser.OpenAsync("/");
        await page.GotoAsync("about:blank"); // Scripts of the page that was opened are asked for a little later.
        var outside = new List<string>();
        var complaints = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(proxy.Address + "/", StringComparison.Ordinal))
            {
                outside.Add(request.Url);
            }
        };
        Browser.Listen(page, complaints);
        await page.GotoAsync($"{proxy.Address}/activity");
        await Browser.ReadyAsync(page);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Activity", Exact = true })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("w");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Workers", Exact = true })).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync($"{proxy.Address}/workers");
        await page.GetByTestId("view").ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Dark" }).CheckAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Browser.ReloadAsync(page);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Workers", Exact = true })).ToBeVisibleAsync();

        // A number leads to its list, a row to its job, which has its output; a form is saved.
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Below a prefix", "echo below; exit 3");
        await page.GotoAsync($"{proxy.Address}/");
        await Browser.ReadyAsync(page);
        await page.Locator("main a[href*='jobs?q=']").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/ops/jobs\\?"));
        await page.GotoAsync($"{proxy.Address}/jobs?q=type:command");
        await Browser.ReadyAsync(page);
        await page.GetByTestId("job-link").First.ClickAsync();
        await Expect(page).ToHaveURLAsync($"{proxy.Address}/jobs?q=type:command&detail={job}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("below", new() { Timeout = 30_000 });
        await page.GetByTestId("open-page").ClickAsync();
        await Expect(page).ToHaveURLAsync($"{proxy.Address}/jobs/{job}");
        await page.GotoAsync($"{proxy.Address}{Retention.Configuration}");
        await Browser.ReadyAsync(page);
        await Retention.ConfigureAsync(page, browser.MakeTree(strips ? "stripped" : "whole", "text", ("app", 1)), keep: 1, "gzip");

        await page.GotoAsync($"{proxy.Address}/activity");
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "JSON" }).ClickAsync());
        Assert.StartsWith("[", await File.ReadAllTextAsync(await file.PathAsync()), StringComparison.Ordinal);
        await page.GotoAsync($"{proxy.Address}/no/such/page");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Not found" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Overview", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/ops/$"));
        Assert.Empty(outside);

        // That WebSockets are blocked is what this proxy is about.
        Assert.DoesNotContain(complaints, complaint => !complaint.Contains("404", StringComparison.Ordinal) && !complaint.Contains("WebSocket", StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }
}
