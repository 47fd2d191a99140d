using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Playwright;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>A real browser over an admin that is a process with its data on disk.</summary>
public abstract class Browser : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    protected Browser(string environment) => Admin = new AdminProcess(Path.Combine(Folder, "data"), environment);

    public string Folder { get; } = Directory.CreateTempSubdirectory("e2e-").FullName;

    public AdminProcess Admin { get; }

    public virtual string Address => Admin.Address;

    public static string Screenshots => Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    public virtual async Task InitializeAsync()
    {
        // Nothing here is about speed, and a machine that also builds answers late.
        Assertions.SetDefaultExpectTimeout(15_000);
        await StartAdminAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Flags });
    }

    /// <summary>A page, and what it has to complain about: in its console, by scripts that fail, by requests to another host.</summary>
    /// <param name="at">Another address of the admin: that of a proxy.</param>
    public async Task<(IPage Page, List<string> Complaints)> OpenAsync(string path, int width = 1280, int height = 800, string theme = "light", string? at = null)
    {
        var address = at ?? Address;
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, IgnoreHTTPSErrors = at is not null });
        await context.AddCookiesAsync([new Cookie { Name = "theme", Value = theme, Url = address }]);
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        Listen(page, complaints);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                complaints.Add($"foreign request: {request.Url}");
            }
        };
        await page.GotoAsync(address + path);
        await ReadyAsync(page);
        return (page, complaints);
    }

    /// <summary>Errors and warnings of the console, and what scripts throw or reject and nobody catches.</summary>
    public static void Listen(IPage page, ICollection<string> complaints)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, thrown) => complaints.Add($"not caught: {thrown}");
    }

    public async Task VisitAsync(IPage page, string path)
    {
        await page.GotoAsync(Address + path);
        await ReadyAsync(page);
    }

    public static async Task ReloadAsync(IPage page)
    {
        await page.ReloadAsync();
        await ReadyAsync(page);
    }

    /// <summary>The circuit has drawn the page, listens to keys and has placed the focus; or the page is one without a circuit.</summary>
    public static Task ReadyAsync(IPage page) => page.WaitForSelectorAsync("html[data-ready][data-placed] h1, html:not(:has(script)) h1");

    /// <summary>A box whose text comes as a stream has its script: until then Enter, a paste and a change go unheard.</summary>
    public static Task StreamsAsync(ILocator box) => Assertions.Expect(box).ToHaveAttributeAsync("data-streams", "yes");

    protected virtual Task StartAdminAsync() => Admin.StartAsync();

    public virtual async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        Admin.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
