using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The store cannot answer because another program was at it, or not at once: what was there stays, and the cause is said.</summary>
public sealed class TroubleTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task ListThatCannotBeRead_KeepsItsRowsGreyedAndDated_SaysWhy_AndRetries(int width, int height, string theme)
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var type = $"rows-{width}";
        await workers.OfferAsync(type);
        await workers.SubmitAsync(type, "Seen before");
        var (page, complaints) = await browser.OpenAsync($"/jobs?q=type:{type}", width, height, theme);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var rows = page.GetByTestId("job-row");
        await Expect(rows).ToHaveCountAsync(1);

        Store("DROP INDEX jobs_type_created");
        await workers.SubmitAsync(type, "Came meanwhile");
        var error = page.GetByTestId("list-error");
        await Expect(error).ToContainTextAsync("no such index: jobs_type_created");
        await Expect(error).ToContainTextAsync(new Regex("What is shown is as of .*ago"));
        await Expect(page.Locator(".stale").GetByTestId("job-row")).ToContainTextAsync("Seen before");
        await PageChecks.CheckAsync(page, $"list-error-{width}-{theme}");
        await error.GetByRole(AriaRole.Button, new() { Name = "Copy the details" }).ClickAsync();
        await Expect(error.GetByText("Copied")).ToBeAttachedAsync();
        Assert.Contains("no such index", await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);

        // Opened anew there are no rows to keep; the rest of the page is there.
        await Browser.ReloadAsync(page);
        await Expect(error).ToContainTextAsync("no such index");
        await Expect(error).Not.ToContainTextAsync("as of");
        await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
        await PageChecks.CheckAsync(page, $"list-error-no-rows-{width}-{theme}");
        if (width == 1280)
        {
            await Pictures.CompareAsync(error, "error-list");
        }

        await error.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(error).ToBeVisibleAsync();
        Store("CREATE INDEX jobs_type_created ON jobs (type, created DESC, id)");
        await error.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(error).ToHaveCountAsync(0);
        await Expect(page.Locator(".stale")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What stands over the pages fails by itself, not with the whole connection.</summary>
    [Fact]
    public async Task JobAndPalette_ThatCannotBeRead_SayWhy_AndThePageGoesOn()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        await workers.OfferAsync("closed");
        var job = await workers.SubmitAsync("closed", "Behind a closed door");
        var (page, complaints) = await browser.OpenAsync("/workers");
        await page.EvaluateAsync("window.sameDocument = true");

        Store("ALTER TABLE job_results RENAME TO job_results_away");
        await page.EvaluateAsync("id => Blazor.navigateTo('workers?detail=' + id)", job);
        var modal = page.GetByTestId("job-modal");
        await Expect(modal.GetByRole(AriaRole.Heading)).ToHaveTextAsync("This job failed to open");
        await Expect(modal.GetByTestId("page-failed")).ToContainTextAsync("no such table: job_results");
        await PageChecks.CheckAsync(page, "job-error");
        await Pictures.CompareAsync(modal.GetByTestId("page-failed"), "error-job");
        Store("ALTER TABLE job_results_away RENAME TO job_results");
        await modal.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(modal).ToContainTextAsync("Behind a closed door");
        await page.Keyboard.PressAsync("Escape");
        await Expect(modal).ToHaveCountAsync(0);

        Store("DROP INDEX jobs_created; DROP INDEX jobs_updated");
        await page.Keyboard.PressAsync("Control+k");
        var palette = page.GetByTestId("palette");
        await Expect(palette.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("workers");
        await Expect(palette.GetByRole(AriaRole.Status)).ToContainTextAsync("The store could not be searched: ");
        await Expect(palette.GetByRole(AriaRole.Option, new() { Name = "Workers" }).First).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "palette-error");
        Store("CREATE INDEX jobs_created ON jobs (created DESC, id); CREATE INDEX jobs_updated ON jobs (updated DESC, id) WHERE ended = 1");
        await page.Keyboard.PressAsync("Backspace");
        await Expect(palette.GetByRole(AriaRole.Status)).ToContainTextAsync("found");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"), "the page was reloaded on the way");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>The admin knows the job, and what it says of it is on its way for a while.</summary>
    [Fact]
    public async Task Loading_OnASlowLine_LooksAsItDid()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        await workers.OfferAsync("slow", executes: false);
        var job = await workers.SubmitAsync("slow", "On its way");
        var (page, complaints) = await browser.OpenAsync("/workers");
        var line = new SlowLine("job-loading"u8.ToArray(), holdsAdmin: true);
        await line.StartAsync(page);
        await page.GotoAsync($"{browser.Address}/jobs/{job}");
        await Expect(page.GetByTestId("job-loading")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "job-loading");
        await Pictures.CompareAsync(page.GetByTestId("job-loading").Locator("i").Nth(1), "loading-job");
        line.LetGo();
        await Browser.ReadyAsync(page);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "On its way" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("job-loading")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Everything that says "wait" and is ever put into the page is noted, however soon it is gone again.</summary>
    [Fact]
    public async Task Waiting_IsShownAfterAWhileOnly_AndNeverOverWhatIsThere()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        await workers.OfferAsync("far", executes: false);
        var job = await workers.SubmitAsync("far", "Far away");
        var (page, complaints) = await browser.OpenAsync("/workers");
        await page.EvaluateAsync("""
            () => {
              window.waits = [];
              new MutationObserver(all => all.flatMap(change => [...change.addedNodes]).filter(node => node.nodeType === 1)
                .flatMap(node => [node, ...node.querySelectorAll("*")]).filter(node => node.matches(".loading, .skeleton"))
                .forEach(node => window.waits.push(node))).observe(document.body, { childList: true, subtree: true });
            }
            """);
        await page.EvaluateAsync("id => Blazor.navigateTo('jobs/' + id)", job);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Far away" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("job-loading")).ToHaveCountAsync(0);
        Assert.Equal(["hidden", "visible"], await page.EvaluateAsync<string[]>("""
            () => {
              const shown = window.waits[0].cloneNode(true);
              document.querySelector("main").prepend(shown);
              const appears = shown.getAnimations()[0];
              appears.pause();
              return [149, 151].map(time => { appears.currentTime = time; return getComputedStyle(shown).visibility; });
            }
            """));
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, "job-loading.png") });
        await page.EvaluateAsync("document.querySelector('main > .skeleton').remove()");

        // Another order, another filter, a job that comes and one that opens: news covers nothing.
        await page.EvaluateAsync("Blazor.navigateTo('jobs?q=type:far')");
        var rows = page.GetByTestId("job-row");
        await Expect(rows).ToHaveCountAsync(1);
        await page.EvaluateAsync("window.waits = []");
        var created = page.GetByRole(AriaRole.Columnheader, new() { Name = "Created" });
        await created.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(created).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.GetByTestId("state-pending").ClickAsync();
        await Expect(page.GetByTestId("state-pending")).ToHaveAttributeAsync("aria-pressed", "true");
        await workers.SubmitAsync("far", "Farther away");
        await Expect(page.GetByTestId("total")).ToHaveTextAsync("2 jobs");
        await created.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await page.EvaluateAsync("Blazor.navigateTo('plugin/queue?job=far')");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("far");
        await Expect(rows).ToHaveCountAsync(2);
        Assert.Equal(0, await page.EvaluateAsync<int>("window.waits.length"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private void Store(string sql)
    {
        using var store = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(browser.Folder, "data", "admin.db"), Pooling = false }.ToString());
        store.Open();
        using var command = store.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
