using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Faults of handlers after which nothing can be trusted.</summary>
internal static partial class FatalFault
{
    /// <summary>The process ends, without its memory there is no going on: whoever started it starts it again.</summary>
    public static void EndIfFatal(this WorkerOptions options, Exception exception)
    {
        if (exception is OutOfMemoryException)
        {
            LogFatal(options.Logger, exception);
            options.Exit(70);
        }
    }

    [LoggerMessage(50, LogLevel.Critical, "The process ends")]
    private static partial void LogFatal(ILogger logger, Exception exception);
}
