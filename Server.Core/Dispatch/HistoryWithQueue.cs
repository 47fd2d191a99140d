using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>What is stored, but the queue in its own order from memory, for everybody who asks for lists of jobs.</summary>
internal sealed class HistoryWithQueue(IAdminHistory stored, AdminEngine engine) : IAdminHistory
{
    public Task<Page<Job>> JobsAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Order != JobOrder.Queue)
        {
            return stored.JobsAsync(filter, cancellationToken);
        }

        _ = QueueCursor.Of(filter);
        return Task.Run(() => QueueList.Read(engine.States.Current.Value, filter, engine.Now().Wall), cancellationToken);
    }

    public Task<JobCount> CountAsync(JobFilter filter, bool exactly, CancellationToken cancellationToken) => filter.Order == JobOrder.Queue
        ? Task.Run(() => QueueList.Count(engine.States.Current.Value, filter), cancellationToken)
        : stored.CountAsync(filter, exactly, cancellationToken);

    public JobPayload? ReadPayload(JobId job) => stored.ReadPayload(job);

    public Task<JobRecord?> JobAsync(JobId job, CancellationToken cancellationToken) => stored.JobAsync(job, cancellationToken);

    public Task<Job?> SubmittedAsync(SubmitKey key, CancellationToken cancellationToken) => stored.SubmittedAsync(key, cancellationToken);

    public Task<ImmutableArray<Job>> GroupAsync(string group, CancellationToken cancellationToken) => stored.GroupAsync(group, cancellationToken);

    public Task<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken) => stored.JobIdsAsync(after, limit, cancellationToken);

    public Task<ImmutableArray<Job>> RunsAsync(string jobType, bool succeeded, int limit, CancellationToken cancellationToken) =>
        stored.RunsAsync(jobType, succeeded, limit, cancellationToken);

    public Task<ImmutableArray<Activity>> ActivitiesAsync(ActivityFilter filter, CancellationToken cancellationToken) => stored.ActivitiesAsync(filter, cancellationToken);

    public Task<ImmutableArray<ActivityTally>> TallyActivitiesAsync(DateTimeOffset since, long before, CancellationToken cancellationToken) => stored.TallyActivitiesAsync(since, before, cancellationToken);

    public Task<ImmutableArray<Detection>> DetectionsAsync(IReadOnlyList<string> jobTypes, int limit, CancellationToken cancellationToken, Detection? after = null) =>
        stored.DetectionsAsync(jobTypes, limit, cancellationToken, after);

    public Task<Detection?> DetectionAsync(RequestId detection, CancellationToken cancellationToken) => stored.DetectionAsync(detection, cancellationToken);

    public Task<ImmutableArray<ProposalTrace>> ProposalsAsync(RequestId detection, int skip, int take, CancellationToken cancellationToken, IReadOnlyCollection<ProposalOutcome>? only = null) =>
        stored.ProposalsAsync(detection, skip, take, cancellationToken, only);

    public Task<ImmutableArray<ConfigDocument>> ConfigVersionsAsync(string jobType, int limit, CancellationToken cancellationToken, long before = long.MaxValue) =>
        stored.ConfigVersionsAsync(jobType, limit, cancellationToken, before);

    public Task<ImmutableDictionary<JobState, long>> CountJobsAsync(JobFilter filter, CancellationToken cancellationToken) => stored.CountJobsAsync(filter, cancellationToken);

    public Task<ImmutableArray<JobTally>> TallyAsync(CancellationToken cancellationToken) => stored.TallyAsync(cancellationToken);
}
