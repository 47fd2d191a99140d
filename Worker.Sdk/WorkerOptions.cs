using BlazorPluginAdmin.Grpc.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>How a worker dials in and how much it takes on. Where they say nothing, the environment does: <see cref="WorkerEnvironment.WithEnvironment"/>.</summary>
public sealed record WorkerOptions
{
    /// <summary>Null: nobody gave one, so that the environment may.</summary>
    internal string? GivenAddress { get; private init; }

    /// <inheritdoc cref="GivenAddress"/>
    internal string? GivenStateDirectory { get; private init; }

    /// <summary>Where the admin is: <c>host:http</c>, <c>host:http.grpc</c>, <c>grpc://host:port</c>, <c>grpcs://host:port</c>, or a comma list tried in order; default <c>PLUGIN_ADMIN</c>, else 127.0.0.1:23646.</summary>
    public string Address
    {
        get => GivenAddress ?? "127.0.0.1:23646";
        init => GivenAddress = value;
    }

    /// <summary>Stable identity, 1–255 printable characters; null: <c>PLUGIN_WORKER_ID</c>, else from <c>worker.id</c> in <see cref="StateDirectory"/>, made when missing.</summary>
    public string? WorkerId { get; init; }

    /// <summary>Where the generated identity is kept; default <c>PLUGIN_DATA_DIR</c>, else the current folder.</summary>
    public string StateDirectory
    {
        get => GivenStateDirectory ?? ".";
        init => GivenStateDirectory = value;
    }

    /// <summary>Shown to people; default the SDK's version.</summary>
    public string Version { get; init; } = "0.1.0";

    /// <summary>Sent as bearer token when set.</summary>
    public string? Token { get; init; }

    /// <summary>A file with the token instead; read at every dial, so that a renewed one needs no restart.</summary>
    public string? TokenFile { get; init; }

    /// <summary>For selectors of jobs.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Further entries of the hello's metadata, as they are; what the SDK says itself wins.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Detections at once, all job types together; 1–10,000, default 1.</summary>
    public int DetectionSlots { get; init; } = 1;

    /// <summary>Executions at once, all job types together; 1–10,000, default 4.</summary>
    public int ExecutionSlots { get; init; } = 4;

    /// <summary>How long to wait for the admin's hello; default 5 s.</summary>
    public TimeSpan RegistrationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a handler may think about its values (<see cref="IJobHandler.ValidateAsync"/>) or its health; default 2 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long running work outlives a lost stream, when the admin agreed; default 15 s.</summary>
    public TimeSpan ResumeWindow { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Work of handlers that call themselves idempotent goes on when the stream is lost although the admin agreed to nothing; its
    /// results are late reports. Default false: it is cancelled at once.
    /// </summary>
    public bool KeepWork { get; init; }

    /// <summary>How long running work may take to end when the worker is stopped, also by its host, which waits that long; default 30 s.</summary>
    public TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From a cancel to the end of waiting for the handler; default 10 s.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Port on 127.0.0.1 that answers <c>/health</c> (200: the process lives), <c>/ready</c> (503 until it serves) and <c>/metrics</c>
    /// (Prometheus text) as long as the worker object; null: none.
    /// </summary>
    public int? HealthPort { get; init; }

    /// <summary>Asked of the admin; used only when it agrees.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = ["log", "ack", "resume", "ping", "drain"];

    /// <summary>
    /// PEM file with the authority that signed the admin's certificate. Set: the admin is dialled with TLS whatever the form of
    /// the address. The three files are read again with each dial, so that renewed ones need no restart.
    /// </summary>
    public string TlsCa { get; init; } = "";

    /// <summary>PEM file with the worker's own certificate, for admins that ask for one; together with <see cref="TlsKey"/> and <see cref="TlsCa"/>.</summary>
    public string TlsCert { get; init; } = "";

    /// <summary>PEM file with the private key of <see cref="TlsCert"/>, unencrypted.</summary>
    public string TlsKey { get; init; } = "";

    /// <summary>The name in the admin's certificate; empty: the host that is dialled.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary>TLS, limits and dialling; its headers get the token. By default messages of 1 GiB are received and of 64 MiB sent. Keep-alive pings 20 s apart or more.</summary>
    public GrpcChannelOptions Channel { get; init; } = new() { MaxReceiveMessageSize = 1024 * 1024 * 1024, MaxSendMessageSize = 64 * 1024 * 1024 };

    /// <summary>
    /// A connection that is open already, for tests and inherited descriptors: the first start uses it, once, and asks nobody for an
    /// address; later ones dial.
    /// </summary>
    public Stream? ReadyConnection { get; init; }

    /// <summary>Called once for each session that ended, outside every lock.</summary>
    public Func<CloseReason, SessionSnapshot, Task>? OnClose { get; init; }

    /// <summary>Default: silent.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>What is logged at least; null: what <see cref="Logger"/>, or the host, lets through.</summary>
    public LogLevel? LogLevel { get; init; }

    /// <summary>Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where what these options do not say is looked up; tests have an environment of their own.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Ends the process; tests do not want that.</summary>
#pragma warning disable RS0030 // The one end that no Main can return from: a handler ran out of memory, and nothing can be trusted any more.
    internal Action<int> Exit { get; init; } = Environment.Exit;
#pragma warning restore RS0030

    /// <summary>Two tokens that differ would be a riddle: which one is sent? Null: there are not two.</summary>
    internal string? TokenProblem => Token is not null && TokenFile is not null ? "there is one token: its text or its file" : null;

    /// <summary>The token, or what its file says now; null: none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    internal string? CurrentToken() => Token ?? (TokenFile is { } file && File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : null);

    /// <summary>The address and the channel's options with the TLS files applied.</summary>
    /// <exception cref="StartFailureException">A file cannot be used; it may be about to be replaced.</exception>
    internal (string Address, GrpcChannelOptions Channel) Secured(string address)
    {
        var channel = TlsServerName.Length > 0 ? Channel with { TlsServerName = TlsServerName } : Channel;
        if (TlsCa.Length == 0)
        {
            return (address, channel);
        }

        try
        {
            var secure = address.StartsWith("http://", StringComparison.Ordinal) ? "https://" + address["http://".Length..] : address;
            return (secure, channel with { Tls = ClientTls.FromPemFiles(TlsCa, TlsCert, TlsKey) });
        }
        catch (InvalidDataException exception)
        {
            throw new StartFailureException(CloseReason.Unreachable, exception.Message, inner: exception);
        }
    }
}
