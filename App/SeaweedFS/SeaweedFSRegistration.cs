using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BlazorPluginAdmin.App.Hosting;
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

        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        var file = options.TlsCa;
        try
        {
            trust.CustomTrustStore.ImportFromPemFile(file);
            if (options.TlsCert.Length > 0)
            {
                file = $"{options.TlsCert} with {options.TlsKey}";
                tls.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(options.TlsCert, options.TlsKey), null, offline: true);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{file} cannot be used for TLS towards the SeaweedFS masters: {exception.Message}", exception);
        }

        return tls;
    }
}
