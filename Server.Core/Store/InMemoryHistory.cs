using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.Server.Core.Store;

internal sealed class InMemoryHistory : IAdminHistory
{
    private volatile InMemoryTables _tables = new();

    public InMemoryTables Tables
    {
        get => _tables;
        set => _tables = value;
    }

    public static IEnumerable<Job> Newest(IEnumerable<Job> jobs) => jobs.OrderByDescending(job => job.UpdatedAt).ThenBy(job => job.Id);

    public JobPayload? ReadPayload(JobId job) => _tables.Payloads.GetValueOrDefault(job);

    public Task<JobRecord?> JobAsync(JobId job, CancellationToken cancellationToken)
    {
        var tables = _tables;
        return Task.FromResult(tables.Jobs.TryGetValue(job, out var found)
            ? new JobRecord(found, tables.Payloads.GetValueOrDefault(job, JobPayload.Empty), tables.Results.GetValueOrDefault(job), tables.AttemptsOf(job))
            : null);
    }

    public Task<Job?> SubmittedAsync(SubmitKey key, CancellationToken cancellationToken) => Task.FromResult(_tables.Jobs.Values.FirstOrDefault(job => job.SubmitKey == key));

    public Task<ImmutableArray<Job>> GroupAsync(string group, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Jobs.Values.Where(job => job.Group?.Id == group).OrderBy(job => job.Group!.Index).ToImmutableArray());

    public Task<Page<Job>> JobsAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        var cursor = JobCursor.Of(filter);
        var backwards = filter.IsBackwards;
        var found = _tables.Jobs.Values
            .Where(job => JobCursor.IsListed(job, filter.Order) && filter.Has(job))
            .Select(job => JobCursor.Of(job, filter))
            .Where(place => cursor is null || (place.CompareTo(cursor) > 0 && !backwards) || (place.CompareTo(cursor) < 0 && backwards))
            .ToList();
        found.Sort((one, other) => backwards ? other.CompareTo(one) : one.CompareTo(other));
        return Task.FromResult(JobCursor.Page(filter, [.. found.Take(filter.Limit + 1).Select(place => _tables.Jobs[place.Job])]));
    }

    public Task<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Jobs.Keys.Where(id => after is not { } last || id.CompareTo(last) > 0).Order().Take(limit).ToImmutableArray());

    public Task<ImmutableArray<Job>> RunsAsync(string jobType, bool succeeded, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Newest(_tables.Jobs.Values.Where(job => job.JobType == jobType && job.IsTerminal && job.State == JobState.Succeeded == succeeded))
            .Take(limit)
            .ToImmutableArray());

    public Task<ImmutableArray<Activity>> ActivitiesAsync(ActivityFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Activities.Values
            .Reverse()
            .Where(filter.Matches)
            .Take(filter.Limit)
            .ToImmutableArray());

    public Task<ImmutableArray<ActivityTally>> TallyActivitiesAsync(DateTimeOffset since, long before, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Activities.Values
            .Where(activity => activity.Sequence < before && activity.At >= since)
            .GroupBy(activity => (activity.JobType, Minute: activity.At.UtcTicks / TimeSpan.TicksPerMinute))
            .Select(group => new ActivityTally(group.Key.JobType, new DateTimeOffset(group.Key.Minute * TimeSpan.TicksPerMinute, TimeSpan.Zero), group.Count()))
            .ToImmutableArray());

    public Task<ImmutableArray<Detection>> DetectionsAsync(IReadOnlyList<string> jobTypes, int limit, CancellationToken cancellationToken, Detection? after = null) =>
        Task.FromResult(_tables.Detections.Values
            .Where(detection => jobTypes.Count == 0 || jobTypes.Contains(detection.JobType))
            .OrderByDescending(detection => detection.StartedAt).ThenByDescending(detection => detection.Id.Value, StringComparer.Ordinal)
            .Where(detection => after is null || (detection.StartedAt, string.CompareOrdinal(detection.Id.Value, after.Id.Value)).CompareTo((after.StartedAt, 0)) < 0)
            .Take(limit)
            .ToImmutableArray());

    public Task<Detection?> DetectionAsync(RequestId detection, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Detections.GetValueOrDefault(detection));

    public Task<ImmutableArray<ProposalTrace>> ProposalsAsync(RequestId detection, int skip, int take, CancellationToken cancellationToken, IReadOnlyCollection<ProposalOutcome>? only = null) =>
        Task.FromResult(_tables.Proposals.GetValueOrDefault(detection, []).Skip(skip).Where(trace => only is null or { Count: 0 } || only.Contains(trace.Outcome)).Take(take).ToImmutableArray());

    public Task<ImmutableArray<ConfigDocument>> ConfigVersionsAsync(string jobType, int limit, CancellationToken cancellationToken, long before = long.MaxValue) =>
        Task.FromResult(_tables.Configs.GetValueOrDefault(jobType, []).Reverse().Where(version => version.Version < before).Take(limit).ToImmutableArray());

    public Task<ImmutableDictionary<JobState, long>> CountJobsAsync(JobFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Jobs.Values
            .Where(job => JobCursor.IsListed(job, filter.Order) && filter.Has(job))
            .GroupBy(job => job.State)
            .ToImmutableDictionary(group => group.Key, group => group.LongCount()));

    public async Task<JobCount> CountAsync(JobFilter filter, bool exactly, CancellationToken cancellationToken) => new(await CountJobsAsync(filter, cancellationToken), true);

    public Task<ImmutableArray<JobTally>> TallyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Jobs.Values
            .GroupBy(job => (job.JobType, job.State))
            .Select(group => new JobTally(group.Key.JobType, group.Key.State, group.LongCount()))
            .ToImmutableArray());
}
