using System.Net.Http.Json;
using System.Text;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>An admin in this process, whose clock a test sets forward.</summary>
public sealed class LeapingAdmin() : Browser("Production")
{
    private AdminApp? _app;

    public override string Address => _app!.HttpAddress;

    public LeapingTime Time { get; } = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _app!.DisposeAsync();
    }

    protected override async Task StartAdminAsync() =>
        _app = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true }, services => services.AddSingleton<TimeProvider>(Time));
}

/// <summary>A page in a tab that nobody looks at.</summary>
public sealed class HiddenTabTests(LeapingAdmin browser) : IClassFixture<LeapingAdmin>
{
    private const string Count = """
        () => {
          Object.defineProperty(document, "hidden", { get: () => window.away === true });
          Object.defineProperty(document, "visibilityState", { get: () => window.away ? "hidden" : "visible" });
          window.changes = 0;
          new MutationObserver(all => window.changes += all.length).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        }
        """;

    [Fact]
    public async Task HiddenForAMinute_DrawsNothing_AndComesBackWithTheNewest()
    {
        var (page, complaints) = await browser.OpenAsync("/");
        var frames = new List<string>();
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            lock (frames)
            {
                frames.Add(frame.Text ?? Encoding.Latin1.GetString(frame.Binary ?? []));
            }
        };
        await browser.VisitAsync(page, "/plugin/lanes");
        var (seen, _) = await browser.OpenAsync("/plugin/lanes");
        await page.EvaluateAsync(Count);
        await AddLaneAsync("one");
        await Expect(LaneOf(page, "one")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<int>("window.changes") > 0);

        // The admin has heard that it is hidden when it has answered the call that says so.
        var heard = Heard();
        await page.EvaluateAsync("() => { window.away = true; document.dispatchEvent(new Event('visibilitychange')); }");
        for (var waits = 0; Heard() == heard; waits++)
        {
            Assert.True(waits < 600, "the admin never heard that the page is hidden");
            await page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
        }

        browser.Time.Leap(TimeSpan.FromSeconds(61));
        await AddLaneAsync("two");
        await AddLaneAsync("three");
        await page.EvaluateAsync("window.changes = 0");
        lock (frames)
        {
            frames.Clear();
        }

        await AddLaneAsync("four");
        await AddLaneAsync("five");
        await AddLaneAsync("six");
        Assert.Equal(0, await page.EvaluateAsync<int>("window.changes"));
        lock (frames)
        {
            // Three bytes are the sign of life of the connection.
            Assert.DoesNotContain(frames, frame => frame.Length > 3);
        }

        await page.EvaluateAsync("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }");
        foreach (var lane in (string[])["two", "three", "four", "five", "six"])
        {
            await Expect(LaneOf(page, lane)).ToBeVisibleAsync();
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
        await seen.Context.CloseAsync();

        int Heard()
        {
            lock (frames)
            {
                return frames.Count(frame => frame.Contains("EndInvokeDotNet", StringComparison.Ordinal));
            }
        }

        // The page that is looked at shows each before the next one comes: so many times a page is drawn.
        async Task AddLaneAsync(string name)
        {
            using var http = new HttpClient();
            using var reply = await http.PutAsJsonAsync($"{browser.Address}/api/plugin/lanes/{name}", new { serialise = true });
            Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
            await Expect(LaneOf(seen, name)).ToBeVisibleAsync();
        }
    }

    private static ILocator LaneOf(IPage page, string name) => page.GetByTestId("lane-row").Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }) });
}
