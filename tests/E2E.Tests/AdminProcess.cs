using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The admin as people run it: a process with its own ports and folder, which can be killed and started again.</summary>
public sealed class AdminProcess(string folder, string environment) : IDisposable
{
    private Process? _process;

    public int Port { get; } = FreePort();

    public int GrpcPort { get; } = FreePort();

    public string Address => $"http://127.0.0.1:{Port}";

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "App.dll"), "--port", $"{Port}", "--grpc-port", $"{GrpcPort}", "--data-dir", folder])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
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
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
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

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
