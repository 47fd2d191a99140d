using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>The admin as a process of its own, on fixed ports, that can be killed at any instant and started again.</summary>
public sealed class AdminProcess(string folder) : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private Process? _process;

    public int Port { get; } = FreePort();

    public int GrpcPort { get; } = FreePort();

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "App.dll"), "--port", $"{Port}", "--grpc-port", $"{GrpcPort}", "--data-dir", folder])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        await StartedAsync(_process).InTimeAsync("the start of the admin", Patience);
    }

    private static async Task StartedAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Workers:", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("the admin did not start");
    }

    /// <summary>SIGKILL: no word, no flush.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().InTimeAsync("the end of the killed admin");
        _process.Dispose();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }

        _process?.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
