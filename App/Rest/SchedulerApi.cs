using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Views;
using static BlazorPluginAdmin.App.Rest.WireJson;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Lanes and scheduler, in the terms clients of the API know. Detection here is event-driven; the tick is what they are told.</summary>
public static class SchedulerApi
{
    private const int TickSeconds = 5;

    /// <param name="HoldsEverything">Maintenance: what is asked for waits too.</param>
    /// <param name="JobTypes">Only these; empty: all.</param>
    public sealed record SchedulerPauseBody(bool? Paused, string? Reason, DateTimeOffset? Until, bool? HoldsEverything, IReadOnlyList<string>? JobTypes);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/scheduler/pause", async (IAdmin admin, Caller caller, HttpRequest request, CancellationToken cancellationToken) =>
        {
            var (body, problem) = await Bodies.ReadAsync<SchedulerPauseBody>(request, cancellationToken);
            var paused = body?.Paused ?? true;
            return problem ?? Replies.From(
                await admin.SendAsync(new PauseScheduler(caller.By, paused, body?.Reason ?? "", body?.Until, body?.HoldsEverything ?? false, [.. body?.JobTypes ?? []]), cancellationToken), _ => Json(new { paused, until = body?.Until }));
        });
        api.MapGet("/lanes", (IAdmin admin, TimeProvider time) =>
        {
            var model = admin.Views.Current.Value;
            return Json(model.Lanes.Select(lane => new
            {
                lane = lane.Name,
                idle_sleep_sec = lane.Rules.IdleSleepSeconds,
                job_types = lane.JobTypes,
                status = Scheduler(model, lane, time.GetUtcNow()),
                serialise = lane.Rules.Serialise,
                cluster_lock = lane.Rules.ClusterLock,
                turn = Some(lane.Turn.JobType),
            }));
        });
        api.MapGet("/scheduler-states", (IAdmin admin, string? job_type, string? lane) => Json(Lanes.In(admin.Views.Current.Value, lane)
            .Where(type => string.IsNullOrEmpty(job_type) || type.Name == job_type)
            .Select(type => State(type, admin.Views.Current.Value.Cluster.Report?.Problem ?? ""))));
        api.MapGet("/scheduler-status", (IAdmin admin, TimeProvider time, string? lane) =>
        {
            var model = admin.Views.Current.Value;
            var one = string.IsNullOrEmpty(lane) ? null : model.Lane(lane);
            object scheduler = one is null && !string.IsNullOrEmpty(lane)
                ? new { now = time.GetUtcNow(), scheduler_tick_seconds = 0 }
                : Scheduler(model, one, time.GetUtcNow());
            return Json(new { enabled = true, scheduler, @lock = Lock(model.Cluster) });
        });
    }

    private static object State(JobTypeView type, string problem)
    {
        var policy = type.Policy;
        int? When(int value) => policy.Enabled ? Some(value) : null;
        return new
        {
            job_type = type.Name,
            lane = type.Rules.Lane,
            enabled = policy.Enabled,
            detection_in_flight = InFlight(type),
            detector_available = type.DetectorAvailable,
            executor_worker_count = type.ExecutorCount,
            next_detection_at = type.NextDetectionAt,
            detector_worker_id = type.Detector?.Value,
            last_run_started_at = type.LastRunStartedAt,
            last_run_completed_at = type.LastRunCompletedAt,
            last_run_status = Some(type.LastRunStatus),
            waiting_reason = type.Hold?.Text ?? (type.Rules.NeedsCluster && problem.Length > 0 ? $"the cluster cannot be looked up: {problem}" : null),
            detection_interval_minutes = When((int)policy.DetectionInterval.TotalMinutes),
            detection_timeout_seconds = When((int)policy.DetectionTimeout.TotalSeconds),
            execution_timeout_seconds = When((int)policy.ExecutionTimeout.TotalSeconds),
            job_type_max_runtime_seconds = When((int)policy.MaxRuntime.TotalSeconds),
            max_jobs_per_detection = When(policy.MaxJobsPerDetection),
            global_execution_concurrency = When(policy.GlobalConcurrency),
            per_worker_execution_concurrency = When(policy.PerWorkerConcurrency),
            retry_limit = When(policy.RetryLimit),
            retry_backoff_seconds = When((int)policy.RetryBackoff.TotalSeconds),
        };
    }

    /// <summary>The cluster lock, as clients of the API know it.</summary>
    public static object Lock(ClusterState cluster) => new
    {
        held = cluster.Lock.Phase == LockPhase.Held,
        hold_count = cluster.Lock.Phase == LockPhase.Held ? cluster.Lock.Holders : 0,
        acquiring = cluster.Lock.Phase == LockPhase.Taking,
        message = cluster.Lock.Phase == LockPhase.Held ? "locked lanes are at work" : null,
        waiting_reason = Some(cluster.Lock.Reason),
        last_acquired_at = cluster.Lock.TakenAt,
        last_released_at = cluster.Lock.ReleasedAt,
        waiting_since = cluster.Lock.WaitingSince,
    };

    /// <summary>Clients know a run that waits for the lock as under way; here it begins when the lock is had.</summary>
    private static string PhaseOf(JobTypeView type) => type is { Phase: "due", Hold.Code: Hold.LockCode } ? "waiting_for_lock" : type.Phase == "waiting" ? "detecting" : type.Phase;

    private static bool InFlight(JobTypeView type) => PhaseOf(type) is "detecting" or "waiting_for_lock";

    /// <summary>Of one lane, or of all of them together.</summary>
    private static object Scheduler(ReadModel model, LaneView? lane, DateTimeOffset now)
    {
        var types = Lanes.In(model, lane?.Name).ToList();
        var names = types.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var busy = types.FirstOrDefault(type => PhaseOf(type) is "detecting" or "waiting_for_lock" or "executing");
        return new
        {
            now,
            scheduler_tick_seconds = TickSeconds,
            lane = lane?.Name,
            idle_sleep_seconds = lane?.Rules.IdleSleepSeconds ?? model.Lanes.Select(one => one.Rules.IdleSleepSeconds).DefaultIfEmpty(61).Min(),
            next_detection_at = types.Select(type => type.NextDetectionAt).Min(),
            current_job_type = busy?.Name,
            current_phase = busy is null ? "sleeping" : PhaseOf(busy),
            last_iteration_had_jobs = Some(types.Any(type => type.LastFound > 0)),
            last_iteration_done_at = types.Select(type => type.LastCompletedAt).Max(),
            waiting = Some(types.Where(type => InFlight(type) || type.NextDetectionAt is not null).Select(type => InFlight(type)
                ? new { reason = "detection_in_flight", job_type = type.Name, since = type.Detections.FirstOrDefault(detection => detection.IsOpen)?.StartedAt, until = (DateTimeOffset?)null }
                : new { reason = "next_detection_at", job_type = type.Name, since = (DateTimeOffset?)null, until = type.NextDetectionAt })),
            in_process_jobs = Some(model.Active.Where(view => names.Contains(view.Job.JobType)).Select(view => new
            {
                job_id = view.Job.Id.Value,
                job_type = view.Job.JobType,
                state = ApiObjects.StateName(view.Job.State),
                stage = Some(view.Job.Stage),
                worker_id = view.Job.Worker?.Value,
                message = Some(view.Job.Message),
                progress = Some(view.Job.Percent),
                created_at = view.Job.CreatedAt,
                updated_at = view.Job.UpdatedAt,
                duration_seconds = (now - view.Job.CreatedAt).TotalSeconds,
            })),
            job_types = Some(types.OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => new
            {
                job_type = type.Name,
                enabled = type.Policy.Enabled,
                detection_in_flight = InFlight(type),
                next_detection_at = type.NextDetectionAt,
                detection_interval_minutes = type.Policy.Enabled ? Some((int)type.Policy.DetectionInterval.TotalMinutes) : null,
                last_detected_at = type.LastCompletedAt,
                last_detected_count = Some(type.LastFound),
                last_detection_error = Some(type.LastError),
                last_detection_skipped = type.LastStatus == "skipped" ? "enough jobs of this type still wait" : null,
            })),
        };
    }
}
