using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>
/// What jobs need of people: <c>needs:attention</c>. One rule for the list and for the overview; the overview adds what is no job.
/// </summary>
public static class Needs
{
    public static readonly ImmutableArray<string> Words = ["attention"];

    /// <summary>So many jobs of a queue, from its head, are asked one by one whether any worker could take them.</summary>
    public const int Looked = 500;

    private const int MostSilent = 500;

    /// <summary>Waiting is normal up to here, counted from when a job is due.</summary>
    public static readonly TimeSpan LongWait = TimeSpan.FromMinutes(5);

    /// <summary>A job whose worker was lost for good is news for this long.</summary>
    public static readonly TimeSpan News = TimeSpan.FromDays(1);

    /// <summary>Those that no worker can take, wait too long, went silent, are away with their worker or lost it for good: any of it is enough.</summary>
    /// <param name="state">Knows who went silent and who cannot start: neither is stored.</param>
    public static JobFilter Attention(DateTimeOffset now, AdminState state)
    {
        ImmutableArray<string> paused = [.. state.JobTypes.Values.Where(type => type.IsPaused).Select(type => type.Name)];
        ImmutableArray<string> unserved = [.. state.JobTypes.Values.Where(type => !type.IsPaused && type.Executors.IsEmpty && !type.Ready.IsEmpty).Select(type => type.Name)];
        var due = new JobFilter { Phases = [JobPhase.Queued] };
        var any = new List<JobFilter>
        {
            due with { Due = new TimeRange(null, now - LongWait), Not = paused.IsEmpty ? [] : [new JobFilter { JobTypes = paused }] },
            new() { Phases = [JobPhase.Reconnecting] },
            new() { States = [JobState.Failed], Reasons = [JobReason.WorkerLost], Completed = new TimeRange(now - News, null) },
        };
        if (!unserved.IsEmpty)
        {
            any.Add(due with { JobTypes = unserved });
        }

        ImmutableArray<JobId> one = [.. Silent(now, state), .. Unplaced(now, state)];
        if (!one.IsEmpty)
        {
            any.Add(new JobFilter { Ids = one });
        }

        // Not one of those of which none holds.
        return new JobFilter { Not = [new JobFilter { Not = [.. any] }] };
    }

    /// <summary>No worker that is connected now could take it, however long it waits.</summary>
    public static bool CannotStart(Waiting waiting) => waiting.Code is "no_capable_worker" or "labels" or "all_draining" or "detector_only";

    public static bool WaitsTooLong(Job job, bool isPaused, DateTimeOffset now) => job.Phase == JobPhase.Queued && !isPaused && now - job.DueAt > LongWait;

    public static bool LostItsWorker(Job job, DateTimeOffset now) => job is { State: JobState.Failed, Reason: JobReason.WorkerLost } && now - job.CompletedAt < News;

    /// <summary>Worth looking into; <see cref="IsSilent"/> says.</summary>
    public static bool MaybeSilent(Job job, DateTimeOffset now) => job is { State: JobState.Running, Phase: JobPhase.Working } && now - job.UpdatedAt > ProgressRhythm.Least;

    public static bool IsSilent(Job job, Patience patience, DateTimeOffset now) => now - job.UpdatedAt > patience.For;

    /// <summary>What attempts said, by attempt.</summary>
    /// <param name="oldestFirst">Activities.</param>
    public static ILookup<RequestId?, DateTimeOffset> Said(IEnumerable<Activity> oldestFirst) => oldestFirst.Where(ProgressRhythm.IsReport).ToLookup(activity => activity.Request, activity => activity.At);

    private static IEnumerable<JobId> Silent(DateTimeOffset now, AdminState state)
    {
        var said = new Lazy<ILookup<RequestId?, DateTimeOffset>>(() => Said(state.Activities));
        return state.JobTypes.Values
            .SelectMany(type => type.Active.Select(id => (Type: type, Job: state.Jobs[id])))
            .Where(pair => MaybeSilent(pair.Job, now) && IsSilent(pair.Job, ProgressRhythm.PatienceWith([.. said.Value[pair.Job.Attempt!.RequestId]], pair.Type.RecentEnded.Reverse()), now))
            .Take(MostSilent)
            .Select(pair => pair.Job.Id);
    }

    /// <summary>Those whose labels no worker has, or whose workers all drain.</summary>
    private static IEnumerable<JobId> Unplaced(DateTimeOffset now, AdminState state) => state.JobTypes.Values
        .Where(type => !type.IsPaused && !type.Executors.IsEmpty)
        .SelectMany(type => type.Ready.Take(Looked).Select(entry => state.Jobs[entry.Job]).Where(job => IsUnplaced(state, type, job, now)).Select(job => job.Id))
        .Take(Looked);

    private static bool IsUnplaced(AdminState state, JobType type, Job job, DateTimeOffset now) =>
        // The stamp only matters to who is free just now, which is asked after all of this.
        now - job.DueAt <= LongWait && WaitingReason.For(state, type, job, new Now(now, TimeSpan.Zero)) is { } waiting && CannotStart(waiting);
}
