using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>All schedules, and which of their jobs have not ended.</summary>
public sealed record ScheduleBook(ImmutableDictionary<ScheduleId, JobSchedule> All, ImmutableDictionary<ScheduleId, ImmutableSortedSet<JobId>> Open)
{
    public static readonly ScheduleBook Empty = new(ImmutableDictionary<ScheduleId, JobSchedule>.Empty, ImmutableDictionary<ScheduleId, ImmutableSortedSet<JobId>>.Empty);

    public ImmutableSortedSet<JobId> OpenOf(ScheduleId id) => Open.GetValueOrDefault(id, []);

    public JobSchedule? Named(string name) => All.Values.FirstOrDefault(schedule => schedule.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>By id, else by name.</summary>
    public JobSchedule? Find(string idOrName) => All.GetValueOrDefault(new ScheduleId(idOrName)) ?? Named(idOrName);

    public ScheduleBook With(JobSchedule schedule) => this with { All = All.SetItem(schedule.Id, schedule) };

    public ScheduleBook Without(ScheduleId id) => this with { All = All.Remove(id) };

    public ScheduleBook With(Job job)
    {
        if (ScheduleId.Of(job) is not { } id)
        {
            return this;
        }

        var open = OpenOf(id);
        if (open.Contains(job.Id) != job.IsTerminal)
        {
            return this;
        }

        open = job.IsTerminal ? open.Remove(job.Id) : open.Add(job.Id);
        return this with { Open = open.IsEmpty ? Open.Remove(id) : Open.SetItem(id, open) };
    }

    public ScheduleBook WithRange(IEnumerable<Job> open) => open.Where(job => job.Origin == JobOrigin.Schedule).Aggregate(this, (book, job) => book.With(job));
}
