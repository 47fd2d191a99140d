using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>A page of a list; <see cref="Next"/> is the cursor of the following page, null at the end.</summary>
public sealed record Page<T>(ImmutableArray<T> Items, string? Next)
{
    /// <summary>The cursor of the page before; null at the start.</summary>
    public string? Previous { get; init; }

    /// <summary>The cursor of the first row, for what came before it since; null when there is none.</summary>
    public string? Start { get; init; }

    /// <summary>Not all was looked through: this many rows were, in the order of the list, and <see cref="Next"/> goes on behind them.</summary>
    public int? Searched { get; init; }
}

/// <summary>How many jobs a filter finds, by state.</summary>
/// <param name="IsExact">False: estimated from the newest ones, or old.</param>
public sealed record JobCount(ImmutableDictionary<JobState, long> ByState, bool IsExact)
{
    /// <summary>Jobs have changed since they were counted; who shows it asks again a little later.</summary>
    public bool IsOld { get; init; }

    public long Total => ByState.Values.Sum();
}

/// <summary>Jobs the store keeps of a type and state.</summary>
public sealed record JobTally(string JobType, JobState State, long Count);

/// <summary>Activities of a job type, empty: of none, within the minute that begins then.</summary>
public sealed record ActivityTally(string JobType, DateTimeOffset Minute, int Count);

public sealed record ActivityFilter
{
    public ImmutableArray<string> JobTypes { get; init; } = [];

    public JobId? Job { get; init; }

    public RequestId? Request { get; init; }

    public WorkerId? Worker { get; init; }

    /// <summary>Any of these; empty: all. See <see cref="ActivitySources"/>.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>This grave or graver.</summary>
    public ActivitySeverity Severity { get; init; }

    /// <summary>Part of message, stage, job id or worker id, any case.</summary>
    public string Text { get; init; } = "";

    /// <summary>When it happened.</summary>
    public TimeRange At { get; init; }

    /// <summary>Only older ones than this sequence number.</summary>
    public long? Before { get; init; }

    /// <summary>1–5,000; newest first.</summary>
    public int Limit { get; init; } = 500;

    public bool Matches(Activity activity) =>
        (Before is not { } before || activity.Sequence < before)
        && (JobTypes.IsEmpty || JobTypes.Contains(activity.JobType))
        && (Job is null || activity.Job == Job)
        && (Request is null || activity.Request == Request)
        && (Worker is null || activity.Worker == Worker)
        && (Sources.IsEmpty || Sources.Contains(activity.Source))
        && activity.Severity >= Severity
        && At.Has(activity.At)
        && (Text.Length == 0 || Has(activity.Message) || Has(activity.Stage) || Has(activity.Job?.Value) || Has(activity.Worker?.Value));

    private bool Has(string? text) => text?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>All that is known of one job.</summary>
public sealed record JobRecord(Job Job, JobPayload Payload, JobResult? Result, ImmutableArray<Attempt> Attempts);

/// <summary>
/// Reads what the state no longer holds. Any thread but the engine's; own read-only connections, short transactions.
/// An answer reflects some commit, not necessarily the newest.
/// </summary>
public interface IAdminHistory
{
    /// <summary>Called by the pump that sends an attempt.</summary>
    JobPayload? ReadPayload(JobId job);

    Task<JobRecord?> JobAsync(JobId job, CancellationToken cancellationToken);

    /// <summary>The job that was submitted under the key; null when there is none, or none any more.</summary>
    Task<Job?> SubmittedAsync(SubmitKey key, CancellationToken cancellationToken);

    /// <summary>All jobs of a group by index, at most 10,000; empty: there is no such group, or none any more.</summary>
    Task<ImmutableArray<Job>> GroupAsync(string group, CancellationToken cancellationToken);

    Task<Page<Job>> JobsAsync(JobFilter filter, CancellationToken cancellationToken);

    /// <summary>The ids of all jobs, page by page, in the store's own order.</summary>
    Task<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Ended jobs of a type, newest first; true: Succeeded, false: Failed and Canceled.</summary>
    Task<ImmutableArray<Job>> RunsAsync(string jobType, bool succeeded, int limit, CancellationToken cancellationToken);

    Task<ImmutableArray<Activity>> ActivitiesAsync(ActivityFilter filter, CancellationToken cancellationToken);

    /// <summary>By job type and minute, from an instant on, of those before a sequence number. Reads every activity that is kept.</summary>
    Task<ImmutableArray<ActivityTally>> TallyActivitiesAsync(DateTimeOffset since, long before, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="jobTypes">None: of all.</param>
    /// <param name="after">The last of the page before; null: from the newest on.</param>
    Task<ImmutableArray<Detection>> DetectionsAsync(IReadOnlyList<string> jobTypes, int limit, CancellationToken cancellationToken, Detection? after = null);

    Task<Detection?> DetectionAsync(RequestId detection, CancellationToken cancellationToken);

    /// <summary>In the order they came, from a place on.</summary>
    /// <param name="only">Of these outcomes; null or empty: all.</param>
    Task<ImmutableArray<ProposalTrace>> ProposalsAsync(RequestId detection, int skip, int take, CancellationToken cancellationToken, IReadOnlyCollection<ProposalOutcome>? only = null);

    /// <summary>Newest first; only versions older than that one.</summary>
    Task<ImmutableArray<ConfigDocument>> ConfigVersionsAsync(string jobType, int limit, CancellationToken cancellationToken, long before = long.MaxValue);

    /// <summary>Per state, exact.</summary>
    Task<ImmutableDictionary<JobState, long>> CountJobsAsync(JobFilter filter, CancellationToken cancellationToken);

    /// <summary>As <see cref="CountJobsAsync"/>, but quick: what many rows would have to be read for is estimated, unless <paramref name="exactly"/>.</summary>
    Task<JobCount> CountAsync(JobFilter filter, bool exactly, CancellationToken cancellationToken);

    /// <summary>Every kept job by type and state; may be some seconds old.</summary>
    Task<ImmutableArray<JobTally>> TallyAsync(CancellationToken cancellationToken);
}
