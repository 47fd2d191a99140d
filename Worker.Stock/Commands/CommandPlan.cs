using System.Collections;
using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>What is to be run, and how.</summary>
public sealed record CommandPlan
{
    private const long Mib = 1024 * 1024;

    public required string Command { get; init; }

    public bool Shell { get; init; }

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

    public required CommandPolicy Policy { get; init; }

    /// <summary>How commands run and which may run is read from the saved configuration alone; a submitter cannot change it.</summary>
    public static CommandPlan Read(ConfigReader config, ConfigReader saved) => new()
    {
        Command = config.Text("command"),
        Shell = config.Bool("shell"),
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
        Policy = new CommandPolicy(saved.Texts("allowed_commands"), saved.Texts("blocked_commands"), saved.Bool("allow_shell")),
    };

    /// <summary>Why this cannot run, or null. The admin checks the form too; a job may come from elsewhere.</summary>
    public string? Refusal()
    {
        if (Variables.Keys.FirstOrDefault(name => !IsVariable(name)) is { } wrong)
        {
            return $"env: '{wrong}' cannot be set; use letters, digits and '_', and no name that begins with JOB_ or PLUGIN_";
        }

        return WorkingDirectory.Length == 0 ? Policy.Refusal(Command, Shell)
            : !Path.IsPathFullyQualified(WorkingDirectory) ? $"the working directory {WorkingDirectory} is not an absolute path"
            : !Directory.Exists(WorkingDirectory) ? $"the working directory {WorkingDirectory} does not exist on this worker"
            : Policy.Refusal(Command, Shell);
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '_')
        && !name.StartsWith("JOB_", StringComparison.Ordinal) && !name.StartsWith("PLUGIN_", StringComparison.Ordinal);

    /// <summary>Passed variables, then the job's own, then what every command is told. The worker's own settings, its token among them, are never passed.</summary>
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
}
