using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>What a schedule submits: a submission whose times count from when it is made. What it leaves out is filled in then.</summary>
public sealed record JobTemplate(string JobType, JobPayload Payload)
{
    public string Summary { get; init; } = "";

    /// <summary>0–100; null: the default of its type.</summary>
    public int? Priority { get; init; }

    /// <summary>At most 63: the schedule adds its own.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>1 s to 30 days; null: as its type says.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>0–100; null: as its type says.</summary>
    public int? RetryLimit { get; init; }

    public TimeSpan? RetryBackoff { get; init; }

    /// <summary>Not assigned so long after it was due: Failed, expired. Null: as its type says.</summary>
    public TimeSpan? QueueTtl { get; init; }

    /// <summary>Not ended so long after it was due: Failed, timeout. Null: none.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>A run is refused while nobody connected can take it.</summary>
    public bool RequireWorker { get; init; }

    /// <summary>What a submission is made of; refused when it says what only one job can have: an id, a key, a time.</summary>
    public static Reply<JobTemplate> From(SubmitJob command)
    {
        (string Field, bool IsGiven)[] alone =
        [
            ("not_before", command.NotBefore is not null), ("expires_at", command.ExpiresAt is not null), ("deadline", command.Deadline is not null),
            ("idempotency_key", command.IdempotencyKey.Length > 0), ("dedupe_key", command.DedupeKey.Length > 0),
        ];
        ImmutableArray<FieldError> errors = [.. alone.Where(pair => pair.IsGiven).Select(pair => SubmitRules.Error($"job.{pair.Field}", FieldErrorCodes.Unknown, $"{pair.Field} belongs to one job, not to all of a schedule; the schedule has queue_ttl and deadline, which count from the start of a run"))];
        return !command.Unread.IsEmpty ? SubmitRules.Invalid(command.Unread, "parameter") : errors.Length > 0 ? SubmitRules.Invalid(errors, "value") : new JobTemplate(command.JobType, command.Payload)
        {
            Summary = command.Summary,
            Priority = command.Priority,
            Labels = command.Labels ?? ImmutableSortedDictionary<string, string>.Empty,
            AttemptTimeout = command.AttemptTimeout,
            RetryLimit = command.RetryLimit,
            RetryBackoff = command.RetryBackoff,
            RequireWorker = command.RequireWorker,
        };
    }

    /// <param name="id">Null: one of a submission.</param>
    public SubmitJob Submission(Actor by, DateTimeOffset now, JobId? id, ImmutableSortedDictionary<string, string> labels) =>
        new(by, JobType, JobOrigin.Schedule, Payload, Summary, Priority, labels, id, ExpiresAt: now + QueueTtl, AttemptTimeout: AttemptTimeout, RetryLimit: RetryLimit)
        {
            Deadline = now + Deadline,
            RetryBackoff = RetryBackoff,
            RequireWorker = RequireWorker,
        };
}
