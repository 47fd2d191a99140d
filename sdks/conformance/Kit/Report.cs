using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>What people and programs read: TAP lines, and a JSON file.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The TAP of one result: its line, and for a failure a YAML block with expected, seen and what was said.</summary>
    /// <param name="whose">With several workers: which one.</param>
    public static IEnumerable<string> Tap(int number, CaseResult result, string whose = "")
    {
        var (id, title) = (result.Case.Id, result.Case.Title);
        var took = FormattableString.Invariant($"({result.Seconds:0.0} s)");
        title = whose.Length > 0 ? $"{title} [{whose}]" : title;
        switch (result.Verdict)
        {
            case Verdict.Passed:
                yield return $"ok {number} - {id} {title} {took}";
                yield break;
            case Verdict.Skipped:
                yield return $"ok {number} - {id} {title} # SKIP {result.Seen}";
                yield break;
        }

        yield return $"not ok {number} - {id} {title} {took}";
        yield return "  ---";
        yield return $"  personality: {result.Personality}";
        yield return FormattableString.Invariant($"  limit: {result.Case.Limit} s");
        yield return $"  expected: {Line(result.Expected)}";
        yield return $"  seen: {Line(result.Seen)}";
        yield return "  said: |";
        foreach (var line in result.Trace)
        {
            yield return "    " + line;
        }

        yield return "  ...";
    }

    public static void Write(string file, IReadOnlyList<CaseResult> results, KitOptions options)
    {
        var json = new JsonObject
        {
            ["workers"] = new JsonArray([.. options.Workers.Select(worker => new JsonObject
            {
                ["worker"] = worker,
                ["sdk"] = results.FirstOrDefault(result => result.Worker == worker && result.Sdk.Length > 0)?.Sdk ?? "",
            })]),
            ["passed"] = results.Count(result => result.Verdict == Verdict.Passed),
            ["failed"] = results.Count(result => result.Verdict == Verdict.Failed),
            ["skipped"] = results.Count(result => result.Verdict == Verdict.Skipped),
            ["cases"] = new JsonArray([.. results.Select(result => new JsonObject
            {
                ["id"] = result.Case.Id,
                ["worker"] = result.Worker,
                ["title"] = result.Case.Title,
                ["personality"] = result.Personality,
                ["verdict"] = result.Verdict.ToString().ToLowerInvariant(),
                ["seconds"] = Math.Round(result.Seconds, 3),
                ["expected"] = result.Expected,
                ["seen"] = result.Seen,
            })]),
        };
        File.WriteAllText(file, json.ToJsonString(Indented) + "\n");
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ");
}
