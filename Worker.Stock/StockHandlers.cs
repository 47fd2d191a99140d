using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Commands;
using BlazorPluginAdmin.WorkerStock.FileRetention;
using BlazorPluginAdmin.WorkerStock.FileScrub;
using BlazorPluginAdmin.WorkerStock.Http;
using BlazorPluginAdmin.WorkerStock.Scripts;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.WorkerStock;

/// <summary>The job types by name.</summary>
internal static class StockHandlers
{
    /// <param name="types">Of <see cref="StockOptions.KnownTypes"/>.</param>
    public static void AddStockHandlers(this IServiceCollection services, IEnumerable<string> types)
    {
        foreach (var type in types)
        {
            _ = type switch
            {
                "command" => services.AddHandler<CommandHandler>(),
                "script" => services.AddHandler<ScriptHandler>(),
                "http" => services.AddHandler<HttpHandler>(),
                "file_retention" => services.AddHandler<RetentionHandler>(),
                "file_scrub" => services.AddHandler<ScrubHandler>(),
                _ => throw new ArgumentOutOfRangeException(nameof(types), type, "unknown job type"),
            };
        }
    }
}
