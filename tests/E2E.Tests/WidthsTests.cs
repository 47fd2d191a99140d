using System.Text.RegularExpressions;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Lists over all types on a phone and on a small window, pages of a lane, and what the author of a form is told.</summary>
public sealed class WidthsTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    [Fact]
    public async Task LongQueue_SaysTheTypeOnAPhone_AndIsDrawnWhereItIsLookedAt()
    {
        await Jobs.FillAsync(browser.Admin.Address, 150, "In a queue", ("set", "widths"));
        var (page, complaints) = await browser.OpenAsync("/plugin/queue", 390, 844);
        var rows = page.GetByTestId("job-row");
        await Expect(rows.First.Locator(".row-type")).ToHaveTextAsync("command");
        await Expect(rows.First.Locator(".row-type")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(page, "all-queue-phone");
        await page.SetViewportSizeAsync(1000, 800);
        await browser.VisitAsync(page, "/plugin/queue");
        await Expect(rows.First).ToBeVisibleAsync();
        await Expect(rows.First.Locator(".row-type")).ToBeHiddenAsync();
        Assert.InRange(await rows.CountAsync(), 10, 80);
        await PageChecks.CheckAsync(page, "all-queue-1000");
        await page.Locator(".scroll:has(> .list)").EvaluateAsync("box => box.scrollTop = box.scrollHeight");
        await Expect(rows.Filter(new() { HasText = "In a queue 0150" }).Or(rows.Locator(".its-place", new() { HasText = "150" })).First).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 10, 80);

        // What ended, over all types.
        await Jobs.SubmitAsync(browser.Admin.Address, "Ended over all types", "true", ("set", "ended"));
        await page.SetViewportSizeAsync(390, 844);
        await browser.VisitAsync(page, "/plugin/history");
        var ended = rows.Filter(new() { HasText = "Ended over all types" });
        await Expect(ended.Locator(".its-type")).ToHaveTextAsync("command");
        var (row, type) = (await ended.BoundingBoxAsync(), await ended.Locator(".its-type").BoundingBoxAsync());
        Assert.True(type!.Y + type.Height <= row!.Y + row.Height, "the type is cut off");
        await PageChecks.CheckAsync(page, "all-history-phone");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>Whatever its ages are: the oldest are the longest, and tables have room for them.</summary>
    private const string TooWide = """
        () => {
            document.querySelectorAll('main .ago > span').forEach(text => text.textContent = text.textContent.includes(' m') || text.closest('table.queue, table.rows, table.tight') ? '23 h 59 m ago' : '23 h 59 min ago');
            return [...document.querySelectorAll('main table.list')].map(table => [table, table.closest('.card').getBoundingClientRect().right - table.getBoundingClientRect().right])
                .filter(([, room]) => room < 0).map(([table, room]) => `${table.caption?.textContent}: ${-room} px too wide`);
        }
        """;

    [Fact]
    public async Task Tables_FitASmallWindow_AndSayWhy()
    {
        var address = browser.Admin.Address;
        await Jobs.SubmitAsync(address, "Fails with something to say about the widths of tables", "echo 'the volume 17 of rack 4 could not be written: no space is left on the device' >&2; exit 3", ("set", "fit"));
        await Jobs.FillAsync(address, 3, "Waits for a card of graphics that no worker has", ("set", "fit"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=label.set:fit");
        var rows = page.GetByTestId("job-row");
        var failed = rows.Filter(new() { HasText = "Fails with something" });
        await Expect(failed.Locator(".doing")).ToContainTextAsync("exit code 3");
        await Expect(rows.Filter(new() { HasText = "Waits for a card" }).First.Locator(".doing")).ToContainTextAsync("gpu=yes");
        Assert.Empty(await page.EvaluateAsync<string[]>(TooWide));
        foreach (var path in (string[])["/plugin/queue", "/plugin/queue?job=command", "/plugin/execution", "/plugin/execution?job=command", "/plugin/history", "/plugin/history?job=command", "/plugin/detection", "/plugin/detection?job=file_retention", "/"])
        {
            await browser.VisitAsync(page, path);
            await Expect(page.Locator("main table.list, main .empty").First).ToBeVisibleAsync();
            var wide = await page.EvaluateAsync<string[]>(TooWide);
            Assert.True(wide.Length == 0, $"{path}: {string.Join("; ", wide)}");
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), $"{path} scrolls sideways");
        }

        // On a phone all of it is in the row, and a finger finds the button.
        await page.SetViewportSizeAsync(390, 844);
        await browser.VisitAsync(page, "/plugin/execution?job=command");
        await Expect(failed).ToBeVisibleAsync();
        var (row, doing) = (await failed.BoundingBoxAsync(), await failed.Locator(".doing .clip").BoundingBoxAsync());
        Assert.True(doing!.Y + doing.Height <= row!.Y + row.Height && doing.Width > 200, "what became of it is cut off");
        await browser.VisitAsync(page, "/plugin/queue?job=command");
        var cancel = await page.GetByTestId("cancel-row").First.BoundingBoxAsync();
        Assert.True(cancel!.Height >= 44, $"the button is {cancel.Height} px high");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>On a phone the lanes keep their width and are moved inside their card.</summary>
    [Fact]
    public async Task Lanes_OnAPhone_ScrollInsideTheirCard()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "A bar in a lane", "true", ("set", "lanes"));
        var (page, complaints) = await browser.OpenAsync("/#lanes-at-work", 390, 844);
        var lanes = page.Locator("#lanes-at-work .swim-scroll");
        await Expect(lanes.Locator(".swim-row").First).ToBeVisibleAsync();
        var moved = await lanes.EvaluateAsync<double>("box => { box.scrollLeft = 10000; return box.scrollLeft; }");
        Assert.True(moved > 300, $"the lanes move by {moved} px");
        var (card, box) = (await page.Locator("#lanes-at-work").BoundingBoxAsync(), await lanes.BoundingBoxAsync());
        Assert.True(box!.X >= card!.X && box.X + box.Width <= card.X + card.Width, "the lanes are wider than their card");
        await PageChecks.CheckAsync(page, "lanes-phone");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What is read stays where it is when somebody pauses it.</summary>
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Pause_MovesNothing(int width, int height, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/jobs?q=", width, height, theme);
        var heading = page.GetByRole(AriaRole.Heading, new() { Level = 1 });
        var before = await heading.BoundingBoxAsync();
        await page.GetByTestId("live-switch").ClickAsync();
        await Expect(page.GetByTestId("paused-strip")).ToBeVisibleAsync();
        Assert.Equal(before!.Y, (await heading.BoundingBoxAsync())!.Y);
        await PageChecks.CheckAsync(page, $"paused-{width}-{theme}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TypesInNumbers_AreFoldedWhereTheyAreMany_AsThePersonLeftThem()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Below the types", "true", ("set", "fold"));
        var (page, complaints) = await browser.OpenAsync("/jobs?q=");
        var groups = page.Locator("details.groups");
        await Expect(groups).Not.ToHaveAttributeAsync("open", "");
        await page.GetByTestId("groups-fold").ClickAsync();
        await Expect(groups).ToHaveAttributeAsync("open", "");
        await Browser.ReloadAsync(page);
        await Expect(groups).ToHaveAttributeAsync("open", "");
        await page.GetByTestId("groups-fold").ClickAsync();
        await Expect(groups).Not.ToHaveAttributeAsync("open", "");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Lane_HasItsOwnPictures_AndIsTheOneMarkedInTheMenu()
    {
        await Jobs.SubmitAsync(browser.Admin.Address, "Ended in a lane", "true", ("set", "lane"));
        var (page, complaints) = await browser.OpenAsync("/plugin/lanes/general/history");
        await Expect(page.GetByTestId("job-row").Filter(new() { HasText = "Ended in a lane" })).ToContainTextAsync("Succeeded");
        await Expect(page.GetByTestId("history-charts")).ToContainTextAsync(new Regex("[1-9][0-9]* succeeded"));
        await PageChecks.CheckAsync(page, "lane-history");
        var current = page.Locator(".rail [aria-current=page]:visible");
        await Expect(current).ToHaveTextAsync(["Lanes"]);
        await browser.VisitAsync(page, "/plugin/lanes/general/queue?job=command");
        await Expect(page.GetByTestId("lane-chip")).ToBeVisibleAsync();
        await Expect(current).ToHaveTextAsync(["Lanes"]);
        await browser.VisitAsync(page, "/plugin/queue?job=command");
        await Expect(current).ToContainTextAsync(["Command"]);
        await browser.VisitAsync(page, "/plugin/lanes/nowhere/queue");
        await Expect(page.Locator(".empty a.badge").First).ToHaveCSSAsync("text-decoration-line", "none");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What this admin does not know of a form, for whoever wrote it; and where the type's lane is set.</summary>
    [Theory]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task Form_FromANewerWorker_HasRemarksForItsAuthor(int width, int height, string theme)
    {
        var type = $"newer_{width}";
        using var worker = new BlazorPluginAdmin.App.Tests.ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", $"w-{type}");
        await worker.HelloAsync(type);
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        var gauge = new ConfigField { Name = "gauge", Label = "Gauge", FieldType = ConfigFieldType.Int64, Widget = (ConfigWidget)42, ValidationRules = { new ValidationRule { Type = (ValidationRuleType)43, Expression = "x" } } };
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = asked.RequestId,
                JobType = type,
                Success = true,
                JobTypeDescriptor = new JobTypeDescriptor
                {
                    JobType = type,
                    DescriptorVersion = 1,
                    WorkerConfigForm = new ConfigForm { FormId = "f", Sections = { new ConfigSection { SectionId = "s", Title = "Sizes", Fields = { gauge } } }, DefaultValues = { ["gauge"] = new ConfigValue { Int64Value = 3 } } },
                },
            },
        });
        var (page, complaints) = await browser.OpenAsync($"/plugin/configuration?job={type}", width, height, theme);
        var remarks = page.GetByTestId("form-remarks");
        await Expect(remarks.Locator("summary")).ToHaveTextAsync("2 remarks on this form, for its author");
        await remarks.Locator("summary").ClickAsync();
        await Expect(remarks).ToContainTextAsync("gauge in the worker form: the widget 42 is not known here; the type decides");
        await Expect(remarks).ToContainTextAsync("a rule of an unknown type is not enforced");
        await Expect(page.Locator("#w-worker-gauge")).ToHaveValueAsync("3");
        var dispatch = page.GetByTestId("dispatch-settings");
        await Expect(dispatch).ToContainTextAsync("lane general; waiting jobs that a detection no longer proposes stay.");
        await PageChecks.CheckAsync(page, $"form-remarks-{width}-{theme}");
        await dispatch.ScrollIntoViewIfNeededAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"dispatch-settings-{width}-{theme}.png") });
        await dispatch.GetByRole(AriaRole.Link, new() { Name = "Change in the settings" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/settings#placement$"));
        await page.GetByLabel($"{type}: cancel what is no longer proposed").CheckAsync();
        await Expect(page.GetByTestId("placement-reply")).ToContainTextAsync("is in lane general");
        await browser.VisitAsync(page, $"/plugin/configuration?job={type}");
        await Expect(dispatch).ToContainTextAsync("no longer proposes are cancelled");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    public async Task AddressWithoutAPage_NeedsNoCircuit(int width, int height, string theme)
    {
        var (page, _) = await browser.OpenAsync("/no/such/page", width, height, theme);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Not found" })).ToBeVisibleAsync();
        await Expect(page.Locator("script")).ToHaveCountAsync(0);
        await PageChecks.CheckAsync(page, $"not-found-{width}-{theme}");
        if (width == 1280)
        {
            await Pictures.CompareAsync(page.Locator("main"), "not-found-page");
        }

        await page.GetByLabel("Search jobs").FillAsync("state:failed");
        await page.GetByLabel("Search jobs").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/jobs\\?q=state%3Afailed$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(new Regex("Jobs"));
        await page.Context.CloseAsync();
    }
}
