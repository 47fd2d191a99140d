using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The jobs of one type: as they wait, run and ended.</summary>
public sealed class TypeTabTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private static readonly (string Key, string Value) Never = ("require.gpu", "yes");

    [Fact]
    public async Task Queue_IsInDispatchOrder_AndAPriorityMovesARow()
    {
        foreach (var summary in (string[])["First in line", "Second in line", "Third in line"])
        {
            await Jobs.SubmitAsync(browser.Admin.Address, summary, "true", Never, ("set", "queue"));
        }

        var (page, complaints) = await browser.OpenAsync("/plugin/queue?job=command");
        var rows = page.GetByTestId("job-row").Filter(new() { HasText = "in line" });
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(page.GetByTestId("queue-numbers")).ToContainTextAsync(new Regex("3 queued · limit 64, 4 per worker · [0-9]+ free slots? now"));
        Assert.Equal(await InOrderAsync(), await rows.GetByTestId("job-link").AllInnerTextsAsync());
        await rows.Nth(2).GetByTestId("priority").SelectOptionAsync("75");
        await Expect(page.GetByTestId("toast")).ToContainTextAsync("Third in line has priority 75");
        await Expect(rows.First).ToContainTextAsync("Third in line");
        await Expect(rows.First.Locator(".its-place")).ToHaveTextAsync("1");
        Assert.Equal(["Third in line", "First in line", "Second in line"], await InOrderAsync());
        Assert.Equal(await InOrderAsync(), await rows.GetByTestId("job-link").AllInnerTextsAsync());

        // Taken back, it waits where it waited before; canceled, it waits no more.
        await page.GetByTestId("undo").ClickAsync();
        await Expect(rows.Nth(2)).ToContainTextAsync("Third in line");
        while (await rows.CountAsync() is var left and > 0)
        {
            await rows.First.GetByTestId("cancel-row").ClickAsync();
            await rows.First.GetByTestId("cancel-row-confirm").ClickAsync();
            await Expect(rows).ToHaveCountAsync(left - 1);
        }

        await Expect(page.GetByText("Queue is empty.")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync(new Regex("Last job finished .* ago"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ExecutionAndHistory_HoldUnderThePointer_AndExportWhatTheyShow()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Moves twelve volumes", "true", ("set", "tabs"), ("batch", "true"), ("batch_size", "12"));
        var evil = await Jobs.SubmitAsync(browser.Admin.Address, "=HYPERLINK(\"evil\")", "exit 5", ("set", "tabs"));
        var (page, complaints) = await browser.OpenAsync("/plugin/execution?job=command");
        var rows = page.GetByTestId("job-row");
        await Expect(rows.Filter(new() { HasText = "Moves twelve volumes" }).GetByTestId("moves")).ToHaveTextAsync("12 moves");
        await Expect(rows.Filter(new() { HasText = "Moves twelve volumes" })).ToContainTextAsync("Succeeded");
        await Expect(rows.Filter(new() { HasText = "exit code 5" })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("execution-activities")).ToContainTextAsync("exit code 5");

        // Under the pointer a row keeps its place, whatever runs meanwhile.
        var first = await rows.First.GetByTestId("job-link").InnerTextAsync();
        await rows.First.HoverAsync();
        await Jobs.SubmitAsync(browser.Admin.Address, "Ran meanwhile", "true", ("set", "tabs"));
        await Expect(page.GetByTestId("moved-rows")).ToBeVisibleAsync();
        Assert.Equal(first, await rows.First.GetByTestId("job-link").InnerTextAsync());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).HoverAsync();
        await Expect(rows.First).ToContainTextAsync("Ran meanwhile");

        // One type's rows are a file as well, with the same filter.
        await browser.VisitAsync(page, "/plugin/execution?job=command&state=failed&since=1h");
        await Expect(rows.First).ToBeVisibleAsync();
        var ran = await rows.CountAsync();
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export-csv").ClickAsync());
        var lines = await File.ReadAllLinesAsync((await file.PathAsync())!);
        Assert.Equal(ran, lines.Length - 1);
        Assert.All(lines.Skip(1), line => Assert.Contains(",command,failed,", line, StringComparison.Ordinal));

        await browser.VisitAsync(page, "/plugin/execution?job=command&until=2020-01-01");
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await browser.VisitAsync(page, "/plugin/execution?job=file_retention&since=24h");
        await Expect(page.GetByText("No job of this type ran in the last 24 h.")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "execution-none");
        await page.GetByTestId("widen").ClickAsync();
        await Expect(page.GetByText("No job of this type ran in the last 7 days.")).ToBeVisibleAsync();
        await browser.VisitAsync(page, "/plugin/history?job=file_retention");
        await Expect(page.GetByText("No finished job is kept.")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "history-none");

        await browser.VisitAsync(page, "/plugin/history?job=command&state=failed&since=1h");
        await Expect(rows.First).ToBeVisibleAsync();
        var shown = await rows.CountAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export-csv").ClickAsync());
        var csv = await File.ReadAllLinesAsync((await download.PathAsync())!);
        Assert.StartsWith("job_id,job_type,state", csv[0], StringComparison.Ordinal);
        Assert.Equal(shown, csv.Length - 1);
        Assert.All(csv.Skip(1), line => Assert.Contains(",failed,", line, StringComparison.Ordinal));
        Assert.Contains(csv, line => line.StartsWith(evil, StringComparison.Ordinal) && line.Contains("\"'=HYPERLINK(\"\"evil\"\")\"", StringComparison.Ordinal));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Every state has a job, one of them given to a worker that has not begun; what waits is not counted.</summary>
    [Fact]
    public async Task Execution_CountsAsTheApi()
    {
        var address = browser.Admin.Address;
        using var workers = new ScriptedWorkers(browser.Admin);
        var holder = await workers.OfferAsync("command", slots: 1, describes: false);
        await Jobs.SubmitAsync(address, "Is not begun", "true", ("require.worker_id", holder.Id));
        var given = await holder.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        var running = await Jobs.GoOnAsync(address, "Is not ended");
        var waits = await Jobs.SubmitAsync(address, "Is not given", "true", Never);
        await Jobs.CancelAsync(address, await Jobs.SubmitAsync(address, "Is not wanted", "true", Never));
        await Jobs.SubmitAsync(address, "Is done", "true");
        await Jobs.SubmitAsync(address, "Is broken", "exit 5");
        var (page, complaints) = await browser.OpenAsync("/plugin/execution?job=command");
        var rows = page.GetByTestId("job-row");
        foreach (var (summary, state) in ((string, string)[])[("Is not begun", "Assigned"), ("Is not ended", "Running"), ("Is not wanted", "Canceled"), ("Is done", "Succeeded"), ("Is broken", "Failed")])
        {
            await Expect(rows.Filter(new() { HasText = summary })).ToContainTextAsync(state);
        }

        using var http = new HttpClient();
        var counted = (await http.GetFromJsonAsync<JsonNode>($"{address}/api/plugin/jobs/count?job_type=command&exactly=1"))!["by_state"]!.AsObject().ToDictionary(state => state.Key, state => state.Value!.GetValue<long>());
        Assert.Equal([1, 1], [counted["assigned"], counted["running"]]);
        Assert.True(counted.Remove("pending", out var pending) && pending > 0);
        foreach (var (state, count) in counted.Append(new("all", counted.Values.Sum())))
        {
            await Expect(page.GetByTestId($"state-{state}")).ToHaveTextAsync(new Regex($" {count}$"));
        }

        Assert.Equal(5, counted.Count);

        // Nothing is left for another test to count.
        await holder.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = given.RequestId, JobId = given.ExecuteJobRequest.Job.JobId, JobType = "command", Success = true } });
        await Jobs.CancelAsync(address, running);
        await Jobs.CancelAsync(address, waits);
        await Expect(rows.Filter(new() { HasText = "Is not begun" })).ToContainTextAsync("Succeeded");
        await Expect(rows.Filter(new() { HasText = "Is not ended" })).ToContainTextAsync("Canceled");
        await Expect(rows.Filter(new() { HasText = "Is not given" })).ToContainTextAsync("Canceled");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What a type's tab has, the list over all types has too; what it counts, it leads to.</summary>
    [Fact]
    public async Task AllTypes_AreFilteredAndExported_AndNumbersLeadToWhatTheyCount()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Over all types", "exit 4", ("set", "all"));
        await Jobs.FillAsync(browser.Admin.Address, 70, "In a long line", ("set", "line"));
        var (page, complaints) = await browser.OpenAsync("/plugin/execution?state=failed&since=1h&until=never");
        var rows = page.GetByTestId("job-row");
        await Expect(rows.Filter(new() { HasText = "Over all types" })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("not-understood")).ToContainTextAsync("until=never");
        await Expect(page.GetByTestId("state-failed")).ToHaveAttributeAsync("aria-current", "page");
        await Expect(page.GetByTestId("export-csv")).ToHaveAttributeAsync("href", new Regex("state%3Afailed"));
        await PageChecks.CheckAsync(page, "all-executions-failed");
        await page.GetByTestId("type-filter").SelectOptionAsync("command");
        await Expect(page).ToHaveURLAsync(new Regex("/plugin/execution.*job=command"));
        await Expect(page.GetByTestId("state-failed")).ToHaveAttributeAsync("aria-current", "page");

        await browser.VisitAsync(page, "/plugin/history?state=failed");
        await Expect(rows.Filter(new() { HasText = "Over all types" })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("history-charts")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "all-history-failed");
        await page.GetByTestId("state-canceled").ClickAsync();
        await Expect(page.GetByTestId("state-canceled")).ToHaveAttributeAsync("aria-current", "page");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "How far back" }).GetByRole(AriaRole.Link, new() { Name = "6 h" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("state=canceled&window=6h$"));

        // The queue is as long as it is, and drawn only where it is looked at.
        await browser.VisitAsync(page, "/plugin/queue");
        await Expect(rows.Nth(20)).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 20, 69);
        Assert.True(await page.EvaluateAsync<bool>("() => { const list = document.querySelector('.scroll:has(> .queue)'); return list.scrollWidth <= list.clientWidth; }"));
        await PageChecks.CheckAsync(page, "all-queues-long");
        await page.EvaluateAsync("() => document.querySelector('table.queue').scrollIntoView({ block: 'end' })");
        await Expect(rows.Locator(".its-place", new() { HasText = "70" })).ToBeVisibleAsync(); // Whichever it is: they are submitted many at a time.
        await page.GetByTestId("queue-numbers").GetByRole(AriaRole.Link, new() { NameRegex = new Regex("queued") }).ClickAsync();
        await Expect(page.GetByTestId("total")).ToHaveTextAsync(new Regex("^70 jobs$"));
        await Expect(page.Locator("#q")).ToBeVisibleAsync();

        // The row with the focus: its job opens, with the question asked.
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("c");
        await Expect(page.GetByTestId("cancel-job-confirm")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("job-modal")).ToHaveCountAsync(0);

        // Selected ones: the palette offers what can be done with them, and the same key asks about all.
        await page.GetByTestId("select-page").ClickAsync();
        await page.GetByTestId("select-all").ClickAsync();
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("expire the selected"); // What is typed early is kept until its box hears keys, and thus Enter.
        await Expect(page.Locator("#palette-0")).ToContainTextAsync("Expire the selected jobs");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("bulk-dialog")).ToContainTextAsync("Expire many jobs");
        await Expect(page.GetByTestId("bulk-dialog")).ToHaveAttributeAsync("open", "");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("bulk-dialog")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("c");
        await Expect(page.GetByTestId("bulk-count")).ToContainTextAsync("70 of 70 would be canceled");
        await page.GetByTestId("bulk-reason").FillAsync("nobody waits for them");
        await page.GetByTestId("bulk-start").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Done: 70 changed, 0 skipped, 0 failed");
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByTestId("paused-strip")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByTestId("paused-strip")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Phone_FiltersAreASheet_ThatCounts(string theme)
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "For the sheet", "exit 2", ("set", "sheet"));
        var (page, complaints) = await browser.OpenAsync("/plugin/execution?job=command&state=failed&since=1h", 390, 844, theme);
        await Expect(page.GetByTestId("job-row").First).ToBeVisibleAsync();
        await Expect(page.GetByTestId("filter-count")).ToHaveTextAsync("2 set");
        await Expect(page.GetByTestId("state-succeeded")).ToBeHiddenAsync();
        await page.GetByTestId("filters").ClickAsync();
        await Expect(page.GetByTestId("state-succeeded")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"execution-filters-390-{theme}");
        await page.GetByTestId("state-all").ClickAsync();
        await Expect(page.GetByTestId("filter-count")).ToHaveTextAsync("1 set");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("state-succeeded")).ToBeHiddenAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What the API says goes next.</summary>
    private async Task<List<string>> InOrderAsync()
    {
        using var http = new HttpClient();
        var jobs = await http.GetFromJsonAsync<JsonArray>($"{browser.Admin.Address}/api/plugin/jobs?job_type=command&order=queue&q=label.set:queue");
        return [.. jobs!.Select(job => job!["summary"]!.GetValue<string>())];
    }
}
