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
        await page.GetByLabel("Search jobs").FillAsync("state:failed");
        await page.GetByLabel("Search jobs").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/jobs\\?q=state%3Afailed$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(new Regex("Jobs"));
        await page.Context.CloseAsync();
    }
}
