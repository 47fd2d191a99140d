using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Who calls: without accounts, the address; and whether it is the command line.</summary>
internal static class ClientActor
{
    /// <summary>What <c>pluginctl</c> says of itself in the user agent.</summary>
    private const string CommandLine = "pluginctl";

    public static Actor Of(CallContext call) =>
        call.HttpContext.User.Actor(IsCommandLine(call) ? "cli" : "grpc", call.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown");

    public static JobOrigin OriginOf(CallContext call) => IsCommandLine(call) ? JobOrigin.Cli : JobOrigin.Grpc;

    private static bool IsCommandLine(CallContext call) => call.HttpContext.Request.Headers.UserAgent.ToString().StartsWith(CommandLine, StringComparison.Ordinal);
}
