using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static BlazorPluginAdmin.Wire.AdminToWorkerMessage;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Detections as somebody watches them: what is found so far, what is held back and by which job, and how each kind of run is stopped.</summary>
public sealed class DetectionRunTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    /// <summary>It looks once when its worker comes, then only when a person asks.</summary>
    private static readonly AdminRuntimeDefaults ByHand = new() { Enabled = true, DetectionIntervalMinutes = 10_000, DetectionTimeoutSeconds = 300, MaxJobsPerDetection = 10, GlobalExecutionConcurrency = 8, PerWorkerExecutionConcurrency = 8 };

    [Fact]
    public async Task ResultsAppearWhileTheyStream_AndWhatIsHeldBack_LeadsToItsJob()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var worker = await workers.OfferAsync("seeker", ByHand);
        var first = await RunAsync(worker);
        await ProposeAsync(worker, first, "seeker", hasMore: false, "Clean rack 1");
        await EndAsync(worker, first, "seeker");
        await worker.NextAsync(BodyOneofCase.ExecuteJobRequest);

        var (page, complaints) = await browser.OpenAsync("/plugin/detection?job=seeker");
        await page.GetByTestId("detect-execute").ClickAsync();
        var second = await RunAsync(worker);
        await page.GetByTestId("operation").GetByRole(AriaRole.Link, new() { Name = "Show" }).ClickAsync();
        await ProposeAsync(worker, second, "seeker", hasMore: true, "Clean rack 1");
        var rows = page.GetByTestId("proposal-row");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("cancel-detection")).ToBeVisibleAsync();
        await ProposeAsync(worker, second, "seeker", hasMore: true, "Clean rack 2", "Clean rack 2");
        await Expect(rows).ToHaveCountAsync(3);
        await PageChecks.CheckAsync(page, "detection-streaming");
        var held = rows.Filter(new() { HasText = "Clean rack 1" });
        Assert.InRange((await held.BoundingBoxAsync())!.Height, 20, 64);
        await page.SetViewportSizeAsync(390, 844);
        await PageChecks.IsCardAsync(held, ".wide", "[data-label=outcome] [data-testid=job-link]", "[data-label=priority]", "[data-label=key]");
        await PageChecks.CheckAsync(page, "detection-streaming-390");
        await page.SetViewportSizeAsync(1280, 800);

        await held.GetByTestId("job-link").ClickAsync();
        await Expect(page.GetByTestId("job-modal").Locator("h1")).ToHaveTextAsync("Clean rack 1");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByTestId("cancel-detection").ClickAsync();
        await page.GetByTestId("cancel-detection-confirm").ClickAsync();
        Assert.Equal(second, (await worker.NextAsync(BodyOneofCase.CancelRequest)).CancelRequest.TargetId);
        await EndAsync(worker, second, "seeker");
        await Expect(page.GetByTestId("cancel-detection")).ToHaveCountAsync(0);

        // One of the counted numbers leads to the rows it counts.
        await page.GetByTestId("detection-row").First.Locator("[data-label=duplicates] a").ClickAsync();
        await Expect(page.GetByTestId("proposals")).ToContainTextAsync("Only 1 duplicates");
        await Expect(rows).ToHaveCountAsync(1);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task RunAndTest_AreStoppedWhereTheyWereStarted()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var worker = await workers.OfferAsync("prober", ByHand);
        await EndAsync(worker, await RunAsync(worker), "prober");
        var (page, complaints) = await browser.OpenAsync("/plugin/detection?job=prober");
        await page.GetByTestId("run-detection").ClickAsync();
        var run = await RunAsync(worker);
        await page.GetByTestId("cancel-operation").ClickAsync();
        await page.GetByTestId("cancel-operation-confirm").ClickAsync();
        Assert.Equal(run, (await worker.NextAsync(BodyOneofCase.CancelRequest)).CancelRequest.TargetId);
        await EndAsync(worker, run, "prober");
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Canceled");

        await browser.VisitAsync(page, "/plugin/configuration?job=prober");
        await page.GetByTestId("test-detection").ClickAsync();
        var test = await RunAsync(worker);
        await page.GetByTestId("cancel-test").ClickAsync();
        await page.GetByTestId("cancel-test-confirm").ClickAsync();
        Assert.Equal(test, (await worker.NextAsync(BodyOneofCase.CancelRequest)).CancelRequest.TargetId);
        await EndAsync(worker, test, "prober");
        await Expect(page.GetByTestId("test-result")).ToContainTextAsync("Canceled");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A list that somebody looked back in is as long after a reload, and after a look elsewhere.</summary>
    [Fact]
    public async Task ListLookedBackIn_IsAsLongAfterReloadAndBack()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var worker = await workers.OfferAsync("steady", ByHand);
        await EndAsync(worker, await RunAsync(worker), "steady");
        for (var n = 0; n < 70; n++)
        {
            var asked = workers.PostAsync("job-types/steady/detect", []);
            await EndAsync(worker, await RunAsync(worker), "steady");
            await asked;
        }

        var (page, complaints) = await browser.OpenAsync("/plugin/detection?job=steady");
        var rows = page.GetByTestId("detection-row");
        await Expect(rows).ToHaveCountAsync(50);
        await page.GetByTestId("more-detections").HoverAsync();
        await page.GetByTestId("more-detections").ClickAsync();
        await Expect(rows).ToHaveCountAsync(71);
        await Expect(rows.Nth(49)).ToBeInViewportAsync();
        await Expect(page).ToHaveURLAsync(new Regex("&oldest="));
        await Browser.ReloadAsync(page);
        await Expect(rows).ToHaveCountAsync(71);
        await page.Locator("nav a[href='workers']").First.ClickAsync();
        await Expect(page.GetByTestId("worker-row")).Not.ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(rows).ToHaveCountAsync(71);

        // One step back, not two: how far somebody looked is no place of its own.
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync("about:blank");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static async Task<string> RunAsync(ScriptedWorker worker) => (await worker.NextAsync(BodyOneofCase.RunDetectionRequest)).RequestId;

    private static async Task ProposeAsync(ScriptedWorker worker, string run, string type, bool hasMore, params string[] found) => await worker.SendAsync(new WorkerToAdminMessage
    {
        DetectionProposals = new DetectionProposals { RequestId = run, JobType = type, HasMore = hasMore, Proposals = { found.Select(name => new JobProposal { ProposalId = name, DedupeKey = name, JobType = type, Summary = name }) } },
    });

    private static async Task EndAsync(ScriptedWorker worker, string run, string type) =>
        await worker.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = run, JobType = type, Success = true } });
}
