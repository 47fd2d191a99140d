using System.Globalization;
using System.Net.Security;
using System.Text.Json;
using BlazorPluginAdmin.Grpc.Transport;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Finds the worker port. Asked anew at every start: a wrong guess must not be for ever.</summary>
public static class WorkerAddress
{
    /// <summary>So far above the HTTP port is the gRPC port of an admin that says nothing else.</summary>
    private const int Convention = 10_000;

    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The entries of a comma list.</summary>
    internal static string[] Split(string addresses) => addresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What is wrong with one entry; null: nothing.</summary>
    internal static string? Problem(string entry) => Parse(entry) is null ? $"'{entry}' is not an address; use host:port, host:http.grpc or grpc://host:port" : null;

    /// <summary>The address to dial for one entry of <see cref="WorkerOptions.Address"/>.</summary>
    /// <exception cref="FormatException">None of the known forms.</exception>
    /// <exception cref="StartFailureException">The HTTP port is not answered, and too high for the convention. It may be answered later.</exception>
    public static Task<string> ResolveAsync(string entry, TimeProvider time, CancellationToken cancellationToken) =>
        ResolveAsync(entry, new WorkerOptions { TimeProvider = time }, cancellationToken);

    /// <inheritdoc cref="ResolveAsync(string, TimeProvider, CancellationToken)"/>
    internal static async Task<string> ResolveAsync(string entry, WorkerOptions options, CancellationToken cancellationToken)
    {
        var (scheme, host, http, grpc) = Parse(entry) ?? throw new FormatException(Problem(entry));
        var port = grpc ?? await AskAsync(host, http, options, cancellationToken).ConfigureAwait(false) ?? http + Convention;
        if (port > ushort.MaxValue)
        {
            throw new StartFailureException(CloseReason.Unreachable, $"{entry} does not say its gRPC port, and {http} + {Convention} is none; write {entry}.GRPC");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}");
    }

    /// <summary>What the entry says; without a gRPC port, the HTTP port is to be asked. Null: none of the known forms.</summary>
    private static (string Scheme, string Host, int Http, int? Grpc)? Parse(string entry)
    {
        string? scheme = entry.StartsWith("grpc://", StringComparison.Ordinal) ? "http" : entry.StartsWith("grpcs://", StringComparison.Ordinal) ? "https" : null;
        var authority = scheme is null ? entry : entry[(entry.IndexOf("//", StringComparison.Ordinal) + 2)..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon <= 0 || !IsHost(authority[..colon]))
        {
            return null;
        }

        int?[] ports = [.. authority[(colon + 1)..].Split('.').Select(Port)];
        return ports switch
        {
            [> 0 and { } port] => (scheme ?? "http", authority[..colon], port, scheme is null ? null : port),
            [{ } http, > 0 and { } grpc] when scheme is null => ("http", authority[..colon], http, grpc),
            _ => null,
        };
    }

    /// <summary>A name, or an address of IPv6 in brackets.</summary>
    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown && (text.StartsWith('[') || !text.Contains(':', StringComparison.Ordinal));

    private static int? Port(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>By https as much is asked of the certificate as of the stream's: without an authority nothing, for what is said is only where to dial.</summary>
#pragma warning disable CA5359 // The stream that follows is not encrypted either.
    private static SslClientAuthenticationOptions Trust(WorkerOptions options) => options.TlsCa.Length > 0
        ? ClientTls.FromPemFiles(options.TlsCa)
        : new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359

    private static async Task<int?> AskAsync(string host, int port, WorkerOptions options, CancellationToken cancellationToken)
    {
        SslClientAuthenticationOptions trust;
        try
        {
            trust = Trust(options);
        }
        catch (InvalidDataException)
        {
            // The dial that follows says so.
            return null;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = LookupTimeout, SslOptions = trust });
        foreach (var scheme in (string[])["http", "https"])
        {
            using var timeout = new CancellationTokenSource(LookupTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}/api/plugin/status")));
                request.Headers.Host = options.TlsServerName is { Length: > 0 } name && scheme == "https" ? name : null;
                using var answer = (await http.SendAsync(request, either.Token).ConfigureAwait(false)).EnsureSuccessStatusCode();
                using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false));
                if (document.RootElement.TryGetProperty("worker_grpc_port", out var value) && value.TryGetInt32(out var found) && found is > 0 and <= 65535)
                {
                    return found;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException or InvalidOperationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not answered there; the convention is tried last.
            }
        }

        return null;
    }
}
