using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>A worker as a hosted service: serves for ever, drains when the host stops.</summary>
public static class PluginWorkerHosting
{
    /// <summary>Registers the worker; add handlers with <see cref="AddHandler{T}"/>.</summary>
    public static IServiceCollection AddPluginWorker(this IServiceCollection services, WorkerOptions options)
    {
        services.AddSingleton(provider => new PluginWorker(
            options with { Logger = provider.GetRequiredService<ILogger<PluginWorker>>() }, [.. provider.GetServices<IJobHandler>()]));
        return services.AddHostedService<PluginWorkerService>();
    }

    /// <summary>Adds a job type.</summary>
    public static IServiceCollection AddHandler<T>(this IServiceCollection services)
        where T : class, IJobHandler => services.AddSingleton<IJobHandler, T>();
}

/// <summary>Runs the worker as long as the host; when the worker ends for good, so does the host.</summary>
internal sealed partial class PluginWorkerService(PluginWorker worker, IHostApplicationLifetime lifetime, ILogger<PluginWorkerService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var result = await worker.RunForeverAsync(cancellationToken: stoppingToken).ConfigureAwait(false);
            LogEnded(logger, result.Reason, result.Text);
            Environment.ExitCode = result.Reason is CloseReason.AdminShutdown or CloseReason.StopRequested ? 0 : 70;
        }
        catch (StartFailureException failure)
        {
            LogEnded(logger, failure.Reason, failure.Message);
            Environment.ExitCode = 77;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        lifetime.StopApplication();
    }

    [LoggerMessage(30, LogLevel.Error, "The worker ended ({Reason}): {Text}")]
    private static partial void LogEnded(ILogger logger, CloseReason reason, string text);
}
