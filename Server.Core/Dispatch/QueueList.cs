using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>
/// Pages of the jobs that wait, over all types, in the order in which the dispatcher looks at them. They are all in memory, sorted by
/// type; what they gain by waiting is in no index. A list stands for the instant its first page was read, so that jobs of types that
/// gain at different paces do not trade places between two pages.
/// </summary>
public static class QueueList
{
    /// <summary>Jobs that are looked through for one page.</summary>
    private const int Window = 100_000;

    /// <exception cref="FormatException">Not a cursor of this list.</exception>
    public static Page<Job> Read(AdminState state, JobFilter filter, DateTimeOffset now)
    {
        var start = QueueCursor.Of(filter);
        var at = start?.At ?? now;
        var forwards = filter.Ascending == filter.IsBackwards;
        var found = ImmutableArray.CreateBuilder<Job>();
        HeadEntry? last = null;
        var looked = 0;
        foreach (var (place, job) in Walk(state, filter, start, at, forwards))
        {
            if (looked == Window)
            {
                break;
            }

            looked++;
            last = place;
            if (filter.Has(job))
            {
                found.Add(job);
                if (found.Count > filter.Limit)
                {
                    break;
                }
            }
        }

        var isCut = looked == Window && found.Count <= filter.Limit;
        return ListPage.Of(filter, found.ToImmutable(), job => Cursor(PlaceOf(job)), isCut ? Cursor(last!.Value) : null, isCut ? Window : null);

        HeadEntry PlaceOf(Job job)
        {
            var ageing = state.JobType(job.JobType).Dispatch.AgeingPerMinute;
            return HeadEntry.Of(QueueEntry.Of(job, ageing), ageing, at);
        }

        string Cursor(HeadEntry place) => new QueueCursor(at, filter.Ascending, place).ToString();
    }

    public static JobCount Count(AdminState state, JobFilter filter)
    {
        // Whole queues are not looked through: lists are counted again and again while they are open.
        var isWhole = JobParts.IsTally(filter) && JobParts.States(filter).Contains(JobState.Pending);
        var count = Types(state, filter).Sum(type => isWhole ? type.Ready.Count : type.Ready.LongCount(entry => filter.Has(state.Jobs[entry.Job])));
        return new JobCount(count == 0 ? ImmutableDictionary<JobState, long>.Empty : ImmutableDictionary<JobState, long>.Empty.Add(JobState.Pending, count), true);
    }

    private static IEnumerable<JobTypes.JobType> Types(AdminState state, JobFilter filter) =>
        state.JobTypes.Values.Where(type => !type.Ready.IsEmpty && (filter.JobTypes.IsEmpty || filter.JobTypes.Contains(type.Name)));

    /// <summary>The best head of all queues, then the best of those that are left; or, from the end, the worst.</summary>
    private static IEnumerable<(HeadEntry Place, Job Job)> Walk(AdminState state, JobFilter filter, QueueCursor? start, DateTimeOffset at, bool forwards)
    {
        var order = forwards ? Comparer<HeadEntry>.Default : Comparer<HeadEntry>.Create((one, other) => other.CompareTo(one));
        var heads = new PriorityQueue<Line, HeadEntry>(order);
        foreach (var type in Types(state, filter))
        {
            var line = new Line(type.Ready, type.Dispatch.AgeingPerMinute, at);
            line.Index = start is { } place ? (forwards ? line.FirstFrom(place.Place, behind: true) : line.FirstFrom(place.Place, behind: false) - 1) : forwards ? 0 : line.Count - 1;
            Offer(line);
        }

        while (heads.TryDequeue(out var line, out var head))
        {
            yield return (head, state.Jobs[head.Job]);
            line.Index += forwards ? 1 : -1;
            Offer(line);
        }

        void Offer(Line line)
        {
            if (line.Index >= 0 && line.Index < line.Count)
            {
                heads.Enqueue(line, line.At(line.Index));
            }
        }
    }

    /// <summary>The queue of a type as things stand at one instant.</summary>
    private sealed class Line(ImmutableSortedSet<QueueEntry> queue, double ageing, DateTimeOffset at)
    {
        public int Index { get; set; }

        public int Count => queue.Count;

        public HeadEntry At(int index) => HeadEntry.Of(queue[index], ageing, at);

        /// <summary>The first entry at the place or behind it.</summary>
        /// <param name="place">Of a job that may have left, and may be of another type.</param>
        /// <param name="behind">The place itself does not count.</param>
        public int FirstFrom(HeadEntry place, bool behind)
        {
            var (low, high) = (0, queue.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                var order = At(middle).CompareTo(place);
                if (order < 0 || (order == 0 && behind))
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }
}
