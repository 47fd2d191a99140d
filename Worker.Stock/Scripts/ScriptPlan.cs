using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Scripts;

/// <summary>Which script is to be run by what.</summary>
public sealed record ScriptPlan
{
    private const int LongestSource = 262_144;

    public required string Interpreter { get; init; }

    /// <summary>Path or name on PATH; empty when the table has no such interpreter.</summary>
    public string Path { get; init; } = "";

    public required string Source { get; init; }

    /// <summary>bash ends at the first error, unset variable or failing part of a pipe.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>python ignores the environment and the user's packages.</summary>
    public bool Isolated { get; init; }

    /// <summary>node takes the source as an ES module.</summary>
    public bool IsModule { get; init; }

    public bool ParsesProgress { get; init; }

    public required ProcessPlan Process { get; init; }

    public string FileName => Interpreter switch
    {
        "bash" => "script.sh",
        "python" => "script.py",
        "node" => IsModule ? "script.mjs" : "script.cjs",
        _ => "script.txt",
    };

    /// <summary>The table is read from the saved configuration alone: a submitter chooses among interpreters, not programs.</summary>
    /// <param name="own">What the worker itself was started with.</param>
    public static ScriptPlan Read(ConfigReader config, ConfigReader saved, IReadOnlyDictionary<string, string> own)
    {
        var interpreter = config.Text("interpreter", "bash");
        return new ScriptPlan
        {
            Interpreter = interpreter,
            Path = PathOf(interpreter, saved, own),
            Source = config.Text("source"),
            Strict = config.Bool("strict", true),
            Isolated = config.Bool("isolated"),
            IsModule = config.Text("module_kind") == "module",
            ParsesProgress = config.Bool("parse_progress"),
            Process = ProcessPlan.Read(config, saved),
        };
    }

    /// <summary>What is not in the table may still be one of the worker's own; a known one that was taken out is not.</summary>
    public static string PathOf(string interpreter, ConfigReader saved, IReadOnlyDictionary<string, string> own) =>
        saved.Map("table").TryGetValue(interpreter, out var path) ? path.StringValue : own.GetValueOrDefault(interpreter, "");

    /// <summary>Why this cannot run anywhere, or null.</summary>
    public string? Refusal() =>
        Source.Length is 0 or > LongestSource ? $"source must have 1 to {LongestSource} characters"
        : Path.Length == 0 ? $"{Interpreter} is not among the interpreters of this job type; an administrator can add it to the table"
        : Process.Refusal();

    /// <summary>
    /// Strictness is asked for by options instead of a line of its own, so that the line numbers in error messages are those
    /// of the source; python is unbuffered, or its output would come late.
    /// </summary>
    public IReadOnlyList<string> Arguments(string file) => Interpreter switch
    {
        "bash" => ["--noprofile", "--norc", .. (string[])(Strict ? ["-euo", "pipefail"] : []), file, .. Process.Arguments],
        "python" => ["-u", .. (string[])(Isolated ? ["-I"] : []), file, .. Process.Arguments],
        _ => [file, .. Process.Arguments],
    };
}
