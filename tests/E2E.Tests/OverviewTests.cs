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
        Assert.Equal(8, await CountAsync("q=state:assigned,running"));
        await Expect(depth).ToHaveAttributeAsync("aria-label", new Regex($"at most {queued} queued"));
        await PageChecks.CheckAsync(page, "overview-deep");

        // Every counter leads to the list it counts, and that list has as many.
        await FollowAsync(page, "queued", queued);
        await FollowAsync(page, "count-active", 8);
        await page.GetByTestId("count-healthy").ClickAsync();
        await Expect(page.GetByTestId("worker-row")).ToHaveCountAsync(2);
        await page.GoBackAsync();

        // Digits jump to the cards.
        await Expect(page.GetByTestId("counters")).ToBeVisibleAsync();
        foreach (var (key, card) in ((string, string)[])[("3", "lanes-at-work"), ("7", "types"), ("1", "queue")])
        {
            await page.Keyboard.PressAsync(key);
            await Expect(page).ToHaveURLAsync(new Regex($"#{card}$"));
        }

        // ... and falls.
        await File.WriteAllTextAsync(gate, "");
        await Expect(page.GetByTestId("count-active")).ToHaveTextAsync("0", new() { Timeout = Patience });
        await Expect(page.GetByTestId("queued")).ToHaveTextAsync("0");
        var succeeded = await NumberAsync(page.GetByTestId("count-succeeded"));
        Assert.Equal(await CountAsync("state=succeeded"), succeeded);
        Assert.True(succeeded >= 100);
        await FollowAsync(page, "count-succeeded", succeeded);
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

        // The small picture of a row is read like the large ones.
        await row.Locator(".hours").HoverAsync();
        await Expect(row.Locator(".chart-tip")).ToContainTextAsync("failed");
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).HoverAsync();
        await Expect(row.Locator(".chart-tip")).ToBeHiddenAsync();
        await row.Locator(".hours").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(row.Locator(".chart-tip")).ToContainTextAsync(": 0 failed");
        await page.Keyboard.PressAsync("End");
        await Expect(row.Locator(".chart-tip")).ToContainTextAsync(new Regex(": [1-9][0-9]* failed"));
        await PageChecks.CheckAsync(page, "overview-failures-read");

        await row.GetByTestId("retry-all").ClickAsync();
        var dialog = page.GetByTestId("bulk-dialog");
        await Expect(dialog.GetByTestId("bulk-count")).ToContainTextAsync("37 of 37 would be retried");
        await PageChecks.CheckAsync(page, "overview-retry-all");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);

        await row.GetByTestId("mute").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await page.GetByTestId("undo").ClickAsync();
        await Expect(row).ToHaveCountAsync(1);

        await row.GetByTestId("retry-all").ClickAsync();
        await Expect(dialog.GetByTestId("bulk-count")).ToContainTextAsync("37 of 37");
        await page.GetByTestId("bulk-reason").FillAsync("the disk has room again");
        await page.GetByTestId("bulk-start").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Done: 37 changed, 0 skipped, 0 failed", new() { Timeout = Patience });
        await page.GetByTestId("close-operation").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToHaveCountAsync(0);
        await Expect(row.GetByTestId("failure-count")).ToHaveTextAsync("74", new() { Timeout = Patience });
        await page.Context.CloseAsync();
    }

    /// <summary>What was dragged over fills the picture, and the click that follows is one again.</summary>
    [Fact]
    public async Task Lanes_ShowWhatIsDraggedOver_AndAClickOpensAJobAfterwards()
    {
        var job = await Jobs.SubmitAsync(fleet.Admin.Address, "Seen in the lanes", "sleep 3");
        var (page, complaints) = await fleet.OpenAsync($"/jobs/{job}");
        await Expect(page.Locator("main .chip-succeeded").First).ToBeVisibleAsync(new() { Timeout = Patience });
        await fleet.VisitAsync(page, "/");
        var lanes = page.Locator("#lanes-at-work");
        await Expect(lanes.GetByTestId("swim-bar").First).ToBeVisibleAsync();
        var span = lanes.Locator(".swim-span");
        var before = await span.InnerTextAsync();
        await lanes.Locator(".swim-lanes").ScrollIntoViewIfNeededAsync();
        var box = (await lanes.Locator(".swim-lanes").BoundingBoxAsync())!;
        var (middle, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await page.Mouse.MoveAsync(middle, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width - 2, y, new() { Steps = 6 });
        Assert.True(await lanes.Locator(".swim-drag").EvaluateAsync<float>("rect => rect.width.baseVal.value") > 100, "what is dragged over is not marked");
        await page.Mouse.UpAsync();
        await Expect(span).Not.ToHaveTextAsync(before);
        await Expect(lanes.GetByRole(AriaRole.Button, new() { Name = "Now" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("job-modal")).ToHaveCountAsync(0);
        await PageChecks.CheckAsync(page, "overview-zoomed");
        await lanes.GetByTestId("swim-bar").Last.ClickAsync();
        await Expect(page.GetByTestId("job-modal")).ToBeVisibleAsync();
        Assert.Empty(complaints);
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
        if (width < 900)
        {
            // Short until a card is asked for.
            Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollHeight"), 1, 2 * height);
            await Expect(page.Locator("#queue .plot").First).ToBeHiddenAsync();
            await page.Locator("#queue .card-fold").ClickAsync();
            await Expect(page.Locator("#queue .plot").First).ToBeVisibleAsync();
            await page.Locator("#lanes-at-work .card-fold").ClickAsync();
            await PageChecks.CheckAsync(page, $"overview-{width}-open");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"overview-{width}-full.png"), FullPage = true });
        }

        foreach (var window in (string[])["1h", "6h", "24h"])
        {
            await fleet.VisitAsync(page, $"/?window={window}");
            await Expect(page.Locator("nav[aria-label='How far back'] a[aria-current=page]")).ToContainTextAsync(window[..^1]);
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>To the list behind a counter, and back.</summary>
    private static async Task FollowAsync(IPage page, string counter, int number)
    {
        await page.GetByTestId(counter).ClickAsync();
        await Expect(page.Locator(".list-head")).ToContainTextAsync($"{number} job");
        await page.GoBackAsync();
        await Expect(page.GetByTestId("counters")).ToBeVisibleAsync();
    }

    private async Task<int> CountAsync(string filter)
    {
        using var http = new HttpClient();
        var jobs = await http.GetFromJsonAsync<JsonArray>($"{fleet.Admin.Address}/api/plugin/jobs?limit=500&{filter}");
        return jobs!.Count;
    }

    private static async Task<int> NumberAsync(ILocator locator) => int.Parse((await locator.InnerTextAsync()).Replace("\u202f", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
