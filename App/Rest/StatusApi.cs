using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>How workers find the worker port, and what this admin is.</summary>
public static class StatusApi
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/status", (IAdmin admin, AppOptions options, IServer server) => WireJson.Json(new
    {
        enabled = true,
        configured = true,
        base_dir = options.Ephemeral ? "" : options.DataDir,
        worker_count = admin.States.Current.Value.Sessions.Count,
        worker_grpc_port = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Last()).Port,
    }));
}
