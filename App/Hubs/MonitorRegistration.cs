using BlazorPluginAdmin.App.Rest;

namespace BlazorPluginAdmin.App.Hubs;

/// <summary>The live state over SignalR.</summary>
public static class MonitorRegistration
{
    /// <summary>JSON only, in the words of the REST API.</summary>
    public static void AddMonitor(this IServiceCollection services)
    {
        services.AddSingleton<MonitorSeats>();
        services.AddSignalR()
            .AddHubOptions<MonitorHub>(hub =>
            {
                hub.MaximumReceiveMessageSize = 8 * 1024;
                hub.SupportedProtocols = ["json"];
            })
            .AddJsonProtocol(json => json.PayloadSerializerOptions = WireJson.Options);
    }

    public static void MapMonitor(this IEndpointRouteBuilder endpoints) => endpoints.MapHub<MonitorHub>(MonitorHub.Route);
}
