using System.Diagnostics;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The first run: nobody has connected.</summary>
public sealed class EmptyAdmin() : Browser("Production");

/// <summary>For the gallery of fields, which only development has.</summary>
public sealed class DevelopmentAdmin() : Browser("Development");

/// <summary>With a stock worker that has brought its job types, and room for trees of old files to work on.</summary>
public class WorkingAdmin() : Browser("Production")
{
    private Process? _worker;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        // From its own output: beside the admin it would miss what the ASP.NET framework brings along.
        var built = AppContext.BaseDirectory.Replace(Path.Combine("tests", "E2E.Tests"), "Worker.Stock", StringComparison.Ordinal);
        foreach (var argument in (string[])[Path.Combine(built, "Worker.Stock.dll"), "--admin", $"grpc://127.0.0.1:{Admin.GrpcPort}", "--id", "stock-1", "--state-dir", Path.Combine(Folder, "worker")])
        {
            start.ArgumentList.Add(argument);
        }

        _worker = Process.Start(start)!;
        var (page, _) = await OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Command" }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.Context.CloseAsync();
    }

    public override async Task DisposeAsync()
    {
        if (_worker is not null)
        {
            _worker.Kill(entireProcessTree: true);
            await _worker.WaitForExitAsync();
            _worker.Dispose();
        }

        await base.DisposeAsync();
    }

    /// <summary>Old files in directories below a new root, the highest number the newest.</summary>
    public string MakeTree(string name, string text, params (string Directory, int Files)[] directories)
    {
        var root = Path.Combine(Folder, "files", name);
        foreach (var (directory, files) in directories)
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
            for (var n = 0; n < files; n++)
            {
                var file = Path.Combine(root, directory, $"{n:00}.log");
                File.WriteAllText(file, $"{n:00} of {directory}\n{text}");
                File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, n, DateTimeKind.Utc));
            }
        }

        return root;
    }
}

/// <summary>The same, seen through its view-only address.</summary>
public sealed class ViewedAdmin : WorkingAdmin
{
    private readonly int _port = Ports.Next();

    public ViewedAdmin() => Admin.More = ["--view-port", $"{_port}"];

    public override string Address => $"http://127.0.0.1:{_port}";
}
