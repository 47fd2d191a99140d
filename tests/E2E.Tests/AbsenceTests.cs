using System.Globalization;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What people see when something is not there: the admin, the disk, or what they asked for.</summary>
public sealed class AbsenceTests(Fleet fleet) : IClassFixture<Fleet>
{
    private const float Patience = 60_000;
    private const string Backoff = "#r-admin_runtime-retry_backoff_seconds";
    private const string Retries = "#r-admin_runtime-retry_limit";
    private const string Limit = "#r-admin_runtime-per_worker_execution_concurrency";

    /// <summary>No WebSockets, and for a while no way at all: readable, greyed, dated; then live again in the same document.</summary>
    [Fact]
    public async Task ProxyCut_LeavesThePageReadable_AndItGoesOnWithoutAReload()
    {
        fleet.Start("talker");
        await using var proxy = new ReverseProxy(fleet.Admin.Address, "", strips: false);
        await proxy.StartAsync();
        var (page, _) = await fleet.OpenAsync("/workers?q=talker");
        await Expect(page.GetByTestId("worker-row")).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        var job = await Jobs.SubmitAsync(fleet.Admin.Address, "Talks on", "i=0; while true; do i=$((i+1)); echo \"number $i.\"; sleep 0.2; done");
        await page.GotoAsync($"{proxy.Address}/jobs/{job}");
        var log = page.GetByTestId("job-log");
        await Expect(log).ToContainTextAsync("number 3.");
        await page.EvaluateAsync("window.sameDocument = true");

        await proxy.StopAsync();
        var bar = page.Locator("#components-reconnect-modal");
        await Expect(bar).ToContainTextAsync("Showing the state as of");
        await Expect(bar).ToBeVisibleAsync();
        Assert.Matches(@"\d+:\d+", await bar.Locator("time").InnerTextAsync());
        Assert.Contains("grayscale", await page.Locator(".shell").EvaluateAsync<string>("shell => getComputedStyle(shell).filter"), StringComparison.Ordinal);
        var seen = Last(await log.InnerTextAsync());
        await PageChecks.CheckAsync(page, "connection-lost");

        await proxy.StartAsync();
        await Expect(bar).ToBeHiddenAsync(new() { Timeout = Patience });
        await Expect(log).ToContainTextAsync($"number {seen + 20}.", new() { Timeout = Patience });
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"), "the page was reloaded");
        await Jobs.CancelAsync(fleet.Admin.Address, job);
        await page.Context.CloseAsync();

        static int Last(string text) => int.Parse(text.Split("number ")[^1].Split('.')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Twenty seconds without the line, and without the admin itself: readable and dated all the while, then live again; anew only
    /// where the admin is a new one. What was typed into a form before and meanwhile is there, and counts.
    /// </summary>
    [Fact]
    public async Task TwentySecondsWithoutAnAnswer_OnDeskAndPhone_EndByThemselves_AndKeepWhatWasTyped()
    {
        await using var proxy = new ReverseProxy(fleet.Admin.Address, "", strips: false) { PassesSockets = true };
        await proxy.StartAsync();
        using var other = new AdminProcess(Path.Combine(fleet.Folder, "other"));
        await other.StartAsync();
        using var workers = new ScriptedWorkers(fleet.Admin);
        using var others = new ScriptedWorkers(other);
        await workers.OfferAsync("kept");
        await others.OfferAsync("kept");
        const string says = "w-kept";
        List<(IPage Page, IPage Form, bool Restarted)> views = [];
        foreach (var (width, height) in ((int, int)[])[(1280, 800), (390, 844)])
        {
            foreach (var (address, restarted) in ((string, bool)[])[(proxy.Address, false), (other.Address, true)])
            {
                var (page, _) = await fleet.OpenAsync("/workers", width, height, at: address);
                await Expect(page.Locator("main")).ToContainTextAsync(says);
                var (form, _) = await fleet.OpenAsync("/plugin/configuration?job=kept", width, height, at: address);
                await form.Locator(Backoff).FillAsync("1234");
                await form.Locator(Backoff).PressAsync("Tab");
                await form.WaitForFunctionAsync("() => sessionStorage.getItem('draft:config:kept')");

                // Nobody leaves this box: the server has never heard of its text.
                await form.Locator(Retries).FillAsync("7");
                views.Add((page, form, restarted));
                foreach (var seen in (IPage[])[page, form])
                {
                    await seen.EvaluateAsync("window.sameDocument = true");
                }
            }
        }

        await proxy.StopAsync();
        await other.TerminateAsync();
        var over = Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System);
        using var meanwhile = await ConnectAsync(fleet.Admin, "came-meanwhile");
        foreach (var (page, form, _) in views)
        {
            await IsReadableAsync(page, says);
            await IsReadableAsync(form, "Scheduling and limits");
            await form.Locator(Limit).FillAsync("3");
            await form.Locator(Limit).PressAsync("Tab");
        }

        await PageChecks.CheckAsync(views[^1].Page, "connection-lost-390");
        await PageChecks.CheckAsync(views[^1].Form, "connection-lost-form-390");
        await over;
        foreach (var (page, form, _) in views)
        {
            await IsReadableAsync(page, says);
            await KeptAsync(form);
        }

        await proxy.StartAsync();
        await other.StartAsync();
        using var afterwards = await ConnectAsync(other, "came-afterwards");
        foreach (var (page, form, restarted) in views)
        {
            await Expect(page.Locator("main")).ToContainTextAsync(restarted ? afterwards.Id : meanwhile.Id, new() { Timeout = Patience });
            await Expect(Bar(page)).ToBeHiddenAsync();
            await Expect(page.Locator("footer")).ToContainTextAsync("live");
            Assert.EndsWith("/workers", page.Url, StringComparison.Ordinal);
            await Expect(form.GetByTestId("save-reply")).ToContainTextAsync("3 unsaved changes", new() { Timeout = Patience });
            await KeptAsync(form);
            await Expect(form.GetByTestId("draft")).ToHaveCountAsync(restarted ? 1 : 0);
            foreach (var seen in (IPage[])[page, form])
            {
                Assert.Equal(!restarted, await seen.EvaluateAsync<bool>("window.sameDocument === true"));
                await seen.Context.CloseAsync();
            }
        }

        static async Task KeptAsync(IPage form)
        {
            await Expect(form.Locator(Backoff)).ToHaveValueAsync("1234");
            await Expect(form.Locator(Retries)).ToHaveValueAsync("7");
            await Expect(form.Locator(Limit)).ToHaveValueAsync("3");
        }

        static ILocator Bar(IPage page) => page.Locator("#components-reconnect-modal");

        static async Task IsReadableAsync(IPage page, string says)
        {
            await Expect(Bar(page)).ToBeVisibleAsync();
            await Expect(Bar(page)).ToContainTextAsync(new Regex(@"as of \d\d:\d\d:\d\d"));
            await Expect(page.Locator("main").GetByText(says).First).ToBeVisibleAsync();
        }

        static async Task<ScriptedWorker> ConnectAsync(AdminProcess admin, string id)
        {
            var worker = new ScriptedWorker($"127.0.0.1:{admin.GrpcPort}", id);
            await worker.HelloAsync("odd");
            await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello);
            return worker;
        }
    }

    /// <summary>Whoever presses, or comes back to the tab, does not wait for the next try by itself, which never comes here.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task LostConnection_IsTriedAtOnce_ByThePressAndByTheLook(bool pressed, bool restarted)
    {
        await using var proxy = new ReverseProxy(fleet.Admin.Address, "", strips: false);
        await proxy.StartAsync();
        var (page, _) = await fleet.OpenAsync("/workers?q=nobody");
        await page.GotoAsync($"{proxy.Address}/workers?q=nobody");
        await Browser.ReadyAsync(page);
        await page.EvaluateAsync("""
            () => {
              const wait = setTimeout;
              window.setTimeout = (act, span, ...rest) => span === 1000 ? 0 : wait(act, span, ...rest);
              window.sameDocument = true;
            }
            """);
        await (restarted ? fleet.Admin.KillAsync() : proxy.StopAsync());
        var bar = page.Locator("#components-reconnect-modal");
        await Expect(bar).ToBeVisibleAsync();
        await (restarted ? fleet.Admin.StartAsync() : proxy.StartAsync());
        await Expect(bar).ToBeVisibleAsync();
        await (pressed ? bar.GetByRole(AriaRole.Button, new() { Name = "Try now" }).ClickAsync() : page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))"));
        await Expect(bar).ToBeHiddenAsync(new() { Timeout = Patience });
        await Browser.ReadyAsync(page);
        Assert.EndsWith("/workers?q=nobody", page.Url, StringComparison.Ordinal);
        Assert.Equal(!restarted, await page.EvaluateAsync<bool>("window.sameDocument === true"));
        await page.Context.CloseAsync();
    }

    /// <summary>Killed without a word, a worker leaves nothing of its commands running.</summary>
    [Fact]
    public async Task KilledWorker_LeavesNothingRunning()
    {
        var worker = fleet.Start("mortal");
        var (page, _) = await fleet.OpenAsync("/workers?q=mortal");
        await Expect(page.GetByTestId("worker-row")).ToContainTextAsync("Healthy", new() { Timeout = Patience });
        var file = Path.Combine(fleet.Folder, "left");
        await Jobs.SubmitAsync(fleet.Admin.Address, "Would go on", $"sleep 6000 & echo $! > {file}.new; mv {file}.new {file}; wait", ("require.worker_id", "mortal"));
        await UntilAsync(() => File.Exists(file), "the command has begun");
        var child = $"/proc/{File.ReadAllText(file).Trim()}";
        Assert.True(Directory.Exists(child));
        worker.Kill();
        await worker.WaitForExitAsync();
        await UntilAsync(() => !Directory.Exists(child) || File.ReadAllText(Path.Combine(child, "stat")).Contains(") Z", StringComparison.Ordinal), "the command is gone");
        await page.Context.CloseAsync();
    }

    /// <summary>Another program holds the store: said on every page, with the cause; over by itself when it lets go.</summary>
    [Fact]
    public async Task LockedStore_IsReadOnly_UntilItIsLetGo()
    {
        var (page, _) = await fleet.OpenAsync("/settings");
        using var other = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(fleet.Folder, "data", "admin.db"), Pooling = false }.ToString());
        other.Open();
        var held = other.BeginTransaction(deferred: false);
        await page.GetByPlaceholder("name of a new lane").FillAsync("night");
        await page.GetByTestId("add-lane").ClickAsync();
        await Expect(page.GetByTestId("read-only")).ToContainTextAsync("is locked by another program", new() { Timeout = 20_000 });
        await Expect(page.Locator("footer")).ToContainTextAsync("store is read-only");
        await PageChecks.CheckAsync(page, "read-only");
        await Pictures.CompareAsync(page.GetByTestId("read-only"), "read-only", varies: fleet.Folder);
        held.Rollback();
        await Expect(page.GetByTestId("read-only")).ToHaveCountAsync(0, new() { Timeout = 20_000 });
        await page.GetByTestId("add-lane").ClickAsync();
        await Expect(page.GetByLabel("night: one job type at a time")).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task WhatIsNotKnown_IsSaid()
    {
        var (page, complaints) = await fleet.OpenAsync("/");
        foreach (var (path, text) in ((string, string)[])
            [
                ("/jobs/unheard", "Job unheard is not known. It may be older than the retention (30 days)."), ("/jobs?detail=unheard", "Job unheard is not known. It may be older than the retention (30 days)."),
                ("/workers/unheard", "No worker with this id is known"), ("/plugin/queue?job=unheard", "This job type is not known yet"), ("/plugin/lanes/unheard", "No lane named unheard"),
                ("/?window=3d", "Not understood and left out: window=3d"), ("/workers?health=sick", "Not understood and left out: health=sick"), ("/jobs?after=nonsense", "Not understood and left out: after=nonsense"),
            ])
        {
            await fleet.VisitAsync(page, path);
            await Expect(page.Locator("body")).ToContainTextAsync(text);
        }

        await fleet.VisitAsync(page, "/jobs/unheard");
        await Pictures.CompareAsync(page.Locator("main .empty"), "not-found-job");

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"never happened: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
