using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Every page and state with life in it, in both themes and sizes.</summary>
public sealed class EveryPageTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>, IAsyncLifetime
{
    internal static readonly (string Name, string Path)[] Pages =
    [
        ("overview", "/"), ("job-types", "/plugin/configuration"), ("all-detections", "/plugin/detection"), ("all-queues", "/plugin/queue"), ("all-executions", "/plugin/execution"), ("all-history", "/plugin/history"),
        ("configuration", Retention.Configuration), ("detection", "/plugin/detection?job=file_retention"), ("no-detector", "/plugin/detection?job=command"),
        ("queue", "/plugin/queue?job=command"), ("execution", "/plugin/execution?job=command"), ("history", "/plugin/history?job=command"),
        ("jobs", "/jobs"), ("nothing-matches", "/jobs?q=zzzz"), ("workers", "/workers"), ("activity", "/activity"), ("activity-trouble", "/activity?severity=warning"),
        ("lanes", "/plugin/lanes"), ("lane", "/plugin/lanes/general"), ("lane-locked", "/plugin/lanes/default"), ("lane-queue", "/plugin/lanes/general/queue"), ("lane-workers", "/plugin/lanes/general/workers"),
        ("no-such-lane", "/plugin/lanes/nowhere"), ("settings", "/settings"),
        ("overview-day", "/?window=24h"), ("worker", "/workers/stock-1"), ("unknown-worker", "/workers/unheard"), ("no-worker-matches", "/workers?q=zzzz"),
        ("no-such-tab", "/plugin/nothing"), ("unknown-type", "/plugin/queue?job=unheard"), ("unknown-job", "/jobs?detail=unheard"),
        ("unknown-job-page", "/jobs/unheard"), ("no-such-lane-queue", "/plugin/lanes/nowhere/queue"), ("unknown-clone", "/jobs/new?clone=unheard"), ("new-job", "/jobs/new?type=command"), ("unknown-group", "/groups/unheard"), ("schedules", "/schedules"), ("new-schedule", "/schedules/new?type=command"), ("unknown-schedule", "/schedules/unheard"),
    ];

    /// <summary>All pages in one test would take a slow machine longer than a test may.</summary>
    internal const int Parts = 3;

    private string _running = "";
    private string _failed = "";
    private string _waiting = "";

    public static TheoryData<int, int, string, int> Views
    {
        get
        {
            var views = new TheoryData<int, int, string, int>();
            foreach (var part in Enumerable.Range(0, Parts))
            {
                views.Add(1280, 800, "light", part);
                views.Add(1280, 800, "dark", part);
                views.Add(390, 844, "light", part);
                views.Add(390, 844, "dark", part);
            }

            return views;
        }
    }

    public async Task InitializeAsync()
    {
        _failed = await Jobs.SubmitAsync(browser.Admin.Address, "Check disks of rack 4", "echo checking; echo 'disk at 97 %' >&2; exit 3");
        _running = await Jobs.GoOnAsync(browser.Admin.Address, "Rebuild the index");
        _waiting = await Jobs.SubmitAsync(browser.Admin.Address, "Needs a GPU", "true", ("require.gpu", "yes"));
    }

    public async Task DisposeAsync()
    {
        await Jobs.CancelAsync(browser.Admin.Address, _running);
        await Jobs.CancelAsync(browser.Admin.Address, _waiting);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Pages_AreAccessible_FitAndAreQuiet(int width, int height, string theme, int part)
    {
        var (page, complaints) = await browser.OpenAsync("/", width, height, theme);
        foreach (var (name, path) in Pages.Where((_, n) => n % Parts == part))
        {
            await browser.VisitAsync(page, path);
            await Expect(page.Locator("footer")).ToContainTextAsync("live");
            await PageChecks.CheckAsync(page, $"{name}-{width}-{theme}", bothThemes: false);
            await PageChecks.StoodStillAsync(page, $"{name}-{width}-{theme}");
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    [InlineData(390, 844, "dark")]
    public async Task States_AreAccessible_FitAndAreQuiet(int width, int height, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/", width, height, theme);
        Task CheckAsync(string name) => PageChecks.CheckAsync(page, $"{name}-{width}-{theme}", bothThemes: false);

        // The open job in its states, with a question asked.
        await browser.VisitAsync(page, $"/jobs?detail={_failed}");
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("exit code 3");
        await CheckAsync("job-failed");
        await browser.VisitAsync(page, $"/jobs?detail={_waiting}");
        await Expect(page.GetByTestId("why")).ToContainTextAsync("does not have gpu=yes");
        await CheckAsync("job-waiting");
        await browser.VisitAsync(page, $"/jobs?detail={_running}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("started");
        if (width < 900)
        {
            await page.GetByTestId("job-actions").ClickAsync();
        }

        await page.GetByTestId("cancel-job").ClickAsync();
        await Expect(page.GetByTestId("cancel-job-confirm")).ToBeVisibleAsync();
        await CheckAsync("job-running");
        await browser.VisitAsync(page, $"/jobs/{_failed}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Check disks of rack 4" })).ToBeVisibleAsync();
        await CheckAsync("job-page");

        // A refused form with the menu of a field open; activity that stands still.
        await browser.VisitAsync(page, Retention.Configuration);
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.Locator(".form-errors")).ToBeVisibleAsync();
        await page.Locator("[data-field=match] summary").ClickAsync();
        await CheckAsync("form-errors");
        await browser.VisitAsync(page, "/activity");
        await page.GetByTestId("live-switch").ClickAsync();
        await Expect(page.GetByTestId("paused-strip")).ToContainTextAsync("none lost");
        await CheckAsync("activity-paused");
        Assert.Empty(complaints);

        // An address that no page has: the browser notes the status 404, which is right.
        await browser.VisitAsync(page, "/no/such/page");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Not found" })).ToBeVisibleAsync();
        await CheckAsync("not-found");
        await page.Context.CloseAsync();
    }

    /// <summary>Filters and windows are in the address. A control that begins with # is a list, of which the first choice is taken.</summary>
    [Theory]
    [InlineData("/workers?q=stock-1", "nav[aria-label=Health] a:has-text('Healthy')")]
    [InlineData("/workers?health=healthy", "#label")]
    [InlineData("/plugin/queue?job=command&state=pending", "[data-testid=state-running]")]
    [InlineData("/plugin/execution?job=command&state=failed", "[data-testid=state-succeeded]")]
    [InlineData("/plugin/history?job=command&state=failed", "[data-testid=state-canceled]")]
    [InlineData("/plugin/history?job=command&state=succeeded", "#time")]
    [InlineData("/plugin/detection?job=file_retention&state=failed", "[data-testid=state-succeeded]")]
    [InlineData("/?window=24h", "nav[aria-label='How far back'] a:has-text('6 h')")]
    public async Task View_OutlivesAReload_AndBackUndoesTheLastChange(string path, string control)
    {
        var (page, complaints) = await browser.OpenAsync(path);
        var choice = page.Locator(control);
        var option = control.StartsWith('#') ? await choice.Locator("option").Nth(1).GetAttributeAsync("value") : null;
        await IsChosenAsync(false);
        if (option is null)
        {
            await choice.ClickAsync();
        }
        else
        {
            await choice.SelectOptionAsync(option);
        }

        await Expect(page).Not.ToHaveURLAsync(browser.Address + path);
        await IsChosenAsync(true);
        var chosen = page.Url;
        await Browser.ReloadAsync(page);
        await Expect(page).ToHaveURLAsync(chosen);
        await IsChosenAsync(true);
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(browser.Address + path);
        await IsChosenAsync(false);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        Task IsChosenAsync(bool chosen) => option is null
            ? Expect(choice.And(page.Locator("[aria-current=page]"))).ToHaveCountAsync(chosen ? 1 : 0)
            : Expect(choice).ToHaveValueAsync(chosen ? option : "");
    }

    /// <summary>Rows, output and results move in a page that nobody touches and that asks for nothing.</summary>
    [Fact]
    public async Task WorkSubmittedElsewhere_ShowsByItself()
    {
        var (page, complaints) = await browser.OpenAsync("/plugin/execution?job=command");
        await page.EvaluateAsync("window.sameDocument = true");
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);
        var gate = Path.Combine(browser.Folder, "gate");
        await Jobs.SubmitAsync(browser.Admin.Address, "Waits at the gate", $"echo at the gate; while [ ! -e {gate} ]; do sleep 0.1; done; echo passed");
        var row = page.GetByTestId("job-row").Filter(new() { HasText = "Waits at the gate" });
        await Expect(row).ToContainTextAsync("Running");
        await row.GetByTestId("job-link").ClickAsync();
        var log = page.GetByTestId("job-log");
        await Expect(log).ToHaveTextAsync("at the gate");

        // Held, the picture stands still while the job goes on; nothing of it is lost.
        await page.GetByTestId("pause-log").ClickAsync();
        await File.WriteAllTextAsync(gate, "");
        await Expect(page.GetByTestId("job-result")).ToContainTextAsync("exit code 0");
        await Expect(log).ToHaveTextAsync("at the gate");
        await page.GetByTestId("pause-log").ClickAsync();
        await Expect(log).ToHaveTextAsync("at the gate passed");
        await page.GetByTestId("close-job").ClickAsync();
        await Expect(row).ToContainTextAsync("Succeeded");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        Assert.DoesNotContain(asked, path => path.StartsWith("/api", StringComparison.Ordinal));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Cancel is a ladder: asked in two steps, then the worker's word, then an end.</summary>
    [Fact]
    public async Task Cancel_AsksTwice_ShowsTheLadder_AndEnds()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Does not like to stop", "trap '' TERM; echo on and on; while true; do sleep 0.2; done");
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("on and on");
        await page.GetByTestId("cancel-job").ClickAsync();
        await page.GetByTestId("cancel-job-confirm").ClickAsync();
        await Expect(page.GetByTestId("ladder")).ToContainTextAsync("asked to stop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Force now" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Really force" }).ClickAsync();
        await Expect(page.Locator(".chip-canceled").First).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }
}
