using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Submits one job. Accepted means durable.</summary>
public sealed record SubmitJob(
    Actor By,
    string JobType,
    JobOrigin Origin,
    JobPayload Payload,
    string Summary = "",
    int Priority = 50,
    ImmutableSortedDictionary<string, string>? Labels = null,
    JobId? Id = null,
    string DedupeKey = "",
    DateTimeOffset? NotBefore = null,
    DateTimeOffset? ExpiresAt = null,
    TimeSpan? AttemptTimeout = null,
    int? RetryLimit = null,
    JobId? RetryOf = null,
    ClusterContext? Cluster = null) : Command<Job>(By);

/// <summary>Pending: Canceled at once. Assigned, Running: the cancel ladder. Terminal: refused.</summary>
public sealed record CancelJob(Actor By, JobId Job, string Reason, bool Force = false) : Command<Job>(By);

/// <summary>
/// In back-off: clears the wait. A terminal job is retried as a new job by <c>IAdmin.RetryAsync</c>, which reads the
/// old one from the store and submits its twin.
/// </summary>
public sealed record RetryNow(Actor By, JobId Job) : Command<Job>(By);

/// <summary>Failed, expired, at once and without another attempt; false when it is not active any more.</summary>
public sealed record ExpireJob(Actor By, JobId Job, string Reason) : Command<Job>(By);

/// <summary>Deletes an ended job with everything kept of it. The reply is its id.</summary>
public sealed record ForgetJob(Actor By, JobId Job) : Command<string>(By);

/// <summary>Changes labels of a pending job; an empty value takes one away.</summary>
public sealed record SetLabels(Actor By, JobId Job, ImmutableSortedDictionary<string, string> Labels) : Command<Job>(By);

/// <summary>Changes the priority of a pending job.</summary>
public sealed record SetPriority(Actor By, JobId Job, int Priority) : Command<Job>(By);
