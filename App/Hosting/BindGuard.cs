using System.Net;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>Nobody reaches an unprotected admin from another machine: without authentication both ports stay on loopback.</summary>
public static class BindGuard
{
    /// <summary>Null when the address may be bound.</summary>
    public static string? Problem(AppOptions options) => IPAddress.IsLoopback(options.Address)
        ? null
        : $"--bind {options.Bind} would open the admin to other machines, and authentication is not configured. Submitting a job runs code on workers. "
            + "Ways out: bind 127.0.0.1 or ::1, reach it through an SSH tunnel, or put a reverse proxy that authenticates in front and bind loopback";

    public static void Check(AppOptions options)
    {
        if (Problem(options) is { } problem)
        {
            throw new StartRefusedException(StartRefusedException.Config, problem);
        }
    }
}
