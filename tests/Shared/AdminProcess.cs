using System.Collections.Concurrent;
using System.Diagnostics;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>The admin as people run it: a process with its own ports and folder, which can be killed at any instant and started again.</summary>
public sealed class AdminProcess(string folder, string environment = "Production") : IDisposable
{
    /// <summary>For what a busy machine may take its time for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private Process? _process;

    /// <summary>Arguments besides ports and folder.</summary>
    public IReadOnlyList<string> More { get; set; } = [];

    public int Port { get; } = Ports.Next();

    public int GrpcPort { get; } = Ports.Next();

    public string Address => $"http://127.0.0.1:{Port}";

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "App.dll"), "--port", $"{Port}", "--grpc-port", $"{GrpcPort}", "--data-dir", folder, .. More])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        var complaints = new ConcurrentQueue<string>();
        _process.ErrorDataReceived += (_, line) => complaints.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        if (!await IsUpAsync(_process).InTimeAsync("the start of the admin", Patience))
        {
            await _process.WaitForExitAsync().InTimeAsync("the end of an admin that did not start");
            throw new InvalidOperationException("the admin did not start: " + string.Join('\n', complaints));
        }
    }

    /// <summary>SIGKILL: no word, no flush.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().InTimeAsync("the end of the killed admin");
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM: asked to end, which takes the moment it takes. The task is done when it has ended.</summary>
    public Task TerminateAsync()
    {
        var process = _process!;
        _process = null;
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        return EndedAsync(process);

        static async Task EndedAsync(Process process)
        {
            await process.WaitForExitAsync().InTimeAsync("the end of the admin that was asked to end");
            process.Dispose();
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _process = null;
    }

    private static async Task<bool> IsUpAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Workers:", StringComparison.Ordinal))
            {
                // Whoever writes into a full pipe stands still.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return true;
            }
        }

        return false;
    }
}
