using System.Diagnostics;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>An admin whose stock workers come and go as a test says.</summary>
public class Fleet() : Browser("Production")
{
    private readonly List<Process> _workers = [];
    private readonly HashSet<string> _shared = [];

    /// <summary>For a worker that all tests of a class share.</summary>
    public void StartOnce(string id)
    {
        if (_shared.Add(id))
        {
            Start(id);
        }
    }

    /// <param name="folder">Several processes of one id need several.</param>
    public Process Start(string id, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        var built = AppContext.BaseDirectory.Replace(Path.Combine("tests", "E2E.Tests"), "Worker.Stock", StringComparison.Ordinal);
        foreach (var argument in (string[])[Path.Combine(built, "Worker.Stock.dll"), "--admin", $"grpc://127.0.0.1:{Admin.GrpcPort}", "--id", id, "--state-dir", Path.Combine(Folder, folder ?? id)])
        {
            start.ArgumentList.Add(argument);
        }

        var worker = Process.Start(start)!;
        _workers.Add(worker);
        return worker;
    }

    public static async Task KillAsync(Process worker)
    {
        worker.Kill(entireProcessTree: true);
        await worker.WaitForExitAsync();
    }

    public override async Task DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            if (!worker.HasExited)
            {
                await KillAsync(worker);
            }

            worker.Dispose();
        }

        await base.DisposeAsync();
    }
}

/// <summary>An admin that finds its disk nearly full, whatever it is.</summary>
public sealed class TightFleet : Fleet
{
    public TightFleet() => Admin.More = ["--disk-low-mib", $"{int.MaxValue}"];
}
