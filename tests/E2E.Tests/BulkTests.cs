using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Thousands of jobs at once, and what the rest of the dashboard looks like meanwhile.</summary>
public sealed class BulkTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private const int Many = 5_213;

    /// <summary>Notes the longest time between two frames from now on.</summary>
    private const string Watch = "() => { window.longest = 0; let last = 0; const tick = now => { if (last) window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }";

    [Fact]
    public async Task ThousandsAreCanceled_AsPreviewed_AndTheStreamStaysAliveUnderTheFlood()
    {
        var (page, complaints) = await browser.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Command" }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Jobs.FillAsync(browser.Admin.Address, Many, "Not wanted", ("set", "bulk"));
        await browser.VisitAsync(page, "/jobs?q=label.set:bulk");
        var rows = page.GetByTestId("job-row");
        await Expect(rows).ToHaveCountAsync(50);
        await Expect(page.GetByTestId("total")).ToHaveTextAsync(new Regex("^5.213 jobs$"));

        // A stretch with Shift, then the page, then all.
        await rows.Nth(1).GetByRole(AriaRole.Checkbox).ClickAsync();
        await rows.Nth(4).GetByRole(AriaRole.Checkbox).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("4 selected");
        await page.GetByTestId("bulk-SetPriority").ClickAsync();
        await page.GetByLabel("New priority").FillAsync("90");
        await page.GetByTestId("bulk-reason").FillAsync("they are urgent");
        await page.GetByTestId("bulk-start").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Done: 4 changed, 0 skipped, 0 failed");
        await page.GetByText("What was changed").ClickAsync();
        await Expect(page.Locator(".failures").GetByTestId("job-link")).ToHaveCountAsync(4);
        await page.GetByTestId("close-operation").ClickAsync();

        var (stream, _) = await browser.OpenAsync("/activity");
        await Expect(stream.GetByTestId("entry").First).ToBeVisibleAsync();
        await stream.EvaluateAsync(Watch);

        // Beside it an empty page, which says how long the machine, busy with canceling, keeps any page waiting.
        var empty = await stream.Context.Browser!.NewPageAsync();
        await empty.EvaluateAsync(Watch);
        var before = await NewestAsync();

        await page.GetByTestId("select-page").ClickAsync();
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("50 selected");
        await page.GetByTestId("select-all").ClickAsync();
        await Expect(page.GetByTestId("selection")).ToContainTextAsync(new Regex("All 5.213 matching"));
        await page.GetByTestId("bulk-Cancel").ClickAsync();
        await Expect(page.GetByTestId("bulk-count")).ToContainTextAsync(new Regex("5.213 of 5.213 would be canceled"));
        await Expect(page.GetByTestId("bulk-dialog")).ToContainTextAsync(new Regex("command 5.213"));
        await Expect(page.Locator(".sample-jobs li")).ToHaveCountAsync(5);
        await PageChecks.CheckAsync(page, "explorer-bulk");
        await page.GetByTestId("bulk-reason").FillAsync("nobody wants them");
        await page.GetByTestId("bulk-typed").FillAsync("5212");
        await Expect(page.GetByTestId("bulk-start")).ToBeDisabledAsync();
        await page.GetByTestId("bulk-typed").FillAsync("5213");
        await page.GetByTestId("bulk-start").ClickAsync();
        await Expect(page.GetByTestId("operation").GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();

        // In the flood the stream stands still when somebody asks it to, counts, and goes on with the newest.
        await stream.Keyboard.PressAsync("p");
        var strip = stream.GetByTestId("paused-strip");
        await Expect(strip).ToContainTextAsync(new Regex("[1-9][0-9]* newer, none lost"));
        var top = await stream.GetByTestId("entry").First.InnerTextAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync(new Regex("Done: 5.213 changed, 0 skipped, 0 failed"), new() { Timeout = 60_000 });
        await PageChecks.CheckAsync(page, "explorer-operation");
        await Expect(page.GetByTestId("state-canceled")).ToContainTextAsync(new Regex("5.213"));
        Assert.Equal(top.Split('\n')[^1], (await stream.GetByTestId("entry").First.InnerTextAsync()).Split('\n')[^1]);
        await stream.Keyboard.PressAsync("p");
        await Expect(strip).ToHaveCountAsync(0);
        await Expect(stream.GetByTestId("entry").First).ToContainTextAsync("bulk cancel");
        var (longest, machine) = (await stream.EvaluateAsync<double>("window.longest"), await empty.EvaluateAsync<double>("window.longest"));
        Assert.True(longest < 1_000 + (10 * machine), $"the page stood still for {longest} ms, an empty one for {machine} ms");
        await empty.CloseAsync();
        Assert.True(await NewestAsync() - before >= Many, "each job leaves its line in the stream");

        // Who, what and why is in the stream, found by a word of the reason.
        await browser.VisitAsync(page, "/activity?q=nobody&since=1h");
        await Expect(page.Locator("main")).ToContainTextAsync("bulk cancel of jobs that match label.set:bulk is done: 5213 matched, 5213 changed, 0 skipped, 0 failed; nobody wants them");
        Assert.Empty(complaints);
        await stream.Context.CloseAsync();
        await page.Context.CloseAsync();
    }

    private async Task<long> NewestAsync()
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<JsonArray>($"{browser.Admin.Address}/api/plugin/activities?limit=1"))![0]!["sequence"]!.GetValue<long>();
    }
}
