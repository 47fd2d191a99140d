using BlazorPluginAdmin.Server.Core.Engine;
using Microsoft.Extensions.Hosting;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Follows the engine and publishes what pages show, at most ten times a second; bursts become one publish.</summary>
public sealed class ReadModelPublisher(AdminEngine engine, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    public Feed<ReadModel> Feed { get; } = new(ReadModel.Empty);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var builder = new ReadModelBuilder();
        var seen = -1L;
        try
        {
            while (true)
            {
                var (version, state) = await engine.States.NewerAsync(seen, stoppingToken);
                seen = version;
                Feed.Publish(builder.Build(state, engine.Now()));
                await Task.Delay(Pace, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
