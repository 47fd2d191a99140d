using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>
/// Scheduling and limits as a form of our own, so that people change, compare, undo and import them like the fields that a worker
/// described. A number that is not there means the default, as zero does in <see cref="RuntimeSettings"/>.
/// </summary>
public static class RuntimeForm
{
    public const string Enabled = "enabled";

    /// <summary>The first four are of detections: a turn begins with one.</summary>
    private static readonly ImmutableArray<Number> Numbers =
    [
        new("detection_interval_minutes", "Detect every (minutes)", "From the start of one detection to the next.", s => s.DetectionIntervalMinutes, (s, n) => s with { DetectionIntervalMinutes = n }, p => p.DetectionInterval.TotalMinutes),
        new("detection_timeout_seconds", "Detection timeout (s)", "A detector that takes longer is given up.", s => s.DetectionTimeoutSeconds, (s, n) => s with { DetectionTimeoutSeconds = n }, p => p.DetectionTimeout.TotalSeconds),
        new("max_jobs_per_detection", "Jobs per detection", "What is found beyond is counted, not queued.", s => s.MaxJobsPerDetection, (s, n) => s with { MaxJobsPerDetection = n }, p => p.MaxJobsPerDetection),
        new("job_type_max_runtime_seconds", "Longest turn (s)", "A detection with its jobs; after it the lane goes on.", s => s.JobTypeMaxRuntimeSeconds, (s, n) => s with { JobTypeMaxRuntimeSeconds = n }, p => p.MaxRuntime.TotalSeconds),
        new("global_execution_concurrency", "Running at once", $"Over all workers, at most {RuntimePolicy.GlobalConcurrencyCap}.", s => s.GlobalExecutionConcurrency, (s, n) => s with { GlobalExecutionConcurrency = n }, p => p.GlobalConcurrency),
        new("per_worker_execution_concurrency", "Running per worker", "Never above the limit over all workers.", s => s.PerWorkerExecutionConcurrency, (s, n) => s with { PerWorkerExecutionConcurrency = n }, p => p.PerWorkerConcurrency),
        new("execution_timeout_seconds", "Attempt timeout (s)", $"At least {RuntimePolicy.ExecutionTimeoutFloor.TotalSeconds} for detected jobs.", s => s.ExecutionTimeoutSeconds, (s, n) => s with { ExecutionTimeoutSeconds = n }, p => p.SubmittedExecutionTimeout.TotalSeconds),
        new("retry_limit", "Retries", "Beyond the first attempt; 0 = none.", s => s.RetryLimit, (s, n) => s with { RetryLimit = n }, p => p.RetryLimit),
        new("retry_backoff_seconds", "Retry after (s)", "Doubles with each attempt.", s => s.RetryBackoffSeconds, (s, n) => s with { RetryBackoffSeconds = n }, p => p.RetryBackoff.TotalSeconds),
    ];

    /// <param name="detects">Workers can detect for the type; else nothing is said of detections.</param>
    public static FormSchema Of(Descriptor? descriptor, bool detects = true) => new(
        "admin_runtime",
        "Scheduling and limits",
        "",
        [
            new SectionSchema("schedule", detects ? "Detection" : "Availability", "", [Switch(detects), .. detects ? Numbers[..4].Select(Field) : []]),
            new SectionSchema("execution", "Execution", "", [.. Numbers[4..].Select(number => Field(detects ? number : Submitted(number)))]),
        ],
        Defaults(descriptor?.RuntimeDefaults));

    /// <summary>What the form calls a setting.</summary>
    public static string LabelOf(string name) => Numbers.FirstOrDefault(number => number.Name == name)?.Label ?? name;

    /// <summary>What was said: gaps are left out.</summary>
    public static ConfigValues Values(RuntimeSettings? settings)
    {
        if (settings is null)
        {
            return ConfigValues.Empty;
        }

        var said = Numbers.Where(number => number.Get(settings) > 0 || (number.Get(settings) == 0 && IsRetries(number)));
        return ConfigValues.From(said.Select(number => KeyValuePair.Create(number.Name, (ConfigValue)new ConfigValue.Int64(number.Get(settings)))))
            .With(Enabled, new ConfigValue.Bool(settings.Enabled));
    }

    /// <summary>The settings that say these values. What does not fit into 32 bits is cut to the nearest number that does.</summary>
    public static RuntimeSettings Settings(ConfigValues values, Descriptor? descriptor)
    {
        var defaults = Defaults(descriptor?.RuntimeDefaults);
        var said = defaults.Overlay(values);
        var settings = new RuntimeSettings { Enabled = said.Find(Enabled) is ConfigValue.Bool { Value: true } };
        foreach (var number in Numbers)
        {
            // No retry is an answer, so a gap would be read as one: the default is written down instead.
            var value = IsRetries(number) ? said.Find(number.Name) : values.Find(number.Name);
            settings = value is ConfigValue.Int64 given ? number.Set(settings, (int)Math.Clamp(given.Value, int.MinValue, int.MaxValue)) : settings;
        }

        return settings;
    }

    private static ConfigValues Defaults(RuntimeSettings? given)
    {
        var policy = RuntimePolicy.Resolve(null, given);
        var values = ConfigValues.Empty.With(Enabled, new ConfigValue.Bool(given?.Enabled == true));
        foreach (var number in Numbers)
        {
            var said = given is null ? 0 : number.Get(given);
            values = values.With(number.Name, new ConfigValue.Int64(said > 0 ? said : (long)number.Used(policy)));
        }

        return values;
    }

    private static bool IsRetries(Number number) => number.Name == "retry_limit";

    private static FieldSchema Switch(bool detects) => new()
    {
        Name = Enabled,
        Label = detects ? "Detect by itself" : "Enabled",
        HelpText = detects ? "On the schedule below; else only when asked." : "",
        Type = FieldType.Bool,
        Widget = FieldWidget.Toggle,
    };

    /// <summary>A type that never detects has no detected jobs, and nothing that holds for them.</summary>
    private static Number Submitted(Number number) => number.Name == "execution_timeout_seconds" ? number with { Help = "For one attempt; a submission may name its own." } : number;

    private static FieldSchema Field(Number number) => new()
    {
        Name = number.Name,
        Label = number.Label,
        HelpText = number.Help,
        Type = FieldType.Int64,
        Widget = FieldWidget.Number,
        Min = new ConfigValue.Int64(0),
    };

    private sealed record Number(
        string Name, string Label, string Help, Func<RuntimeSettings, int> Get, Func<RuntimeSettings, int, RuntimeSettings> Set, Func<RuntimePolicy, double> Used);
}
