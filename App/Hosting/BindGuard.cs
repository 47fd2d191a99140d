using System.Net;
using BlazorPluginAdmin.App.Admission;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// Nobody reaches an unprotected admin from another machine. The pages know no authentication yet and stay on loopback; the
/// worker port is judged for itself.
/// </summary>
public static class BindGuard
{
    /// <summary>Null when the addresses may be bound.</summary>
    public static string? Problem(AppOptions options) => PagesProblem(options) ?? WorkersProblem(options);

    public static void Check(AppOptions options)
    {
        if (Problem(options) is { } problem)
        {
            throw new StartRefusedException(StartRefusedException.Config, problem);
        }
    }

    /// <summary>A door that is open to other machines without encryption, in one sentence for the pages; empty: there is none.</summary>
    public static string Exposure(AppOptions options) => IPAddress.IsLoopback(options.WorkerAddress) || options.WorkerPort.IsTls
        ? ""
        : $"workers dial in to {options.WorkerAddress} without TLS. Only the networks of --worker-allow are let in, but what is sent can be read and changed on its way";

    private static string? PagesProblem(AppOptions options) => IPAddress.IsLoopback(options.Address)
        ? null
        : $"--bind {options.Bind} would open the admin to other machines, and authentication is not configured. Submitting a job runs code on workers. "
            + "Ways out: bind 127.0.0.1 or ::1, reach it through an SSH tunnel, or put a reverse proxy that authenticates in front and bind loopback";

    private static string? WorkersProblem(AppOptions options) => IPAddress.IsLoopback(options.WorkerAddress) || options.WorkerPort.IsTls || !options.WorkerPort.Allow.IsEmpty
        ? null
        : $"--{WorkerPortOptions.BindKey} {options.WorkerAddress} would open the worker port to other machines, and anyone there could take jobs as a worker. "
            + "Ways out: mutual TLS with --worker-tls-ca, --worker-tls-cert and --worker-tls-key; the workers' networks in --worker-allow; or bind 127.0.0.1 or ::1 and let workers come through a tunnel";
}
