using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>A number that is used differently from the one saved, and why.</summary>
public sealed record RuntimeClamp(string Setting, long Saved, long Used, string Why);

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

    /// <summary>For jobs that detection found; never below the floor.</summary>
    public TimeSpan ExecutionTimeout { get; init; } = ExecutionTimeoutFloor;

    /// <summary>For jobs that people submit, which may be as short as they like.</summary>
    public TimeSpan SubmittedExecutionTimeout { get; init; } = ExecutionTimeoutFloor;

    public TimeSpan MaxRuntime { get; init; } = TimeSpan.FromMinutes(30);

    public int MaxJobsPerDetection { get; init; } = 1000;

    public int GlobalConcurrency { get; init; } = 1;

    public int PerWorkerConcurrency { get; init; } = 1;

    public int RetryLimit { get; init; }

    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where another number is used than the one that was saved.</summary>
    public ImmutableArray<RuntimeClamp> Clamps { get; init; } = [];

    /// <summary>Those that mean something for the type: an attempt of a submitted job may be as short as it likes.</summary>
    public IEnumerable<RuntimeClamp> ClampsOf(bool detects) => detects ? Clamps : Clamps.Where(clamp => clamp.Setting != "execution_timeout_seconds");

    /// <summary>How long an attempt may take, as most jobs of the type have it.</summary>
    public TimeSpan ExecutionTimeoutOf(bool detects) => detects ? ExecutionTimeout : SubmittedExecutionTimeout;

    public static readonly RuntimePolicy Disabled = new();

    /// <summary>
    /// Saved settings with the descriptor's numbers where nothing was said; <c>enabled</c> and a retry limit of zero are answers, not gaps.
    /// Unclamped: this is what workers and API clients see.
    /// </summary>
    public static RuntimeSettings Overlay(RuntimeSettings? saved, RuntimeSettings? defaults)
    {
        if (saved is null || defaults is null)
            return saved ?? defaults ?? new RuntimeSettings();
        return saved with
        {
            DetectionIntervalMinutes = Or(saved.DetectionIntervalMinutes, defaults.DetectionIntervalMinutes),
            DetectionTimeoutSeconds = Or(saved.DetectionTimeoutSeconds, defaults.DetectionTimeoutSeconds),
            MaxJobsPerDetection = Or(saved.MaxJobsPerDetection, defaults.MaxJobsPerDetection),
            GlobalExecutionConcurrency = Or(saved.GlobalExecutionConcurrency, defaults.GlobalExecutionConcurrency),
            PerWorkerExecutionConcurrency = Or(saved.PerWorkerExecutionConcurrency, defaults.PerWorkerExecutionConcurrency),
            RetryLimit = saved.RetryLimit < 0 ? defaults.RetryLimit : saved.RetryLimit,
            RetryBackoffSeconds = Or(saved.RetryBackoffSeconds, defaults.RetryBackoffSeconds),
            JobTypeMaxRuntimeSeconds = Or(saved.JobTypeMaxRuntimeSeconds, defaults.JobTypeMaxRuntimeSeconds),
            ExecutionTimeoutSeconds = Or(saved.ExecutionTimeoutSeconds, defaults.ExecutionTimeoutSeconds),
        };
    }

    /// <summary>Neither a saved block nor defaults means: disabled.</summary>
    public static RuntimePolicy Resolve(RuntimeSettings? saved, RuntimeSettings? defaults)
    {
        var asked = Overlay(saved, defaults);
        var clamps = ImmutableArray.CreateBuilder<RuntimeClamp>();
        var global = Capped("global_execution_concurrency", asked.GlobalExecutionConcurrency, GlobalConcurrencyCap, "cap");
        var perWorker = Capped("per_worker_execution_concurrency", asked.PerWorkerExecutionConcurrency, global, "never above the global limit");
        var execution = Seconds(asked.ExecutionTimeoutSeconds, Disabled.ExecutionTimeout);
        if (execution < ExecutionTimeoutFloor)
        {
            var floor = (long)ExecutionTimeoutFloor.TotalSeconds;
            clamps.Add(new RuntimeClamp("execution_timeout_seconds", asked.ExecutionTimeoutSeconds, floor, "floor for detected jobs"));
        }
        return new RuntimePolicy
        {
            Enabled = asked.Enabled,
            DetectionInterval = asked.DetectionIntervalMinutes > 0
                ? TimeSpan.FromMinutes(asked.DetectionIntervalMinutes)
                : Disabled.DetectionInterval,
            DetectionTimeout = Seconds(asked.DetectionTimeoutSeconds, Disabled.DetectionTimeout),
            ExecutionTimeout = execution < ExecutionTimeoutFloor ? ExecutionTimeoutFloor : execution,
            SubmittedExecutionTimeout = execution,
            MaxRuntime = Seconds(asked.JobTypeMaxRuntimeSeconds, Disabled.MaxRuntime),
            MaxJobsPerDetection = Or(asked.MaxJobsPerDetection, Disabled.MaxJobsPerDetection),
            GlobalConcurrency = global,
            PerWorkerConcurrency = perWorker,
            // What others see as a gap is none to retry by: a negative limit was never meant to repeat anything.
            RetryLimit = Math.Max(0, (saved ?? asked).RetryLimit),
            RetryBackoff = Seconds(asked.RetryBackoffSeconds, Disabled.RetryBackoff),
            Clamps = clamps.ToImmutable(),
        };

        int Capped(string setting, int number, int cap, string why)
        {
            if (number > cap)
                clamps.Add(new RuntimeClamp(setting, number, cap, why));
            return Math.Min(Or(number, 1), cap);
        }
    }

    private static int Or(int number, int fallback) => number > 0 ? number : fallback;

    private static TimeSpan Seconds(int seconds, TimeSpan fallback) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : fallback;
}
