using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Copies of a job, submitted from the form, watched and canceled together.</summary>
public sealed class GroupTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Group_IsSubmitted_CountsItsMembers_AndIsCanceledAsOne(int width, int height, string theme)
    {
        var one = await Jobs.SubmitAsync(browser.Admin.Address, "The nightly work", "sleep 600");
        await Jobs.CancelAsync(browser.Admin.Address, one);
        var (page, complaints) = await browser.OpenAsync($"/jobs/new?clone={one}", width, height, theme);
        await page.GetByLabel("Summary").FillAsync("Copy ${index} of the nightly work");
        await page.GetByLabel("Copies", new() { Exact = true }).FillAsync("5");
        await page.GetByLabel("Copies", new() { Exact = true }).PressAsync("Tab");
        await page.GetByLabel("Copies at once").FillAsync("2");
        await page.GetByLabel("When one fails").SelectOptionAsync("The others are canceled");
        await PageChecks.CheckAsync(page, $"new-group-{width}-{theme}");
        await page.GetByTestId("submit-job").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/groups/"));
        var counters = page.GetByTestId("group-counters");
        await Expect(counters).ToContainTextAsync(new Regex("Running\\s*2"));
        await Expect(counters).ToContainTextAsync(new Regex("Pending\\s*3"));
        await Expect(page.Locator("main")).ToContainTextAsync("at most 2");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(5);
        await PageChecks.CheckAsync(page, $"group-running-{width}-{theme}");
        var address = new Uri(page.Url).PathAndQuery;

        // A key that clones takes the row it is pressed on, and nothing where none is chosen. A phone has no keys.
        if (width > 900)
        {
            await page.Keyboard.PressAsync("?");
            await Expect(page.GetByTestId("keys")).ToBeVisibleAsync();
            await Expect(page.GetByTestId("keys").GetByText("Clone the job")).ToHaveCountAsync(1);
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.GetByTestId("keys")).ToHaveCountAsync(0);
            await page.Keyboard.PressAsync("e");
            await page.Keyboard.PressAsync("j");
            await page.Keyboard.PressAsync("j");
            var second = await page.Locator("[data-testid=job-row]:focus-within [data-job]").GetAttributeAsync("data-job");
            Assert.Equal(await page.GetByTestId("job-link").Nth(1).GetAttributeAsync("data-job"), second);
            await page.Keyboard.PressAsync("e");
            await Expect(page).ToHaveURLAsync(new Regex($"/jobs/new\\?clone={second}$"));
            await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Copy 1 of the nightly work");
            await browser.VisitAsync(page, address);
            await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(5);
        }

        // Each number leads to as many rows.
        await counters.GetByText("Pending").ClickAsync();
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(3);
        await Expect(page.Locator("main")).ToContainTextAsync("group:");
        await page.GetByTestId("job-row").First.GetByTestId("job-link").ClickAsync();
        var modal = page.GetByTestId("job-modal");
        await Expect(modal.GetByTestId("job-group")).ToContainTextAsync("of 5 of group-");
        await Expect(modal.GetByTestId("job-group")).ToContainTextAsync("2 running");
        await Expect(modal.GetByTestId("why")).ToContainTextAsync("Open the group");
        await PageChecks.CheckAsync(page, $"group-member-{width}-{theme}");
        await modal.GetByTestId("job-group").GetByRole(AriaRole.Link).First.ClickAsync();

        await page.GetByTestId("cancel-group").ClickAsync();
        await page.GetByTestId("cancel-group-confirm").ClickAsync();
        await Expect(counters).ToContainTextAsync(new Regex("Canceled\\s*5"), new() { Timeout = 30_000 });
        await Expect(page.GetByTestId("cancel-group")).ToHaveCountAsync(0);
        await browser.VisitAsync(page, address);
        await Expect(page.Locator("main")).ToContainTextAsync("5 of 5 ended");
        await PageChecks.CheckAsync(page, $"group-canceled-{width}-{theme}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
