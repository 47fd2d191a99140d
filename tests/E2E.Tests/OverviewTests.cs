using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What a person sees at a glance, while work comes and goes.</summary>
public sealed class OverviewTests(Fleet fleet) : IClassFixture<Fleet>, IAsyncLifetime
{
    private const float Patience = 60_000;

    public async Task InitializeAsync()
    {
        fleet.StartOnce("stock-1");
        fleet.StartOnce("stock-2");
        var (page, _) = await fleet.OpenAsync("/");
        await Expect(page.GetByTestId("scheduler-row").Filter(new() { HasText = "Command" })).ToContainTextAsync("2 executors", new() { Timeout = Patience });
        await page.Context.CloseAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task HundredJobs_RiseAndFall_WithoutAReload_AndCountersEqualTheLists()
    {
        var (page, complaints) = await fleet.OpenAsync("/");
        await page.EvaluateAsync("window.sameDocument = true");
        var depth = page.Locator("#queue .plot").First;
        var gate = Path.Combine(fleet.Folder, "gate");
        foreach (var n in Enumerable.Range(0, 100))
        {
            await Jobs.SubmitAsync(fleet.Admin.Address, $"Number {n}", $"while [ ! -e {gate} ]; do sleep 0.1; done");
        }

        // It rises ...
        await Expect(page.GetByTestId("queued")).Not.ToHaveTextAsync("0");
        await Expect(page.GetByTestId("count-active")).ToHaveTextAsync("8");
        await Expect(page.GetByTestId("queued")).ToHaveTextAsync("92");
        const int queued = 92;
        Assert.Equal(8, await CountAsync("state=running") + await CountAsync("state=assigned"));
        await Expect(depth).ToHaveAttributeAsync("aria-label", new Regex($"at most {queued} queued"));
        await PageChecks.CheckAsync(page, "overview-deep");

        // ... and falls.
        await File.WriteAllTextAsync(gate, "");
        await Expect(page.GetByTestId("count-active")).ToHaveTextAsync("0", new() { Timeout = Patience });
        await Expect(page.GetByTestId("queued")).ToHaveTextAsync("0");
        var succeeded = await NumberAsync(page.GetByTestId("count-succeeded"));
        Assert.Equal(await CountAsync("state=succeeded"), succeeded);
        Assert.True(succeeded >= 100);
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"), "the page was reloaded on the way");

        // The pictures read their values at the arrow keys, and are tables when asked.
        await depth.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator("#queue .chart-tip").First).ToContainTextAsync("queued");
        foreach (var table in await page.GetByTestId("as-table").AllAsync())
        {
            await table.ClickAsync();
        }

        await Expect(page.Locator("#queue .chart-table").First).ToContainTextAsync($"{queued}");
        await Expect(page.Locator("#lanes-at-work .chart-table")).ToContainTextAsync("attempts of command");
        await Expect(page.Locator("#load .chart-table")).ToContainTextAsync("stock-2");
        await PageChecks.CheckAsync(page, "overview-tables");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task EqualFailures_AreOneRow_ThatCanBeMutedAndBroughtBack()
    {
        foreach (var n in Enumerable.Range(0, 37))
        {
            await Jobs.SubmitAsync(fleet.Admin.Address, $"Fails {n}", $"echo 'disk {n} of 10.0.0.{n} is full' >&2; exit 3");
        }

        var (page, _) = await fleet.OpenAsync("/");
        var row = page.GetByTestId("failure-group");
        await Expect(row.GetByTestId("failure-count")).ToHaveTextAsync("37", new() { Timeout = Patience });
        await Expect(row).ToHaveCountAsync(1);
        Assert.Equal(37, await NumberAsync(page.GetByTestId("count-failed")));
        await PageChecks.CheckAsync(page, "overview-failures");

        await row.GetByTestId("retry-all").ClickAsync();
        var dialog = page.GetByTestId("retry-all-dialog");
        await Expect(dialog).ToContainTextAsync("37 jobs");
        await PageChecks.CheckAsync(page, "overview-retry-all");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);

        await row.GetByTestId("mute").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await page.GetByTestId("undo").ClickAsync();
        await Expect(row).ToHaveCountAsync(1);

        await row.GetByTestId("retry-all").ClickAsync();
        await page.GetByTestId("retry-all-confirm").ClickAsync();
        await Expect(page.GetByTestId("retry-progress")).ToContainTextAsync("37 of 37 submitted.", new() { Timeout = Patience });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).Last.ClickAsync();
        await Expect(row.GetByTestId("failure-count")).ToHaveTextAsync("74", new() { Timeout = Patience });
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(390, 844, "dark")]
    [InlineData(1920, 1080, "light")]
    public async Task Overview_FitsPhoneAndWall_CountersFirst(int width, int height, string theme)
    {
        var (page, complaints) = await fleet.OpenAsync("/", width, height, theme);
        await Expect(page.GetByTestId("counters")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.querySelector('[data-testid=counters]').getBoundingClientRect().bottom < innerHeight"), "the counters are not on the first screen");
        await PageChecks.CheckAsync(page, $"overview-{width}");
        foreach (var window in (string[])["1h", "6h", "24h"])
        {
            await fleet.VisitAsync(page, $"/?window={window}");
            await Expect(page.Locator("nav[aria-label='How far back'] a[aria-current=page]")).ToContainTextAsync(window[..^1]);
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private async Task<int> CountAsync(string filter)
    {
        using var http = new HttpClient();
        var jobs = await http.GetFromJsonAsync<JsonArray>($"{fleet.Admin.Address}/api/plugin/jobs?limit=500&{filter}");
        return jobs!.Count;
    }

    private static async Task<int> NumberAsync(ILocator locator) => int.Parse((await locator.InnerTextAsync()).Replace("\u202f", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
