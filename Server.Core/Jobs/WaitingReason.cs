using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Why a job waits, with every rule of dispatch up to the one that stops it, and how many of its type go first.</summary>
/// <param name="Position">From 1; null while it is not due.</param>
/// <param name="Priority">What it has come to by waiting, 0–100.</param>
public sealed record WaitingExplanation(Waiting Waiting, int? Position, ImmutableArray<WaitingCheck> Checks, int Priority);

/// <summary>Why a job is not running: the first rule of dispatch that holds it back, with the blocker's name.</summary>
public static class WaitingReason
{
    /// <summary>Null: the job does not wait.</summary>
    public static Waiting? For(AdminState state, JobType type, Job job, Now now) =>
        job.State != JobState.Pending ? null : From(job, WaitingChecks.Of(state, type, job, now).FirstOrDefault(check => !check.Passed));

    /// <summary>The same with all rules, for one job that is looked at. Null: the job does not wait.</summary>
    public static WaitingExplanation? Explain(AdminState state, JobId id, Now now)
    {
        if (state.Jobs.GetValueOrDefault(id) is not { State: JobState.Pending } job || state.JobTypes.GetValueOrDefault(job.JobType) is not { } type)
        {
            return null;
        }

        var checks = WaitingChecks.Of(state, type, job, now).ToImmutableArray();
        var place = type.Ready.IndexOf(QueueEntry.Of(job, type.Dispatch.AgeingPerMinute));
        return new WaitingExplanation(From(job, checks.FirstOrDefault(check => !check.Passed)), place < 0 ? null : place + 1, checks, Ageing.Effective(job, type.Dispatch.AgeingPerMinute, now.Wall));
    }

    /// <summary>With nothing in its way, others of the queue are before it.</summary>
    private static Waiting From(Job job, WaitingCheck? stop) => stop is null
        ? new Waiting("queued", "others of the queue go first", job.UpdatedAt, null)
        : new Waiting(stop.Code, stop.Text, job.UpdatedAt, stop.Until);
}
