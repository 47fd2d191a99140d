using System.Net;
using BlazorPluginAdmin.Grpc.Transport.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>Kestrel on a free port with the methods a test maps; everything else is answered as unknown.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcHost(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static async Task<GrpcHost> StartAsync(Action<IEndpointRouteBuilder> map, GrpcServerOptions? options = null, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpcTransport(options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpcTransport();
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseGrpcTransport());
        });
        configure?.Invoke(builder);
        var app = builder.Build();
        map(app);
        app.MapFallback("{**path}", GrpcEndpoints.UnknownMethodAsync);
        await app.StartAsync();
        return new GrpcHost(app);
    }

    public GrpcChannel Channel(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options);

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
