namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>How a call ended. Numbers are those of the gRPC specification.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>An error nobody described, or one of another address space.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended.</summary>
    DeadlineExceeded = 4,

    /// <summary>The thing asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>The thing to create exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or limit is used up, or a message is larger than the limit.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state the request needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was ended in favour of another one.</summary>
    Aborted = 10,

    /// <summary>Beyond the valid range, which may change.</summary>
    OutOfRange = 11,

    /// <summary>The peer does not know this method or encoding.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the protocol or the peer is broken.</summary>
    Internal = 13,

    /// <summary>Nobody answers; trying again later may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged for good.</summary>
    DataLoss = 15,

    /// <summary>The caller did not say who it is.</summary>
    Unauthenticated = 16,
}
