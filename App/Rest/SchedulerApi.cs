using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Views;
using static BlazorPluginAdmin.App.Rest.WireJson;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Lanes and scheduler, in the terms clients of the API know. Detection here is event-driven; the tick is what they are told.</summary>
public static class SchedulerApi
{
    private const int TickSeconds = 5;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/lanes", (IAdmin admin, TimeProvider time) =>
        {
            var model = admin.Views.Current.Value;
            return Json(Lanes.All.Select(lane => new
            {
                lane = lane.Name,
                idle_sleep_sec = lane.IdleSleepSeconds,
                job_types = Lanes.In(model, lane.Name).Select(type => type.Name),
                status = Scheduler(model, lane.Name, lane.IdleSleepSeconds, time.GetUtcNow()),
            }));
        });
        api.MapGet("/scheduler-states", (IAdmin admin, string? job_type, string? lane) => Json(Lanes.In(admin.Views.Current.Value, lane)
            .Where(type => string.IsNullOrEmpty(job_type) || type.Name == job_type)
            .Select(State)));
        api.MapGet("/scheduler-status", (IAdmin admin, TimeProvider time, string? lane) =>
        {
            var known = Lanes.All.FirstOrDefault(one => one.Name == lane);
            object scheduler = string.IsNullOrEmpty(lane) || known.Name is not null
                ? Scheduler(admin.Views.Current.Value, lane, known.Name is null ? null : known.IdleSleepSeconds, time.GetUtcNow())
                : new { now = time.GetUtcNow() };
            return Json(new { enabled = true, scheduler, @lock = new { held = false, hold_count = 0, acquiring = false } });
        });
    }

    private static object State(JobTypeView type)
    {
        var policy = type.Policy;
        int? When(int value) => policy.Enabled ? Some(value) : null;
        return new
        {
            job_type = type.Name,
            lane = Lanes.Of(type.Name),
            enabled = policy.Enabled,
            detection_in_flight = type.Phase == "detecting",
            detector_available = type.DetectorAvailable,
            executor_worker_count = type.ExecutorCount,
            next_detection_at = type.NextDetectionAt,
            detector_worker_id = type.Detector?.Value,
            last_run_started_at = type.LastStartedAt,
            last_run_completed_at = type.LastCompletedAt,
            last_run_status = Some(type.LastStatus),
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

    private static object Scheduler(ReadModel model, string? lane, int? idleSleepSeconds, DateTimeOffset now)
    {
        var types = Lanes.In(model, lane).ToList();
        var names = types.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var busy = types.FirstOrDefault(type => type.Phase is "detecting" or "executing");
        return new
        {
            now,
            scheduler_tick_seconds = TickSeconds,
            lane = Some(lane ?? ""),
            idle_sleep_seconds = idleSleepSeconds,
            next_detection_at = types.Select(type => type.NextDetectionAt).Min(),
            current_job_type = busy?.Name,
            current_phase = busy?.Phase,
            last_iteration_had_jobs = types.Any(type => type.LastFound > 0),
            last_iteration_done_at = types.Select(type => type.LastCompletedAt).Max(),
            waiting = types.Where(type => type.NextDetectionAt is not null).Select(type => new
            {
                reason = type.Phase == "detecting" ? "detection_in_flight" : "next_detection_at",
                job_type = type.Name,
                until = type.NextDetectionAt,
            }),
            in_process_jobs = model.Active.Where(view => names.Contains(view.Job.JobType)).Select(view => new
            {
                job_id = view.Job.Id.Value,
                job_type = view.Job.JobType,
                state = ApiObjects.StateName(view.Job.State),
                stage = Some(view.Job.Stage),
                worker_id = view.Job.Worker?.Value,
                message = Some(view.Job.Message),
                progress = view.Job.Percent,
                created_at = view.Job.CreatedAt,
                updated_at = view.Job.UpdatedAt,
                duration_seconds = (now - view.Job.CreatedAt).TotalSeconds,
            }),
            job_types = types.OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => new
            {
                job_type = type.Name,
                enabled = type.Policy.Enabled,
                detection_in_flight = type.Phase == "detecting",
                next_detection_at = type.NextDetectionAt,
                detection_interval_minutes = Some((int)type.Policy.DetectionInterval.TotalMinutes),
                last_detected_at = type.LastCompletedAt,
                last_detected_count = Some(type.LastFound),
                last_detection_error = Some(type.LastError),
                last_detection_skipped = type.LastStatus == "skipped" ? true : (bool?)null,
            }),
        };
    }
}
