using System.Diagnostics;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Scripts;

/// <summary>An interpreter of this machine.</summary>
/// <param name="Version">As it says itself; "unknown" when it does not.</param>
public sealed record FoundInterpreter(string Name, string Version);

/// <summary>Which interpreters scripts may use here: names, where they are, and which of them were found when the worker started.</summary>
public sealed partial class Interpreters
{
    /// <summary>Names that always can be chosen; others are offered when found.</summary>
    public static readonly IReadOnlyList<string> Known = ["bash", "python", "node"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Path or name on PATH, by the interpreter's name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["bash"] = "/bin/bash",
        ["python"] = "python3",
        ["node"] = "node",
    };

    internal Interpreters(IReadOnlyDictionary<string, string> table, IReadOnlyList<FoundInterpreter> found)
    {
        Table = table;
        Found = found;
    }

    public IReadOnlyDictionary<string, string> Table { get; }

    public IReadOnlyList<FoundInterpreter> Found { get; }

    /// <summary>For selectors of jobs: <c>interpreter.python=3.13.5</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Labels => Found.Select(one => KeyValuePair.Create($"interpreter.{one.Name}", one.Version));

    /// <summary>Names of one word, short enough for a label.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>Asks each interpreter that is there for its version.</summary>
    /// <param name="further">Beside the known ones, or in their place.</param>
    public static async Task<Interpreters> FindAsync(IReadOnlyDictionary<string, string> further, TimeProvider time)
    {
        var table = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        foreach (var (name, path) in further)
        {
            table[name] = path;
        }

        var found = await Task.WhenAll(table.Select(entry => VersionAsync(entry.Key, entry.Value, time)));
        return new Interpreters(table, [.. found.OfType<FoundInterpreter>()]);
    }

    private static async Task<FoundInterpreter?> VersionAsync(string name, string command, TimeProvider time)
    {
        if (Executables.Find(command, Executables.DefaultPath, "/") is not { } path)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["--version"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            process.StandardInput.Close();
            try
            {
                var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
                await process.WaitForExitAsync(limit.Token);
                var version = VersionPattern().Match(string.Concat(texts));
                return new FoundInterpreter(name, version.Success ? version.Value : "unknown");
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return new FoundInterpreter(name, "unknown");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Executable by its mode alone, as a broken wrapper is.
            return null;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,32}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex VersionPattern();
}
