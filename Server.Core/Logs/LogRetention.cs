using System.Collections.Immutable;
using System.Threading.Channels;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.Extensions.Hosting;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>
/// Output is kept as long as its job. It goes after the commit that deleted the job; where a process died between the two, the next
/// one finds it when it starts.
/// </summary>
public sealed class LogRetention : BackgroundService
{
    /// <summary>Folders that are held in memory while their jobs are looked for.</summary>
    private const int MostFolders = 50_000;

    private const int Page = 5_000;

    private readonly IAdminStore _store;
    private readonly JobLogStore _logs;
    private readonly Channel<JobId> _gone = Channel.CreateUnbounded<JobId>();

    public LogRetention(IAdminStore store, JobLogStore logs)
    {
        (_store, _logs) = (store, logs);
        store.JobsGone += OnGone;
    }

    public override void Dispose()
    {
        _store.JobsGone -= OnGone;
        base.Dispose();
    }

    /// <summary>What was deleted until then is still done.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _gone.Writer.TryComplete();
        await base.StopAsync(cancellationToken);

        // A service that is stopped right after its start is never executed.
        while (_gone.Reader.TryRead(out var job))
        {
            Delete(JobLogStore.NameOf(job));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SweepAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await foreach (var job in _gone.Reader.ReadAllAsync(CancellationToken.None))
        {
            Delete(JobLogStore.NameOf(job));
        }
    }

    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var names in _logs.Names().Chunk(MostFolders))
        {
            // In this order: a job is committed before it has output, so that the folder of a job that is there is never taken for an orphan.
            var orphans = names.ToHashSet(StringComparer.Ordinal);
            ImmutableArray<JobId> jobs = [];
            do
            {
                jobs = await _store.History.JobIdsAsync(jobs.IsEmpty ? null : jobs[^1], Page, cancellationToken);
                foreach (var job in jobs)
                {
                    orphans.Remove(JobLogStore.NameOf(job));
                }
            }
            while (jobs.Length == Page && orphans.Count > 0);

            foreach (var name in orphans)
            {
                Delete(name);
            }
        }
    }

    private void Delete(string name)
    {
        try
        {
            _logs.Delete(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    private void OnGone(IReadOnlyCollection<JobId> jobs)
    {
        foreach (var job in jobs)
        {
            _gone.Writer.TryWrite(job);
        }
    }
}
