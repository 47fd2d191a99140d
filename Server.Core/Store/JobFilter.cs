using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>What a list of jobs is sorted by; equal ones follow by id.</summary>
public enum JobOrder
{
    /// <summary>Last change. Moves while it is read.</summary>
    Updated = 0,

    /// <summary>Never changes, so that pages stay where they are.</summary>
    Created = 1,

    /// <summary>Only jobs that ended.</summary>
    Completed = 2,

    /// <summary>Only jobs that wait and may start, in the order of dispatch. The store does not know it: see <see cref="Dispatch.QueueList"/>.</summary>
    Queue = 3,
}

/// <summary>From included, until excluded; null = open.</summary>
public readonly record struct TimeRange(DateTimeOffset? From, DateTimeOffset? Until)
{
    public bool IsAny => From is null && Until is null;

    public bool Has(DateTimeOffset at) => (From is not { } from || at >= from) && (Until is not { } until || at < until);
}

/// <summary>A label that has one of these values; with none: any value.</summary>
public sealed record LabelMatch(string Key, ImmutableArray<string> Values);

/// <summary>Which jobs, and which page of them. Everything that is set must hold; of a list one is enough.</summary>
public sealed record JobFilter
{
    public ImmutableArray<string> JobTypes { get; init; } = [];

    public ImmutableArray<JobState> States { get; init; } = [];

    public ImmutableArray<JobPhase> Phases { get; init; } = [];

    public ImmutableArray<JobReason> Reasons { get; init; } = [];

    public ImmutableArray<JobOrigin> Origins { get; init; } = [];

    public ImmutableArray<WorkerId> Workers { get; init; } = [];

    public ImmutableArray<RequestId> Detections { get; init; } = [];

    /// <summary>Ids of groups.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    public ImmutableArray<JobId> Ids { get; init; } = [];

    /// <summary>Jobs that were retried as what is wanted.</summary>
    public ImmutableArray<JobId> RetryOf { get; init; } = [];

    /// <summary>Keys that came with the job; the id of one that has none of its own is not meant.</summary>
    public ImmutableArray<string> DedupeKeys { get; init; } = [];

    public ImmutableArray<string> SubmittedBy { get; init; } = [];

    public ImmutableArray<string> Fingerprints { get; init; } = [];

    public ImmutableArray<LabelMatch> Labels { get; init; } = [];

    public int? PriorityFrom { get; init; }

    /// <summary>Included.</summary>
    public int? PriorityTo { get; init; }

    public TimeRange Created { get; init; }

    public TimeRange Updated { get; init; }

    public TimeRange Completed { get; init; }

    /// <summary>When it may start, or might have.</summary>
    public TimeRange Due { get; init; }

    /// <summary>Each is part of id, summary or error, any case.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>None of these holds.</summary>
    public ImmutableArray<JobFilter> Not { get; init; } = [];

    public JobOrder Order { get; init; }

    public bool Ascending { get; init; }

    /// <summary>Cursor: the rows that follow it.</summary>
    public string? After { get; init; }

    /// <summary>Cursor: the rows before it, in the same order.</summary>
    public string? Before { get; init; }

    /// <summary>The cursor of this page; null: the list is read from its start.</summary>
    internal string? Start => !string.IsNullOrEmpty(After) ? After : !string.IsNullOrEmpty(Before) ? Before : null;

    /// <summary>Read from the cursor towards the start of the list.</summary>
    internal bool IsBackwards => Start is not null && string.IsNullOrEmpty(After);

    /// <summary>1–500.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The only text.</summary>
    public string Text
    {
        get => Texts.Length == 1 ? Texts[0] : "";
        init => Texts = value.Length == 0 ? [] : [value];
    }

    /// <summary>The only worker.</summary>
    public WorkerId? Worker
    {
        get => Workers.Length == 1 ? Workers[0] : null;
        init => Workers = value is { } one ? [one] : [];
    }

    /// <summary>The only detection.</summary>
    public RequestId? Detection
    {
        get => Detections.Length == 1 ? Detections[0] : null;
        init => Detections = value is { } one ? [one] : [];
    }

    /// <summary>The only origin.</summary>
    public JobOrigin? Origin
    {
        get => Origins.Length == 1 ? Origins[0] : null;
        init => Origins = value is { } one ? [one] : [];
    }

    public DateTimeOffset? UpdatedSince
    {
        get => Updated.From;
        init => Updated = Updated with { From = value };
    }

    /// <summary>The same rule the store follows; whether a page would show it is not asked.</summary>
    public bool Has(Job job) =>
        Any(JobTypes, job.JobType)
        && Any(States, job.State)
        && Any(Phases, job.Phase)
        && Any(Reasons, job.Reason)
        && Any(Origins, job.Origin)
        && (Workers.IsEmpty || (job.Worker is { } worker && Workers.Contains(worker)))
        && (Detections.IsEmpty || (job.Detection is { } detection && Detections.Contains(detection)))
        && (Groups.IsEmpty || (job.Group is { } place && Groups.Contains(place.Id)))
        && Any(Ids, job.Id)
        && (RetryOf.IsEmpty || (job.RetryOf is { } former && RetryOf.Contains(former)))
        && (DedupeKeys.IsEmpty || (job.DedupeKey != job.Id.Value && DedupeKeys.Contains(job.DedupeKey)))
        && Any(SubmittedBy, job.SubmittedBy)
        && (Fingerprints.IsEmpty || Fingerprints.Contains(Fingerprint.Of(job)))
        && Labels.All(label => job.Labels.TryGetValue(label.Key, out var value) && Any(label.Values, value))
        && (PriorityFrom is not { } least || job.Priority >= least)
        && (PriorityTo is not { } most || job.Priority <= most)
        && Created.Has(job.CreatedAt)
        && Updated.Has(job.UpdatedAt)
        && Due.Has(job.DueAt)
        && (Completed.IsAny || (job.CompletedAt is { } completed && Completed.Has(completed)))
        && Texts.All(text => Contains(job.Id.Value, text) || Contains(job.Summary, text) || Contains(job.Error, text))
        && !Not.Any(not => not.Has(job));

    private static bool Any<T>(ImmutableArray<T> wanted, T value) => wanted.IsEmpty || wanted.Contains(value);

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
