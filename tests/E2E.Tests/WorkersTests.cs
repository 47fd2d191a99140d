using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Workers that come, work, go and disagree.</summary>
public sealed class WorkersTests(Fleet fleet, ITestOutputHelper output) : IClassFixture<Fleet>
{
    private const float Patience = 60_000;

    /// <summary>Milliseconds; a second where nothing else is at work.</summary>
    private const long MostToShow = 5_000;

    /// <summary>What stands outside the column it belongs to, and actions that cannot be scrolled into sight.</summary>
    private const string Misplaced = """
        () => {
            const box = document.querySelector('.scroll:has(> .workers)'), heads = [...box.querySelectorAll('thead th')].map(head => head.getBoundingClientRect()), found = [];
            const outside = (inner, outer) => inner.width > 0 && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
            for (const row of box.querySelectorAll('tbody tr[data-row]')) [...row.children].forEach((cell, column) => {
                const place = cell.getBoundingClientRect();
                if (outside(place, heads[column])) found.push(`column ${column} is not below its head`);
                for (const part of cell.querySelectorAll('*'))
                    if (part.checkVisibility() && !part.closest('.sr') && !part.parentElement.closest('.clip, .middle, .badge') && outside(part.getBoundingClientRect(), place)) found.push(`column ${column}: ${part.outerHTML.slice(0, 120)}`);
            });
            for (const badge of box.querySelectorAll('.badges .badge')) {
                const place = badge.getBoundingClientRect(), end = badge.parentElement.getBoundingClientRect().bottom;
                if (place.top < end - 1 && place.bottom > end + 1) found.push(`cut through: ${badge.textContent}`);
            }
            box.scrollLeft = box.scrollWidth;
            for (const act of box.querySelectorAll('tbody button')) if (outside(act.getBoundingClientRect(), box.getBoundingClientRect())) found.push(`out of sight: ${act.textContent}`);
            return found;
        }
        """;

    /// <summary>Notes when the row of a worker says in the page that it is gone, in the page's own time.</summary>
    private const string NoteGone = """
        row => {
            const observer = new MutationObserver(() => {
                if (!row.textContent.includes('Disconnected')) return;
                window.goneAt = Date.now();
                observer.disconnect();
            });
            observer.observe(row, { subtree: true, childList: true, characterData: true });
        }
        """;

    /// <summary>Killed without a word in the middle of a job: known within a moment, on every page that shows it.</summary>
    [Fact]
    public async Task KilledWorker_IsShownAtOnce_EverywhereItAppears()
    {
        var worker = fleet.Start("doomed");
        var (list, _) = await fleet.OpenAsync("/workers");
        var row = list.GetByTestId("worker-row").Filter(new() { HasText = "doomed" });
        await Expect(row).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        await Jobs.GoOnAsync(fleet.Admin.Address, "Long work", ("require.worker_id", "doomed"));
        await Expect(row).ToContainTextAsync("Long work");
        var (overview, _) = await fleet.OpenAsync("/");
        var bar = overview.GetByTestId("swim-bar").And(overview.GetByLabel(new Regex("^Long work: Running")));
        await Expect(bar).ToBeVisibleAsync();
        await fleet.VisitAsync(overview, "/");
        await row.EvaluateAsync(NoteGone);
        var killed = TimeProvider.System.GetUtcNow();
        await Fleet.KillAsync(worker);
        await Expect(row).ToContainTextAsync("Disconnected");
        var shownAfter = await list.EvaluateAsync<long>("window.goneAt") - killed.ToUnixTimeMilliseconds();
        output.WriteLine($"killed, to the change of the page that says so: {shownAfter} ms");
        Assert.InRange(shownAfter, 0, MostToShow);
        await Expect(overview.GetByLabel(new Regex("^Long work: Reconnecting"))).ToHaveClassAsync(new Regex("swim-uneasy"));
        await Expect(overview.GetByTestId("attention")).ToContainTextAsync("doomed is gone with 1 job");
        await Expect(overview.Locator("#load li").Filter(new() { HasText = "doomed" })).ToContainTextAsync("gone");
        await Expect(overview.GetByLabel(new Regex("^doomed: not connected"))).ToBeVisibleAsync();
        var gone = overview.Locator("#load li").Filter(new() { HasText = "doomed" }).Locator(".heat-gone");
        await Expect(gone).ToHaveCountAsync(1);

        // What needs attention leads to it, in whichever words: the grace for its job may be over by now.
        await overview.GetByTestId("attention").GetByRole(AriaRole.Listitem).Filter(new() { HasTextRegex = new Regex("doomed (is gone|disconnected)") }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(overview).ToHaveURLAsync(new Regex("/workers/doomed$"));
        await Expect(overview.GetByRole(AriaRole.Heading, new() { Name = "doomed", Exact = true })).ToBeVisibleAsync();
        await overview.GoBackAsync();
        await Expect(gone).ToHaveCountAsync(1);
        await PageChecks.CheckAsync(overview, "overview-worker-killed");

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
        await Jobs.GoOnAsync(fleet.Admin.Address, "Steady work", ("require.worker_id", "steady"));
        await Expect(row).ToContainTextAsync("Steady work");
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row.GetByTestId("drain-left")).ToContainTextAsync("1 job left");
        await Expect(page.GetByTestId("healths")).ToContainTextAsync("Draining1");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(row).ToContainTextAsync("Healthy");

        // Undo drain is an act of its own, and is taken back like any other.
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row.GetByTestId("drain")).ToHaveTextAsync("Undo drain");
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row).ToContainTextAsync("Healthy");
        await page.GetByTestId("toast").Filter(new() { HasText = "gets work again" }).GetByTestId("undo").ClickAsync();
        await Expect(row.GetByTestId("drain-left")).ToContainTextAsync("1 job left");

        // Looked at only now: a toast does not wait so long for its Undo.
        await PageChecks.CheckAsync(page, "workers-draining");
        await page.SetViewportSizeAsync(390, 844);
        await PageChecks.IsCardAsync(row, ".who [data-testid=worker-link]", ".health", ".at-work .load", ".at-work [data-testid=job-link]", "[data-testid=drain]");
        await PageChecks.CheckAsync(page, "workers-draining-390");
        await page.SetViewportSizeAsync(1280, 800);
        await row.GetByTestId("drain").ClickAsync();
        await Expect(row).ToContainTextAsync("Healthy");

        // By keys, on the row with the focus.
        await page.Keyboard.PressAsync("j");
        await Expect(row.GetByTestId("worker-link")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("d");
        await Expect(row.GetByTestId("drain-left")).ToContainTextAsync("1 job left");
        await page.Keyboard.PressAsync("d");
        await Expect(row.GetByTestId("drain-left")).ToHaveCountAsync(0);
        await Expect(row).ToContainTextAsync("Healthy");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/workers/steady$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "steady" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByTestId("drain-left")).ToContainTextAsync("1 job left");
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByTestId("drain-left")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("i");
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

    /// <summary>Wider than a phone and narrower than a desk: the table scrolls in its card, and no column is cut or lies over another.</summary>
    [Theory]
    [InlineData(900, "light")]
    [InlineData(1040, "dark")]
    [InlineData(1279, "light")]
    public async Task Table_BetweenPhoneAndDesk_CutsNoColumn(int width, string theme)
    {
        fleet.StartOnce("busy");
        using var wordy = new ScriptedWorker($"127.0.0.1:{fleet.Admin.GrpcPort}", $"warehouse-{width}.rack-04.disk-17.storage.example.org");
        await wordy.HelloAsync("erasure_coding", "volume_balance", "vacuum", "a_job_type_with_a_long_name", "ec_balance");
        await wordy.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello);
        await wordy.SendAsync(new WorkerToAdminMessage { Heartbeat = new WorkerHeartbeat { WorkerId = wordy.Id, ExecutionSlotsTotal = 16, ExecutionSlotsUsed = 3, DetectionSlotsTotal = 4, DetectionSlotsUsed = 1 } });
        var (page, complaints) = await fleet.OpenAsync("/workers", width, 800, theme);
        var rows = page.GetByTestId("worker-row");
        await Expect(rows.Filter(new() { HasText = "busy" })).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        await Jobs.GoOnAsync(fleet.Admin.Address, "Work with a summary that is longer than its column", ("require.worker_id", "busy"));
        await Expect(rows.Filter(new() { HasText = "busy" })).ToContainTextAsync("Work with a summary");
        await Expect(rows.Filter(new() { HasText = $"warehouse-{width}" })).ToContainTextAsync("3 / 16");
        await PageChecks.CheckAsync(page, $"workers-{width}-{theme}");
        Assert.Empty(await page.EvaluateAsync<string[]>(Misplaced));
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
        await Browser.ReloadAsync(page);
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
