using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>Patterns over a whole text: <c>*</c> and <c>?</c> stand for any characters and any one.</summary>
internal static class Wildcard
{
    public static bool IsMatch(string pattern, string text) => Regex.IsMatch(
        text,
        $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}\\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
}
