using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>
/// A place in a queue: highest effective priority first, then longest due, then id. All jobs of a type gain alike with each minute
/// they wait, so which of two is ahead never changes while they wait.
/// </summary>
/// <param name="Weight">What the job has come to, less what all of its type have gained since time began. See <see cref="Ageing"/>.</param>
public readonly record struct QueueEntry(Int128 Weight, DateTimeOffset DueAt, JobId Job) : IComparable<QueueEntry>
{
    public static QueueEntry Of(Job job, double ageing) => new(Ageing.Weight(job, ageing), job.DueAt, job.Id);

    public int CompareTo(QueueEntry other)
    {
        var byWeight = other.Weight.CompareTo(Weight);
        if (byWeight != 0)
        {
            return byWeight;
        }

        var byDue = DueAt.CompareTo(other.DueAt);
        return byDue != 0 ? byDue : Job.CompareTo(other.Job);
    }
}

/// <summary>
/// A place among the heads of several queues, whose jobs may gain at different paces: as things stand at one instant. Jobs of one
/// type are in the same order here as in their queue, to the tick.
/// </summary>
/// <param name="Gained">Priority with what it gained by waiting, beyond 100 too. See <see cref="Ageing"/>.</param>
public readonly record struct HeadEntry(Int128 Gained, DateTimeOffset DueAt, JobId Job) : IComparable<HeadEntry>
{
    public static HeadEntry Of(QueueEntry entry, double ageing, DateTimeOffset at) => new(Ageing.Gained(entry.Weight, ageing, at), entry.DueAt, entry.Job);

    public int CompareTo(HeadEntry other)
    {
        var byGained = other.Gained.CompareTo(Gained);
        if (byGained != 0)
        {
            return byGained;
        }

        var byDue = DueAt.CompareTo(other.DueAt);
        return byDue != 0 ? byDue : Job.CompareTo(other.Job);
    }
}

/// <summary>
/// What jobs gain by waiting, so that none waits for ever behind more important ones. Counted in whole numbers, a point being
/// 600,000,000 ticks of a minute × 1,000,000: nothing is rounded, so no two lists can disagree on who is ahead.
/// </summary>
public static class Ageing
{
    /// <summary>Paces differ by this part of a point in a minute, or not at all.</summary>
    private const double Parts = 1_000_000;

    private static readonly Int128 Point = (Int128)TimeSpan.TicksPerMinute * (long)Parts;

    public static Int128 Weight(Job job, double perMinute) => (job.Priority * Point) - ((Int128)Pace(perMinute) * job.DueAt.UtcTicks);

    public static Int128 Gained(Int128 weight, double perMinute, DateTimeOffset at) => weight + ((Int128)Pace(perMinute) * at.UtcTicks);

    /// <summary>The priority a waiting job has come to, 0–100, for whole minutes of waiting.</summary>
    public static int Effective(Job job, double perMinute, DateTimeOffset at) =>
        (int)Math.Min(100, job.Priority + (perMinute * Math.Floor(Math.Max(0, (at - job.DueAt).TotalMinutes))));

    private static long Pace(double perMinute) => (long)Math.Round(perMinute * Parts);
}
