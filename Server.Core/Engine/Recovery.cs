using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>
/// From what the last commit left to a state that can go on. Itself input → changes → commit, so that running it twice
/// equals running it once.
/// </summary>
public static class Recovery
{
    public static void Apply(Turn turn, StoredState stored)
    {
        var now = turn.Now;
        turn.Start(AdminState.Empty with
        {
            LastActivity = stored.Counters.GetValueOrDefault(Counters.LastActivity),
            Muted = ImmutableDictionary.CreateRange(StringComparer.Ordinal, stored.Counters
                .Where(counter => counter.Key.StartsWith(Counters.Muted, StringComparison.Ordinal) && counter.Value > now.Wall.UtcTicks)
                .Select(counter => KeyValuePair.Create(counter.Key[Counters.Muted.Length..], new DateTimeOffset(counter.Value, TimeSpan.Zero)))),
            LastDetectionSequence = stored.Counters.GetValueOrDefault(Counters.DetectionSequence),
            Retention = stored.Retention,
            RetentionChange = stored.RetentionChange,
            Cluster = new ClusterState { IsWatched = turn.Options.WatchesCluster, Settings = stored.Cluster ?? ClusterSettings.Empty },
            Workers = stored.Workers.ToImmutableDictionaryBy(worker => worker.Id, worker => worker with
            {
                Session = null,
                Health = WorkerHealth.Disconnected,
                DisconnectedAt = worker.DisconnectedAt ?? now.Wall,
                DisconnectReason = worker.DisconnectReason.Length > 0 ? worker.DisconnectReason : "the admin restarted",
                Conflict = null,
            }),
        });
        SchedulerPauses.Restore(turn, stored.Pause);
        LaneSettingsTransitions.Apply(turn, stored.Lanes ?? LaneChanges.None);
        foreach (var type in stored.JobTypes)
        {
            turn.Put(turn.JobType(type.Name) with
            {
                Descriptor = type.Descriptor,
                KnownForms = type.KnownForms,
                DescribedAt = type.DescribedAt,
                DescribedBy = type.DescribedBy,
                Config = type.Config,
                Policy = RuntimePolicy.Resolve(type.Config?.Runtime, type.Descriptor?.RuntimeDefaults),
                Dispatch = DispatchFields.Resolve(type.Descriptor, type.Config),
                PausedByForm = DispatchFields.Pauses(type.Descriptor, type.Config),
                Schedule = type.Schedule ?? ScheduleRow.Empty,
                RecentEnded = [.. type.RecentJobs.Take(JobIndex.RecentCapacity).Reverse()],
                RecentCount = Math.Min(type.RecentJobs.Length, JobIndex.RecentCapacity),
                RecentDetections = type.RecentDetections,
            });
        }

        foreach (var lost in stored.LostSecrets)
        {
            LostSecrets.Note(turn, lost);
        }

        foreach (var detection in stored.OpenDetections)
        {
            turn.Put(detection with { Deadline = now.Stamp });
        }

        turn.Put(stored.SavedViews ?? turn.State.SavedViews);
        OperationTransitions.Recover(turn, stored.Operations);
        turn.PutRange([.. stored.OpenJobs.Select(job => Restored(job, turn))]);
        foreach (var schedule in stored.Schedules)
        {
            ScheduleTransitions.Restore(turn, schedule);
        }

        Interrupt(turn, stored);
        LoseAttempts(turn, stored);
        Settle(turn);
    }

    /// <summary>Stamps of the former process mean nothing here: what is left of a span is computed from the dates.</summary>
    private static Job Restored(Job job, Turn turn)
    {
        var now = turn.Now;
        if (!job.IsActive || job.Attempt is not { } attempt)
        {
            return job with { PauseUntil = null };
        }

        var left = attempt.SentAt + attempt.Timeout - now.Wall;
        var most = left < TimeSpan.Zero ? TimeSpan.Zero : left > attempt.Timeout ? attempt.Timeout : left;
        return job with
        {
            PauseUntil = null,
            Attempt = (attempt.Cancel == CancelCause.None ? attempt : CancelLadder.Restore(attempt, turn.Options.CancelGrace, now)) with
            {
                TimeoutAt = now.Stamp + most,
                GraceUntil = null,
            },
        };
    }

    private static void Interrupt(Turn turn, StoredState stored)
    {
        foreach (var detection in stored.OpenDetections.Where(detection => detection.IsOpen))
        {
            DetectionTransitions.Finish(turn, turn.State.Detections[detection.Id], DetectionStatus.Interrupted, "the admin restarted");
        }
    }

    /// <summary>Workers that can resume have a grace to come back with their attempts; the others lost them with the stream.</summary>
    private static void LoseAttempts(Turn turn, StoredState stored)
    {
        foreach (var id in stored.OpenJobs.Where(job => job.IsActive).Select(job => job.Id))
        {
            var job = turn.State.Jobs[id];
            var grace = job.Attempt is { CanResume: true } ? turn.Options.ResumeGrace : TimeSpan.Zero;
            turn.Log(new Activities.Activity
            {
                Sequence = 0,
                At = default,
                Source = "admin",
                Stage = JobTimeline.Restarted,
                Message = "the admin restarted while the job was at work",
                JobType = job.JobType,
                Job = id,
                Request = job.Attempt?.RequestId,
                Worker = job.Worker,
            });
            JobFlow.Apply(turn, job, grace > TimeSpan.Zero ? new JobInput.SessionLost(grace) : new JobInput.Lose("the admin restarted and the worker cannot resume"));
        }
    }

    /// <summary>Jobs may have ended while their detection was still being counted.</summary>
    private static void Settle(Turn turn)
    {
        var waitedFor = turn.State.Jobs.Values.Select(job => job.Detection).OfType<RequestId>().ToHashSet();
        foreach (var detection in turn.State.Detections.Values.Where(detection => !detection.IsOpen && !waitedFor.Contains(detection.Id)).ToList())
        {
            DetectionTransitions.Settle(turn, detection);
        }
    }

    private static ImmutableDictionary<WorkerId, Worker> ToImmutableDictionaryBy(
        this IEnumerable<Worker> workers, Func<Worker, WorkerId> key, Func<Worker, Worker> value) =>
        ImmutableDictionary.CreateRange(workers.Select(worker => KeyValuePair.Create(key(worker), value(worker))));
}
