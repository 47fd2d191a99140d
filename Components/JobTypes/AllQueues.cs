using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>
/// The queues of several job types as one, in the order the dispatcher takes them: the best head of all queues first. What is at
/// work stands above, what waits for its time below; places count through all types.
/// </summary>
/// <param name="Left">Jobs that wait or run and are not in it.</param>
public sealed record AllQueues(ImmutableArray<JobView> Jobs, JobCounts Counts, int Left)
{
    /// <summary>Rows of the list.</summary>
    public const int Most = 1000;

    private static readonly OncePerModel<string, AllQueues> OfLane = new((model, lane) => From([.. model.JobTypes.Where(type => lane.Length == 0 || type.Rules.Lane == lane)], model.At));

    /// <param name="lane">Of its types; null: of all.</param>
    public static AllQueues Of(ReadModel model, string? lane) => OfLane.Of(model, lane ?? "");

    /// <param name="at">Jobs of different types may gain by waiting at different paces.</param>
    public static AllQueues From(IReadOnlyCollection<JobTypeView> types, DateTimeOffset at)
    {
        var jobs = ImmutableArray.CreateBuilder<JobView>();
        jobs.AddRange(Merged(types, view => view.Job.IsActive, (_, job) => (job.Attempt?.SentAt ?? default, job.Id)).Take(Most));

        // Behind the last known job of a queue that is longer nobody knows what comes next.
        var lastKnown = types.Select(type => (type, Ready: type.Queue.Where(IsReady).ToList()))
            .Where(queue => queue.Ready.Count > 0 && queue.Ready.Count < queue.type.Counts.Queued)
            .Select(queue => queue.Ready[^1].Job.Id)
            .ToHashSet();
        var place = 0;
        var isWhole = true;
        foreach (var view in Merged(types, IsReady, InQueue).Take(Most - jobs.Count))
        {
            jobs.Add(view with { QueuePosition = ++place });
            isWhole = !lastKnown.Contains(view.Job.Id);
            if (!isWhole)
            {
                break;
            }
        }

        if (isWhole)
        {
            jobs.AddRange(Merged(types, view => !view.Job.IsActive && !IsReady(view), (_, job) => (job.DueAt, job.Id)).Take(Most - jobs.Count));
        }

        HeadEntry InQueue(JobTypeView type, Job job) => HeadEntry.Of(QueueEntry.Of(job, type.Dispatch.AgeingPerMinute), type.Dispatch.AgeingPerMinute, at);

        var counts = types.Aggregate(new JobCounts(), (sum, type) => Sum(sum, type.Counts));
        return new AllQueues(jobs.ToImmutable(), counts, Math.Max(0, counts.Open - jobs.Count));
    }

    private static bool IsReady(JobView view) => view.QueuePosition is not null;

    /// <summary>Of each type's queue the rows that are meant, which are sorted already, as one sorted list.</summary>
    private static IEnumerable<JobView> Merged<TKey>(IEnumerable<JobTypeView> types, Func<JobView, bool> isMeant, Func<JobTypeView, Job, TKey> key)
    {
        var heads = new PriorityQueue<(JobTypeView Type, IEnumerator<JobView> Jobs), TKey>();
        foreach (var type in types)
        {
            Next((type, type.Queue.Where(isMeant).GetEnumerator()));
        }

        while (heads.TryDequeue(out var head, out _))
        {
            yield return head.Jobs.Current;
            Next(head);
        }

        void Next((JobTypeView Type, IEnumerator<JobView> Jobs) head)
        {
            if (head.Jobs.MoveNext())
            {
                heads.Enqueue(head, key(head.Type, head.Jobs.Current.Job));
            }
        }
    }

    private static JobCounts Sum(JobCounts one, JobCounts other) => new()
    {
        Queued = one.Queued + other.Queued,
        Scheduled = one.Scheduled + other.Scheduled,
        Backoff = one.Backoff + other.Backoff,
        Blocked = one.Blocked + other.Blocked,
        Assigned = one.Assigned + other.Assigned,
        Running = one.Running + other.Running,
    };
}
