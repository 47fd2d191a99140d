using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>A stock worker as a process of its own. The test project references Worker.Stock, so that it is built.</summary>
public sealed partial class StockWorker : IDisposable
{
    private readonly Process _process;

    private StockWorker(Process process) => _process = process;

    /// <param name="address">host:port of the admin's gRPC port.</param>
    /// <param name="folder">Its state directory.</param>
    /// <param name="more">Further arguments.</param>
    public static StockWorker Start(string address, string folder, string id = "stock-1", params string[] more)
    {
        var built = OwnFolder().Replace(AppContext.BaseDirectory, "Worker.Stock/bin/");
        string[] arguments = [Path.Combine(built, "Worker.Stock.dll"), "--admin", $"grpc://{address}", "--id", id, "--state-dir", folder, .. more];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new StockWorker(process);
    }

    /// <summary>SIGKILL to the worker alone: what it started is not touched.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>A signal to the worker alone, by its name: STOP, CONT.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGTERM; its exit code, once it has ended.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync();
        return _process.ExitCode;
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

    [GeneratedRegex("tests/[^/]+/bin/")]
    private static partial Regex OwnFolder();
}
