using System.Globalization;
using System.Text.Json;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Finds the worker port. Asked anew at every start: a wrong guess must not be for ever.</summary>
public static class WorkerAddress
{
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The address to dial for one entry of <see cref="WorkerOptions.Address"/>.</summary>
    /// <exception cref="FormatException">None of the known forms.</exception>
    public static async Task<string> ResolveAsync(string entry, TimeProvider time, CancellationToken cancellationToken)
    {
        if (entry.StartsWith("grpc://", StringComparison.Ordinal))
        {
            return "http://" + entry["grpc://".Length..];
        }

        if (entry.StartsWith("grpcs://", StringComparison.Ordinal))
        {
            return "https://" + entry["grpcs://".Length..];
        }

        var colon = entry.LastIndexOf(':');
        if (colon <= 0)
        {
            throw new FormatException($"'{entry}' is not an address; use host:port, host:http.grpc or grpc://host:port");
        }

        var host = entry[..colon];
        var ports = entry[(colon + 1)..].Split('.');
        if (ports.Length > 2 || !ports.All(port => ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw new FormatException($"'{entry}' is not an address; use host:port, host:http.grpc or grpc://host:port");
        }

        var http = int.Parse(ports[0], CultureInfo.InvariantCulture);
        var grpc = ports.Length == 2 ? int.Parse(ports[1], CultureInfo.InvariantCulture) : await AskAsync(host, http, time, cancellationToken).ConfigureAwait(false) ?? http + 10_000;
        return string.Create(CultureInfo.InvariantCulture, $"http://{host}:{grpc}");
    }

    private static async Task<int?> AskAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = LookupTimeout });
        foreach (var scheme in (string[])["http", "https"])
        {
            using var timeout = new CancellationTokenSource(LookupTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                var json = await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}/api/plugin/status")), either.Token).ConfigureAwait(false);
                using var document = JsonDocument.Parse(json);
                if (document.RootElement.TryGetProperty("worker_grpc_port", out var value) && value.TryGetInt32(out var found) && found is > 0 and <= 65535)
                {
                    return found;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException or InvalidOperationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not answered there; the convention HTTP + 10000 is tried last.
            }
        }

        return null;
    }
}
