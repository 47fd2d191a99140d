using System.Collections.Immutable;
using System.Globalization;
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

    public Task<Page<Job>> JobsAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        var after = JobCursor.Parse(filter.After);
        var found = Newest(_tables.Jobs.Values.Where(job => Matches(job, filter)))
            .Where(job => after is not { } cursor || cursor.IsBefore(job))
            .Take(filter.Limit + 1)
            .ToList();
        var items = found.Take(filter.Limit).ToImmutableArray();
        return Task.FromResult(new Page<Job>(items, found.Count > filter.Limit ? JobCursor.Of(items[^1]).ToString() : null));
    }

    public Task<ImmutableArray<Job>> RunsAsync(string jobType, bool succeeded, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Newest(_tables.Jobs.Values.Where(job => job.JobType == jobType && job.IsTerminal && job.State == JobState.Succeeded == succeeded))
            .Take(limit)
            .ToImmutableArray());

    public Task<ImmutableArray<Activity>> ActivitiesAsync(ActivityFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Activities.Values
            .Reverse()
            .Where(activity => (filter.Before is not { } before || activity.Sequence < before)
                && (filter.JobTypes.IsEmpty || filter.JobTypes.Contains(activity.JobType))
                && (filter.Job is null || activity.Job == filter.Job)
                && (filter.Request is null || activity.Request == filter.Request)
                && (filter.Worker is null || activity.Worker == filter.Worker)
                && (filter.Text.Length == 0 || activity.Message.Contains(filter.Text, StringComparison.OrdinalIgnoreCase)))
            .Take(filter.Limit)
            .ToImmutableArray());

    public Task<ImmutableArray<Detection>> DetectionsAsync(string? jobType, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Detections.Values
            .Where(detection => jobType is null || detection.JobType == jobType)
            .OrderByDescending(detection => detection.StartedAt)
            .Take(limit)
            .ToImmutableArray());

    public Task<Detection?> DetectionAsync(RequestId detection, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Detections.GetValueOrDefault(detection));

    public Task<ImmutableArray<ProposalTrace>> ProposalsAsync(RequestId detection, int skip, int take, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Proposals.GetValueOrDefault(detection, []).Skip(skip).Take(take).ToImmutableArray());

    public Task<ImmutableArray<ConfigDocument>> ConfigVersionsAsync(string jobType, int limit, CancellationToken cancellationToken, long before = long.MaxValue) =>
        Task.FromResult(_tables.Configs.GetValueOrDefault(jobType, []).Reverse().Where(version => version.Version < before).Take(limit).ToImmutableArray());

    public Task<ImmutableDictionary<JobState, long>> CountJobsAsync(JobFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult(_tables.Jobs.Values
            .Where(job => Matches(job, filter))
            .GroupBy(job => job.State)
            .ToImmutableDictionary(group => group.Key, group => group.LongCount()));

    private static bool Matches(Job job, JobFilter filter) =>
        (filter.JobTypes.IsEmpty || filter.JobTypes.Contains(job.JobType))
        && (filter.States.IsEmpty || filter.States.Contains(job.State))
        && (filter.Reasons.IsEmpty || filter.Reasons.Contains(job.Reason))
        && (filter.Worker is null || job.Worker == filter.Worker)
        && (filter.Detection is null || job.Detection == filter.Detection)
        && (filter.Origin is null || job.Origin == filter.Origin)
        && (filter.UpdatedSince is not { } since || job.UpdatedAt >= since)
        && (filter.Text.Length == 0 || Contains(job.Id.Value, filter.Text) || Contains(job.Summary, filter.Text) || Contains(job.Error, filter.Text));

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Where a page of jobs ended: the last row's update time and id.</summary>
internal readonly record struct JobCursor(long Ticks, JobId Job)
{
    public static JobCursor Of(Job job) => new(job.UpdatedAt.UtcTicks, job.Id);

    /// <exception cref="FormatException">Not a cursor of ours.</exception>
    public static JobCursor? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var parts = text.Split('~', 2);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new JobCursor(ticks, new JobId(parts[1]))
            : throw new FormatException($"'{text}' is not a cursor of this list");
    }

    /// <summary>The job comes later in "newest update first, then id".</summary>
    public bool IsBefore(Job job) =>
        job.UpdatedAt.UtcTicks < Ticks || (job.UpdatedAt.UtcTicks == Ticks && job.Id.CompareTo(Job) > 0);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ticks}~{Job.Value}");
}
