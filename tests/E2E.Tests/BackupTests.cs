using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Backups from the settings page.</summary>
public sealed class BackupTests(EmptyAdmin admin) : IClassFixture<EmptyAdmin>
{
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task Backup_IsMade_Tried_Downloaded_AndDeleted(int width, int height, string theme)
    {
        var (page, complaints) = await admin.OpenAsync("/settings#backups", width, height, theme);
        var card = page.GetByTestId("backups");
        await Expect(card).ToContainTextAsync("No backup yet");
        await page.GetByTestId("back-up").ClickAsync();
        var row = page.GetByTestId("backup-row");
        await Expect(row).ToContainTextAsync("never tried whether it restores");
        await row.GetByTestId("drill").ClickAsync();
        await Expect(row).ToContainTextAsync("Would restore");
        await Expect(row).ToContainTextAsync("0 open and 0 ended jobs");
        await page.GetByTestId("back-up").ClickAsync();
        await Expect(row).ToHaveCountAsync(2);
        // What is told in passing lies over the page; the picture is of the page.
        await Browser.ReloadAsync(page);
        await card.ScrollIntoViewIfNeededAsync();
        await Expect(row.Nth(1)).ToContainTextAsync("Would restore");
        await PageChecks.CheckAsync(page, $"settings-backups-{width}-{theme}");

        var download = await page.RunAndWaitForDownloadAsync(() => row.Nth(1).GetByTestId("download-backup").ClickAsync());
        Assert.Matches(@"^admin-\d{8}-\d{6}-\d{3}\.db$", download.SuggestedFilename);
        foreach (var left in (int[])[1, 0])
        {
            await row.First.GetByTestId("delete-backup").ClickAsync();
            await row.First.GetByTestId("delete-backup-confirm").ClickAsync();
            await Expect(row).ToHaveCountAsync(left);
        }

        await Expect(card).ToContainTextAsync("No backup yet");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
