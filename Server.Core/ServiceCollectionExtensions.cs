using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlazorPluginAdmin.Server.Core;

public static class ServiceCollectionExtensions
{
    /// <summary>
    /// The admin without web and wire. The caller brings an <see cref="IAdminStore"/>, an <c>IWorkerLink</c> and a
    /// <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddAdminCore(this IServiceCollection services, AdminOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(new IdSource(new Random()));
        services.TryAddSingleton<ILaneLock, NoLaneLock>();
        services.TryAddSingleton<IExecutionPlans, NoExecutionPlans>();
        services.TryAddSingleton(new BackupOptions(null, 1));
        services.AddSingleton<AdminEngine>();
        services.AddHostedService<EngineThread>();
        services.AddSingleton<HostBoard>();
        services.AddSingleton<ReadModelPublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadModelPublisher>());
        services.AddSingleton<Admin>();
        services.AddSingleton<IAdmin>(provider => provider.GetRequiredService<Admin>());
        services.AddSingleton<IBackups, BackupFolder>();
        services.AddHostedService<BulkRunner>();
        services.AddSingleton<IWorkerInbox>(provider => provider.GetRequiredService<Admin>());
        services.AddSingleton<IClusterInbox>(provider => provider.GetRequiredService<Admin>());
        services.AddSingleton(provider => provider.GetRequiredService<IAdminStore>().History);
        return services;
    }
}
