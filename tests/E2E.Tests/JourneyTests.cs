using System.IO.Compression;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What a person does with the product, in a real browser, on real files.</summary>
public sealed class JourneyTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private const float Patience = 60_000;

    [Fact]
    public async Task FileRetention_FromTheFormToTheFiles()
    {
        var root = browser.MakeTree("gzip", string.Concat(Enumerable.Repeat("a line of a log\n", 2000)), ("app", 12), ("web", 5));
        var (page, complaints) = await browser.OpenAsync("/");
        await page.EvaluateAsync("window.sameDocument = true");
        await page.GetByRole(AriaRole.Link, new() { Name = "File retention" }).First.ClickAsync(new() { Timeout = Patience });
        await page.GetByRole(AriaRole.Link, new() { Name = "Configuration" }).ClickAsync();

        // Wrong first: the form says where and why, and nothing is saved.
        await page.Locator("#w-worker-min_keep").FillAsync("-1");
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("not valid");
        await Expect(page.Locator(".form-errors")).ToContainTextAsync("Keep newest");
        await Expect(page.Locator("#w-worker-min_keep")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator(".form [aria-invalid=true]").First).ToBeFocusedAsync();
        await Retention.ConfigureAsync(page, root, keep: 2, "gzip");

        await page.GetByTestId("run-detection").ClickAsync();
        await Expect(page.GetByTestId("proposal-row")).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("proposals")).ToContainTextAsync("nothing was queued");
        Assert.Equal(17, Files(root, "*.log").Length);

        await Retention.ExecuteAsync(page, root, jobs: 2);
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"), "the page was reloaded on the way");
        Assert.Equal(13, Files(root, "*.log.gz").Length);
        Assert.Equal(["10.log", "11.log"], Files(Path.Combine(root, "app"), "*.log"));
        await using (var gzip = new GZipStream(File.OpenRead(Path.Combine(root, "app", "03.log.gz")), CompressionMode.Decompress))
        using (var reader = new StreamReader(gzip))
        {
            Assert.StartsWith("03 of app\na line of a log\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        // The job over its list: output and result, at an address of its own; Escape leads back to where the focus was.
        var link = page.GetByTestId("job-row").Filter(new() { HasText = "10 files" }).GetByTestId("job-link");
        await link.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var modal = page.GetByTestId("job-modal");
        await Expect(modal).ToContainTextAsync("10 processed, 0 skipped, 0 failed");
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("gzip -> ");
        await Expect(modal).ToBeFocusedAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => modal.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        Assert.Equal(10, File.ReadAllLines(await download.PathAsync()).Length);
        await modal.FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(modal).ToHaveCountAsync(0);
        await Expect(link).ToBeFocusedAsync();
        await link.ClickAsync();
        await Expect(modal).ToContainTextAsync("10 processed");
        await Browser.ReloadAsync(page);
        await Expect(modal).ToContainTextAsync("10 processed");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task FileRetention_Move_KeepsPathsAndTheNewest()
    {
        var (root, archive) = (browser.MakeTree("move", "text", ("app", 6), ("app/deep", 4)), Path.Combine(browser.Folder, "archive"));
        Directory.CreateDirectory(archive);
        var (page, complaints) = await OpenFormAsync();
        await Retention.ConfigureAsync(page, root, keep: 1, "move", ("move_to", archive));
        await Retention.ExecuteAsync(page, root, jobs: 1);
        Assert.Equal(["03.log", "05.log"], Files(root, "*.log"));
        var moved = Directory.GetFiles(archive, "*.log", SearchOption.AllDirectories);
        Assert.Equal(8, moved.Length);
        Assert.Equal("02 of app/deep\ntext", File.ReadAllText(moved.Single(file => file.EndsWith("app/deep/02.log", StringComparison.Ordinal))));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task FileRetention_Delete_WantsTheWordAndSparesTheNew()
    {
        var root = browser.MakeTree("delete", "text", ("tmp", 7));
        File.WriteAllText(Path.Combine(root, "tmp", "today.log"), "new");
        var (page, complaints) = await OpenFormAsync();
        await page.Locator("[data-field=action] input[value=delete]").CheckAsync();
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.Locator(".form-errors")).ToContainTextAsync("Confirm deletion");
        // The focus is on its way there: what is typed before it comes would go into that box.
        await Expect(page.Locator(".form [aria-invalid=true]").First).ToBeFocusedAsync();
        await Retention.ConfigureAsync(page, root, keep: 2, "delete", ("delete_word", "delete"));
        await Retention.ExecuteAsync(page, root, jobs: 1);
        Assert.Equal(["06.log", "today.log"], Files(root, "*.log"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>The admin dies without a word in the middle of the work and comes back: so does the page, and the work is done once.</summary>
    [Fact]
    public async Task AdminKilledInTheMiddle_PageComesBackByItself_AndTheJobEndsOnce()
    {
        const int count = 48;
        var noise = new byte[1_500_000];
        new Random(1).NextBytes(noise);
        var root = browser.MakeTree("kill", Convert.ToBase64String(noise), ("big", count));
        var (page, _) = await OpenFormAsync();
        await Retention.ConfigureAsync(page, root, keep: 0, "gzip");
        await page.GetByTestId("detect-execute").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Execution" }).ClickAsync();
        var row = Retention.Rows(page, root);

        // Seen at work, by its progress; then killed.
        await Expect(row.Locator("progress[value]")).ToBeVisibleAsync(new() { Timeout = Patience });
        await browser.Admin.KillAsync();
        Assert.NotEmpty(Files(root, "*.log"));
        var bar = page.Locator("#components-reconnect-modal");
        await Expect(bar).ToBeVisibleAsync();
        await Expect(row).ToBeVisibleAsync();

        await browser.Admin.StartAsync();
        await Expect(row).ToContainTextAsync("Succeeded", new() { Timeout = Patience });
        await Expect(bar).ToBeHiddenAsync();
        await Expect(row).ToHaveCountAsync(1);
        Assert.EndsWith(Retention.Execution, page.Url, StringComparison.Ordinal);
        Assert.Empty(Files(root, "*.log"));
        Assert.Equal(count, Files(root, "*.log.gz").Length);

        await row.GetByTestId("job-link").ClickAsync();
        await Expect(page.GetByTestId("job-modal")).ToContainTextAsync($"{count} processed, 0 skipped, 0 failed");
        await Expect(page.Locator("section[aria-label=Attempts] tbody tr")).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    private async Task<(IPage Page, List<string> Complaints)> OpenFormAsync()
    {
        var (page, complaints) = await browser.OpenAsync(Retention.Configuration);
        await Expect(page.Locator("#w-worker-roots")).ToBeVisibleAsync(new() { Timeout = Patience });
        return (page, complaints);
    }

    private static string[] Files(string folder, string pattern) =>
        [.. Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
