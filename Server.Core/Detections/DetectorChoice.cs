using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>
/// Who detects: the holder of the detector role; else one that has not failed, or failed longest ago, whatever room the others
/// have; else the worker with most free detection slots; else whoever waited longest.
/// </summary>
public static class DetectorChoice
{
    /// <summary>All that could be asked now, by id.</summary>
    public static IEnumerable<Session> All(AdminState state, JobType type) => type.Detectors
        .Select(id => state.Sessions[id])
        .Where(session => state.Workers[session.Worker] is { Draining: false, Health: WorkerHealth.Healthy })
        .OrderBy(session => session.Worker);

    /// <summary>The one that an open detection is to be sent to.</summary>
    public static Session? For(AdminState state, JobType type, Detection detection) =>
        detection.ForWorker is { } worker ? All(state, type).FirstOrDefault(session => session.Worker == worker) : Pick(state, type);

    public static Session? Pick(AdminState state, JobType type)
    {
        Session? best = null;
        foreach (var id in type.Detectors)
        {
            var session = state.Sessions[id];
            var worker = state.Workers[session.Worker];
            if (worker.Draining || worker.Health != WorkerHealth.Healthy)
            {
                continue;
            }

            if (worker.Id == type.Detector)
            {
                return session;
            }

            if (best is null || Compare(session, best, type.Name, state) < 0)
            {
                best = session;
            }
        }

        return best;
    }

    private static int Compare(Session one, Session other, string jobType, AdminState state)
    {
        var byFailure = FailedAt(one, jobType).CompareTo(FailedAt(other, jobType));
        if (byFailure != 0)
        {
            return byFailure;
        }

        var byFree = FreeSlots(other, jobType, state).CompareTo(FreeSlots(one, jobType, state));
        if (byFree != 0)
        {
            return byFree;
        }

        var byTurn = one.LastDetected.CompareTo(other.LastDetected);
        return byTurn != 0 ? byTurn : one.Worker.CompareTo(other.Worker);
    }

    private static TimeSpan FailedAt(Session session, string jobType) => session.FailedDetections.GetValueOrDefault(jobType, TimeSpan.MinValue);

    private static int FreeSlots(Session session, string jobType, AdminState state)
    {
        var total = session.Heartbeat is { DetectionSlotsTotal: > 0 } beat
            ? beat.DetectionSlotsTotal
            : Math.Max(1, state.Workers[session.Worker].Capabilities[jobType].MaxDetections);
        return total - Math.Max(session.HeldDetections, session.Heartbeat?.DetectionSlotsUsed ?? 0);
    }
}
