using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>
/// Keeps everything that follows from a job in step with it: queue, keys, counts, agenda, leases. The only place that
/// changes them, so that they cannot disagree.
/// </summary>
public static class JobIndex
{
    public const int RecentCapacity = 100;

    public static AdminState Replace(AdminState state, Job job, Now now)
    {
        var before = state.Jobs.GetValueOrDefault(job.Id);
        if (before is not null && IsSamePlace(before, job))
        {
            return state with { Jobs = state.Jobs.SetItem(job.Id, job with { WakeAt = before.WakeAt }) };
        }

        job = job with { WakeAt = JobDeadlines.Next(job, now) };
        var type = state.JobType(job.JobType);
        return state with
        {
            Jobs = job.IsTerminal ? state.Jobs.Remove(job.Id) : state.Jobs.SetItem(job.Id, job),
            JobTypes = state.JobTypes.SetItem(type.Name, Requeued(type, before, job)),
            Agenda = Rescheduled(state, before, job),
            Sessions = Leased(state, before, job),
            SubmitKeys = state.SubmitKeys.With(job),
            Groups = state.Groups.With(job),
            Schedules = state.Schedules.With(job),
        };
    }

    /// <summary>Many new jobs at once, such as those of the store: the same as one after the other, without a version of every index for each.</summary>
    public static AdminState AddRange(AdminState state, IReadOnlyList<Job> jobs, Now now)
    {
        var added = jobs.Select(job => job with { WakeAt = JobDeadlines.Next(job, now) }).ToList();
        var all = state.Jobs.ToBuilder();
        all.AddRange(added.Select(job => KeyValuePair.Create(job.Id, job)));
        return state with
        {
            Jobs = all.ToImmutable(),
            JobTypes = state.JobTypes.SetItems(added
                .GroupBy(job => job.JobType)
                .Select(group => KeyValuePair.Create(group.Key, Queued(state.JobType(group.Key), [.. group])))),
            SubmitKeys = state.SubmitKeys.WithRange(added),
            Groups = state.Groups.WithRange(added),
            Schedules = state.Schedules.WithRange(added),
            Agenda = state.Agenda.Union(added.Where(job => job.WakeAt is not null).Select(job => new Appointment(job.WakeAt!.Value, AppointmentKind.JobDue, job.Id.Value))),
        };
    }

    /// <summary>The same queue after its settings changed.</summary>
    public static JobType Reordered(AdminState state, JobType type) => type with
    {
        Ready = [.. type.Ready.Select(entry => Entry(type, state.Jobs[entry.Job]))],
        Asked = [.. type.Asked.Select(entry => Entry(type, state.Jobs[entry.Job]))],
    };

    public static AdminState Rearm(AdminState state, Job job, Now now)
    {
        var renewed = job with { WakeAt = JobDeadlines.Next(job, now) };
        return state with { Jobs = state.Jobs.SetItem(job.Id, renewed), Agenda = Rescheduled(state, job, renewed) };
    }

    /// <summary>Progress moves nothing but the job itself.</summary>
    private static bool IsSamePlace(Job before, Job after) =>
        before.State == after.State && before.Phase == after.Phase && ReferenceEquals(before.Attempt, after.Attempt)
        && before.Priority == after.Priority && before.DueAt == after.DueAt && before.PauseUntil == after.PauseUntil
        && before.ExpiresAt == after.ExpiresAt && before.DedupeKey == after.DedupeKey && before.IsKeyless == after.IsKeyless;

    private static JobType Queued(JobType type, List<Job> added)
    {
        var keys = type.Keys.ToBuilder();
        var active = type.Active.ToBuilder();
        var counts = type.Counts;
        foreach (var job in added)
        {
            keys[job.DedupeKey] = job.Id;
            counts = Counted(counts, job, 1);
            if (job.IsActive)
            {
                active.Add(job.Id);
            }
        }

        return type with
        {
            Ready = type.Ready.Union(added.Where(IsReady).Select(job => Entry(type, job))),
            Asked = type.Asked.Union(added.Where(IsReadyAsked).Select(job => Entry(type, job))),
            KeylessOpen = type.KeylessOpen + added.Count(job => job.IsKeyless),
            Later = type.Later.Union(added.Where(IsLater).Select(LaterEntry)),
            Active = active.ToImmutable(),
            Keys = keys.ToImmutable(),
            Counts = counts,
        };
    }

    private static JobType Requeued(JobType type, Job? before, Job after)
    {
        var ready = type.Ready;
        if (before is not null && IsReady(before))
        {
            ready = ready.Remove(Entry(type, before));
        }

        if (IsReady(after))
        {
            ready = ready.Add(Entry(type, after));
        }

        var asked = type.Asked;
        if (before is not null && IsReadyAsked(before))
        {
            asked = asked.Remove(Entry(type, before));
        }

        if (IsReadyAsked(after))
        {
            asked = asked.Add(Entry(type, after));
        }

        var later = type.Later;
        if (before is not null && IsLater(before))
        {
            later = later.Remove(LaterEntry(before));
        }

        if (IsLater(after))
        {
            later = later.Add(LaterEntry(after));
        }

        var active = type.Active;
        if (after.IsActive != (before?.IsActive ?? false))
        {
            active = after.IsActive ? active.Add(after.Id) : active.Remove(after.Id);
        }

        var keys = type.Keys;
        if (after.IsTerminal)
        {
            keys = keys.TryGetValue(after.DedupeKey, out var holder) && holder == after.Id ? keys.Remove(after.DedupeKey) : keys;
        }
        else if (before is null)
        {
            keys = keys.SetItem(after.DedupeKey, after.Id);
        }

        var counts = before is null ? type.Counts : Counted(type.Counts, before, -1);
        var recent = type.RecentEnded;
        var recentCount = type.RecentCount;
        if (after.IsTerminal)
        {
            recent = recent.Enqueue(after with { Payload = null });
            recentCount++;
            if (recentCount > RecentCapacity)
            {
                recent = recent.Dequeue();
                recentCount = RecentCapacity;
            }
        }

        return type with
        {
            Ready = ready,
            Asked = asked,
            KeylessOpen = type.KeylessOpen + IsOpenKeyless(after) - IsOpenKeyless(before),
            Later = later,
            Active = active,
            Keys = keys,
            Counts = Counted(counts, after, 1),
            RecentEnded = recent,
            RecentCount = recentCount,
        };
    }

    /// <summary>1 or 0. A newer proposal may give a waiting job the key it had not, or take it away.</summary>
    private static int IsOpenKeyless(Job? job) => job is { IsKeyless: true, IsTerminal: false } ? 1 : 0;

    private static ImmutableSortedSet<Appointment> Rescheduled(AdminState state, Job? before, Job after)
    {
        var agenda = state.Agenda;
        if (before?.WakeAt == after.WakeAt)
        {
            return agenda;
        }

        if (before?.WakeAt is { } old)
        {
            agenda = agenda.Remove(new Appointment(old, AppointmentKind.JobDue, after.Id.Value));
        }

        return after.WakeAt is { } at ? agenda.Add(new Appointment(at, AppointmentKind.JobDue, after.Id.Value)) : agenda;
    }

    private static ImmutableDictionary<SessionId, Session> Leased(AdminState state, Job? before, Job after)
    {
        var sessions = state.Sessions;
        var was = before is null ? null : HeldAttempt(before);
        var now = HeldAttempt(after);
        if (was is not null && (now is null || now.Session != was.Session || now.RequestId != was.RequestId)
            && sessions.TryGetValue(was.Session, out var old))
        {
            // A worker of ours never lists work after its completion; a foreign one may, until its next heartbeat.
            sessions = sessions.SetItem(old.Id, old with
            {
                Held = old.Held.Remove(was.RequestId),
                EndedLately = old.Extensions.Count > 0 ? old.EndedLately : old.EndedLately.Add(after.Id.Value),
            });
        }

        if (now is not null && (was is null || was.Session != now.Session || was.RequestId != now.RequestId)
            && sessions.TryGetValue(now.Session, out var holder))
        {
            sessions = sessions.SetItem(holder.Id, holder with { Held = holder.Held.SetItem(now.RequestId, after.Id) });
        }

        return sessions;
    }

    /// <summary>The attempt whose session holds the lease: open, and not waiting for a lost session to come back.</summary>
    private static Attempt? HeldAttempt(Job job) => job.IsActive && job.Attempt is { GraceUntil: null } attempt ? attempt : null;

    private static bool IsReady(Job job) => job is { State: JobState.Pending, Phase: JobPhase.Queued };

    private static bool IsReadyAsked(Job job) => job.IsAsked && IsReady(job);

    private static bool IsLater(Job job) => job is { State: JobState.Pending, Phase: not JobPhase.Queued };

    private static QueueEntry LaterEntry(Job job) => new(0, job.DueAt, job.Id);

    private static QueueEntry Entry(JobType type, Job job) => QueueEntry.Of(job, type.Dispatch.AgeingPerMinute);

    private static JobCounts Counted(JobCounts counts, Job job, int by) => (job.State, job.Phase) switch
    {
        (JobState.Pending, JobPhase.Scheduled) => counts with { Scheduled = counts.Scheduled + by },
        (JobState.Pending, JobPhase.Backoff) => counts with { Backoff = counts.Backoff + by },
        (JobState.Pending, JobPhase.Blocked) => counts with { Blocked = counts.Blocked + by },
        (JobState.Pending, _) => counts with { Queued = counts.Queued + by },
        (JobState.Assigned, _) => counts with { Assigned = counts.Assigned + by },
        (JobState.Running, _) => counts with { Running = counts.Running + by },
        (JobState.Succeeded, _) => counts with { Succeeded = counts.Succeeded + by },
        (JobState.Failed, _) => counts with { Failed = counts.Failed + by },
        (JobState.Canceled, _) => counts with { Canceled = counts.Canceled + by },
        _ => throw new ArgumentOutOfRangeException(nameof(job), job.State, "unknown state"),
    };
}
