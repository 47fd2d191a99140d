using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.Hubs;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Components;
using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Grpc.Transport.Server.Health;
using BlazorPluginAdmin.Grpc.Transport.Server.Reflection;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlazorPluginAdmin.App;

/// <summary>The whole admin, as Main and the tests start it.</summary>
public sealed class AdminApp : IAsyncDisposable
{
    private static readonly DateTimeOffset Started = System.Diagnostics.Process.GetCurrentProcess().StartTime;

    private readonly WebApplication _app;
    private readonly AdminFolder? _folder;

    private AdminApp(WebApplication app, AdminFolder? folder)
    {
        _app = app;
        _folder = folder;
    }

    public IServiceProvider Services => _app.Services;

    public string HttpAddress => Addresses[0];

    /// <summary>host:port for workers.</summary>
    public string GrpcAddress => new Uri(Addresses[1]).Authority;

    /// <summary>Where people only look; null: nowhere.</summary>
    public string? ViewAddress => Addresses.Count > 2 ? Addresses[2] : null;

    /// <summary>All that is open: pages and REST, then workers, then those for looking.</summary>
    public IReadOnlyList<string> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <param name="options">What the operator set.</param>
    /// <param name="configure">What a test changes: timing, store, time.</param>
    /// <exception cref="StartRefusedException">One line for the operator; nothing is left open.</exception>
    public static async Task<AdminApp> StartAsync(AppOptions options, Action<IServiceCollection>? configure = null, AdminOptions? core = null)
    {
        BindGuard.Check(options);
        var folder = options.Ephemeral ? null : AdminFolder.Open(options.DataDir);
        AdminApp? admin = null;
        var started = false;
        try
        {
            admin = new AdminApp(Build(options, folder, configure, core ?? new AdminOptions { SubmitRate = options.SubmitRate, SubmitBurst = 5 * options.SubmitRate }, () => started), folder);
            await admin._app.StartAsync();
            started = true;
            return admin;
        }
        catch (Exception exception) when (Reason(exception, options) is { } reason)
        {
            if (admin is not null)
            {
                await admin._app.DisposeAsync();
            }

            folder?.Dispose();
            throw reason;
        }
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    private static WebApplication Build(AppOptions options, AdminFolder? folder, Action<IServiceCollection>? configure, AdminOptions core, Func<bool> isStarted)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(AdminApp).Assembly.GetName().Name });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // A start that is refused is one line from us, not a stack from the host before it.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && isStarted());
        builder.WebHost.UseStaticWebAssets();
        // Not published, the files would be read and sent anew for each visit, neither compressed nor cached.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // Endpoints of a configuration section would open doors that the bind guard never saw.
            kestrel.Configure();
            kestrel.AddServerHeader = false;
            kestrel.ConfigureGrpcTransport();
            kestrel.Listen(options.Address, options.Port, listener => Serve(listener, Door.Local));
            kestrel.Listen(options.WorkerAddress, options.GrpcPort, listener =>
            {
                Door.Local.Mark(listener);
                listener.UseGrpcTransport();
                kestrel.ApplicationServices.GetRequiredService<WorkerAdmission>().Guard(listener);
            });
            if (options.ViewPort is { } viewPort)
            {
                kestrel.Listen(options.Address, viewPort, listener => Serve(listener, Door.ViewOnly));
            }
        });
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IAdminStore>(provider => folder is null ? new InMemoryAdminStore() : new SqliteAdminStore(folder.Database, provider.GetRequiredService<ISecretBox>()));
        services.AddSingleton<PassingFolder>();
        services.AddSingleton(provider => new JobLogStore(folder?.Logs ?? provider.GetRequiredService<PassingFolder>().Path, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(options.WorkerPort);
        services.AddSingleton<WorkerAdmission>();
        services.AddSingleton<WorkerConnections>();
        services.AddSingleton<IWorkerLink>(provider => provider.GetRequiredService<WorkerConnections>());
        services.AddSingleton<JobOutput>();
        services.AddSingleton<Observations>();
        services.AddSingleton<ObjectPreviews>();
        services.AddSingleton<IObservations>(provider => provider.GetRequiredService<ObjectPreviews>());
        services.AddSingleton<WorkerGateway>();
        services.AddSingleton<HealthService>();
        services.AddSeaweedFS(options.SeaweedFS);
        core.ApproveWorkers |= options.ApproveWorkers;
        core.WatchesCluster |= options.SeaweedFS is not null;
        core.Lanes = ReferenceEquals(core.Lanes, LaneSettings.Empty) ? SeaweedFSLanes.Shipped : core.Lanes;
        services.AddSingleton<IExecutionPlans, ExecutionPlans>();
        services.AddSingleton(new BackupOptions(folder?.Backups, options.KeepBackups));
        services.AddAdminCore(core);
        services.AddHostedService<LogRetention>();
        services.AddGrpcTransport(new GrpcServerOptions { MaxReceiveMessageSize = options.MaxMessageMib * 1024 * 1024 });
        services.AddAdminPages();
        services.AddHostedService<Farewell>();
        if (folder is not null && options.DiskLowMib > 0)
        {
            services.AddHostedService(provider => new DiskWatch(provider.GetRequiredService<HostBoard>(), provider.GetRequiredService<TimeProvider>(), folder.Path, options.DiskLowMib));
        }

        services.AddSingleton<Func<ShellOptions>>(provider => () => Shell(provider, options));
        services.AddAdminRest();
        services.AddMonitor();
        services.AddClientServices();
        var protection = services.AddDataProtection().SetApplicationName(SecretBox.ApplicationName);
        if (folder is not null)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(folder.Keys));
            services.AddSingleton<ISecretBox, SecretBox>();
        }

        configure?.Invoke(services);
        var app = builder.Build();
        Map(app);
        return app;
    }

    private static void Serve(ListenOptions listener, Door door)
    {
        door.Mark(listener);
        listener.NoticeLostPeers();
        listener.Protocols = HttpProtocols.Http1;
    }

    /// <summary>Two doors: HTTP/1 for people and programs, HTTP/2 for workers. Neither serves what belongs to the other.</summary>
    private static void Map(WebApplication app)
    {
        app.Use(Door.NameAsync);
        app.UseWhen(http => !HttpProtocol.IsHttp2(http.Request.Protocol), pages =>
        {
            pages.UseMiddleware<PathPrefix>();
            pages.UseMiddleware<RequestGuard>();
            pages.UseWhen(http => http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), api => api.UseMiddleware<ApiErrors>());
        });
        app.UseWhen(IsVisit, pages => pages.UseMiddleware<PageErrors>());
        app.UseRouting();
        app.Use(WorkerDoor.CheckAsync);
        app.UseAntiforgery();
        var gateway = app.Services.GetRequiredService<WorkerGateway>();
        var workers = app.MapGroup("").WithMetadata(new WorkerDoor(isForWorkers: true));
        workers.MapGrpcDuplex(
            GrpcMethod.From<Wire.WorkerToAdminMessage, Wire.AdminToWorkerMessage>(Wire.PluginReflection.Descriptor.Services[0], "WorkerStream"), gateway.RunAsync);
        app.MapGroup("").WithMetadata(new WorkerDoor(isForWorkers: false)).MapClientServices();
        workers.MapGrpcHealth(app.Services.GetRequiredService<HealthService>());
        workers.MapGrpcReflection([Wire.PluginReflection.Descriptor.Services[0], .. ClientServices.Descriptors, HealthReflection.Descriptor.Services[0]]);
        app.MapAdminRest();
        app.MapMonitor();
        app.MapStaticAssets();
        app.MapAdminPages();
    }

    /// <summary>A person whose browser asks for a page; programs get a bare status.</summary>
    private static bool IsVisit(HttpContext http) =>
        !HttpProtocol.IsHttp2(http.Request.Protocol) && !http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && http.Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.Ordinal) == true);

    private static ShellOptions Shell(IServiceProvider provider, AppOptions options)
    {
        var addresses = provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        var workers = new Uri(addresses[1]);
        // "Every address of this machine" is nothing that a worker can dial.
        var host = options.WorkerAddress.Equals(IPAddress.Any) || options.WorkerAddress.Equals(IPAddress.IPv6Any) ? Environment.MachineName : workers.Host;
        var store = new FileInfo(Path.Combine(options.DataDir, "admin.db"));
        return new ShellOptions(
            options.EnvironmentName, typeof(AdminApp).Assembly.GetName().Version!.ToString(3), $"{host}:{workers.Port}", addresses[0], options.Admission, options.WorkerPort.IsTls)
        {
            StartedAt = Started,
            Exposure = BindGuard.Exposure(options),
            StoreSize = !options.Ephemeral && store.Exists ? store.Length : 0,
        };
    }

    private static StartRefusedException? Reason(Exception exception, AppOptions options) => exception switch
    {
        StartRefusedException refused => refused,
        StoreRefusedException store => new StartRefusedException(StartRefusedException.CannotCreate, store.Message),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } busy => new StartRefusedException(
            StartRefusedException.Unavailable,
            $"{Taken(busy.Message, options)} is in use by another program; stop it, choose another port, or use 0 for any free one"),
        SocketException or IOException { InnerException: SocketException } => new StartRefusedException(
            StartRefusedException.Unavailable, $"cannot listen on {string.Join(" and ", ((IPAddress[])[options.Address, options.WorkerAddress]).Distinct())}: {exception.Message}"),
        _ => null,
    };

    private static string Taken(string message, AppOptions options) =>
        message.Contains($":{options.GrpcPort}:", StringComparison.Ordinal) ? $"--grpc-port {options.GrpcPort}"
        : options.ViewPort is { } view && message.Contains($":{view}:", StringComparison.Ordinal) ? $"--view-port {view}"
        : $"--port {options.Port}";
}
