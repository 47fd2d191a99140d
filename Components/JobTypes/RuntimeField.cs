using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>One of the scheduling numbers of a job type.</summary>
public sealed record RuntimeField(string Name, string Label, string Help, Func<RuntimeSettings, int> Get, Func<RuntimeSettings, int, RuntimeSettings> Set)
{
    public static readonly IReadOnlyList<RuntimeField> All =
    [
        new("detection_interval_minutes", "Detect every (minutes)", "0 = default", s => s.DetectionIntervalMinutes, (s, v) => s with { DetectionIntervalMinutes = v }),
        new("detection_timeout_seconds", "Detection timeout (s)", "0 = default", s => s.DetectionTimeoutSeconds, (s, v) => s with { DetectionTimeoutSeconds = v }),
        new("max_jobs_per_detection", "Jobs per detection", "0 = default", s => s.MaxJobsPerDetection, (s, v) => s with { MaxJobsPerDetection = v }),
        new("global_execution_concurrency", "Running at once", "over all workers, at most 128", s => s.GlobalExecutionConcurrency, (s, v) => s with { GlobalExecutionConcurrency = v }),
        new("per_worker_execution_concurrency", "Running per worker", "never above the global limit", s => s.PerWorkerExecutionConcurrency, (s, v) => s with { PerWorkerExecutionConcurrency = v }),
        new("execution_timeout_seconds", "Attempt timeout (s)", "at least 90 for detected jobs", s => s.ExecutionTimeoutSeconds, (s, v) => s with { ExecutionTimeoutSeconds = v }),
        new("retry_limit", "Retries", "beyond the first attempt", s => s.RetryLimit, (s, v) => s with { RetryLimit = v }),
        new("retry_backoff_seconds", "Retry after (s)", "doubles with each attempt", s => s.RetryBackoffSeconds, (s, v) => s with { RetryBackoffSeconds = v }),
        new("job_type_max_runtime_seconds", "Longest turn (s)", "0 = default", s => s.JobTypeMaxRuntimeSeconds, (s, v) => s with { JobTypeMaxRuntimeSeconds = v }),
    ];
}
