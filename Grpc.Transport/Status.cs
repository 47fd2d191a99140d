using System.Globalization;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>A status code with a text for people.</summary>
/// <param name="Code">How the call ended.</param>
/// <param name="Detail">Text in any language; empty when there is nothing to add. Percent-encoded on the wire.</param>
public readonly record struct Status(StatusCode Code, string Detail)
{
    /// <summary>Success without text.</summary>
    public static readonly Status OK = new(StatusCode.OK, "");

    /// <inheritdoc/>
    public override string ToString() => Detail.Length == 0 ? Code.ToString() : $"{Code}: {Detail}";

    /// <summary>The status a client makes of an HTTP answer without <c>grpc-status</c> (gRPC specification, HTTP to gRPC mapping).</summary>
    internal static Status FromHttp(int http) => new(
        http switch
        {
            400 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        },
        $"the peer answered HTTP {http.ToString(CultureInfo.InvariantCulture)} instead of a gRPC status");

    /// <summary>
    /// The status for an HTTP/2 stream reset (gRPC specification, errors). Error 0 differs: the handler also reports a
    /// connection that a stopping server closed that way, even when the whole answer has come.
    /// </summary>
    internal static Status FromReset(long errorCode) => new(
        errorCode switch
        {
            8 => StatusCode.Cancelled,
            0 or 7 => StatusCode.Unavailable,
            11 => StatusCode.ResourceExhausted,
            12 => StatusCode.PermissionDenied,
            _ => StatusCode.Internal,
        },
        $"the stream was reset with HTTP/2 error {errorCode.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>The status for whatever else the connection threw.</summary>
    internal static Status FromConnection(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return FromReset(protocol.ErrorCode);
            }
        }

        return new Status(StatusCode.Unavailable, exception.Message);
    }

    /// <summary>Reads <c>grpc-status</c>; a text that is no known number is UNKNOWN.</summary>
    internal static StatusCode ParseCode(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 0 and <= 16
            ? (StatusCode)code
            : StatusCode.Unknown;
}
