using System.Globalization;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>The variables by which a pool, a bundle or a unit file tells a worker process what to be.</summary>
public static class WorkerEnvironment
{
    private static readonly (string Variable, string Metadata)[] Facts =
    [
        ("PLUGIN_POOL", "pool"), ("PLUGIN_ORDINAL", "ordinal"), ("PLUGIN_LAUNCH", "launch"), ("PLUGIN_BUNDLE", "bundle"), ("PLUGIN_BUNDLE_VERSION", "bundle_version"),
    ];

    /// <summary>
    /// These options, and where they say nothing what the environment says: <c>PLUGIN_ADMIN</c>, <c>PLUGIN_TOKEN</c>, <c>PLUGIN_WORKER_ID</c>,
    /// <c>PLUGIN_DATA_DIR</c> (the identity is kept there), <c>PLUGIN_HEALTH_PORT</c>, <c>PLUGIN_LOG_LEVEL</c>, <c>PLUGIN_TLS_CA</c>, <c>_CERT</c>, <c>_KEY</c> and
    /// <c>_SERVER_NAME</c>. <c>PLUGIN_POOL</c>, <c>_ORDINAL</c>, <c>_LAUNCH</c>, <c>_BUNDLE</c> and <c>_BUNDLE_VERSION</c> go into the hello's
    /// metadata, so that who started the process can tell which session is its. A <see cref="PluginWorker"/> does this itself; an
    /// <see cref="AdminClient"/> takes its options as they are.
    /// </summary>
    public static WorkerOptions WithEnvironment(this WorkerOptions options)
    {
        var read = options.Variable;
        var metadata = new Dictionary<string, string>(options.Metadata, StringComparer.Ordinal);
        foreach (var (variable, name) in Facts)
        {
            if (Said(variable) is { } value)
            {
                metadata[name] = value;
            }
        }

        return options with
        {
            Address = options.GivenAddress ?? Said("PLUGIN_ADMIN") ?? options.Address,
            Token = options.Token ?? (options.TokenFile is null ? Said("PLUGIN_TOKEN") : null),
            WorkerId = options.WorkerId ?? Said("PLUGIN_WORKER_ID"),
            StateDirectory = options.GivenStateDirectory ?? Said("PLUGIN_DATA_DIR") ?? options.StateDirectory,
            HealthPort = options.HealthPort ?? (Said("PLUGIN_HEALTH_PORT") is { } port ? Port(port) : null),
            LogLevel = options.LogLevel ?? (Said("PLUGIN_LOG_LEVEL") is { } level ? Level(level) : null),
            TlsCa = Either(options.TlsCa, "PLUGIN_TLS_CA"),
            TlsCert = Either(options.TlsCert, "PLUGIN_TLS_CERT"),
            TlsKey = Either(options.TlsKey, "PLUGIN_TLS_KEY"),
            TlsServerName = Either(options.TlsServerName, "PLUGIN_TLS_SERVER_NAME"),
            Metadata = metadata,
        };

        string? Said(string variable) => read(variable) is { Length: > 0 } value ? value : null;

        string Either(string given, string variable) => given.Length > 0 ? given : Said(variable) ?? "";
    }

    /// <summary>As the other SDKs: what is no level is info, for a worker without its usual log is better than none.</summary>
    private static LogLevel Level(string text) => text.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.Debug,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        _ => LogLevel.Information,
    };

    /// <summary>What is no port becomes one that none is: the worker's making says so, with whatever else is wrong.</summary>
    private static int Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0;
}
