using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>The HTTP side of an admin: the route that names the worker port, answering as the case says.</summary>
internal sealed class StatusRoute : IAsyncDisposable
{
    private const int Convention = 10_000;

    private readonly WebApplication _app;

    private StatusRoute(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public string Address => FormattableString.Invariant($"127.0.0.1:{Port}");

    /// <summary>What the route does with a request.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = http =>
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    };

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    public static async Task<StatusRoute> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.Protocols = HttpProtocols.Http1));
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        var app = builder.Build();
        var route = new StatusRoute(app, port);
        app.Run(http =>
        {
            route.Asked++;
            return http.Request.Path == "/api/plugin/status" ? route.Answer(http) : http.Response.WriteAsync("<html>sign in</html>");
        });
        await app.StartAsync();
        return route;
    }

    public static Func<HttpContext, Task> Json(string json) => http =>
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    };

    /// <summary>An HTTP port that is free, as is the one 10,000 above it. Below the range that the system hands out.</summary>
    public static int FreePort()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = System.Security.Cryptography.RandomNumberGenerator.GetInt32(12_000, 22_000);
            if (IsFree(port) && IsFree(port + Convention))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free pair of ports was found");
    }

    public static int ConventionOf(int port) => port + Convention;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
