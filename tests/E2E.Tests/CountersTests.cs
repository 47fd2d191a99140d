using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Every number of the overview is a link, and what it leads to has as many.</summary>
public sealed class CountersTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    [Fact]
    public async Task EveryCounter_LeadsToAListOfAsMany()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var busy = await workers.OfferAsync("mixed");
        foreach (var n in Enumerable.Range(0, 3))
        {
            await workers.SubmitAsync("mixed", $"Fails {n}");
            await EndAsync(busy, success: false);
        }

        foreach (var n in Enumerable.Range(0, 2))
        {
            await workers.SubmitAsync("mixed", $"Works {n}");
            await EndAsync(busy, success: true);
        }

        await workers.SubmitAsync("mixed", "At work");
        await busy.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        await workers.SubmitAsync("mixed", "Not yet", job => job["scheduled_at"] = TimeProvider.System.GetUtcNow().AddDays(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        var unlucky = await workers.OfferAsync("unlucky", new AdminRuntimeDefaults { GlobalExecutionConcurrency = 8, PerWorkerExecutionConcurrency = 8, RetryLimit = 2, RetryBackoffSeconds = 300 });
        await workers.SubmitAsync("unlucky", "Tries again later");
        await EndAsync(unlucky, success: false);
        await workers.OfferAsync("leaving");
        await workers.PostAsync("workers/w-leaving/drain", new JsonObject { ["enabled"] = true });
        (await workers.OfferAsync("orphan")).Dispose();
        await workers.SubmitAsync("orphan", "Nobody is there", job => job["labels"] = ScriptedWorkers.Labels("require.zone", "9"));

        var (page, complaints) = await browser.OpenAsync("/");
        var counters = page.GetByTestId("counters");
        foreach (var (name, number, list) in ((string, int, string)[])
            [
                ("count-healthy", 2, "worker-row"), ("1 draining", 1, "worker-row"), ("1 gone", 1, "worker-row"),
                ("queued", 1, "job-row"), ("1 scheduled", 1, "job-row"), ("1 in backoff", 1, "job-row"), ("count-active", 1, "job-row"), ("count-succeeded", 2, "job-row"), ("count-failed", 3, "job-row"),
            ])
        {
            var counter = name.Contains(' ', StringComparison.Ordinal) ? counters.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }) : page.GetByTestId(name);
            await Expect(counter).ToContainTextAsync($"{number}");
            await counter.ClickAsync();
            await Expect(page.GetByTestId(list)).ToHaveCountAsync(number);
            if (list == "job-row")
            {
                await Expect(page.GetByTestId("total")).ToHaveTextAsync(number == 1 ? "1 job" : $"{number} jobs");
            }

            await page.GoBackAsync();
            await Expect(counters).ToBeVisibleAsync();
        }

        // Two lists of one hour, from a whole minute on; things happen between the looks at them.
        var activities = page.GetByTestId("count-activities");
        await Expect(activities).ToHaveTextAsync(new Regex(@"^\d+$"));
        var before = await NumberAsync(activities);
        await activities.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("since=20"));
        await Expect(page.GetByTestId("shown")).ToContainTextAsync("all that match");
        var listed = await NumberAsync(page.GetByTestId("shown"));
        await page.GoBackAsync();
        Assert.InRange(listed, before, await NumberAsync(activities));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static async Task EndAsync(ScriptedWorker worker, bool success)
    {
        var given = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        var job = given.ExecuteJobRequest.Job;
        await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = given.RequestId, JobId = job.JobId, JobType = job.JobType, Success = success, ErrorMessage = success ? "" : "the disk is full" } });
    }

    private static async Task<int> NumberAsync(ILocator locator) => int.Parse(Regex.Match(await locator.InnerTextAsync(), @"^\d+").Value, CultureInfo.InvariantCulture);
}
