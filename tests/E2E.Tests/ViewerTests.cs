using System.Net;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Every page through the view-only address: all is there to be read, and nothing to be done.</summary>
public sealed class ViewerTests(ViewedAdmin browser) : IClassFixture<ViewedAdmin>, IAsyncLifetime
{
    /// <summary>What can be pressed, moved or typed into and is not known to change nothing but the view. Whoever adds such a thing decides here what it is.</summary>
    private const string Acts = """
        () => [...document.querySelectorAll("button, input, select, textarea, a[href*='/new'], a[href*='edit=true'], a[href$='admin.db']")]
            .filter(element => !element.disabled && !element.closest("fieldset[disabled]"))
            .filter(element => !element.matches(LOOKS))
            .map(element => element.dataset.testid || element.getAttribute("aria-label") || element.textContent.trim() || element.outerHTML.slice(0, 120))
        """;

    private static readonly string[] Looks =
    [
        // The frame: where to go, what is one's own.
        ".shell-head *", ".popover *", ".rail *", "#components-reconnect-modal *", ".skip",
        // What is shown of a list, and how.
        "[type=search]", "[role=combobox]", ".term button", "[aria-label='Clear the query']", ".filters *", ".filter-sheet *", ".filter-line *", ".pager *", ".sort", "[data-testid=columns]", "[data-testid=views]",
        // Of a job and a form: open, fold, compare, copy.
        "[data-testid=previous-job]", "[data-testid=next-job]", "[data-testid=close-job]", ".page-head [aria-label=Close]", "[data-testid^='log-']", "#log-tools *", "[data-testid=follow-log]", "[data-testid=pause-log]", "#activity-source", "[aria-label=Tool] button", "[aria-label=Result] .switch button",
        "[data-testid=open-text]", "[data-testid=result-json]", "[data-testid=as-table]", "[aria-label^='Copy ']", "[aria-label^='Compare version']", ".form-section-toggle",
        // Of charts and cards.
        ".card-fold", ".card-foot > .button-plain", "[data-key='+']", "[data-key='-']", "input[type=hidden]",
    ];

    private string _running = "";
    private string _failed = "";
    private string _waiting = "";
    private string _schedule = "";

    public static TheoryData<int, int, string, int> Views
    {
        get
        {
            var views = new TheoryData<int, int, string, int>();
            foreach (var part in Enumerable.Range(0, EveryPageTests.Parts))
            {
                views.Add(1280, 800, "light", part);
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
        using var http = new HttpClient();
        using var schedule = new StringContent($$"""{"name":"nightly-{{_waiting[^8..]}}","cron":"30 2 * * *","job":{"job_type":"command","parameters":{"command":"true"} } }""", Encoding.UTF8, "application/json");
        using var saved = await http.PostAsync(new Uri($"{browser.Admin.Address}/api/plugin/schedules"), schedule);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        using var document = System.Text.Json.JsonDocument.Parse(await saved.Content.ReadAsStringAsync());
        _schedule = document.RootElement.GetProperty("schedule_id").GetString()!;
        using var backup = await http.PostAsync(new Uri($"{browser.Admin.Address}/api/plugin/backups"), null);
        Assert.Equal(HttpStatusCode.Created, backup.StatusCode);
    }

    public async Task DisposeAsync()
    {
        await Jobs.CancelAsync(browser.Admin.Address, _running);
        await Jobs.CancelAsync(browser.Admin.Address, _waiting);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task EveryPage_IsThereToLookAt_AndOffersNoAct(int width, int height, string theme, int part)
    {
        var (page, complaints) = await browser.OpenAsync("/", width, height, theme);
        var acts = Acts.Replace("LOOKS", $"`{string.Join(',', Looks)}`", StringComparison.Ordinal);
        var found = new List<string>();
        (string Name, string Path)[] more = [("job", $"/jobs/{_running}"), ("job-failed", $"/jobs/{_failed}"), ("job-waiting", $"/jobs?detail={_waiting}"), ("schedule", $"/schedules/{_schedule}"), ("schedule-edit", $"/schedules/{_schedule}?edit=true"), ("config-json", $"{Retention.Configuration}&as=json")];
        foreach (var (name, path) in EveryPageTests.Pages.Concat(more).Where((_, n) => n % EveryPageTests.Parts == part))
        {
            await browser.VisitAsync(page, path);
            await Expect(page.Locator("footer")).ToContainTextAsync("live");
            await Expect(page.GetByTestId("view-only")).ToBeVisibleAsync();
            await PageChecks.CheckAsync(page, $"viewer-{name}-{width}-{theme}", bothThemes: false);
            found.AddRange((await page.EvaluateAsync<string[]>(acts)).Select(act => $"{name}: {act}"));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>The same pages at the admin's own address have what is missing here, so that missing it means something.</summary>
    [Fact]
    public async Task WhatIsMissing_IsThere_AtTheAdminsOwnAddress()
    {
        var (page, _) = await browser.OpenAsync($"/jobs/{_running}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("started");
        await Expect(page.GetByTestId("cancel-job")).ToHaveCountAsync(0);
        await page.GotoAsync($"{browser.Admin.Address}/jobs/{_running}");
        await Expect(page.GetByTestId("cancel-job")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("view-only")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task PagesForActingAlone_SayThatOneMayNot_AndFormsSayWhy()
    {
        var (page, _) = await browser.OpenAsync("/jobs/new?type=command");
        await Expect(page.GetByTestId("forbidden")).ToContainTextAsync("This page needs jobs.submit");
        await Pictures.CompareAsync(page.GetByTestId("forbidden"), "forbidden");
        await browser.VisitAsync(page, "/schedules/new");
        await Expect(page.GetByTestId("forbidden")).ToContainTextAsync("This page needs schedule.control");
        await browser.VisitAsync(page, Retention.Configuration);
        await Expect(page.GetByTestId("look-only")).ToHaveTextAsync("You look at this through the view-only address. Changing it needs config.edit.");
        await Expect(page.GetByTestId("save-bar")).ToHaveCountAsync(0);
        await Expect(page.Locator("#cron")).ToBeDisabledAsync();
        await page.Context.CloseAsync();
    }

    /// <summary>Keys and the palette press what the page offers: there is nothing. What is one's own stays.</summary>
    [Fact]
    public async Task KeysAndPalette_OfferNoAct_AndThemesStay()
    {
        var (page, _) = await browser.OpenAsync($"/jobs/{_running}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("started");
        await page.Keyboard.PressAsync("c");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("cancel"); // What is typed early is kept until its box hears keys, and thus Enter.
        await Expect(page.GetByTestId("palette").Locator("input")).ToHaveValueAsync("cancel");
        await Expect(page.GetByTestId("palette")).Not.ToContainTextAsync("On this page");
        await page.GetByTestId("palette").Locator("input").FillAsync("theme dark");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(page.GetByTestId("cancel-job-confirm")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }
}
