namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>What a caller wants of one call.</summary>
/// <param name="Headers">Metadata to send, after the channel's own.</param>
/// <param name="Deadline">The call ends with DEADLINE_EXCEEDED by then; null = no deadline.</param>
/// <param name="CancellationToken">Ends the call with CANCELLED on both sides.</param>
public readonly record struct CallOptions(Metadata? Headers = null, DateTimeOffset? Deadline = null, CancellationToken CancellationToken = default);
