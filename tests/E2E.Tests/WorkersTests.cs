using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Workers that come, work, go and disagree.</summary>
public sealed class WorkersTests(Fleet fleet) : IClassFixture<Fleet>
{
    private const float Patience = 60_000;

    /// <summary>Killed without a word in the middle of a job: known within a moment, on every page that shows it.</summary>
    [Fact]
    public async Task KilledWorker_IsShownAtOnce_EverywhereItAppears()
    {
        var worker = fleet.Start("doomed");
        var (list, _) = await fleet.OpenAsync("/workers");
        var row = list.GetByTestId("worker-row").Filter(new() { HasText = "doomed" });
        await Expect(row).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        await Jobs.SubmitAsync(fleet.Admin.Address, "Long work", "sleep 600", ("require.worker_id", "doomed"));
        await Expect(row).ToContainTextAsync("Long work");
        var (overview, _) = await fleet.OpenAsync("/");
        var bar = overview.GetByTestId("swim-bar").And(overview.GetByLabel(new Regex("^Long work: Running")));
        await Expect(bar).ToBeVisibleAsync();
        await fleet.VisitAsync(overview, "/");
        await Fleet.KillAsync(worker);
        await Expect(row).ToContainTextAsync("Disconnected", new() { Timeout = 5_000 });
        await Expect(overview.GetByLabel(new Regex("^Long work: Reconnecting"))).ToHaveClassAsync(new Regex("swim-uneasy"));
        await Expect(overview.GetByTestId("attention")).ToContainTextAsync("doomed is gone with 1 job");
        await Expect(overview.Locator("#load li").Filter(new() { HasText = "doomed" })).ToContainTextAsync("gone");
        await Expect(overview.GetByLabel(new Regex("^doomed: not connected"))).ToBeVisibleAsync();
        await Expect(overview.Locator("#load li").Filter(new() { HasText = "doomed" }).Locator(".heat-gone")).ToHaveCountAsync(1);
        await PageChecks.CheckAsync(overview, "overview-worker-killed");

        // What needs attention leads to it.
        await overview.GetByTestId("attention").GetByRole(AriaRole.Listitem).Filter(new() { HasText = "doomed is gone" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(overview).ToHaveURLAsync(new Regex("/workers/doomed$"));

        // Its page says the same, and why the session ended.
        await row.GetByTestId("worker-link").ClickAsync();
        await Expect(list.GetByTestId("sessions")).ToContainTextAsync(new Regex("stream|broke|reset|ended", RegexOptions.IgnoreCase));
        await PageChecks.CheckAsync(list, "worker-gone");
        await list.Context.CloseAsync();
        await overview.Context.CloseAsync();
    }

    [Fact]
    public async Task Drain_CountsWhatIsLeft_AndIsTakenBack_AndPingAnswers()
    {
        fleet.Start("steady");
        var (page, complaints) = await fleet.OpenAsync("/workers?q=steady");
        var row = page.GetByTestId("worker-row");
        await Expect(row).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        await Expect(row).ToHaveCountAsync(1);
        await Jobs.SubmitAsync(fleet.Admin.Address, "Steady work", "sleep 600", ("require.worker_id", "steady"));
        await Expect(row).ToContainTextAsync("Steady work");
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row.GetByTestId("drain-left")).ToContainTextAsync("1 job left");
        await Expect(page.GetByTestId("healths")).ToContainTextAsync("Draining1");
        await PageChecks.CheckAsync(page, "workers-draining");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(row).ToContainTextAsync("Healthy");

        // Undo drain is an act of its own, and is taken back like any other.
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row.GetByTestId("drain")).ToHaveTextAsync("Undo drain");
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row).ToContainTextAsync("Healthy");
        await page.GetByTestId("toast").Filter(new() { HasText = "gets work again" }).GetByTestId("undo").ClickAsync();
        await Expect(row.GetByTestId("drain-left")).ToContainTextAsync("1 job left");
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row).ToContainTextAsync("Healthy");

        await row.GetByTestId("worker-link").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/workers/steady$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "steady" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByTestId("drain-left")).ToContainTextAsync("1 job left");
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByTestId("drain-left")).ToHaveCountAsync(0);
        await page.GetByTestId("ping").ClickAsync();
        await Expect(page.GetByTestId("round-trip")).ToContainTextAsync(new Regex(@"\d+(\.\d)? (ms|s)"));
        await Expect(page.GetByTestId("load-history")).ToContainTextAsync(new Regex(@"1 / \d+ execute"));
        await Expect(page.GetByTestId("load-history").GetByLabel(new Regex("^steady: 1 / "))).ToBeVisibleAsync();
        await Expect(page.GetByTestId("worker-failures")).ToContainTextAsync("Nothing failed on it.");
        await Expect(page.GetByTestId("leases")).ToContainTextAsync("Steady work");
        await Expect(page.GetByTestId("sessions")).ToContainTextAsync("connected");
        await Expect(page.Locator("main")).ToContainTextAsync("ack, drain, log, ping, resume");
        await PageChecks.CheckAsync(page, "worker");
        foreach (var table in await page.GetByTestId("as-table").AllAsync())
        {
            await table.ClickAsync();
        }

        await PageChecks.CheckAsync(page, "worker-tables");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A worker that lists what nobody gave it, under an id with a slash and a space.</summary>
    [Fact]
    public async Task WhatTheWorkerSays_AndNobodyKnowsOf_IsMarked()
    {
        const string id = "rack 4/disk é";
        using var worker = new ScriptedWorker($"127.0.0.1:{fleet.Admin.GrpcPort}", id);
        await worker.HelloAsync("odd");
        await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            Heartbeat = new WorkerHeartbeat { WorkerId = id, ExecutionSlotsTotal = 4, ExecutionSlotsUsed = 1, RunningWork = { new RunningWork { WorkId = "ghost-job", Kind = WorkKind.Execution, JobType = "odd", ProgressPercent = 40, Stage = "haunting" } } },
        });
        var (page, complaints) = await fleet.OpenAsync($"/workers/{Uri.EscapeDataString(id)}", 390, 844, "dark");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = id })).ToBeVisibleAsync();
        var leases = page.GetByTestId("leases");
        await Expect(leases).ToContainTextAsync("ghost-job");
        await Expect(leases).ToContainTextAsync("haunting, 40 %");
        await Expect(leases).ToContainTextAsync("not ours");
        await PageChecks.CheckAsync(page, "worker-difference-390-dark");
        await fleet.VisitAsync(page, "/workers");
        await page.GetByTestId("worker-link").Filter(new() { HasText = "rack 4" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = id })).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByTestId("leases")).ToContainTextAsync("ghost-job");
        await fleet.VisitAsync(page, "/workers/nobody%2Fhere");
        await Expect(page.Locator("main")).ToContainTextAsync("No worker with this id is known");
        await PageChecks.CheckAsync(page, "worker-unknown-390-dark");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TwoProcesses_WithOneId_AreAConflict_AndARefusedHelloSaysWhy()
    {
        fleet.Start("twin", "twin-a");
        var (page, _) = await fleet.OpenAsync("/workers?q=twin");
        await Expect(page.GetByTestId("worker-row")).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        fleet.Start("twin", "twin-b");
        await Expect(page.GetByTestId("worker-row")).ToContainTextAsync("Conflict", new() { Timeout = Patience });
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Two processes use the worker id twin");
        await page.GetByTestId("worker-link").ClickAsync();
        await Expect(page.GetByTestId("worker-conflict")).ToContainTextAsync("The newest wins");
        await PageChecks.CheckAsync(page, "worker-conflict");

        using var mute = new ScriptedWorker($"127.0.0.1:{fleet.Admin.GrpcPort}", "mute");
        await mute.SendAsync(new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat() });
        Assert.Equal("first message must be hello", (await mute.EndAsync()).Detail);
        await fleet.VisitAsync(page, "/workers?health=nonsense");
        await Expect(page.GetByTestId("refused-hellos")).ToContainTextAsync("first message must be hello");
        await page.Context.CloseAsync();
    }
}
