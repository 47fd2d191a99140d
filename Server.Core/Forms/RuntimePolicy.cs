namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// What the admin really uses for a job type: the saved numbers, descriptor defaults over those that are not positive,
/// then built-in defaults, floors and caps.
/// </summary>
public sealed record RuntimePolicy
{
    public static readonly TimeSpan ExecutionTimeoutFloor = TimeSpan.FromSeconds(90);

    public const int GlobalConcurrencyCap = 128;

    public bool Enabled { get; init; }

    public TimeSpan DetectionInterval { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan DetectionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    public TimeSpan ExecutionTimeout { get; init; } = ExecutionTimeoutFloor;

    public TimeSpan MaxRuntime { get; init; } = TimeSpan.FromMinutes(30);

    public int MaxJobsPerDetection { get; init; } = 1000;

    public int GlobalConcurrency { get; init; } = 1;

    public int PerWorkerConcurrency { get; init; } = 1;

    public int RetryLimit { get; init; }

    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(5);

    public static readonly RuntimePolicy Disabled = new();

    /// <summary>Neither a saved block nor defaults means: disabled.</summary>
    public static RuntimePolicy Resolve(RuntimeSettings? saved, RuntimeSettings? defaults)
    {
        if ((saved ?? defaults) is not { } first)
        {
            return Disabled;
        }

        int Pick(Func<RuntimeSettings, int> number, int otherwise)
        {
            var own = number(first);
            var fallback = defaults is null ? 0 : number(defaults);
            return own > 0 ? own : fallback > 0 ? fallback : otherwise;
        }

        var global = Math.Min(Pick(s => s.GlobalExecutionConcurrency, 1), GlobalConcurrencyCap);
        var execution = TimeSpan.FromSeconds(Pick(s => s.ExecutionTimeoutSeconds, 90));
        return new RuntimePolicy
        {
            Enabled = first.Enabled,
            DetectionInterval = first.DetectionIntervalMinutes > 0 || defaults is { DetectionIntervalMinutes: > 0 }
                ? TimeSpan.FromMinutes(Pick(s => s.DetectionIntervalMinutes, 5))
                : TimeSpan.FromMinutes(5),
            DetectionTimeout = TimeSpan.FromSeconds(Pick(s => s.DetectionTimeoutSeconds, 45)),
            ExecutionTimeout = execution < ExecutionTimeoutFloor ? ExecutionTimeoutFloor : execution,
            MaxRuntime = TimeSpan.FromSeconds(Pick(s => s.JobTypeMaxRuntimeSeconds, 1800)),
            MaxJobsPerDetection = Pick(s => s.MaxJobsPerDetection, 1000),
            GlobalConcurrency = global,
            PerWorkerConcurrency = Math.Min(Pick(s => s.PerWorkerExecutionConcurrency, 1), global),
            RetryLimit = Math.Max(0, first.RetryLimit),
            RetryBackoff = TimeSpan.FromSeconds(Pick(s => s.RetryBackoffSeconds, 5)),
        };
    }
}
