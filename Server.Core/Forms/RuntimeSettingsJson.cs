using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>The ten runtime settings in the wire's JSON.</summary>
public static class RuntimeSettingsJson
{
    public static void Write(Utf8JsonWriter writer, RuntimeSettings? settings)
    {
        if (settings is null)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartObject();
        writer.WriteBoolean("enabled", settings.Enabled);
        writer.WriteNumber("detection_interval_minutes", settings.DetectionIntervalMinutes);
        writer.WriteNumber("detection_timeout_seconds", settings.DetectionTimeoutSeconds);
        writer.WriteNumber("max_jobs_per_detection", settings.MaxJobsPerDetection);
        writer.WriteNumber("global_execution_concurrency", settings.GlobalExecutionConcurrency);
        writer.WriteNumber("per_worker_execution_concurrency", settings.PerWorkerExecutionConcurrency);
        writer.WriteNumber("retry_limit", settings.RetryLimit);
        writer.WriteNumber("retry_backoff_seconds", settings.RetryBackoffSeconds);
        writer.WriteNumber("job_type_max_runtime_seconds", settings.JobTypeMaxRuntimeSeconds);
        writer.WriteNumber("execution_timeout_seconds", settings.ExecutionTimeoutSeconds);
        writer.WriteEndObject();
    }

    /// <summary>Null for JSON null and for a missing member; snake and camel case are read alike.</summary>
    /// <exception cref="FormatException">A setting is not a whole number of 32 bits.</exception>
    public static RuntimeSettings? Read(JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("runtime settings must be an object");
        return new RuntimeSettings
        {
            Enabled = JsonText.Member(json, "enabled").ValueKind == JsonValueKind.True,
            DetectionIntervalMinutes = Number(json, "detection_interval_minutes"),
            DetectionTimeoutSeconds = Number(json, "detection_timeout_seconds"),
            MaxJobsPerDetection = Number(json, "max_jobs_per_detection"),
            GlobalExecutionConcurrency = Number(json, "global_execution_concurrency"),
            PerWorkerExecutionConcurrency = Number(json, "per_worker_execution_concurrency"),
            RetryLimit = Number(json, "retry_limit"),
            RetryBackoffSeconds = Number(json, "retry_backoff_seconds"),
            JobTypeMaxRuntimeSeconds = Number(json, "job_type_max_runtime_seconds"),
            ExecutionTimeoutSeconds = Number(json, "execution_timeout_seconds"),
        };
    }

    private static int Number(JsonElement json, string name)
    {
        var member = JsonText.Member(json, name);
        if (member.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return 0;
        return JsonText.TryInt64(member, out var number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new FormatException($"{name} must be a whole number");
    }
}
