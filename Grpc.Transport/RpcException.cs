namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>A call that did not end with OK. The one exception this library throws for what a peer said or did.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates the exception with a status.</summary>
    public RpcException(Status status, Metadata? trailers = null, Exception? inner = null)
        : base(status.ToString(), inner)
    {
        Status = status;
        Trailers = trailers ?? [];
    }

    /// <summary>Creates the exception with status UNKNOWN.</summary>
    public RpcException(string message)
        : this(new Status(StatusCode.Unknown, message)) { }

    /// <summary>Creates the exception with status UNKNOWN.</summary>
    public RpcException(string message, Exception inner)
        : this(new Status(StatusCode.Unknown, message), null, inner) { }

    /// <summary>Creates the exception with status UNKNOWN and no text.</summary>
    public RpcException()
        : this("") { }

    /// <summary>The peer said something that cannot be read: no frame, no message, or one beyond the limit. Found out here, not said by the peer.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>What the peer sent along with the status.</summary>
    public Metadata Trailers { get; }

    /// <summary>Shorthand for the code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.Code;
}
