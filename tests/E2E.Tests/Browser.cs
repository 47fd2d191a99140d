using System.Diagnostics;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using Microsoft.Playwright;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Admin on disk, stock worker as a process, a real browser, and a tree of old files to work on.</summary>
public sealed class Browser : IAsyncLifetime, IDisposable
{
    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private AdminApp? _admin;
    private Process? _worker;

    public string Folder { get; } = Directory.CreateTempSubdirectory("e2e-").FullName;

    public string Files => Path.Combine(Folder, "files", "logs");

    /// <summary>Stays the same over restarts.</summary>
    public string Address { get; private set; } = "";

    public static string Screenshots => Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    public async Task InitializeAsync()
    {
        MakeFiles();
        await StartAdminAsync(0, 0);
        _worker = StartWorker();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Flags });
    }

    /// <summary>A page that fails the test on any error of the console or request to another host.</summary>
    public async Task<(IPage Page, List<string> Complaints)> OpenAsync(string path, int width = 1280, int height = 800, string theme = "light")
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
        await context.AddCookiesAsync([new Cookie { Name = "theme", Value = theme, Url = Address }]);
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(Address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                complaints.Add($"foreign request: {request.Url}");
            }
        };
        await page.GotoAsync(Address + path);
        await page.WaitForSelectorAsync("h1");
        return (page, complaints);
    }

    public async Task RestartAdminAsync()
    {
        var (http, grpc) = (new Uri(Address).Port, int.Parse(_admin!.GrpcAddress.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        await _admin.DisposeAsync();
        await StartAdminAsync(http, grpc);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_worker is { HasExited: false })
        {
            _worker.Kill(entireProcessTree: true);
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    public void Dispose()
    {
        _playwright?.Dispose();
        _worker?.Dispose();
    }

    private async Task StartAdminAsync(int port, int grpcPort)
    {
        _admin = await AdminApp.StartAsync(new AppOptions { Port = port, GrpcPort = grpcPort, DataDir = Path.Combine(Folder, "data") });
        Address = _admin.HttpAddress;
    }

    private Process StartWorker()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        // From its own output: beside the admin it would miss what the ASP.NET framework brings along.
        var built = AppContext.BaseDirectory.Replace(Path.Combine("tests", "E2E.Tests"), "Worker.Stock", StringComparison.Ordinal);
        foreach (var argument in (string[])[Path.Combine(built, "Worker.Stock.dll"), "--admin", $"grpc://{_admin!.GrpcAddress}", "--id", "stock-1", "--state-dir", Path.Combine(Folder, "worker")])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private void MakeFiles()
    {
        foreach (var (directory, count) in new[] { ("app", 12), ("web", 5) })
        {
            Directory.CreateDirectory(Path.Combine(Files, directory));
            for (var n = 0; n < count; n++)
            {
                var file = Path.Combine(Files, directory, $"{n:00}.log");
                File.WriteAllText(file, string.Concat(Enumerable.Repeat($"line {n} of {directory}\n", 2000)));
                File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, n, DateTimeKind.Utc));
            }
        }
    }
}
