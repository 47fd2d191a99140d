using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Pages of jobs that are longer than any screen, and rows that are shorter than what somebody wants to see in them.</summary>
public sealed class LongListTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private const int Rows = 200;

    /// <summary>What the keyboard and the modal do reaches rows that are not drawn.</summary>
    [Theory]
    [InlineData(1280, 800)]
    [InlineData(390, 844)]
    public async Task LongPage_IsDrawnWhereItIsLookedAt_AndWalkedToItsEnd(int width, int height)
    {
        await Jobs.FillAsync(browser.Admin.Address, Rows, "In a long list", ("set", $"long-{width}"));
        var (page, complaints) = await browser.OpenAsync($"/jobs?q=label.set:long-{width}&size={Rows}", width, height);
        var rows = page.GetByTestId("job-row");
        await Expect(rows.First).ToHaveAttributeAsync("aria-rowindex", "2");
        Assert.InRange(await rows.CountAsync(), 5, 80);
        await PageChecks.StoodStillAsync(page, $"long-list-{width}");
        await PageChecks.CheckAsync(page, $"long-list-{width}");

        var focused = page.Locator("[data-testid=job-row]:focus-within");
        for (var row = 0; row < Rows; row++)
        {
            await page.Keyboard.PressAsync("j");
            await Expect(focused).ToHaveAttributeAsync("aria-rowindex", $"{row + 2}");
        }

        await Expect(focused).ToBeInViewportAsync();
        Assert.InRange(await rows.CountAsync(), 5, 80);
        await page.Keyboard.PressAsync("x");
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("1 selected");

        // The job above in the list, although the row of neither need be there; a phone has no keys for it.
        var last = await focused.GetByTestId("job-link").TextContentAsync();
        var at = await page.EvaluateAsync<int>("Math.round(scrollY)");
        await page.Keyboard.PressAsync("Enter");
        var job = page.GetByTestId("job-modal");
        await Expect(job).ToContainTextAsync(last!);
        if (width >= 900)
        {
            await page.Keyboard.PressAsync("[");
            await Expect(job).Not.ToContainTextAsync(last!);
            await Browser.ReloadAsync(page);
            await Expect(job).ToBeVisibleAsync();
            await page.Keyboard.PressAsync("]");
            await Expect(job).ToContainTextAsync(last!);
        }

        else
        {
            Assert.True(at > height, $"{at} is the top of the page");
            Assert.Equal(at, await page.EvaluateAsync<int>("Math.round(scrollY)"));
        }

        await page.Keyboard.PressAsync("Escape");
        await Expect(job).ToHaveCountAsync(0);

        // To the end by scrolling, and from there by keys: with what is in sight.
        await rows.First.HoverAsync();
        await page.EvaluateAsync("() => { const box = document.querySelector('.scroll:has(> .rows-long)'); box.scrollTop = 1e6; scrollTo(0, 1e6); }");
        await Expect(page.Locator($"[aria-rowindex='{Rows + 1}']")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(focused).ToBeInViewportAsync();
        Assert.True(int.Parse((await focused.GetAttributeAsync("aria-rowindex"))!, System.Globalization.CultureInfo.InvariantCulture) > Rows / 2, "the keys began at the top again");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ChosenColumns_AreInTheShortRowsOfAPhone()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Says where it ran and what it is called, at some length", "echo something to say", ("set", "chosen"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:chosen&cols=state,job,id,type,progress,worker,run,created", 390, 844);
        var row = page.GetByTestId("job-row");
        await Expect(row).ToContainTextAsync("Succeeded");
        var box = (await row.BoundingBoxAsync())!;
        foreach (var cell in (string[])["[data-label=id] .middle", "[data-label=on] .clip", ".doing", ".its-type"])
        {
            var part = (await row.Locator(cell).First.BoundingBoxAsync())!;
            Assert.True(part.Y >= box.Y && part.Y + part.Height <= box.Y + box.Height && part.X + part.Width <= box.X + box.Width && part.Width > 20, $"{cell} is cut off: {part.X}+{part.Width}, {part.Y}+{part.Height} in {box.Y}+{box.Height}");
        }

        await PageChecks.CheckAsync(page, "chosen-columns-390");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
