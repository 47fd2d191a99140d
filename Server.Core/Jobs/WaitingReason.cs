using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Why a job waits, with every rule of dispatch, and how many of its type go first.</summary>
/// <param name="Position">From 1; null while it is not due.</param>
/// <param name="Checks">Empty for one of many, see <see cref="WaitingReasons"/>.</param>
/// <param name="Priority">What it has come to by waiting, 0–100.</param>
/// <param name="StartsIn">Expected; null: nothing can be said.</param>
public sealed record WaitingExplanation(Waiting Waiting, int? Position, ImmutableArray<WaitingCheck> Checks, int Priority, TimeSpan? StartsIn);

/// <summary>Why each of many jobs waits. Those of a type that ask for nothing of their own are stopped by the same rule, which is asked once.</summary>
public sealed class WaitingReasons(AdminState state, Now now)
{
    private readonly Dictionary<(string Type, bool IsAsked), WaitingCheck?> _usual = [];
    private readonly Dictionary<string, TimeSpan?> _runs = [];

    /// <summary>With its place in the queue, and without the checks. Null: the job does not wait, or not any more as it did then.</summary>
    /// <param name="job">As it was told of; it may have come further since.</param>
    public WaitingExplanation? Explain(Job job)
    {
        if (state.Jobs.GetValueOrDefault(job.Id) is not { } newest || (newest.Phase, newest.Attempts) != (job.Phase, job.Attempts) || Of(newest) is not { } waiting)
        {
            return null;
        }

        var type = state.JobTypes[job.JobType];
        if (!_runs.TryGetValue(type.Name, out var usual))
        {
            _runs[type.Name] = usual = StartEstimate.Usual(type);
        }

        return WaitingReason.Placed(type, newest, waiting, usual, [], now);
    }

    /// <summary>Null: the job does not wait, or is gone.</summary>
    public Waiting? Of(Job job)
    {
        if (job.State != JobState.Pending || state.JobTypes.GetValueOrDefault(job.JobType) is not { } type)
        {
            return null;
        }

        if (job is not { Phase: JobPhase.Queued, Labels.IsEmpty: true, RefusedBy.IsEmpty: true, Group: null })
        {
            return WaitingReason.From(type, job, WaitingReason.StopOf(state, type, job, now));
        }

        if (!_usual.TryGetValue((type.Name, job.IsAsked), out var stop))
        {
            _usual[(type.Name, job.IsAsked)] = stop = WaitingReason.StopOf(state, type, job, now);
        }

        return WaitingReason.From(type, job, stop);
    }
}

/// <summary>Why a job is not running: the first rule of dispatch that holds it back, with the blocker's name.</summary>
public static class WaitingReason
{
    /// <summary>Null: the job does not wait.</summary>
    public static Waiting? For(AdminState state, JobType type, Job job, Now now) =>
        job.State != JobState.Pending ? null : From(type, job, StopOf(state, type, job, now));

    /// <summary>Null: nothing but its place in the queue.</summary>
    internal static WaitingCheck? StopOf(AdminState state, JobType type, Job job, Now now) => WaitingChecks.Of(state, type, job, now).FirstOrDefault(check => !check.Passed);

    /// <summary>The same with all rules, for one job that is looked at. Null: the job does not wait.</summary>
    public static WaitingExplanation? Explain(AdminState state, JobId id, Now now)
    {
        if (state.Jobs.GetValueOrDefault(id) is not { State: JobState.Pending } job || state.JobTypes.GetValueOrDefault(job.JobType) is not { } type)
        {
            return null;
        }

        var checks = WaitingChecks.Of(state, type, job, now).ToImmutableArray();
        return Placed(type, job, From(type, job, checks.FirstOrDefault(check => !check.Passed)), StartEstimate.Usual(type), checks, now);
    }

    internal static WaitingExplanation Placed(JobType type, Job job, Waiting waiting, TimeSpan? usual, ImmutableArray<WaitingCheck> checks, Now now)
    {
        var place = type.Ready.IndexOf(QueueEntry.Of(job, type.Dispatch.AgeingPerMinute));
        int? position = place < 0 ? null : place + 1;
        return new WaitingExplanation(waiting, position, checks, Ageing.Effective(job, type.Dispatch.AgeingPerMinute, now.Wall), StartEstimate.Of(type, waiting.Code, position, usual));
    }

    /// <summary>With nothing in its way, others of the queue are before it.</summary>
    internal static Waiting From(JobType type, Job job, WaitingCheck? stop) => stop is null
        ? new Waiting("queued", "others of the queue go first", Since(job, null), null, type.Ready.IsEmpty || type.Ready[0].Job == job.Id ? "" : type.Ready[0].Job.Value)
        : new Waiting(stop.Code, stop.Text, Since(job, stop.Since), stop.Until, stop.Subject);

    /// <summary>A blocker counts from when it came, but not before the job began to wait.</summary>
    private static DateTimeOffset Since(Job job, DateTimeOffset? blocker)
    {
        var began = job.Phase switch
        {
            JobPhase.Scheduled => job.CreatedAt,
            JobPhase.Backoff => job.Attempt?.EndedAt ?? job.CreatedAt,
            _ => Later(Later(job.DueAt, job.CreatedAt), job.Attempt?.EndedAt),
        };
        return Later(began, blocker);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
