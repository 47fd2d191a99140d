using BlazorPluginAdmin.Grpc.Transport;

namespace BlazorPluginAdmin.Cli;

/// <summary>What the tool ends with besides the exit codes of jobs; numbers of sysexits where one fits.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>The job answered HTTP with an error, as curl says it.</summary>
    public const int HttpError = 22;
    public const int Usage = 64;

    /// <summary>The admin refused what was asked.</summary>
    public const int Refused = 65;
    public const int Unknown = 66;

    /// <summary>No answer from the admin.</summary>
    public const int Unreachable = 69;

    /// <summary>The admin or the tool is broken.</summary>
    public const int Broken = 70;
    public const int WorkerLost = 71;

    /// <summary>Queue full, rate limited, expired, no worker: later may help.</summary>
    public const int TryLater = 75;
    public const int NotAllowed = 77;
    public const int Timeout = 124;
    public const int CannotStart = 126;
    public const int NotFound = 127;
    public const int Canceled = 130;

    /// <summary>Of a call that was refused or not answered.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="isExplained">The admin itself said why, so it is there.</param>
    public static int Of(StatusCode status, bool isExplained) => status switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.AlreadyExists or StatusCode.Aborted or StatusCode.OutOfRange => Refused,
        StatusCode.NotFound => Unknown,
        StatusCode.ResourceExhausted => TryLater,
        StatusCode.Unavailable => isExplained ? TryLater : Unreachable,
        StatusCode.DeadlineExceeded or StatusCode.Unimplemented => Unreachable,
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => NotAllowed,
        StatusCode.Cancelled => Canceled,
        _ => Broken,
    };
}
