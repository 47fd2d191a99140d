using System.Collections;
using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>What command and script have in common: how their process runs and how it is judged.</summary>
public sealed record ProcessPlan
{
    private const long Mib = 1024 * 1024;

    /// <summary>What the admin tells the members of a group; other names that begin with JOB_ are the worker's.</summary>
    private static readonly HashSet<string> GroupVariables = ["JOB_INDEX", "JOB_COUNT", "JOB_GROUP"];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Empty: a fresh one, removed afterwards.</summary>
    public string WorkingDirectory { get; init; } = "";

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public byte[] Stdin { get; init; } = [];

    public IReadOnlyList<long> SuccessExitCodes { get; init; } = [0];

    public bool MergeStderr { get; init; }

    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(10);

    public bool InheritEnvironment { get; init; } = true;

    public IReadOnlyList<string> Passed { get; init; } = [];

    public int Niceness { get; init; } = 5;

    /// <summary>Bytes; 0 = none.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Bytes of both streams together.</summary>
    public long MaxOutput { get; init; } = 16 * Mib;

    /// <summary>How processes run is read from the saved configuration alone; a submitter cannot change it.</summary>
    public static ProcessPlan Read(ConfigReader config, ConfigReader saved) => new()
    {
        Arguments = config.Texts("args"),
        WorkingDirectory = config.Text("working_dir"),
        Variables = config.Map("env").ToDictionary(pair => pair.Key, pair => new ConfigReader(new Dictionary<string, ConfigValue> { ["v"] = pair.Value }).Text("v"), StringComparer.Ordinal),
        Stdin = config.Bytes("stdin"),
        SuccessExitCodes = config.Int64s("success_exit_codes") is { Count: > 0 } codes ? codes : [0],
        MergeStderr = config.Bool("merge_stderr"),
        KillGrace = config.Duration("kill_grace", TimeSpan.FromSeconds(10)),
        InheritEnvironment = saved.Bool("inherit_env", true),
        Passed = saved.Texts("pass_env"),
        Niceness = (int)Math.Clamp(saved.Int64("niceness", 5), 0, 19),
        MemoryLimit = saved.Int64("memory_limit_mib") * Mib,
        MaxOutput = Math.Clamp(saved.Int64("max_output_mib", 16), 1, 1024) * Mib,
    };

    /// <summary>Why this cannot run, or null. The admin checks the form too; a job may come from elsewhere.</summary>
    /// <param name="command">What is run, where the job says it.</param>
    public string? Refusal(string command = "")
    {
        // The system would cut it there, behind what was looked at.
        if (Variables.Values.Concat(Arguments).Append(command).Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            return "a command, its arguments and variables cannot hold a NUL character";
        }

        if (Variables.Keys.FirstOrDefault(name => !IsVariable(name)) is { } wrong)
        {
            return $"env: '{wrong}' cannot be set; use letters, digits and '_', and no name that begins with JOB_ or PLUGIN_";
        }

        return WorkingDirectory.Length == 0 ? null
            : !Path.IsPathFullyQualified(WorkingDirectory) ? $"the working directory {WorkingDirectory} is not an absolute path"
            : !Directory.Exists(WorkingDirectory) ? $"the working directory {WorkingDirectory} does not exist on this worker"
            : null;
    }

    /// <summary>Passed variables, then the job's own, then what every process is told. The worker's own settings, its token among them, are never passed.</summary>
    public IReadOnlyDictionary<string, string> Environment(JobContext context, string directory, string resultFile)
    {
        var environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""))
            .Where(variable => (InheritEnvironment || Passed.Contains(variable.Key)) && !variable.Key.StartsWith("PLUGIN_", StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);

        foreach (var (name, value) in Variables)
        {
            environment[name] = value;
        }

        environment["JOB_ID"] = context.JobId;
        environment["JOB_TYPE"] = context.Request.Job.JobType;
        environment["JOB_ATTEMPT"] = context.Attempt.ToString(CultureInfo.InvariantCulture);
        environment["JOB_WORKDIR"] = directory;
        environment["JOB_RESULT_FILE"] = resultFile;
        return environment;
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '_')
        && (GroupVariables.Contains(name) || (!name.StartsWith("JOB_", StringComparison.Ordinal) && !name.StartsWith("PLUGIN_", StringComparison.Ordinal)));
}
