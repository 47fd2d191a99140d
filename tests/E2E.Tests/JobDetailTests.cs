using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The open job: its address, its life, its output, what can be done with it.</summary>
public sealed class JobDetailTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Fact]
    public async Task DeepLink_OpensTheJobOverItsList_AndTheTimelineSaysWhatTheApiSays()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Seen by its link", "echo hello; exit 3", ("env", "prod"));
        var (page, complaints) = await browser.OpenAsync($"/plugin/queue?job=command&detail={job}");
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("Seen by its link");
        await Expect(page.Locator("h1", new() { HasText = "Command" })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("exit code 3");

        var detail = await DetailAsync(job);
        var attempt = Assert.Single(detail["job"]!["attempts"]!.AsArray())!;
        await Expect(page.GetByTestId("gantt-row").Filter(new() { HasText = "Attempt" })).ToHaveCountAsync(1);
        await page.GetByTestId("as-table").CheckAsync();
        var timeline = page.GetByTestId("timeline-table");
        await Expect(timeline.Locator("tr", new() { HasText = "assigned" }).Locator("[data-label=from]")).ToHaveTextAsync(Clock("sent_at"));
        await Expect(timeline.Locator("tr", new() { HasText = "running" }).Locator("[data-label=from]")).ToHaveTextAsync(Clock("started_at"));
        await Expect(timeline.Locator("tr", new() { HasText = "running" }).Locator("[data-label=to]")).ToHaveTextAsync(Clock("ended_at"));
        await page.GetByRole(AriaRole.Link, new() { Name = "env=prod" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/jobs\?q=label\.env"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        // The browser is in the zone of this machine.
        string Clock(string moment) => attempt[moment]!.GetValue<DateTimeOffset>().ToOffset(TimeZoneInfo.Local.GetUtcOffset(DateTimeOffset.UnixEpoch)).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>On the page of the job and over a list, also where the address leads to it before it is drawn.</summary>
    [Theory]
    [InlineData("/jobs/", 1280, 800)]
    [InlineData("/jobs?detail=", 1280, 800)]
    [InlineData("/jobs?detail=", 390, 844)]
    public async Task Part_ComesIntoSight_AndHasAnAddress(string place, int width, int height)
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Has many parts", "seq 200; exit 3");
        var (page, complaints) = await browser.OpenAsync(place + job, width, height);
        var attempts = page.GetByRole(AriaRole.Heading, new() { Name = "Attempts" });
        await Expect(attempts).Not.ToBeInViewportAsync();
        await page.GetByTestId("part-attempts").ClickAsync();
        await Expect(attempts).ToBeInViewportAsync();
        await Expect(page).ToHaveURLAsync(new Regex("tab=attempts$"));
        await Browser.ReloadAsync(page);
        await Expect(attempts).ToBeInViewportAsync();
        await Expect(page.GetByTestId("part-attempts")).ToHaveAttributeAsync("aria-current", "location");

        // An attempt leads to its output.
        await page.GetByRole(AriaRole.Link, new() { Name = "output", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("log-stdout")).ToBeInViewportAsync();
        await Expect(page).ToHaveURLAsync(new Regex("tab=output&attempt=1$"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>On the page of the job and over a list alike.</summary>
    [Theory]
    [InlineData("/jobs/")]
    [InlineData("/jobs?q=label.set:output&detail=")]
    public async Task Output_IsFollowed_HeldStill_Searched_AndDownloadedAsItWasWritten(string place)
    {
        var gate = Path.Combine(browser.Folder, Path.GetRandomFileName());
        var job = await Jobs.SubmitAsync(
            browser.Admin.Address, "Writes on", $"i=0; while [ ! -e {gate} ]; do i=$((i+1)); echo \"line $i of many\"; echo \"warn $i\" >&2; sleep 0.2; done; printf '\\033[31mred\\033[0m <b>plain</b>\\n'", ("set", "output"));
        var (page, complaints) = await browser.OpenAsync(place + job);
        await page.GetByTestId("log-stdout").ClickAsync();
        var log = page.GetByTestId("job-log");
        await Expect(log).ToContainTextAsync("line 3 of many");
        await Expect(log).ToContainTextAsync("line 25 of many", new() { Timeout = 60_000 });
        await Expect(page.GetByTestId("follow-log")).ToHaveTextAsync("Following");

        // Scrolled up it follows no more, and says what it misses; also when a line comes in the same moment.
        await page.GetByTestId("log-frame").EvaluateAsync("frame => { frame.scrollTop = 0; frame.dataset.total = frame.dataset.total; }");
        await Expect(page.GetByTestId("follow-log")).ToContainTextAsync("new line");
        await Expect(log).ToContainTextAsync("line 1 of many");
        await page.GetByTestId("follow-log").ClickAsync();
        await Expect(page.GetByTestId("follow-log")).ToHaveTextAsync("Following");

        await page.GetByTestId("pause-log").ClickAsync();
        await Expect(page.GetByTestId("pause-log")).ToContainTextAsync("new line");
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByTestId("pause-log")).ToHaveTextAsync("Pause");
        await Expect(page.GetByTestId("paused-strip")).ToHaveCountAsync(0);

        // Both streams, as they came.
        await page.GetByTestId("log-merged").ClickAsync();
        await Expect(log).ToContainTextAsync("warn");
        await File.WriteAllTextAsync(gate, "");
        await Expect(log).ToContainTextAsync("red <b>plain</b>");
        await Expect(log.Locator(".ansi-red")).ToHaveTextAsync("red");
        await Expect(log.Locator("b")).ToHaveCountAsync(0);

        var at = log.Locator(".log-at").First;
        await Expect(at).ToBeHiddenAsync();
        await page.GetByTestId("log-times").CheckAsync();
        await Expect(at).ToBeVisibleAsync();
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3}$", await at.GetAttributeAsync("data-t"));
        await page.GetByTestId("log-times").UncheckAsync();
        await Expect(at).ToBeHiddenAsync();

        await page.GetByTestId("log-stdout").ClickAsync();
        await page.GetByLabel("Search in the output").FillAsync("LINE 12 of");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("log-hits")).ToHaveTextAsync("1/1");
        await Expect(log.Locator(".log-marked")).ToContainTextAsync("line 12 of many");
        await page.Locator(".log-marked .log-no").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{Regex.Escape(place + job)}.*offset="));
        await Browser.ReloadAsync(page);
        await Expect(log.Locator(".log-marked")).ToContainTextAsync("line 12 of many");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        var stored = Directory.GetFiles(Path.Combine(browser.Folder, "data", "logs"), "*.out.log", SearchOption.AllDirectories).Select(File.ReadAllBytes).Where(bytes => System.Text.Encoding.UTF8.GetString(bytes).Contains("red", StringComparison.Ordinal));
        Assert.Contains(await File.ReadAllBytesAsync(await download.PathAsync()), stored);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task LargeOutput_ShowsAtOnce_AndScrollsToAnyPlace()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Writes a lot", "echo a lot");
        await WaitAsync(job, "job_state_succeeded");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(job)));
        await File.WriteAllLinesAsync(Path.Combine(browser.Folder, "data", "logs", hash[..2], hash[..32], "1.out.log"), Enumerable.Range(1, 200_000).Select(n => $"row {n} with some words to fill the line"));
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("row 200000 ");
        Assert.True(await page.Locator(".log-row").CountAsync() <= 200);
        using var http = new HttpClient();
        var hits = (await http.GetFromJsonAsync<JsonNode>($"{browser.Admin.Address}/api/plugin/jobs/{job}/log/search?q=ROW%20123456%20"))!;
        var offset = Assert.Single(hits["offsets"]!.AsArray())!.GetValue<long>();
        Assert.StartsWith("row 123456 with", await http.GetStringAsync($"{browser.Admin.Address}/api/plugin/jobs/{job}/log?offset={offset}"), StringComparison.Ordinal);
        await page.GetByTestId("log-frame").EvaluateAsync("frame => frame.scrollTop = frame.scrollHeight / 2");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("row 100000 ");
        await page.GetByTestId("log-frame").EvaluateAsync("frame => frame.scrollTop = 0");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("row 1 with");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task CopiedLine_Runs_AndYieldsTheSameSubmission()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "It's a 'quoted' job", "echo \"$HOME is 'here'\"", ("env", "prod"));
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");
        await Expect(page.GetByTestId("job-result")).ToBeVisibleAsync();
        await page.GetByTestId("copy-as").Locator("summary").ClickAsync();
        await Expect(page.GetByTestId("copy-as").Locator("pre").Nth(1)).ToBeVisibleAsync();
        var line = await page.GetByTestId("copy-as").Locator("pre").Nth(1).InnerTextAsync();
        var answer = JsonNode.Parse(await RunAsync(line))!;
        var again = await DetailAsync(answer["job_id"]!.GetValue<string>());
        var first = await DetailAsync(job);
        foreach (var part in (string[])["job_type", "summary", "parameters", "labels", "priority"])
        {
            Assert.Equal(first["job"]![part]?.ToJsonString(), again["job"]![part]?.ToJsonString());
        }

        var follow = await page.GetByTestId("copy-as").Locator("pre").Nth(2).InnerTextAsync();
        Assert.Contains("is 'here'", await RunAsync(follow), StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Clone_FillsTheForm_NamesWhatIsChanged_AndGoesToTheNewJob()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "The original", "true");
        var (page, complaints) = await browser.OpenAsync($"/jobs/{job}");
        await page.GetByTestId("clone-job").ClickAsync();
        await Expect(page.GetByText("Nothing is changed yet")).ToBeVisibleAsync();
        await page.GetByLabel("Summary").FillAsync("The copy");
        await Expect(page.GetByText("Changed: summary.")).ToBeVisibleAsync();
        await page.GetByLabel("Retries").FillAsync("many");
        await page.GetByTestId("submit-job").ClickAsync();
        await Expect(page.GetByText("A whole number from 0 to 100.")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "new-job-clone");
        await page.GetByLabel("Retries").FillAsync("2");
        await page.GetByTestId("submit-job").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The copy" })).ToBeVisibleAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Waiting_NamesEveryRule_AndExpireWantsAReason()
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Wants a GPU", "true", ("require.gpu", "yes"));
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");
        await Expect(page.GetByTestId("why").Locator(".stops").First).ToContainTextAsync("One of them has gpu=yes: 0 of 1");
        await page.Locator("#priority").SelectOptionAsync("75");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(page.Locator("#priority")).ToHaveValueAsync("50");
        await page.GetByTestId("expire-job").ClickAsync();
        await Expect(page.GetByTestId("expire-confirm")).ToBeDisabledAsync();
        await page.GetByLabel("Reason (required)").FillAsync("of no use");
        await PageChecks.CheckAsync(page, "job-expire");
        await page.GetByTestId("expire-confirm").ClickAsync();
        await Expect(page.Locator(".chip-failed").First).ToContainTextAsync("expired");
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    [InlineData(390, 844, "dark")]
    public async Task OpenJob_IsAccessible_AndFits(int width, int height, string theme)
    {
        var job = await Jobs.SubmitAsync(browser.Admin.Address, "Looks good", "for i in $(seq 1 60); do printf '\\033[32mok\\033[0m step %s\\n' $i; done; echo trouble >&2; exit 1", ("env", "prod"));
        var (page, complaints) = await browser.OpenAsync($"/jobs?detail={job}", width, height, theme);
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync("exit code 1");
        if (width < 900)
        {
            await page.GetByTestId("job-actions").ClickAsync();
            await Expect(page.GetByTestId("clone-job")).ToBeVisibleAsync();
        }

        await PageChecks.CheckAsync(page, $"job-modal-{width}-{theme}", bothThemes: false);
        if (width < 900)
        {
            await page.GetByTestId("job-actions").ClickAsync();

            // The head of the output is one line; what is for reading it closer unfolds below.
            Assert.InRange((await page.Locator(".log-head").BoundingBoxAsync())!.Height, 44, 60);
            await Expect(page.GetByLabel("Search in the output")).ToBeHiddenAsync();
            await page.GetByTestId("log-card").ScrollIntoViewIfNeededAsync();
            await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"job-log-folded-{theme}.png") });
            await page.GetByTestId("log-more").ClickAsync();
            await Expect(page.GetByLabel("Search in the output")).ToBeVisibleAsync();
        }

        foreach (var part in (string[])["log-card", "gantt", "job-parameters", "copy-as"])
        {
            await page.GetByTestId(part).ScrollIntoViewIfNeededAsync();
            await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"job-{part}-{width}-{theme}.png") });
        }

        await browser.VisitAsync(page, "/jobs/new?type=command");
        await Expect(page.GetByTestId("submit-job")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, $"new-job-{width}-{theme}", bothThemes: false);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private async Task<JsonNode> DetailAsync(string job)
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<JsonNode>($"{browser.Admin.Address}/api/plugin/jobs/{job}/detail"))!;
    }

    private async Task WaitAsync(string job, string state)
    {
        var (page, _) = await browser.OpenAsync($"/jobs/{job}");
        await Expect(page.Locator(".chip-succeeded").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.Context.CloseAsync();
        Assert.Equal(state, (await DetailAsync(job))["job"]!["state"]!.GetValue<string>());
    }

    private static async Task<string> RunAsync(string line)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
