using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.Extensions.Hosting;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>
/// Follows the engine and publishes what pages show, at most ten times a second; bursts become one publish. When nothing
/// happens it looks again every five seconds, because what is counted over a window changes by time alone.
/// </summary>
/// <param name="host">What is said beside the state; null: nothing.</param>
/// <param name="store">Where numbers of the time before this process come from; null: they start empty.</param>
public sealed class ReadModelPublisher(AdminEngine engine, TimeProvider time, IAdminStore? store = null, AdminOptions? options = null, HostBoard? host = null) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private const int Page = 500;

    private readonly ReadModelBuilder _builder = new(options);
    private readonly HostBoard _host = host ?? new HostBoard();

    public Feed<ReadModel> Feed { get; } = new(ReadModel.Empty);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = -1L;
        var heard = -1L;
        Task<Past>? past = null;
        try
        {
            while (true)
            {
                await NewerAsync(seen, heard, stoppingToken);
                ((seen, var state), (heard, var health)) = (engine.States.Current, _host.Feed.Current);
                if (past is { IsCompleted: true })
                {
                    var before = await past;
                    past = null;
                    _builder.Refill(before.NewestFirst, before.Since, engine.Now());
                    _builder.Refill(before.Activities, before.ActivitiesSince);
                }

                var isFirst = _builder.StartedAt is null;
                Feed.Publish(_builder.Build(state, engine.Now(), health));
                past ??= isFirst && store is not null ? PastAsync(store.History, _builder.StartedAt!.Value, _builder.FirstActivity, stoppingToken) : null;
                await Task.Delay(Pace, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Returns when there is something new, or it is time to look again.</summary>
    private async Task NewerAsync(long seen, long heard, CancellationToken stoppingToken)
    {
        // Whichever is not awaited to its end goes with this.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            await Task.WhenAny(engine.States.NewerAsync(seen, enough.Token).AsTask(), _host.Feed.NewerAsync(heard, enough.Token).AsTask()).WaitAsync(TypeBook.Fast, time, stoppingToken);
        }
        catch (TimeoutException)
        {
            // Counts over a window have moved on.
        }
        finally
        {
            await enough.CancelAsync();
        }
    }

    /// <summary>What ended within the last day, as far back as is worth reading.</summary>
    private static async Task<Past> PastAsync(IAdminHistory history, DateTimeOffset start, long firstActivity, CancellationToken stoppingToken)
    {
        var hour = start - ChartWindows.Span(Window.Hour);
        var activities = await history.TallyActivitiesAsync(hour, firstActivity, stoppingToken);
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
        return new Past(jobs, next is null || jobs.Count == 0 ? since : jobs[^1].UpdatedAt, activities, hour);
    }

    /// <summary>What the store remembers; each list is whole from its instant on.</summary>
    private sealed record Past(List<Job> NewestFirst, DateTimeOffset Since, ImmutableArray<ActivityTally> Activities, DateTimeOffset ActivitiesSince);
}
