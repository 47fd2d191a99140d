using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What can be done with an open job, by key and by hand, and what it gave back.</summary>
public sealed class JobActionsTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    /// <summary>Links of the page that keep the open job are no rows.</summary>
    [Fact]
    public async Task Brackets_StepThroughTheRowsOfAPageOfAType()
    {
        foreach (var n in (int[])[1, 2, 3])
        {
            await Jobs.SubmitAsync(browser.Admin.Address, $"Step {n}", "true", ("set", "steps"));
        }

        var (page, complaints) = await browser.OpenAsync("/plugin/history?job=command&q=label.set:steps");
        await Expect(page.GetByTestId("job-row")).ToHaveCountAsync(3);
        var rows = await page.GetByTestId("job-link").AllTextContentsAsync();
        var heading = page.GetByTestId("job-modal").Locator("h1");
        await page.GetByTestId("job-link").Nth(1).ClickAsync();
        await Expect(heading).ToHaveTextAsync(rows[1]);
        await page.Keyboard.PressAsync("]");
        await Expect(heading).ToHaveTextAsync(rows[2]);
        await page.Keyboard.PressAsync("[");
        await Expect(heading).ToHaveTextAsync(rows[1]);
        await page.Keyboard.PressAsync("[");
        await Expect(heading).ToHaveTextAsync(rows[0]);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keys_StepThroughTheList_OpenThePage_AskToRetryCancelAndClone()
    {
        var running = await Jobs.SubmitAsync(browser.Admin.Address, "Keys 1", "trap '' TERM; echo begun; while true; do sleep 0.2; done", ("set", "keys"));
        var failed = await Jobs.SubmitAsync(browser.Admin.Address, "Keys 2", "exit 4", ("set", "keys"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:keys");
        var modal = page.GetByTestId("job-modal");
        await page.GetByTestId("job-row").Filter(new() { HasText = "Keys 2" }).GetByTestId("job-link").ClickAsync();
        await Expect(modal).ToContainTextAsync("exit code 4");
        await page.Keyboard.PressAsync("]");
        await Expect(modal.Locator("h1")).ToHaveTextAsync("Keys 1");
        await page.Keyboard.PressAsync("[");
        await Expect(modal.Locator("h1")).ToHaveTextAsync("Keys 2");
        await page.Keyboard.PressAsync("Escape");
        await Expect(modal).ToHaveCountAsync(0);
        await page.GetByTestId("job-row").Filter(new() { HasText = "Keys 2" }).GetByTestId("job-link").ClickAsync();
        await Expect(modal.Locator("h1")).ToHaveTextAsync("Keys 2");
        await Expect(modal).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("o");
        await Expect(page).ToHaveURLAsync(new Regex($"/jobs/{failed}$"));
        await Expect(modal).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("retry-job")).ToBeVisibleAsync();

        // Asked once, confirmed once; the new job opens, and each knows of the other.
        await page.Keyboard.PressAsync("r");
        await page.GetByTestId("retry-job-confirm").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/jobs/(?!{failed})job-"));
        await Expect(page.GetByTestId("related")).ToContainTextAsync("Retry of");
        await page.GetByTestId("related").GetByRole(AriaRole.Link, new() { Name = "Keys 2" }).First.ClickAsync();
        await Expect(modal.GetByTestId("related")).ToContainTextAsync("Retried as");
        await browser.VisitAsync(page, $"/jobs/{failed}");
        await Expect(page.GetByTestId("clone-job")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("e");
        await Expect(page).ToHaveURLAsync(new Regex($@"/jobs/new\?clone={failed}$"));

        await browser.VisitAsync(page, $"/jobs/{running}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("begun");
        await page.Keyboard.PressAsync("c");
        await Expect(page.Locator("#cancel-reason")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("cancel-job")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#cancel-reason")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("enough");
        await page.Keyboard.PressAsync("Enter");
        var ladder = page.GetByTestId("ladder");
        await Expect(ladder).ToContainTextAsync("worker acknowledged");
        await Expect(ladder).ToContainTextAsync(new Regex(@"forced in \d+ s"));
        await ladder.GetByRole(AriaRole.Button, new() { Name = "Force now" }).ClickAsync();
        await ladder.GetByRole(AriaRole.Button, new() { Name = "Really force" }).ClickAsync();
        await Expect(page.Locator("main .chip-canceled").First).ToBeVisibleAsync();
        await Expect(page.GetByTestId("gantt").Locator(".gantt-mark")).ToHaveCountAsync(2);
        await Expect(page.Locator("section[aria-label=Attempts]")).ToContainTextAsync("canceled by a person");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Rows of both lists: retry asks in the open job, clone goes to the form.</summary>
    [Fact]
    public async Task RowWithTheFocus_IsRetriedAndCloned_ByKeysAlone()
    {
        var failed = await Jobs.SubmitAsync(browser.Admin.Address, "Row that failed", "exit 4", ("set", "row-keys"));
        var waits = await Jobs.SubmitAsync(browser.Admin.Address, "Row that waits", "true", ("require.gpu", "row-keys"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:row-keys");
        var row = page.GetByTestId("job-row");
        var modal = page.GetByTestId("job-modal");
        await Expect(row).ToContainTextAsync("exit code 4");
        var height = await row.EvaluateAsync<double>("row => row.getBoundingClientRect().height");
        await page.Keyboard.PressAsync("j");
        await Expect(row.GetByTestId("job-link")).ToBeFocusedAsync();

        // Reached by keys, it says its times in full, and nothing moves for it.
        var time = row.Locator(".ago").First;
        Assert.Equal($"\"{await time.GetAttributeAsync("title")}\"", await time.EvaluateAsync<string>("time => getComputedStyle(time, '::after').content"));
        Assert.Equal(height, await row.EvaluateAsync<double>("row => row.getBoundingClientRect().height"));
        await PageChecks.CheckAsync(page, "row-times-in-full");
        await page.Keyboard.PressAsync("r");
        await Expect(modal.GetByTestId("retry-job-confirm")).ToBeVisibleAsync();
        await Expect(row).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Escape");
        await Expect(modal).ToHaveCountAsync(0);
        await Expect(row.GetByTestId("job-link")).ToBeFocusedAsync();

        // Asked again and answered with the keyboard: there are two of them.
        await page.Keyboard.PressAsync("r");
        var keep = modal.GetByRole(AriaRole.Button, new() { Name = "Keep" });
        await Expect(keep).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(modal.GetByTestId("retry-job")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(keep).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(modal.GetByTestId("retry-job-confirm")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(modal.GetByTestId("related")).ToContainTextAsync("Retry of");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("new-rows")).ToHaveTextAsync("1 new");

        await browser.VisitAsync(page, "/jobs?q=label.set:row-keys&sort=-created");
        await Expect(row).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("e");
        await Expect(page).ToHaveURLAsync(new Regex($@"/jobs/new\?clone={failed}$"));
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Row that failed");

        await browser.VisitAsync(page, "/plugin/queue?job=command");
        await Expect(row.Filter(new() { HasText = "Row that waits" })).ToBeVisibleAsync();
        await row.Filter(new() { HasText = "Row that waits" }).GetByTestId("job-link").FocusAsync();
        await page.Keyboard.PressAsync("e");
        await Expect(page).ToHaveURLAsync(new Regex($@"/jobs/new\?clone={waits}$"));
        await Expect(page.GetByLabel("Summary")).ToHaveValueAsync("Row that waits");
        await Jobs.CancelAsync(browser.Admin.Address, waits);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Ladder_CountsDownTheGraceThatWasGiven(int width, int height, string theme)
    {
        var running = await Jobs.SubmitAsync(browser.Admin.Address, $"Grace {width}", "trap '' TERM; echo begun; while true; do sleep 0.2; done");
        var (page, complaints) = await browser.OpenAsync($"/jobs/{running}", width, height, theme);
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("begun");
        await CancelAsync("40m");
        var ladder = page.GetByTestId("ladder");
        await Expect(ladder).ToContainTextAsync(new Regex("forced in (39|40) min"));
        await PageChecks.CheckAsync(page, $"job-grace-{width}-{theme}");
        await CancelAsync("50s");
        await Expect(ladder).ToContainTextAsync(new Regex(@"forced in \d\d s"));
        await CancelAsync("0s");
        await Expect(page.Locator("main .chip-canceled").First).ToBeVisibleAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        async Task CancelAsync(string grace)
        {
            using var http = new HttpClient();
            using var body = new StringContent($$"""{"reason":"enough","grace":"{{grace}}"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri($"{browser.Admin.Address}/api/plugin/jobs/{running}/cancel"), body);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Waiting_IsLabelled_WithUndo_AndItsLongWaitIsDrawnShort()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "To be labelled", "true", ("require.site", "b"), ("env", "test"));
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");

        // Without a key of its own, and in the palette all the same.
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("labels");
        await Expect(page.GetByTestId("palette").GetByRole(AriaRole.Option, new() { Name = "Labels" }).First).ToHaveAttributeAsync("aria-selected", "true");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#labels-text").FillAsync("env=prod\nowner=me\nrequire.site=b");
        await PageChecks.CheckAsync(page, "job-labels");
        await page.GetByTestId("labels-save").ClickAsync();
        var labels = page.Locator(".labels");
        await Expect(labels).ToContainTextAsync("env=prod");
        await Expect(labels).ToContainTextAsync("owner=me");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(labels).ToContainTextAsync("env=test");
        await Expect(labels).Not.ToContainTextAsync("owner=me");

        // Let go: what it waited is most of its life, and is drawn as a break unless the true scale is asked for.
        await page.GetByTestId("label-job").ClickAsync();
        await page.Locator("#labels-text").FillAsync("env=test");
        await page.GetByTestId("labels-save").ClickAsync();
        await Expect(page.Locator("main .chip-succeeded").First).ToBeVisibleAsync();
        await Expect(page.Locator(".gantt-break")).ToHaveCountAsync(1);
        await page.GetByTestId("true-scale").CheckAsync();
        await Expect(page.Locator(".gantt-break")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Result_IsExact_LongTextHasAViewer_AndLongLinesWrap()
    {
        var job = await Jobs.SubmitAsync(
            browser.Admin.Address, "Gives much back", "printf '%0500d\\n' 7; printf %s '{\"rows\":9007199254740993,\"took_ms\":90000,\"report\":\"[{\\\"a\\\":1},\\n{\\\"b\\\":9007199254740993}]\"}' > $JOB_RESULT_FILE");
        var (page, _) = await browser.OpenAsync($"/jobs/{job}", 390, 844, "light");
        var result = page.GetByTestId("job-result");
        await Expect(result).ToContainTextAsync("9007199254740993");
        await Expect(result).ToContainTextAsync("90000 = 1 min 30 s");
        await result.Locator("dd").Filter(new() { HasText = "\"a\":1" }).GetByTestId("open-text").ClickAsync();
        var viewer = page.GetByTestId("long-text");
        await viewer.GetByTestId("format-json").CheckAsync();
        await Expect(viewer.Locator("pre")).ToContainTextAsync("\"b\": 9007199254740993");
        await PageChecks.CheckAsync(page, "job-long-text-390-light");
        await page.Keyboard.PressAsync("Escape");
        await Expect(viewer).ToHaveCountAsync(0);
        Assert.True(await page.GetByTestId("log-frame").EvaluateAsync<bool>("frame => frame.scrollWidth <= frame.clientWidth"), "the output scrolls sideways");
        await page.GetByTestId("log-more").ClickAsync();
        await page.GetByTestId("log-wrap").UncheckAsync();
        await Expect(page.GetByTestId("log-frame")).Not.ToHaveClassAsync(new Regex("log-wrap"));
        Assert.True(await page.GetByTestId("log-frame").EvaluateAsync<bool>("frame => frame.scrollWidth > frame.clientWidth"), "the output still wraps");
        await page.Context.CloseAsync();
    }

    /// <summary>Output that cannot be read fails its own card, which says so; the others go on, and it comes back on request.</summary>
    [Fact]
    public async Task UnreadableOutput_FailsOneCard()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Output gone bad", "echo fine");
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("fine");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job)));
        var file = Path.Combine(browser.Folder, "data", "logs", hash[..2], hash[..32], "1.out.log");
        File.Move(file, file + ".aside");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(browser.Folder, "s")));
        File.CreateSymbolicLink(file, Path.Combine(browser.Folder, "s"));
        await Browser.ReloadAsync(page);
        var card = page.Locator("section[aria-label=Output]");
        await Expect(card).ToContainTextAsync("This part failed. Something it reads could not be read. The admin's log has the reason under");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await card.GetByRole(AriaRole.Button, new() { Name = "Copy details" }).ClickAsync();
        await Expect(card.GetByText("Copied")).ToBeAttachedAsync();
        Assert.Matches($@"^{await card.Locator("code").TextContentAsync()}\nOutput\nhttp\S+/jobs/{job}\nversion \S+\n\w*Exception$", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await Expect(page.GetByTestId("job-result")).ToContainTextAsync("exit code 0");
        await card.ScrollIntoViewIfNeededAsync();
        await PageChecks.CheckAsync(page, "job-card-failed");
        File.Move(file + ".aside", file, overwrite: true);
        await card.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("fine");
        await page.Context.CloseAsync();
    }
}
