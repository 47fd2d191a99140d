using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>An admin of a SeaweedFS cluster whose master a test plays.</summary>
public sealed class ClusterAdmin() : Browser("Production")
{
    private ScriptedMaster? _master;

    public ScriptedMaster Master => _master!;

    public override async Task InitializeAsync()
    {
        _master = await ScriptedMaster.StartAsync(TimeProvider.System);
        _master.Filers = ["10.0.0.7:8888.18888"];
        _master.Gateways = ["10.0.0.8:18333"];
        _master.TakeLock("shell", "shell");
        Admin.More = ["--seaweedfs-master", _master.Address];
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Master.DisposeAsync();
    }
}

/// <summary>Somebody at a shell has the cluster: who waits for it is told, and nobody else waits.</summary>
public sealed class LockedLaneTests(ClusterAdmin browser) : IClassFixture<ClusterAdmin>
{
    [Fact]
    public async Task ShellLock_ShowsWhoHasIt_HoldsUpLockedLanesOnly_AndLetsThemGo()
    {
        using var vacuum = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", "weed-1");
        await OfferAsync(vacuum, "vacuum");
        using var other = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", "other-1");
        await OfferAsync(other, "tidy");
        await other.NextAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest);

        foreach (var (width, height, theme) in ((int, int, string)[])[(1280, 800, "light"), (390, 844, "dark")])
        {
            var (page, complaints) = await browser.OpenAsync("/plugin/queue?job=vacuum", width, height, theme);
            await Expect(page.GetByTestId("hold")).ToContainTextAsync("waiting for the cluster lock, held by shell");
            await PageChecks.CheckAsync(page, $"lock-type-{width}-{theme}");
            await browser.VisitAsync(page, "/plugin/configuration?job=vacuum");
            await page.GetByRole(AriaRole.Textbox, new() { Name = "Detect at" }).FillAsync("30 2 * * mon-fri");
            await page.GetByRole(AriaRole.Textbox, new() { Name = "Quiet" }).FillAsync("22:00-26:00");
            await page.GetByTestId("save-timetable").ClickAsync();
            await Expect(page.GetByTestId("timetable-reply")).ToContainTextAsync("is not a window");
            await page.GetByTestId("save-timetable").ScrollIntoViewIfNeededAsync();
            await PageChecks.CheckAsync(page, $"timetable-{width}-{theme}");
            await browser.VisitAsync(page, "/plugin/lanes");
            await Expect(page.GetByTestId("lock")).ToContainTextAsync("Waiting");
            await PageChecks.CheckAsync(page, $"lock-lanes-{width}-{theme}");
            await browser.VisitAsync(page, "/plugin/lanes/default");
            await PageChecks.CheckAsync(page, $"lock-lane-{width}-{theme}");
            await browser.VisitAsync(page, "/settings");
            await Expect(page.GetByTestId("cluster")).ToContainTextAsync("10.0.0.7:8888.18888");
            await PageChecks.CheckAsync(page, $"lock-settings-{width}-{theme}");
            Assert.Empty(complaints);
            await page.Context.CloseAsync();
        }

        var (live, _) = await browser.OpenAsync("/plugin/queue?job=vacuum");
        await Expect(live.GetByTestId("hold")).ToBeVisibleAsync();
        browser.Master.FreeLock("shell");
        var run = (await vacuum.NextAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest)).RunDetectionRequest;
        Assert.Equal("10.0.0.8:18333", Assert.Single(run.ClusterContext.S3GrpcAddresses));
        await Expect(live.GetByTestId("hold")).ToHaveCountAsync(0);
        Assert.Equal("admin-plugin", browser.Master.HolderOf("shell"));

        // The master goes away: what is known stays, and the page says that it is old.
        await browser.VisitAsync(live, "/settings");
        await browser.Master.StopAsync();
        await Expect(live.GetByTestId("cluster")).ToContainTextAsync("Not reachable", new() { Timeout = 60_000 });
        await live.Context.CloseAsync();
    }

    [Fact]
    public async Task Settings_AreSavedAndRefused_InPlace()
    {
        var (page, _) = await browser.OpenAsync("/settings");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Volume servers" }).FillAsync("nowhere");
        await page.GetByTestId("save-cluster").ClickAsync();
        await Expect(page.Locator(".field-error")).ToContainTextAsync("'nowhere' is not host:port");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Volume servers" }).FillAsync("10.0.0.9:8080");
        await page.GetByTestId("save-cluster").ClickAsync();
        await Expect(page.GetByTestId("cluster-reply")).ToContainTextAsync("Saved");
        await Expect(page.GetByTestId("cluster")).ToContainTextAsync("10.0.0.9:8080");
        await page.GetByPlaceholder("name of a new lane").FillAsync("night");
        await page.GetByTestId("add-lane").ClickAsync();
        await page.GetByLabel("night: one job type at a time").CheckAsync();
        await Expect(page.GetByTestId("lanes-reply")).ToContainTextAsync("night: one job type at a time");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByLabel("night: one job type at a time")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task DeniedWorker_IsShown_AndLetInAgain()
    {
        using (var denied = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", "stranger"))
        {
            await OfferAsync(denied, "odd");
            var (page, _) = await browser.OpenAsync("/workers");
            var row = page.GetByTestId("worker-row").Filter(new() { HasText = "stranger" });
            await row.GetByTestId("worker-link").ClickAsync();
            await page.GetByTestId("deny-connected").ClickAsync();
            await page.GetByTestId("deny-connected-confirm").ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "Workers" }).First.ClickAsync();
            await Expect(row).ToContainTextAsync("Denied");
            await PageChecks.CheckAsync(page, "worker-denied");
            await row.GetByTestId("approve").ClickAsync();
            await Expect(row).ToContainTextAsync("approved");
            await page.Context.CloseAsync();
        }

        using var again = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", "stranger");
        await again.HelloAsync("odd");
        Assert.True((await again.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello)).Hello.Accepted);
    }

    private static async Task OfferAsync(ScriptedWorker worker, string type)
    {
        await worker.HelloAsync(type);
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = asked.RequestId,
                JobType = type,
                Success = true,
                JobTypeDescriptor = new JobTypeDescriptor { JobType = type, DisplayName = type, DescriptorVersion = 1, AdminRuntimeDefaults = new AdminRuntimeDefaults { Enabled = true, DetectionIntervalMinutes = 1, DetectionTimeoutSeconds = 300 } },
            },
        });
        await worker.BeatAsync(new WorkerHeartbeat { ExecutionSlotsTotal = 4 });
    }
}
