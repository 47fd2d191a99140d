using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace BlazorPluginAdmin.Conformance.Tests;

/// <summary>The conformance kit as a program: its exit code, its TAP, its report.</summary>
internal sealed record Kit(int ExitCode, string Output, IReadOnlyList<KitCase> Cases)
{
    /// <summary>Machines that run tests do other things as well.</summary>
    private const string Patience = "10";

    public static string Root { get; } = Metadata("Root");

    /// <summary>The output without the cases that passed.</summary>
    public string Failures => string.Join('\n', Output.Split('\n').Where(line => !line.StartsWith("ok ", StringComparison.Ordinal)));

    /// <summary>The worker programs of the SDKs, by language: one line for each.</summary>
    public static IReadOnlyDictionary<string, string> Workers { get; } = new Dictionary<string, string>
    {
        ["csharp"] = $"dotnet '{Path.Combine(Root, "sdks/conformance/workers/csharp", Metadata("Output"), "conformance-worker.dll")}'",
        ["python"] = "/usr/bin/python3 sdks/python/conformance_worker.py",
        ["node"] = "node sdks/node/conformance-worker.mjs",
    };

    public static Task<Kit> RunAsync(string worker, params IEnumerable<string> more) => RunAsync([worker], more);

    /// <summary>All these workers in one run.</summary>
    public static async Task<Kit> RunAsync(IEnumerable<string> workers, IEnumerable<string> more)
    {
        var report = Path.GetTempFileName();
        try
        {
            string[] arguments = [Path.Combine(Root, "sdks/conformance", Metadata("Output"), "conformance.dll"), .. workers.SelectMany(worker => (string[])["--worker", worker]), "--patience", Patience, "--json", report, .. more];
            using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            var text = await output + await errors;
            return new Kit(process.ExitCode, text, Read(await File.ReadAllTextAsync(report)));
        }
        finally
        {
            File.Delete(report);
        }
    }

    private static List<KitCase> Read(string json) => json.Length == 0
        ? []
        : [.. JsonDocument.Parse(json).RootElement.GetProperty("cases").EnumerateArray().Select(one => new KitCase(
            one.GetProperty("id").GetString()!, one.GetProperty("worker").GetString()!, one.GetProperty("verdict").GetString()!, one.GetProperty("expected").GetString()!, one.GetProperty("seen").GetString()!))];

    private static string Metadata(string key) => typeof(Kit).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}

/// <summary>One case of a report.</summary>
internal sealed record KitCase(string Id, string Worker, string Verdict, string Expected, string Seen);
