using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Every reason for which a job waits, brought about for real: named on its page and in the queue, with what helps.</summary>
public sealed class WaitingTests(ClusterAdmin browser) : IClassFixture<ClusterAdmin>
{
    private static readonly AdminRuntimeDefaults Retries = new() { GlobalExecutionConcurrency = 8, PerWorkerExecutionConcurrency = 8, RetryLimit = 2, RetryBackoffSeconds = 300 };

    [Fact]
    public async Task EveryReason_IsNamed_AndWhatHelpsIsOffered()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var jobs = new Dictionary<string, (string Id, string Headline, string? Link)>();

        await workers.OfferAsync("later");
        jobs["not_before"] = (await workers.SubmitAsync("later", "Not yet", job => job["scheduled_at"] = TimeProvider.System.GetUtcNow().AddDays(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture)), "Scheduled, starts in", null);

        var unlucky = await workers.OfferAsync("unlucky", Retries);
        jobs["backoff"] = (await workers.SubmitAsync("unlucky", "Failed once"), "Attempt 1: the disk is full, next try in", null);
        var given = await unlucky.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        await unlucky.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = given.RequestId, JobId = given.ExecuteJobRequest.Job.JobId, JobType = "unlucky", Success = false, ErrorMessage = "the disk is full\nsecond line" } });

        await workers.OfferAsync("halted");
        await workers.PostAsync("job-types/halted/pause", new JsonObject { ["paused"] = true, ["reason"] = "migration" });
        jobs["paused"] = (await workers.SubmitAsync("halted", "Stands still", job => job["labels"] = ScriptedWorkers.Labels("require.zone", "9")), "halted is paused by", null);

        (await workers.OfferAsync("orphan")).Dispose();
        jobs["no_capable_worker"] = (await workers.SubmitAsync("orphan", "Nobody is there", job => job["labels"] = ScriptedWorkers.Labels("require.zone", "9")), "No connected worker offers orphan", "Show the workers");

        await workers.OfferAsync("lookout", executes: false);
        jobs["detector_only"] = (await workers.SubmitAsync("lookout", "Only seen"), "The only connected worker that knows lookout only detects", "Show the workers");

        await workers.OfferAsync("picky");
        jobs["labels"] = (await workers.SubmitAsync("picky", "Wants a GPU", job => job["labels"] = ScriptedWorkers.Labels("require.gpu", "yes")), "The only worker that offers picky does not have gpu=yes", "Show the workers");

        await workers.OfferAsync("leaving");
        await workers.PostAsync("workers/w-leaving/drain", new JsonObject { ["enabled"] = true });
        jobs["all_draining"] = (await workers.SubmitAsync("leaving", "Too late"), "All workers that offer leaving are draining", "Show the workers");

        var narrow = await workers.OfferAsync("narrow", slots: 1);
        await workers.SubmitAsync("narrow", "Has the slot");
        await narrow.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        jobs["no_free_slot"] = (await workers.SubmitAsync("narrow", "Has no slot"), "The only slot is busy", "Show the job");

        await BusyAsync(workers, "single", new AdminRuntimeDefaults { GlobalExecutionConcurrency = 8, PerWorkerExecutionConcurrency = 1 });
        jobs["worker_limit"] = (await workers.SubmitAsync("single", "Second on the worker"), "Each worker may run 1 of single at once and does", "Show the job");

        await BusyAsync(workers, "rare", new AdminRuntimeDefaults { GlobalExecutionConcurrency = 1, PerWorkerExecutionConcurrency = 8 });
        jobs["type_limit"] = (await workers.SubmitAsync("rare", "Second of its type"), "rare may run 1 at once and does", "Change the limit");

        // In a lane that does one thing at a time a detection has found something, and goes on looking.
        await workers.PutAsync("lanes/night", new JsonObject { ["serialise"] = true });
        var nightly = await workers.OfferAsync("nightly", new AdminRuntimeDefaults { Enabled = true, DetectionIntervalMinutes = 60, DetectionTimeoutSeconds = 300, MaxJobsPerDetection = 10, GlobalExecutionConcurrency = 8, PerWorkerExecutionConcurrency = 8 }, place: () => workers.PutAsync("job-types/nightly/lane", new JsonObject { ["lane"] = "night" }));
        var run = (await nightly.NextAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest)).RunDetectionRequest;
        await nightly.SendAsync(new WorkerToAdminMessage
        {
            DetectionProposals = new DetectionProposals { RequestId = run.RequestId, JobType = "nightly", HasMore = true, Proposals = { new JobProposal { ProposalId = "p-1", DedupeKey = "k-1", JobType = "nightly", Summary = "Found first" } } },
        });

        await workers.OfferAsync("vacuum");
        jobs["cluster_lock"] = (await workers.SubmitAsync("vacuum", "Needs the lock"), "Waiting for the cluster lock, held by shell", "Open the lane");

        await workers.OfferAsync("grouped");
        jobs["group_limit"] = (await workers.SubmitGroupAsync("grouped", "Has to wait for its twin", jobs: 2, atOnce: 1), "1 jobs of group", "Open the group");

        var (page, complaints) = await browser.OpenAsync("/plugin/queue");
        var found = page.GetByTestId("job-row").Filter(new() { HasText = "Found first" });
        await Expect(found).ToContainTextAsync("A detection of lane night is under way");
        jobs["lane_busy"] = (Regex.Match((await found.GetByTestId("job-link").GetAttributeAsync("href"))!, "detail=([^&]+)").Groups[1].Value, "A detection of lane night is under way", "Open the lane");
        await PageChecks.CheckAsync(page, "queue-every-reason");
        foreach (var (code, (id, headline, link)) in jobs)
        {
            await Expect(page.GetByTestId("job-row").Filter(new() { Has = page.Locator($"a[href*='{id}']") })).ToContainTextAsync(headline);
        }

        foreach (var (code, (id, headline, link)) in jobs)
        {
            await OpenAsync(code);
            var why = page.GetByTestId("why");
            await Expect(why).ToHaveAttributeAsync("data-code", code);
            await Expect(why.Locator("h2")).ToContainTextAsync(headline);
            await Expect(why.Locator(".stops").First).ToBeVisibleAsync();
            if (link is not null)
            {
                await Expect(why.GetByTestId("why-link")).ToHaveTextAsync(link);
            }
        }

        await OpenAsync("labels");
        await Expect(page.GetByTestId("label-matches")).ToContainTextAsync("not set");
        await PageChecks.CheckAsync(page, "why-labels");
        await OpenAsync("no_capable_worker");
        await Expect(page.GetByTestId("last-gone")).ToContainTextAsync("w-orphan, gone");
        await page.GetByText("How to start a worker").ClickAsync();
        await PageChecks.CheckAsync(page, "why-nobody");

        await OpenAsync("not_before");
        await page.GetByTestId("start-now").ClickAsync();
        await page.GetByTestId("start-now-confirm").ClickAsync();
        await Expect(page.Locator("main .chip-assigned").First).ToBeVisibleAsync();
        await OpenAsync("backoff");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Output of attempt 1" })).ToBeVisibleAsync();
        await page.GetByTestId("start-now").ClickAsync();
        await page.GetByTestId("start-now-confirm").ClickAsync();
        await Expect(page.Locator("main .chip-assigned").First).ToBeVisibleAsync();

        var reason = page.GetByTestId("why");
        await OpenAsync("paused");
        await Expect(reason).ToContainTextAsync("migration");
        await Expect(reason).ToContainTextAsync("no end");
        await page.GetByTestId("resume-type").ClickAsync();
        await Expect(reason).ToHaveAttributeAsync("data-code", "labels");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(reason).ToHaveAttributeAsync("data-code", "paused");
        await Expect(reason).ToContainTextAsync("migration");

        await OpenAsync("all_draining");
        await page.GetByTestId("undo-drain").ClickAsync();
        await Expect(page.Locator("main .chip-assigned").First).ToBeVisibleAsync();

        await OpenAsync("type_limit");
        await page.GetByTestId("why-link").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/plugin/configuration\?job=rare$"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        // Within the page: a dozen new circuits would take longer than all the rest.
        Task OpenAsync(string code) => page.EvaluateAsync("id => Blazor.navigateTo('jobs/' + id)", jobs[code].Id);
    }

    /// <summary>Three workers in a row died of it: nobody runs it again without having seen that.</summary>
    [Fact]
    public async Task Quarantined_IsReleasedAfterItsLossesWereSeen()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        var runtime = Retries.Clone();
        (runtime.RetryLimit, runtime.RetryBackoffSeconds) = (5, 1);
        var worker = await workers.OfferAsync("deadly", runtime);
        var job = await workers.SubmitAsync("deadly", "Kills its workers");
        for (var loss = 0; loss < 3; loss++)
        {
            worker = loss == 0 ? worker : await workers.OfferAsync("deadly", describes: false);
            await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
            worker.Dispose();
        }

        var (page, _) = await browser.OpenAsync($"/jobs/{job}", 390, 844, "dark");
        await Expect(page.Locator("main .chip-failed").First).ToContainTextAsync("worker lost");
        await Expect(page.Locator("section[aria-label=Attempts] tbody tr")).ToHaveCountAsync(3);
        await page.GetByTestId("job-actions").ClickAsync();
        await page.GetByTestId("release-job").ClickAsync();
        var dialog = page.GetByTestId("release-dialog");
        await Expect(dialog.Locator("li")).ToHaveCountAsync(3);
        await Expect(dialog.Locator("li").First).ToContainTextAsync("w-deadly");
        await PageChecks.CheckAsync(page, "job-release-390-dark");
        await page.GetByTestId("release-confirm").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/jobs/(?!{job})job-"));
        await Expect(page.GetByTestId("related")).ToContainTextAsync("Retry of");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Queue_OnAPhone_ChangesThePriorityInItsRow_AndTakesItBack()
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        await BusyAsync(workers, "patient", new AdminRuntimeDefaults { GlobalExecutionConcurrency = 1, PerWorkerExecutionConcurrency = 1 });
        await workers.SubmitAsync("patient", "Waits on a phone");
        var (page, complaints) = await browser.OpenAsync("/plugin/queue?job=patient", 390, 844, "dark");
        var row = page.GetByTestId("job-row").Filter(new() { HasText = "Waits on a phone" });
        await Expect(row.Locator(".its-place")).ToHaveTextAsync("1");
        var priority = row.GetByTestId("priority");
        await Expect(row.Locator(".priority-short")).ToHaveTextAsync("50");
        var box = (await priority.BoundingBoxAsync())!;
        Assert.True(box is { Width: >= 44, Height: >= 44 }, $"the target is {box.Width} × {box.Height}");
        await priority.SelectOptionAsync("100");
        await Expect(row.Locator(".priority-short")).ToHaveTextAsync("100");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(row.Locator(".priority-short")).ToHaveTextAsync("50");
        await PageChecks.CheckAsync(page, "queue-priority-390-dark");
        await row.GetByTestId("cancel-row").ClickAsync();
        await PageChecks.CheckAsync(page, "queue-cancel-390-dark");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static async Task BusyAsync(ScriptedWorkers workers, string type, AdminRuntimeDefaults runtime)
    {
        var worker = await workers.OfferAsync(type, runtime);
        await workers.SubmitAsync(type, "At work");
        await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
    }
}
