using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Finding jobs, understanding a set of them, acting on it.</summary>
public sealed class ExplorerTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private static readonly (string Key, string Value) Never = ("require.gpu", "yes");

    [Fact]
    public async Task QueryBox_Suggests_Corrects_AndShowsItsTerms()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Fails on purpose", "exit 3");
        await Jobs.SubmitAsync(browser.Admin.Address, "Works on purpose", "true");
        var (page, complaints) = await browser.OpenAsync("/jobs?q=");
        var box = page.GetByRole(AriaRole.Combobox, new() { Name = "Search jobs" });
        await box.FillAsync("sta");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "state: state" })).ToBeVisibleAsync();
        await box.PressAsync("ArrowDown");
        await box.PressAsync("Tab");
        await Expect(box).ToHaveValueAsync("state:");
        await box.PressSequentiallyAsync("fai");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "failed" })).ToBeVisibleAsync();
        await box.PressAsync("ArrowDown");
        await box.PressAsync("Enter");
        await Expect(box).ToHaveValueAsync("state:failed");
        await box.PressSequentiallyAsync(" \"on purpose\"");
        await box.PressAsync("Enter");
        await Expect(page.GetByTestId("term")).ToHaveTextAsync(["state:failed", "\"on purpose\""]);
        await Expect(page.GetByTestId("job-row")).ToContainTextAsync(["Fails on purpose"]);
        await Expect(page.GetByTestId("state-failed")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.GetByTestId("state-succeeded")).ToContainTextAsync("1");

        // The address is the state: a reload shows the same, back takes the last change back.
        await Browser.ReloadAsync(page);
        await Expect(page.GetByTestId("job-row")).ToContainTextAsync(["Fails on purpose"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove state:failed" }).ClickAsync();
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(2);
        await page.GoBackAsync();
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);

        await box.FillAsync("sate:failed");
        await box.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("did you mean state?");
        await Expect(page.GetByTestId("total")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("export")).ToHaveCountAsync(0);
        await PageChecks.CheckAsync(page, "explorer-error");
        await page.GetByTestId("instead").ClickAsync();
        await Expect(page.GetByTestId("term")).ToHaveTextAsync(["state:failed"]);

        await box.FillAsync("state:failed reason:timeout \"on purpose\"");
        await box.PressAsync("Enter");
        await Expect(page.GetByText("Without reason:timeout there is 1.")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "explorer-nothing");
        await Pictures.CompareAsync(page.Locator("section[aria-label=Jobs]"), "nothing-matches");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Pages_AreSorted_StandStill_AndCountWhatIsNew()
    {
        for (var n = 0; n < 60; n++)
        {
            await Jobs.SubmitAsync(browser.Admin.Address, $"Waits {n:00}", "true", Never, ("set", "pages"));
        }

        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:pages&size=25");
        var rows = page.GetByTestId("job-row");
        await Expect(rows).ToHaveCountAsync(25);
        await Expect(rows.First).ToContainTextAsync("Waits 59");
        // Pages hold while jobs arrive: none twice, none missing.
        var seen = new List<string>(await rows.GetByTestId("job-link").AllInnerTextsAsync());
        await Jobs.SubmitAsync(browser.Admin.Address, "Arrives late", "true", Never, ("set", "pages"));
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 34");
        seen.AddRange(await rows.GetByTestId("job-link").AllInnerTextsAsync());
        await Jobs.SubmitAsync(browser.Admin.Address, "Arrives later", "true", Never, ("set", "pages"));
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(rows).ToHaveCountAsync(10);
        seen.AddRange(await rows.GetByTestId("job-link").AllInnerTextsAsync());
        Assert.Equal(Enumerable.Range(0, 60).Reverse().Select(n => $"Waits {n:00}"), seen);
        await Expect(page.GetByTestId("next-page")).ToHaveCountAsync(0);
        await page.GetByTestId("previous-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 34");
        await page.GetByTestId("first-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Arrives later");

        // New ones wait in a pill; the rows that are read stay where they are.
        for (var n = 60; n < 63; n++)
        {
            await Jobs.SubmitAsync(browser.Admin.Address, $"Waits {n:00}", "true", Never, ("set", "pages"));
        }

        await rows.First.HoverAsync();
        await Expect(page.GetByTestId("new-rows")).ToHaveTextAsync("3 new");
        await Expect(rows.First).ToContainTextAsync("Arrives later");
        await Expect(page.GetByTestId("total")).ToHaveTextAsync("65 jobs");
        await Expect(page.GetByTestId("announced")).ToContainTextAsync("jobs");
        await page.GetByTestId("new-rows").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 62");

        var created = page.GetByRole(AriaRole.Columnheader, new() { Name = "Created" });
        await Expect(created).ToHaveAttributeAsync("aria-sort", "descending");
        await created.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(created).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(rows.First).ToContainTextAsync("Waits 00");
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 25");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ViewsAndColumns_AreKept()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Seen in a view", "true", ("set", "views"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:views");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await page.GetByTestId("columns").ClickAsync();
        await PageChecks.CheckAsync(page, "explorer-columns");
        await page.GetByTestId("column-labels").CheckAsync();
        await page.GetByTestId("column-worker").UncheckAsync();
        await page.GetByTestId("columns-apply").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Labels" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Worker" })).ToHaveCountAsync(0);
        await page.GetByTestId("views").ClickAsync();
        await page.GetByLabel("Save this list as").FillAsync("My set");
        await PageChecks.CheckAsync(page, "explorer-views");
        await page.GetByTestId("save-view").ClickAsync();
        await Expect(page.GetByTestId("view-link").Filter(new() { HasText = "My set" })).ToHaveAttributeAsync("aria-current", "page");

        // Everybody sees it, with its columns.
        var (other, _) = await browser.OpenAsync("/jobs?q=");
        await other.GetByTestId("view-link").Filter(new() { HasText = "My set" }).ClickAsync();
        await Expect(other.GetByTestId("term")).ToHaveTextAsync(["label.set:views"]);
        await Expect(other.GetByRole(AriaRole.Columnheader, new() { Name = "Labels" })).ToBeVisibleAsync();
        await page.GetByTestId("views").ClickAsync();
        await page.GetByLabel("Save this list as").FillAsync("Only mine");
        await page.GetByTestId("own-view").CheckAsync();
        await page.GetByTestId("save-view").ClickAsync();
        var mine = page.GetByTestId("view-link").Filter(new() { HasText = "Only mine" });
        await Expect(mine).ToHaveAttributeAsync("aria-current", "page");
        await Browser.ReloadAsync(page);
        await Expect(mine).ToHaveAttributeAsync("aria-current", "page");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await Browser.ReloadAsync(other);
        await Expect(other.GetByTestId("view-link").Filter(new() { HasText = "My set" })).ToBeVisibleAsync();
        await Expect(other.GetByTestId("view-link").Filter(new() { HasText = "Only mine" })).ToHaveCountAsync(0);
        await other.Context.CloseAsync();

        // What an address means and nobody knows is left out, and said.
        await browser.VisitAsync(page, "/jobs?q=label.set:views&sort=colour&view=unheard");
        await Expect(page.GetByTestId("not-understood")).ToContainTextAsync("sort=colour, view=unheard");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);
        await page.GetByTestId("views").ClickAsync();
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "My set" }).GetByTestId("delete-view").ClickAsync();
        await page.GetByTestId("delete-view-confirm").ClickAsync();
        await Expect(page.GetByTestId("view-link").Filter(new() { HasText = "My set" })).ToHaveCountAsync(0);
        await page.GetByTestId("undo-delete").ClickAsync();
        await Expect(page.GetByTestId("view-link").Filter(new() { HasText = "My set" })).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "My set" }).GetByTestId("delete-view").ClickAsync();
        await page.GetByTestId("delete-view-confirm").ClickAsync();
        await Expect(page.GetByTestId("view-link").Filter(new() { HasText = "My set" })).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    [InlineData(390, 844, "dark")]
    public async Task EveryPart_IsAccessible_AndFits(int width, int height, string theme)
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "A job to look at", "echo looked at; exit 4", ("set", "looks"), ("env", "prod"));
        await Jobs.SubmitAsync(browser.Admin.Address, "A job that waits for a machine with much memory", "true", Never, ("set", "looks"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=", width, height, theme);
        await Expect(page.GetByTestId("job-row").Filter(new() { HasText = "exit code 4" }).First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"explorer-{width}-{theme}", bothThemes: false);
        Assert.Single(await HeightsAsync(page));
        if (width < 900)
        {
            await page.GetByTestId("filters").ClickAsync();
            await page.GetByTestId("state-failed").ClickAsync();
            await Expect(page.GetByTestId("filter-count")).ToHaveTextAsync("1 set");
            await PageChecks.CheckAsync(page, $"explorer-filters-{width}-{theme}", bothThemes: false);
            await page.GetByTestId("filters-done").ClickAsync();
            await Expect(page.GetByTestId("state-failed")).ToBeHiddenAsync();
            Assert.True(await page.Locator(".query-box").EvaluateAsync<bool>("box => box.offsetWidth > innerWidth - 40"));
        }
        else
        {
            await page.EvaluateAsync("document.documentElement.dataset.density = 'comfortable'");
            Assert.Single(await HeightsAsync(page));
            await PageChecks.CheckAsync(page, $"explorer-comfortable-{theme}", bothThemes: false);
        }

        await browser.VisitAsync(page, "/jobs?q=label.set:looks&cols=state,job,priority,attempt,worker,wait,run,completed,origin,by,labels,error,config");
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        await page.GetByTestId("job-row").First.GetByRole(AriaRole.Checkbox).ClickAsync();
        await PageChecks.CheckAsync(page, $"explorer-all-columns-{width}-{theme}", bothThemes: false);
        await page.GetByTestId("bulk-Retry").ClickAsync();
        await Expect(page.GetByTestId("bulk-count")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"explorer-bulk-{width}-{theme}", bothThemes: false);
        await browser.VisitAsync(page, "/plugin/queue?job=command");
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"explorer-queue-{width}-{theme}", bothThemes: false);
        Assert.Single(await HeightsAsync(page));
        Assert.True(await page.Locator(".its-place").First.IsVisibleAsync());
        foreach (var tab in (string[])["execution", "history"])
        {
            await browser.VisitAsync(page, $"/plugin/{tab}?job=command");
            await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
            await PageChecks.CheckAsync(page, $"explorer-{tab}-{width}-{theme}", bothThemes: false);
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static Task<double[]> HeightsAsync(IPage page) => page.GetByTestId("job-row").EvaluateAllAsync<double[]>("rows => [...new Set(rows.map(row => row.getBoundingClientRect().height))]");
}
