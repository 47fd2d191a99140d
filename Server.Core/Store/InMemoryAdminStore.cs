using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>The store's twin for tests and throw-away runs: the same answers, nothing on disk.</summary>
public sealed class InMemoryAdminStore : IAdminStore
{
    private readonly InMemoryHistory _history = new();

    public IAdminHistory History => _history;

    public StoredState Load()
    {
        var tables = _history.Tables;
        var names = tables.Descriptors.Keys.Union(tables.Configs.Keys).Union(tables.Schedules.Keys).Union(tables.Jobs.Values.Select(job => job.JobType));
        return new StoredState(
            [.. tables.Jobs.Values.Where(job => !job.IsTerminal).Select(job => Reloaded(tables, job)).OrderBy(job => job.CreatedAt).ThenBy(job => job.Id)],
            [.. tables.Workers.Values.OrderBy(worker => worker.Id)],
            [.. names.Distinct().Order(StringComparer.Ordinal).Select(name => JobTypeOf(tables, name))],
            [.. tables.Detections.Values.Where(detection => detection.SettledAt is null).Select(Reloaded).OrderBy(detection => detection.StartedAt)],
            tables.Counters)
        {
            Lanes = tables.Lanes,
            Pause = tables.Pause,
            Retention = tables.Retention,
            RetentionChange = tables.RetentionChange,
            Cluster = tables.Cluster,
            SavedViews = tables.SavedViews,
            Schedules = [.. tables.JobSchedules.Values.OrderBy(schedule => schedule.Id).Select(schedule => schedule with { WakeAt = null })],
            Operations = [.. tables.Operations.Values.OrderBy(operation => operation.StartedAt).ThenBy(operation => operation.Id, StringComparer.Ordinal)],
        };
    }

    public event Action<IReadOnlyCollection<JobId>>? JobsGone;

    public void Commit(IReadOnlyList<Change> changes)
    {
        var before = _history.Tables.Jobs;
        _history.Tables = changes.Aggregate(_history.Tables, InMemoryTables.Apply);
        if (changes.Any(change => change is Change.JobForgotten or Change.JobTypeForgotten or Change.Pruned) && before.Keys.Where(id => !_history.Tables.Jobs.ContainsKey(id)).ToList() is { Count: > 0 } gone)
        {
            JobsGone?.Invoke(gone);
        }
    }

    public void CopyTo(string file, Action<double> copied, CancellationToken cancellationToken) =>
        throw new StoreRefusedException("this store keeps nothing on disk, so there is nothing to back up");

    public void Dispose()
    {
        // Nothing is held.
    }

    private static StoredJobType JobTypeOf(InMemoryTables tables, string name) => new(
        name,
        tables.Descriptors.GetValueOrDefault(name),
        tables.Configs.GetValueOrDefault(name, []) is { IsEmpty: false } versions ? versions[^1] : null,
        tables.Schedules.GetValueOrDefault(name),
        [.. InMemoryHistory.Newest(tables.Jobs.Values.Where(job => job.JobType == name && job.IsTerminal)).Take(100)],
        [.. tables.Detections.Values.Where(detection => detection.JobType == name && detection.SettledAt is not null).OrderByDescending(detection => detection.StartedAt).Select(Reloaded).Take(50)])
    {
        KnownForms = tables.KnownForms.GetValueOrDefault(name),
        DescribedAt = tables.Described.TryGetValue(name, out var at) ? at.At : null,
        DescribedBy = tables.Described.TryGetValue(name, out var by) ? by.By : null,
    };

    /// <summary>Stamps mean nothing to the next process, and payloads stay here.</summary>
    private static Job Reloaded(InMemoryTables tables, Job job)
    {
        var attempt = tables.AttemptsOf(job.Id) is { IsEmpty: false } attempts ? attempts[^1] : null;
        return job with
        {
            Payload = null,
            WakeAt = null,
            PauseUntil = null,
            Attempt = attempt is null ? null : attempt with { Session = default, TimeoutAt = default, GraceUntil = null, CancelUntil = null },
        };
    }

    private static Detection Reloaded(Detection detection) =>
        detection with { Session = default, Deadline = default, WindowEnds = default, TracedSize = 0, WakeAt = null, SeenKeys = [], Override = null };
}
