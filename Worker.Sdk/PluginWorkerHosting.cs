using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>A worker as a hosted service: serves for ever; drains when the host stops, which waits for that as long as <see cref="WorkerOptions.DrainGrace"/> says.</summary>
public static class PluginWorkerHosting
{
    /// <summary>Registers the worker; add handlers with <see cref="AddHandler{T}"/>.</summary>
    public static IServiceCollection AddPluginWorker(this IServiceCollection services, WorkerOptions options)
    {
        options = options.WithEnvironment();
        if (options.LogLevel is { } lowest)
        {
            // Otherwise the host's own minimum would hide what is asked for.
            services.AddLogging(logging => logging.AddFilter(typeof(PluginWorker).Namespace, lowest));
        }

        services.AddSingleton(provider => new PluginWorker(
            options with { Logger = provider.GetRequiredService<ILogger<PluginWorker>>() }, [.. provider.GetServices<IJobHandler>()]));
        return services.AddHostedService<PluginWorkerService>();
    }

    /// <summary>
    /// The exit code for the end of a worker, by which whoever started the process decides whether to start it again: 0 after a stop or
    /// the admin's shutdown, 77 refused for good, 69 for what may pass, 70 for all else.
    /// </summary>
    public static int ExitCode(CloseReason reason, bool isPermanent = false) => reason switch
    {
        CloseReason.StopRequested or CloseReason.AdminShutdown or CloseReason.Canceled => 0,
        CloseReason.Rejected when isPermanent => 77,
        _ => RestartPolicy.Restarts(reason, isPermanent) ? 69 : Internal,
    };

    internal const int Internal = 70;

    /// <summary>Adds a job type.</summary>
    public static IServiceCollection AddHandler<T>(this IServiceCollection services)
        where T : class, IJobHandler => services.AddSingleton<IJobHandler, T>();
}

/// <summary>Runs the worker as long as the host; when the worker ends for good, so does the host.</summary>
internal sealed partial class PluginWorkerService(IServiceProvider services, IHostApplicationLifetime lifetime, ILogger<PluginWorkerService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Made here, so that what is wrong with it ends the host in an orderly way.
            var result = await Made().RunForeverAsync(cancellationToken: stoppingToken).ConfigureAwait(false);
            LogEnded(logger, result.Reason, result.Text);
            Environment.ExitCode = PluginWorkerHosting.ExitCode(result.Reason, result.IsPermanent);
        }
        catch (StartFailureException failure)
        {
            LogEnded(logger, failure.Reason, failure.Message);
            Environment.ExitCode = PluginWorkerHosting.ExitCode(failure.Reason, failure.IsPermanent);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (NotMadeException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            Environment.ExitCode = PluginWorkerHosting.Internal;
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
            Environment.ExitCode = PluginWorkerHosting.Internal;
        }

        // A host that is told to stop while it starts fails to start, and that is another end.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult).ConfigureAwait(false);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lifetime.StopApplication();
    }

    /// <summary>The worker has a limit of its own for its drain; the host's, 30 s unless it was set, would cut that.</summary>
    public override Task StopAsync(CancellationToken cancellationToken) => base.StopAsync(CancellationToken.None);

    private PluginWorker Made()
    {
        try
        {
            return services.GetRequiredService<PluginWorker>();
        }
        catch (ArgumentException exception)
        {
            // The text ends with the name of a parameter, on a line of its own or not.
            var findings = exception.ParamName is { } name ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
            throw new NotMadeException($"the worker cannot be made: {findings.ReplaceLineEndings("; ")}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NotMadeException($"the worker's id cannot be kept: {exception.Message}", exception);
        }
        catch (HttpListenerException exception)
        {
            throw new NotMadeException($"the health port cannot be opened: {exception.Message}", exception);
        }
    }

    [LoggerMessage(31, LogLevel.Critical, "The worker failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    private sealed class NotMadeException(string message, Exception inner) : Exception(message, inner);

    [LoggerMessage(30, LogLevel.Error, "The worker ended ({Reason}): {Text}")]
    private static partial void LogEnded(ILogger logger, CloseReason reason, string text);
}
