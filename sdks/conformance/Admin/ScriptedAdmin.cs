using System.Globalization;
using System.Net;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>An admin played by a case over the real wire.</summary>
internal sealed class ScriptedAdmin : IAsyncDisposable
{
    private const int UsualWindow = 768 * 1024;

    /// <summary>As little as may be under way unread: what a lost connection takes with it.</summary>
    public const int SmallWindow = 65_535;

    private readonly WebApplication _app;

    private ScriptedAdmin(WebApplication app, CaseClock clock, Personality personality)
    {
        _app = app;
        Personality = personality;
        Streams = new Journal<AdminStream>("admin", clock, stream => $"a stream, {stream.Said.Count} messages");
    }

    public Personality Personality { get; }

    /// <summary>All streams, in the order of their dialling.</summary>
    public Journal<AdminStream> Streams { get; }

    public int Port { get; private set; }

    /// <summary>Response header of every stream; empty: none.</summary>
    public (string Name, string Value) Header { get; set; }

    /// <summary>False: streams are played and forgotten, for cases with tens of thousands of them.</summary>
    public bool KeepsStreams { get; set; } = true;

    /// <summary>Called for each stream that is dialled; without it streams wait for the case.</summary>
    public Func<AdminStream, Task>? OnStream { get; set; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"grpc://127.0.0.1:{Port}");

    public static async Task<ScriptedAdmin> StartAsync(Personality personality, CaseClock clock, int port = 0, Func<WorkerToAdminMessage, IEnumerable<WorkerToAdminMessage>>? hear = null, int window = UsualWindow)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddGrpcTransport(new GrpcServerOptions { ShutdownGrace = TimeSpan.Zero });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpcTransport();
            kestrel.Limits.Http2.InitialStreamWindowSize = window;
            kestrel.Limits.Http2.InitialConnectionWindowSize = window;
            kestrel.Listen(IPAddress.Loopback, port, listener => listener.UseGrpcTransport());
        });
        var app = builder.Build();
        var admin = new ScriptedAdmin(app, clock, personality);
        app.MapGrpcDuplex(
            GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream"),
            async (requests, responses, call) =>
            {
                if (admin.Header.Name is { Length: > 0 } name)
                {
                    call.ResponseHeaders.Add(name, admin.Header.Value);
                }

                var stream = new AdminStream(personality, requests, responses, call, clock, hear ?? (message => [message]));
                if (admin.KeepsStreams)
                {
                    admin.Streams.Add(stream);
                }

                var playing = admin.OnStream?.Invoke(stream) ?? Task.CompletedTask;
                await stream.OverAsync();
                await playing;
            });
        await app.StartAsync();
        admin.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return admin;
    }

    /// <summary>The worker's n-th stream, from 1.</summary>
    public async Task<AdminStream> StreamAsync(int number, double seconds = 10) =>
        (await Streams.AwaitAsync(_ => true, $"stream {number} of the worker", seconds, number - 1)).Item;

    /// <summary>The worker's n-th stream, accepted.</summary>
    public async Task<AdminStream> GreetAsync(int number = 1, double seconds = 10)
    {
        var stream = await StreamAsync(number, seconds);
        await stream.GreetAsync();
        return stream;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
