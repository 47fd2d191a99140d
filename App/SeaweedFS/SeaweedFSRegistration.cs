using System.Net.Security;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.App.SeaweedFS;

public static class SeaweedFSRegistration
{
    /// <summary>
    /// All that talks to the masters of a SeaweedFS cluster; nothing without options. Before the core, which has a lock of
    /// its own for admins without cluster. Being started before the engine it is also stopped after it: locks are given back
    /// when no more work is handed out.
    /// </summary>
    /// <exception cref="StartRefusedException">A file that the options name cannot be used.</exception>
    public static IServiceCollection AddSeaweedFS(this IServiceCollection services, SeaweedFSOptions? options)
    {
        if (options is null)
        {
            return services;
        }

        var tls = Tls(options);
        var sections = options.ConfigFile.Length > 0 ? AdminToml.Read(options.ConfigFile) : [];
        services.AddSingleton(options);
        services.AddSingleton(provider => new MasterClient(options.Masters, tls, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IClusterContextSource, SeaweedFSClusterContextSource>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ShellLock>(provider, new Lazy<IClusterInbox>(provider.GetRequiredService<IClusterInbox>)));
        services.AddSingleton<ILaneLock>(provider => provider.GetRequiredService<ShellLock>());
        services.AddSingleton<PresenceLock>();
        services.AddHostedService(provider => provider.GetRequiredService<PresenceLock>());
        services.AddHostedService(provider => provider.GetRequiredService<ShellLock>());
        services.AddHostedService<ClusterWatch>();
        services.AddHostedService<VacuumSwitch>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<FirstConfigs>(provider, sections));
        return services;
    }

    /// <summary>The given authority alone is trusted, and the name that is dialled is checked.</summary>
    private static SslClientAuthenticationOptions? Tls(SeaweedFSOptions options)
    {
        if (options.TlsCa.Length == 0)
        {
            return null;
        }

        try
        {
            return ClientTls.FromPemFiles(options.TlsCa, options.TlsCert, options.TlsKey);
        }
        catch (InvalidDataException exception)
        {
            throw new StartRefusedException($"towards the SeaweedFS masters, {exception.Message}", exception);
        }
    }
}
