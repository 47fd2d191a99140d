namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>Limits of the server side.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>Largest message received, in bytes; default 128 MiB, at most 1 GiB.</summary>
    public int MaxReceiveMessageSize { get; set; } = MessageSize.Default;

    /// <summary>Largest message sent, in bytes; default 128 MiB, at most 1 GiB.</summary>
    public int MaxSendMessageSize { get; set; } = MessageSize.Default;

    /// <summary>From the stop of the host to the end of calls that do not end by themselves; default 5 s.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where deadlines come from.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
