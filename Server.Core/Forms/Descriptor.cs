namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Scheduling and limits as the wire carries them; zero means "not said". Units are in the names because the wire's are.</summary>
public sealed record RuntimeSettings
{
    public bool Enabled { get; init; }

    public int DetectionIntervalMinutes { get; init; }

    public int DetectionTimeoutSeconds { get; init; }

    public int MaxJobsPerDetection { get; init; }

    public int GlobalExecutionConcurrency { get; init; }

    public int PerWorkerExecutionConcurrency { get; init; }

    public int RetryLimit { get; init; }

    public int RetryBackoffSeconds { get; init; }

    public int JobTypeMaxRuntimeSeconds { get; init; }

    public int ExecutionTimeoutSeconds { get; init; }
}

/// <summary>A job type's contract as a worker sent it.</summary>
public sealed record Descriptor
{
    public required string JobType { get; init; }

    public string DisplayName { get; init; } = "";

    public string Description { get; init; } = "";

    public string Icon { get; init; } = "";

    public uint Version { get; init; }

    /// <summary>Null when the worker sent none; nothing is rendered then, not an empty card.</summary>
    public FormSchema? AdminForm { get; init; }

    public FormSchema? WorkerForm { get; init; }

    public RuntimeSettings? RuntimeDefaults { get; init; }

    public ConfigValues WorkerDefaults { get; init; } = ConfigValues.Empty;
}
