using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>The ten scheduling numbers must not be negative; zero means "use the default".</summary>
public static class RuntimeRules
{
    public static ImmutableArray<FieldError> Check(RuntimeSettings? runtime)
    {
        if (runtime is null)
        {
            return [];
        }

        (string Name, int Value)[] numbers =
        [
            ("detection_interval_minutes", runtime.DetectionIntervalMinutes),
            ("detection_timeout_seconds", runtime.DetectionTimeoutSeconds),
            ("max_jobs_per_detection", runtime.MaxJobsPerDetection),
            ("global_execution_concurrency", runtime.GlobalExecutionConcurrency),
            ("per_worker_execution_concurrency", runtime.PerWorkerExecutionConcurrency),
            ("retry_limit", runtime.RetryLimit),
            ("retry_backoff_seconds", runtime.RetryBackoffSeconds),
            ("job_type_max_runtime_seconds", runtime.JobTypeMaxRuntimeSeconds),
            ("execution_timeout_seconds", runtime.ExecutionTimeoutSeconds),
        ];
        return
        [
            .. numbers.Where(number => number.Value < 0)
                .Select(number => new FieldError("admin_runtime", number.Name, FieldErrorCodes.Min, $"{number.Value} is below 0; 0 means {(number.Name == "retry_limit" ? "no retry" : "the default")}")),
        ];
    }
}
