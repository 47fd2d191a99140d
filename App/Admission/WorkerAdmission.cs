using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BlazorPluginAdmin.App.Admission;

/// <summary>Judges every connection to the worker port before a byte of it reaches the protocol.</summary>
public sealed partial class WorkerAdmission
{
    private const int KnownRefusals = 1000;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private static readonly object SpeaksTls = new();

    private readonly WorkerPortOptions _options;
    private readonly ILogger _logger;
    private readonly WorkerTls? _tls;
    private readonly ConcurrentDictionary<(IPAddress?, string), bool> _refused = [];

    /// <exception cref="Hosting.StartRefusedException">The certificates cannot be used.</exception>
    public WorkerAdmission(WorkerPortOptions options, ILogger<WorkerAdmission> logger)
    {
        _options = options;
        _logger = logger;
        _tls = options.IsTls ? new WorkerTls(options, logger) : null;
    }

    public void Guard(ListenOptions listener)
    {
        listener.Use(next => connection => AdmitAsync(connection, next));
        if (_tls is { } tls)
        {
            listener.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HandshakeTimeout,
                OnConnection = handshake =>
                {
                    handshake.Connection.Items[SpeaksTls] = true;
                    var peer = AddressOf(handshake.Connection.RemoteEndPoint);
                    return ValueTask.FromResult(tls.ForConnection(reason => Refused(peer, reason)));
                },
            });
        }
    }

    private async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var peer = AddressOf(connection.RemoteEndPoint);
        if (!_options.Admits(peer))
        {
            Refused(peer, $"its address is not in --{WorkerPortOptions.AllowKey}");
            connection.Abort();
            return;
        }

        await next(connection);
        if (_tls is not null && !connection.Items.ContainsKey(SpeaksTls))
        {
            Refused(peer, "it did not speak TLS");
        }
    }

    private static IPAddress? AddressOf(EndPoint? peer) => (peer as IPEndPoint)?.Address;

    /// <summary>Workers dial again every few seconds: once per address and reason is enough, and strangers cannot fill the log.</summary>
    private void Refused(IPAddress? peer, string reason)
    {
        if (_refused.Count < KnownRefusals && _refused.TryAdd((peer, reason), true))
        {
            LogRefused(peer, reason);
        }
    }

    [LoggerMessage(61, LogLevel.Warning, "Refused a connection to the worker port from {Peer}: {Reason}")]
    private partial void LogRefused(IPAddress? peer, string reason);
}
