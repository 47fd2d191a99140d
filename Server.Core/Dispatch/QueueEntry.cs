using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>
/// A place in a queue: highest effective priority first, then longest due, then id. All jobs of a type gain alike with each minute
/// they wait, so which of two is ahead never changes while they wait: the one that reaches 100 first. That instant is the order.
/// </summary>
/// <param name="Full">Ticks of the instant at which it reaches 100.</param>
public readonly record struct QueueEntry(long Full, DateTimeOffset DueAt, JobId Job) : IComparable<QueueEntry>
{
    public static QueueEntry Of(Job job, double ageing) => new(Ageing.FullAt(job, ageing), job.DueAt, job.Id);

    public int CompareTo(QueueEntry other)
    {
        var byPriority = Full.CompareTo(other.Full);
        if (byPriority != 0)
        {
            return byPriority;
        }

        var byDue = DueAt.CompareTo(other.DueAt);
        return byDue != 0 ? byDue : Job.CompareTo(other.Job);
    }
}

/// <summary>A place among the heads of several queues, whose jobs may gain at different paces: as things stand at one instant.</summary>
/// <param name="Priority">With what it gained by waiting, beyond 100 too.</param>
public readonly record struct HeadEntry(double Priority, DateTimeOffset DueAt, JobId Job) : IComparable<HeadEntry>
{
    public static HeadEntry Of(QueueEntry entry, double ageing, DateTimeOffset at) => new(Ageing.Gained(entry.Full, ageing, at), entry.DueAt, entry.Job);

    public int CompareTo(HeadEntry other)
    {
        // Parts of a tick come and go with the division; they are no difference.
        var byPriority = Math.Round(other.Priority, 6).CompareTo(Math.Round(Priority, 6));
        if (byPriority != 0)
        {
            return byPriority;
        }

        var byDue = DueAt.CompareTo(other.DueAt);
        return byDue != 0 ? byDue : Job.CompareTo(other.Job);
    }
}

/// <summary>What jobs gain by waiting, so that none waits for ever behind more important ones.</summary>
public static class Ageing
{
    /// <summary>Stands for no gain at all: a point in two years.</summary>
    private const double Least = 0.000001;

    /// <summary>Ticks of the instant at which the job reaches 100.</summary>
    public static long FullAt(Job job, double perMinute) => job.DueAt.UtcTicks + (long)((100 - job.Priority) * (TimeSpan.TicksPerMinute / Math.Max(perMinute, Least)));

    public static double Gained(long fullAt, double perMinute, DateTimeOffset at) => 100 - ((fullAt - at.UtcTicks) * Math.Max(perMinute, Least) / TimeSpan.TicksPerMinute);

    /// <summary>The priority a waiting job has come to, 0–100, for whole minutes of waiting.</summary>
    public static int Effective(Job job, double perMinute, DateTimeOffset at) =>
        (int)Math.Min(100, job.Priority + (perMinute * Math.Floor(Math.Max(0, (at - job.DueAt).TotalMinutes))));
}
