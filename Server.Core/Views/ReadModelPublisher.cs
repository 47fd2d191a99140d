using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.Extensions.Hosting;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// Follows the engine and publishes what pages show, at most ten times a second; bursts become one publish. When nothing
/// happens it looks again every five seconds, because what is counted over a window changes by time alone.
/// </summary>
/// <param name="store">Where numbers of the time before this process come from; null: they start empty.</param>
public sealed class ReadModelPublisher(AdminEngine engine, TimeProvider time, IAdminStore? store = null, AdminOptions? options = null) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private const int Page = 500;

    private readonly ReadModelBuilder _builder = new(options);

    public Feed<ReadModel> Feed { get; } = new(ReadModel.Empty);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = -1L;
        Task<(List<Job> NewestFirst, DateTimeOffset Since)>? past = null;
        try
        {
            while (true)
            {
                var (version, state) = await NewerAsync(seen, stoppingToken);
                seen = version;
                if (past is { IsCompleted: true })
                {
                    var (jobs, since) = await past;
                    past = null;
                    _builder.Refill(jobs, since, engine.Now());
                }

                var isFirst = _builder.StartedAt is null;
                Feed.Publish(_builder.Build(state, engine.Now()));
                past ??= isFirst && store is not null ? PastAsync(store.History, _builder.StartedAt!.Value, stoppingToken) : null;
                await Task.Delay(Pace, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<Versioned<AdminState>> NewerAsync(long seen, CancellationToken stoppingToken)
    {
        var newer = engine.States.NewerAsync(seen, stoppingToken).AsTask();
        try
        {
            return await newer.WaitAsync(TypeBook.Fast, time, stoppingToken);
        }
        catch (TimeoutException)
        {
            return engine.States.Current;
        }
    }

    /// <summary>What ended within the last day, as far back as is worth reading.</summary>
    private static async Task<(List<Job> NewestFirst, DateTimeOffset Since)> PastAsync(IAdminHistory history, DateTimeOffset start, CancellationToken stoppingToken)
    {
        var since = start - ChartWindows.Span(Window.Day);
        var filter = new JobFilter { States = [JobState.Succeeded, JobState.Failed, JobState.Canceled], UpdatedSince = since, Limit = Page };
        var jobs = new List<Job>();
        string? next;
        do
        {
            var page = await history.JobsAsync(filter, stoppingToken);
            jobs.AddRange(page.Items);
            next = page.Next;
            filter = filter with { After = next };
        }
        while (next is not null && jobs.Count < NumbersBook.RefillLimit);
        return (jobs, next is null || jobs.Count == 0 ? since : jobs[^1].UpdatedAt);
    }
}
