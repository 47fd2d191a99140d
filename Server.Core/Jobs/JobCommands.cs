using System.Collections.Immutable;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Submits one job. Accepted means durable.</summary>
/// <param name="Priority">0–100; null: the default of its type.</param>
/// <param name="Labels">Those that start with <c>require.</c> are asked of its worker.</param>
/// <param name="NotBefore">At most a year ahead.</param>
/// <param name="AttemptTimeout">1 s to 30 days; null: as its type says.</param>
/// <param name="RetryLimit">0–100; null: as its type says.</param>
/// <param name="RetryOf">Repeats a job that was accepted once: neither its form nor the pace of submissions is asked again.</param>
public sealed record SubmitJob(
    Actor By,
    string JobType,
    JobOrigin Origin,
    JobPayload Payload,
    string Summary = "",
    int? Priority = null,
    ImmutableSortedDictionary<string, string>? Labels = null,
    JobId? Id = null,
    string DedupeKey = "",
    DateTimeOffset? NotBefore = null,
    DateTimeOffset? ExpiresAt = null,
    TimeSpan? AttemptTimeout = null,
    int? RetryLimit = null,
    JobId? RetryOf = null,
    ClusterContext? Cluster = null) : Command<Submission>(By, Permission.JobsSubmit)
{
    /// <summary>At most 128 printable characters; empty: every submission makes a job. Unique per name of <see cref="Command.By"/>.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>What the store knows of the key; filled in by the door of the engine.</summary>
    public KeyLookup? Lookup { get; init; }

    /// <summary>When it must have ended; see <see cref="Job.Deadline"/>.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Before its second attempt, at most the longest back-off; null: as its type says.</summary>
    public TimeSpan? RetryBackoff { get; init; }

    /// <summary>Refuse it when nobody connected can run it, rather than let it wait.</summary>
    public bool RequireWorker { get; init; }

    /// <summary>Only say what would be answered.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// The parameters as they were written, before today's form said of what kinds they are; null: they came with their kinds. The same
    /// text is the same submission, whatever has become of the form since.
    /// </summary>
    public JsonElement? Written { get; init; }

    /// <summary>Parameters that today's form cannot read. Refused where the form is asked, which a repetition never is.</summary>
    public ImmutableArray<FieldError> Unread { get; init; } = [];

    /// <summary>A retry whose parameters are not those that were accepted once.</summary>
    public bool HasNewParameters { get; init; }

    /// <summary>Variables of the job's environment that nobody submits: where the member of a group stands that this repeats.</summary>
    public ConfigValues Place { get; init; } = ConfigValues.Empty;
}

/// <summary>What a submission brought about.</summary>
/// <param name="Job">New, or the one that the same key brought before; of a dry run as it would be, with an empty id.</param>
public sealed record Submission(Job Job)
{
    /// <summary>It was there already; nothing was changed.</summary>
    public bool Existing { get; init; }

    /// <summary>What was left out or is odd, in words; the job is accepted all the same.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>As it is stored, with the defaults of the form; null: the job was there already.</summary>
    public JobPayload? Payload { get; init; }
}

/// <summary>Pending: Canceled at once. Assigned, Running: the cancel ladder; asked again it changes nothing, but that a shorter grace counts. Terminal: refused.</summary>
/// <param name="Grace">0 s to <see cref="CancelLadder.Longest"/>; null: the admin's own.</param>
public sealed record CancelJob(Actor By, JobId Job, string Reason, bool Force = false, TimeSpan? Grace = null) : Command<Job>(By, Permission.JobsControl);

/// <summary>
/// In back-off: clears the wait. A terminal job is retried as a new job by <c>IAdmin.RetryAsync</c>, which reads the
/// old one from the store and submits its twin.
/// </summary>
public sealed record RetryNow(Actor By, JobId Job) : Command<Job>(By, Permission.JobsControl);

/// <summary>Failed, expired, at once and without another attempt; false when it is not active any more.</summary>
public sealed record ExpireJob(Actor By, JobId Job, string Reason) : Command<Job>(By, Permission.JobsControl);

/// <summary>Deletes an ended job with everything kept of it. The reply is its id.</summary>
public sealed record ForgetJob(Actor By, JobId Job) : Command<string>(By, Permission.JobsControl);

/// <summary>Changes a pending job. An empty value takes a label away; what is null stays.</summary>
/// <param name="Priority">0–100.</param>
/// <param name="ExpectedVersion">Refused as a conflict when the job is of another <see cref="Job.Version"/>; null: whatever it is.</param>
public sealed record UpdateJob(Actor By, JobId Job, int? Priority, ImmutableSortedDictionary<string, string>? Labels, long? ExpectedVersion = null) : Command<Job>(By, Permission.JobsControl);

/// <summary>What a retry does otherwise than the job it repeats.</summary>
/// <param name="Now">False: a job that waits for its next attempt is left alone; else it starts at once.</param>
/// <param name="Parameters">Laid over those of the job and checked against the form.</param>
/// <param name="Priority">0–100.</param>
public sealed record RetryChanges(bool Now = true, ConfigValues? Parameters = null, int? Priority = null)
{
    public static readonly RetryChanges None = new();
}

/// <summary>Changes labels of a pending job; an empty value takes one away.</summary>
public sealed record SetLabels(Actor By, JobId Job, ImmutableSortedDictionary<string, string> Labels) : Command<Job>(By, Permission.JobsControl);

/// <summary>Changes the priority of a pending job.</summary>
public sealed record SetPriority(Actor By, JobId Job, int Priority) : Command<Job>(By, Permission.JobsControl);
