using System.Diagnostics;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>A stock worker as a process of its own.</summary>
internal sealed class StockWorker : IDisposable
{
    private readonly Process _process;

    private StockWorker(Process process) => _process = process;

    public static StockWorker Start(string address, string folder)
    {
        var built = AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cli.Tests"), "Worker.Stock", StringComparison.Ordinal);
        string[] arguments = [Path.Combine(built, "Worker.Stock.dll"), "--admin", $"grpc://{address}", "--id", "stock-1", "--state-dir", folder];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new StockWorker(process);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
