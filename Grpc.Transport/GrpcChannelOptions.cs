using System.Net.Security;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>How a channel dials and what it accepts.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>Largest message received, in bytes; default 128 MiB, at most 1 GiB.</summary>
    public int MaxReceiveMessageSize { get; set; } = MessageSize.Default;

    /// <summary>Largest message sent, in bytes; default 128 MiB, at most 1 GiB.</summary>
    public int MaxSendMessageSize { get; set; } = MessageSize.Default;

    /// <summary>Pause between keep-alive pings while a call is open; default 60 s. Below 20 s strict peers close the connection.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a ping may stay unanswered; default 20 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long dialling may take; default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Metadata of every call, such as <c>authorization</c>.</summary>
    public Metadata Headers { get; set; } = [];

    /// <summary>The program that calls, as <c>name/version</c>: stands before the library's own name in <c>user-agent</c>. Empty: only the latter.</summary>
    public string UserAgent { get; set; } = "";

    /// <summary>TLS settings for <c>https</c> addresses: authorities, client certificate, server name.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>The name in the peer's certificate where it is not the one that is dialled, as behind a tunnel; also sent as authority. Empty: the dialled one.</summary>
    public string TlsServerName { get; set; } = "";

    /// <summary>Dials instead of the channel: for tests and inherited descriptors.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? Connect { get; set; }

    /// <summary>Where deadlines come from.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
