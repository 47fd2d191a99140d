using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Something that happened to a job.</summary>
/// <param name="Sequence">Only grows, also over restarts of the admin while its clock is not set back.</param>
/// <param name="Job">As it was saved; with an activity, null.</param>
public sealed record JobEvent(long Sequence, JobId Id, Job? Job, Activity? Activity, DateTimeOffset At);

/// <summary>
/// What was committed about jobs, the newest events of it, for those who watch. The engine's thread writes, anybody reads: an
/// entry is there before its number is published, and a reader who was too slow is told so instead of being waited for.
/// </summary>
public sealed class JobJournal
{
    /// <summary>Events kept.</summary>
    public const int Most = 10_000;

    private readonly JobEvent?[] _ring = new JobEvent?[Most];
    private readonly long _before;

    /// <param name="start">The instant from which events are numbered.</param>
    public JobJournal(DateTimeOffset start)
    {
        // Numbers of a process before this one are smaller: nobody makes a million events a second for long.
        _before = start.ToUnixTimeMilliseconds() * 1000;
        Newest = new Feed<long>(_before);
    }

    /// <summary>The number of the last event.</summary>
    public Feed<long> Newest { get; }

    /// <summary>Events after that number, oldest first; null when some of them are not kept any more, or never were.</summary>
    public ImmutableArray<JobEvent>? After(long sequence)
    {
        var newest = Newest.Current.Value;
        if (sequence < _before || sequence > newest || newest - sequence > Most)
        {
            return null;
        }

        var events = ImmutableArray.CreateBuilder<JobEvent>((int)(newest - sequence));
        for (var number = sequence + 1; number <= newest; number++)
        {
            // Written over while it was read: so much has happened meanwhile.
            if (Volatile.Read(ref _ring[number % Most]) is not { } entry || entry.Sequence != number)
            {
                return null;
            }

            events.Add(entry);
        }

        return events.MoveToImmutable();
    }

    /// <summary>Of several versions of a job in one commit the last counts.</summary>
    internal void Append(IReadOnlyList<Change> changes, DateTimeOffset at)
    {
        var last = new Dictionary<JobId, int>();
        for (var n = 0; n < changes.Count; n++)
        {
            if (changes[n] is Change.JobSaved saved)
            {
                last[saved.Job.Id] = n;
            }
        }

        var next = Newest.Current.Value;
        for (var n = 0; n < changes.Count; n++)
        {
            var entry = changes[n] switch
            {
                Change.JobSaved saved when last[saved.Job.Id] == n => new JobEvent(next + 1, saved.Job.Id, saved.Job, null, at),
                Change.ActivityAdded { Activity: { Job: { } job } activity } => new JobEvent(next + 1, job, null, activity, at),
                _ => null,
            };
            if (entry is not null)
            {
                next = entry.Sequence;
                Volatile.Write(ref _ring[next % Most], entry);
            }
        }

        if (next != Newest.Current.Value)
        {
            Newest.Publish(next);
        }
    }
}
