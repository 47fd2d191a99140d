using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What the end of a stream means: why a start failed, why a session ended.</summary>
internal static class StreamEnds
{
    /// <summary>How the connection ends when a keep-alive ping stays unanswered: its handler gives itself this error.</summary>
    private const string PingTimeout = "HTTP/2 error 1";

    /// <summary>Of a status that comes instead of a hello.</summary>
    public static StartFailureException Refusal(RpcException exception, string address) => exception.StatusCode switch
    {
        _ when exception.IsUnreadable => new StartFailureException(CloseReason.ProtocolError, exception.Status.Detail, permanent: true, exception),
        StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.FailedPrecondition =>
            new StartFailureException(CloseReason.Rejected, exception.Status.Detail, permanent: true, exception),
        StatusCode.InvalidArgument => new StartFailureException(CloseReason.ProtocolError, exception.Status.Detail, permanent: true, exception),
        StatusCode.Unavailable or StatusCode.Internal => new StartFailureException(CloseReason.Unreachable, $"{address}: {exception.Status.Detail}", false, exception),
        _ => new StartFailureException(CloseReason.Rejected, exception.Status.Detail, false, exception),
    };

    /// <summary>The words by which an admin refuses a worker for good.</summary>
    public static bool IsForGood(AdminHello refusal) => refusal.Message.Contains("permanent", StringComparison.OrdinalIgnoreCase);

    /// <summary>Of a status that ends a session.</summary>
    /// <param name="exception">As it came.</param>
    /// <param name="isSilent">Nothing was heard for three heartbeat intervals.</param>
    public static SessionEnd Meaning(RpcException exception, bool isSilent)
    {
        var reason = exception.StatusCode switch
        {
            _ when exception.IsUnreadable => CloseReason.ProtocolError,
            StatusCode.Aborted => CloseReason.Replaced,
            StatusCode.InvalidArgument => CloseReason.ProtocolError,
            StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.FailedPrecondition => CloseReason.Rejected,
            StatusCode.Internal when isSilent && exception.Status.Detail.Contains(PingTimeout, StringComparison.Ordinal) => CloseReason.HeartbeatTimeout,
            _ => CloseReason.ConnectionLost,
        };
        return new SessionEnd(reason, exception.Status.Detail, IsPermanent: reason is CloseReason.Rejected or CloseReason.ProtocolError);
    }
}
