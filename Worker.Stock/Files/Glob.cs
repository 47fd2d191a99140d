using System.Text;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>Path patterns relative to a root: <c>*</c> and <c>?</c> within a segment, <c>**</c> over segments, <c>[a-z]</c> sets, <c>{a,b}</c> choices.</summary>
public sealed class Glob
{
    private readonly Regex _regex;

    /// <exception cref="FormatException">The pattern is not closed.</exception>
    public Glob(string pattern)
    {
        Pattern = pattern;
        try
        {
            // Takes time linear in the path, so it needs no limit, which a busy machine would reach.
            _regex = new Regex(Translate(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"'{pattern}' is not a pattern: {exception.Message}", exception);
        }
    }

    public string Pattern { get; }

    public bool Matches(string relativePath) => _regex.IsMatch(relativePath);

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder("^");
        var depth = 0;
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '*' when at + 1 < pattern.Length && pattern[at + 1] == '*':
                    at++;
                    var slash = at + 1 < pattern.Length && pattern[at + 1] == '/';
                    regex.Append(slash ? "(?:.*/)?" : ".*");
                    at += slash ? 1 : 0;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    var end = pattern.IndexOf(']', at + 1);
                    if (end < 0)
                    {
                        throw new FormatException($"'{pattern}' is not a pattern: '[' is not closed");
                    }

                    var set = pattern[(at + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal);
                    regex.Append('[').Append(set.StartsWith('!') ? $"^{set[1..]}" : set).Append(']');
                    at = end;
                    break;
                case '{':
                    depth++;
                    regex.Append("(?:");
                    break;
                case '}' when depth > 0:
                    depth--;
                    regex.Append(')');
                    break;
                case ',' when depth > 0:
                    regex.Append('|');
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[at].ToString()));
                    break;
            }
        }

        return depth == 0 ? regex.Append("\\z").ToString() : throw new FormatException($"'{pattern}' is not a pattern: '{{' is not closed");
    }
}
