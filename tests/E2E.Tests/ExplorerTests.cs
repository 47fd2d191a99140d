using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Finding jobs, understanding a set of them, acting on it.</summary>
public sealed class ExplorerTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>, IAsyncLifetime
{
    private static readonly (string Key, string Value) Never = ("require.gpu", "yes");

    public async Task InitializeAsync()
    {
        var (page, _) = await browser.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Command" }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.Context.CloseAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

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
        await page.ReloadAsync();
        await Expect(page.GetByTestId("job-row")).ToContainTextAsync(["Fails on purpose"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove state:failed" }).ClickAsync();
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(2);
        await page.GoBackAsync();
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(1);

        await box.FillAsync("sate:failed");
        await box.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("did you mean state?");
        await PageChecks.CheckAsync(page, "explorer-error");
        await page.GetByTestId("instead").ClickAsync();
        await Expect(page.GetByTestId("term")).ToHaveTextAsync(["state:failed"]);

        await box.FillAsync("state:failed reason:timeout \"on purpose\"");
        await box.PressAsync("Enter");
        await Expect(page.GetByText("Without reason:timeout there is 1.")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "explorer-nothing");
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
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 34");
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(rows).ToHaveCountAsync(10);
        await Expect(page.GetByTestId("next-page")).ToHaveCountAsync(0);
        await page.GetByTestId("previous-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 34");
        await page.GetByTestId("first-page").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Waits 59");

        // New ones wait in a pill; the rows that are read stay where they are.
        for (var n = 60; n < 63; n++)
        {
            await Jobs.SubmitAsync(browser.Admin.Address, $"Waits {n:00}", "true", Never, ("set", "pages"));
        }

        await Expect(page.GetByTestId("new-rows")).ToHaveTextAsync("3 new");
        await Expect(rows.First).ToContainTextAsync("Waits 59");
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
    public async Task Bulk_ShowsWhatItWouldDo_Works_AndIsInTheTimeline()
    {
        const int Many = 240;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async lane =>
        {
            for (var n = 0; n < Many / 8; n++)
            {
                await Jobs.SubmitAsync(browser.Admin.Address, $"Not wanted {lane}-{n:00}", "true", Never, ("set", "bulk"));
            }
        }));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:bulk");
        var rows = page.GetByTestId("job-row");
        await Expect(rows).ToHaveCountAsync(50);

        // A stretch with Shift, then the page, then all.
        await rows.Nth(1).GetByRole(AriaRole.Checkbox).ClickAsync();
        await rows.Nth(4).GetByRole(AriaRole.Checkbox).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("4 selected");
        await page.GetByTestId("bulk-SetPriority").ClickAsync();
        await page.GetByLabel("New priority").FillAsync("90");
        await page.GetByTestId("bulk-reason").FillAsync("they are urgent");
        await page.GetByTestId("bulk-start").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Done: 4 changed, 0 skipped, 0 failed");
        await page.GetByTestId("close-operation").ClickAsync();

        await page.GetByTestId("select-page").ClickAsync();
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("50 selected");
        await page.GetByTestId("select-all").ClickAsync();
        await Expect(page.GetByTestId("selection")).ToContainTextAsync($"All {Many} matching");
        await page.GetByTestId("bulk-Cancel").ClickAsync();
        await Expect(page.GetByTestId("bulk-count")).ToContainTextAsync($"{Many} of {Many} would be canceled");
        await PageChecks.CheckAsync(page, "explorer-bulk");
        await page.GetByTestId("bulk-reason").FillAsync("nobody wants them");
        await Expect(page.GetByTestId("bulk-start")).ToBeDisabledAsync();
        await page.GetByTestId("bulk-typed").FillAsync($"{Many}");
        await page.GetByTestId("bulk-start").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync($"Done: {Many} changed, 0 skipped, 0 failed", new() { Timeout = 30_000 });
        await PageChecks.CheckAsync(page, "explorer-operation");
        await Expect(page.GetByTestId("state-canceled")).ToContainTextAsync($"{Many}");
        await browser.VisitAsync(page, "/activity?q=nobody");
        await Expect(page.Locator("main")).ToContainTextAsync("bulk cancel of jobs that match label.set:bulk began: nobody wants them");
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
        await other.Context.CloseAsync();

        await page.GetByTestId("views").ClickAsync();
        await page.GetByTestId("delete-view").ClickAsync();
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
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"explorer-{width}-{theme}");
        await browser.VisitAsync(page, "/jobs?q=label.set:looks&cols=state,job,priority,attempt,worker,wait,run,completed,origin,by,labels,error,config");
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        await page.GetByTestId("job-row").First.GetByRole(AriaRole.Checkbox).ClickAsync();
        await PageChecks.CheckAsync(page, $"explorer-all-columns-{width}-{theme}");
        await page.GetByTestId("bulk-Retry").ClickAsync();
        await Expect(page.GetByTestId("bulk-count")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"explorer-bulk-{width}-{theme}");
        await browser.VisitAsync(page, "/plugin/queue?job=command");
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"explorer-queue-{width}-{theme}");
        foreach (var tab in (string[])["execution", "history"])
        {
            await browser.VisitAsync(page, $"/plugin/{tab}?job=command");
            await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
            await PageChecks.CheckAsync(page, $"explorer-{tab}-{width}-{theme}");
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Tabs_MoveRows_CountAsTheApi_AndExport()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "First in line", "true", Never, ("set", "tabs"));
        await Jobs.SubmitAsync(browser.Admin.Address, "Second in line", "true", Never, ("set", "tabs"));
        await Jobs.SubmitAsync(browser.Admin.Address, "=HYPERLINK(\"evil\")", "exit 5", ("set", "tabs"));
        var (page, complaints) = await browser.OpenAsync("/plugin/queue?job=command");
        var second = page.GetByTestId("job-row").Filter(new() { HasText = "Second in line" });
        await second.GetByTestId("priority").SelectOptionAsync("100");
        await Expect(page.GetByTestId("toast")).ToContainTextAsync("Second in line has priority 100");
        await Expect(page.GetByTestId("job-row").Filter(new() { HasText = "in line" }).First).ToContainTextAsync("Second in line");
        await second.GetByTestId("cancel-row").ClickAsync();
        await second.GetByTestId("cancel-row-confirm").ClickAsync();
        await Expect(second).ToHaveCountAsync(0);

        await browser.VisitAsync(page, "/plugin/execution?job=command");
        using var http = new HttpClient { BaseAddress = new Uri(browser.Admin.Address) };
        foreach (var state in (string[])["succeeded", "failed", "canceled"])
        {
            var count = (await http.GetFromJsonAsync<JsonNode>($"/api/plugin/jobs/count?job_type=command&state={state}&exactly=1"))!["total"]!.GetValue<long>();
            await Expect(page.GetByTestId($"state-{state}")).ToHaveTextAsync(new Regex($" {count}$"));
        }

        await browser.VisitAsync(page, "/plugin/history?job=command&state=failed");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export-csv").ClickAsync());
        var csv = await File.ReadAllLinesAsync((await download.PathAsync())!);
        Assert.StartsWith("job_id,job_type,state", csv[0], StringComparison.Ordinal);
        Assert.All(csv.Skip(1), line => Assert.Contains(",failed,", line, StringComparison.Ordinal));
        Assert.Contains(csv, line => line.Contains("\"'=HYPERLINK(\"\"evil\"\")\"", StringComparison.Ordinal));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
