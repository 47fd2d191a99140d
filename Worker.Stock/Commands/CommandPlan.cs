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

    /// <summary>Bytes per stream.</summary>
    public long MaxOutput { get; init; } = 16 * Mib;

    public required CommandPolicy Policy { get; init; }

    public static CommandPlan Read(ConfigReader config) => new()
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
        InheritEnvironment = config.Bool("inherit_env", true),
        Passed = config.Texts("pass_env"),
        Niceness = (int)Math.Clamp(config.Int64("niceness", 5), 0, 19),
        MemoryLimit = config.Int64("memory_limit_mib") * Mib,
        MaxOutput = Math.Clamp(config.Int64("max_output_mib", 16), 1, 1024) * Mib,
        Policy = new CommandPolicy(config.Texts("allowed_commands"), config.Texts("blocked_commands"), config.Bool("allow_shell")),
    };

    /// <summary>Passed variables, then the job's own, then what every command is told.</summary>
    public IReadOnlyDictionary<string, string> Environment(JobContext context, string directory, string resultFile)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!InheritEnvironment)
        {
            foreach (var name in Passed)
            {
                if (System.Environment.GetEnvironmentVariable(name) is { } value)
                {
                    environment[name] = value;
                }
            }
        }

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
