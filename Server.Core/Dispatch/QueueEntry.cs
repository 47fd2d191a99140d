using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>A place in a queue: highest priority first, then longest due, then id.</summary>
public readonly record struct QueueEntry(int Priority, DateTimeOffset DueAt, JobId Job) : IComparable<QueueEntry>
{
    public int CompareTo(QueueEntry other)
    {
        var byPriority = other.Priority.CompareTo(Priority);
        if (byPriority != 0)
        {
            return byPriority;
        }

        var byDue = DueAt.CompareTo(other.DueAt);
        return byDue != 0 ? byDue : Job.CompareTo(other.Job);
    }
}
