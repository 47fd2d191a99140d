using Microsoft.AspNetCore.Http;

namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>One call as its handler sees it. A handler returns normally for OK, or throws <see cref="RpcException"/>.</summary>
public sealed class CallContext
{
    private readonly HttpContext _http;
    private readonly Lock _gate = new();
    private Task? _headers;
    private bool _over;

    internal CallContext(HttpContext http, string method, DateTimeOffset? deadline, CancellationToken cancellation, CancellationToken shutdown)
    {
        _http = http;
        Method = method;
        Deadline = deadline;
        CancellationToken = cancellation;
        ShutdownToken = shutdown;
        RequestHeaders = [];
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values)
            {
                RequestHeaders.AddReceived(name, value ?? "");
            }
        }
    }

    /// <summary>Path of the method.</summary>
    public string Method { get; }

    /// <summary>Address and port of the other side.</summary>
    public string Peer => $"{_http.Connection.RemoteIpAddress}:{_http.Connection.RemotePort.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>What the client sent along.</summary>
    public Metadata RequestHeaders { get; }

    /// <summary>When the client stops waiting; null = never.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>The client cancelled, its connection broke, the deadline passed, or the server stopped waiting for the call.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The server is about to stop: a long call should end by itself now.</summary>
    public CancellationToken ShutdownToken { get; }

    /// <summary>Sent with the first message, or in a duplex call when the handler first reads or writes; no use after that.</summary>
    public Metadata ResponseHeaders { get; } = [];

    /// <summary>Sent with the status.</summary>
    public Metadata ResponseTrailers { get; } = [];

    /// <summary>The request as HTTP has it: connection, features, services.</summary>
    public HttpContext HttpContext => _http;

    /// <summary>Sends the headers now, once. Duplex calls do so before they first read: some clients wait for them.</summary>
    public Task WriteHeadersAsync()
    {
        // A duplex handler may read and write on two threads.
        lock (_gate)
        {
            return _headers ??= SendHeadersAsync();
        }
    }

    /// <summary>Resets the stream: for a peer that neither reads nor ends. From any thread, at any time.</summary>
    public void Abort() => IfOpen(_http.Abort);

    /// <summary>A flush waits for the client. Still so when the handler has ended: it gave the client up.</summary>
    internal bool IsFlushing { get; set; }

    /// <summary>Nothing for a call that is over: Kestrel gives the parts of its stream to the next one.</summary>
    internal void IfOpen(Action act)
    {
        lock (_gate)
        {
            if (!_over)
            {
                act();
            }
        }
    }

    internal void Close()
    {
        lock (_gate)
        {
            _over = true;
        }
    }

    private async Task SendHeadersAsync()
    {
        foreach (var entry in ResponseHeaders)
        {
            _http.Response.Headers.Append(entry.Key, entry.Value);
        }

        await _http.Response.StartAsync(CancellationToken);
        await _http.Response.BodyWriter.FlushAsync(CancellationToken);
    }
}
